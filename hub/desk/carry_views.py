"""The page on which sticks are taken in: what came, what is missing, and the answers back."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import StopUpload, TemporaryFileUploadHandler
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.csrf import csrf_exempt, csrf_protect

from hub.carry import trips
from hub.carry.models import Trip
from hub.desk.pages import STAFF, page, refused, show
from hub.desk.rights import colleagues, scope
from hub.errors import BadUsage, NotAllowed
from hub.tracing.tables import moment
from wire import bundle

MOST_BYTES = 256 * 1024 * 1024
"""Of one upload: 400,000 entries; a larger stick is taken in by ``hub import``."""

MOST_FILES = 1_000
LATEST = 20


class Bounded(TemporaryFileUploadHandler):
    """Stops reading an upload that is larger, or of more files, than any stick of ours."""

    def __init__(self, request: HttpRequest) -> None:
        super().__init__(request)
        self._size = self._count = 0

    def new_file(self, *args: Any, **more: Any) -> None:
        """Count the files."""
        self._count += 1
        if self._count > MOST_FILES:
            raise StopUpload(connection_reset=True)
        super().new_file(*args, **more)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Count the bytes."""
        self._size += len(raw_data)
        if self._size > MOST_BYTES:
            raise StopUpload(connection_reset=True)
        super().receive_data_chunk(raw_data, start)


@csrf_exempt  # the body is bounded first; what follows is protected
def sticks(request: HttpRequest) -> HttpResponse:
    """Take files of sticks, or show what was taken in lately."""
    length = request.META.get("CONTENT_LENGTH") or "0"
    if not length.isdigit() or int(length) > MOST_BYTES + 1024 * 1024:
        return refused(request, "The files are larger than a page may take: use hub import.")
    request.upload_handlers = [Bounded(request)]
    answer: HttpResponse = _sticks(request)
    return answer


@csrf_protect
@page(*STAFF)
def _sticks(request: HttpRequest) -> HttpResponse:
    if request.method == "POST":
        files = request.FILES.getlist("files")
        if not files:
            raise BadUsage("Choose the files in the stick's folder “gate” first.")
        taken = trips.take(_contents(files), actor=request.user.get_username())
        return redirect("desk:stick", taken.id)
    latest = [_trip(request, trip) for trip in _mine(request).order_by("-at_ms")[:LATEST]]
    return show(request, "desk_sticks.html", {"trips": latest})


@page(*STAFF)
def stick(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """What one stick brought."""
    return show(request, "desk_stick.html", _trip(request, _found(request, pk)))


@page(*STAFF)
def answers(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """The answers that go back onto the stick."""
    trip = _found(request, pk)
    if trip.answers is None:
        raise Http404
    answer = HttpResponse(bytes(trip.answers), content_type="application/zip")
    answer["Content-Disposition"] = f'attachment; filename="gate-{trip.pk.hex[:8]}.zip"'
    return answer


def _mine(request: HttpRequest) -> QuerySet[Trip]:
    """Return the sticks that accounts of the reader's unit, and below it, took in."""
    if request.role.unit is None:
        return Trip.objects.all()
    return Trip.objects.filter(actor__in=colleagues(request.role))


def _found(request: HttpRequest, pk: uuid.UUID) -> Trip:
    found: Trip | None = Trip.objects.filter(pk=pk).first()
    if found is None:
        raise Http404
    if not _mine(request).filter(pk=pk).exists():
        raise NotAllowed("This stick was taken in by another unit.")
    return found


def _contents(files: list[UploadedFile]) -> Iterator[tuple[str, bytes]]:
    # As on a stick: the part with a new kiosk's claim before the manifest that its key signed.
    for file in sorted(files, key=lambda one: str(one.name)):
        # People choose all that is in the folder, the hub's own files included.
        own = str(file.name).endswith(".back") or file.name == bundle.COURIER_FILE
        if not own and (file.size or 0) <= bundle.MAX_PART:
            yield str(file.name), file.read()


def _trip(request: HttpRequest, trip: Trip) -> dict[str, Any]:
    allowed = scope(request.role)
    came = [one for one in trip.came if allowed is None or one["place"] in allowed]
    return {
        "id": trip.pk,
        "at": moment(trip.at_ms),
        "actor": trip.actor,
        "came": came,
        "kiosks": len(came),
        "stored": sum(one["stored"] for one in came),
        "known": sum(one["known"] for one in came),
        "missing": sum(one["missing"] for one in came),
        "useless": trip.useless,
        "whole": bool(came) and not trip.useless and not any(_troubled(one) for one in came),
        "has_answers": trip.answers is not None,
    }


def _troubled(one: dict[str, Any]) -> bool:
    return bool(one["missing"] or one["missing_parts"] or one["refusal"] or one["left_out"])
