"""Requests about one's own data: filed here, proven with the card, done within two working days.

Neither the page nor the answer ever says whether anything is held: that would tell whoever
asks under somebody else's number.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from django.conf import settings

from hub.errors import BadUsage, NotAllowed
from hub.intake.answers import vault
from hub.intake.audit import record
from hub.intake.models import Entry, Place
from hub.intake.opening import person_of
from hub.intake.reveal import open_boxes, open_names
from hub.intake.transactions import durable
from hub.retention.erasure import erase
from hub.visitors import numbers
from hub.visitors.models import DataRequest
from hub.visitors.workdays import due

CONTACT = 80
FIELDS = ("number", "bhyt", "phone")
"""What a card proves; a phone only when the official has called it. Never the name alone."""


@dataclass(frozen=True, slots=True)
class Held:
    """One passage as it is told to the person whose it is."""

    entry: Entry
    place: str
    person: Mapping[str, str]


def file(what: str, *, contact: str) -> DataRequest:
    """Take a request and return it with its number."""
    now, id_ = dt.datetime.now(dt.UTC), uuid.uuid4()
    with durable():
        return DataRequest.objects.create(
            id=id_,
            number=numbers.fresh(),
            what=what,
            made=now,
            due=due(now),
            box=vault().box({"contact": contact[:CONTACT]}, id_) if contact else None,
        )


def find(number: str) -> DataRequest | None:
    """Return the request with this number, however it was typed."""
    return DataRequest.objects.filter(number=numbers.tidy(number)).first()


def contact_of(request: DataRequest, *, actor: str) -> str:
    """Open how the person who asked can be reached."""
    if request.box is None:
        return ""
    boxes = [(request.pk, bytes(request.box))]
    ((_, told),) = open_boxes(boxes, actor=actor, reason="data request", subject=request.number)
    return str(told.get("contact", ""))


def proven(given: Mapping[str, str], *, seen: bool) -> dict[str, str]:
    """Return who the card names; raises :class:`NotAllowed` unless it was seen with its bearer.

    The number may be the whole text of the card's code, as a hand scanner types it.
    """
    if not seen:
        raise NotAllowed("The card and its bearer must have been seen side by side.")
    person = {field: given.get(field, "").strip() for field in FIELDS}
    person["number"] = person["number"].partition("|")[0].strip()
    person = {field: value for field, value in person.items() if value}
    if not {"number", "bhyt"} & set(person):
        raise BadUsage("The number on the card is needed.")
    return person


def shown(request: DataRequest, person: Mapping[str, str], *, actor: str) -> list[Held]:
    """Open everything held about a person, for them; the audit has it first."""
    _still_open(request, DataRequest.What.SEE)
    safe = vault()
    found: dict[uuid.UUID, Entry] = {}
    for field in person:
        tags = safe.search(field, person)
        for entry in Entry.objects.filter(**{f"tag_{field}__in": tags}):
            found[entry.pk] = entry
    rows = sorted(found.values(), key=lambda entry: entry.at_ms or entry.wall_ms)
    names = dict(Place.objects.values_list("pk", "name"))
    opened: Iterator[tuple[Entry, dict]] = open_names(
        rows, actor=actor, reason="the person's own request", subject=request.number
    )
    held = [
        Held(entry, names.get(entry.place, entry.place), person_of(content))
        for entry, content in opened
    ]
    _done(request, actor)
    return held


def erased(request: DataRequest, person: Mapping[str, str], *, actor: str) -> None:
    """Erase a person as ``hub erase`` does; nobody learns whether there was anything."""
    _still_open(request, DataRequest.What.ERASE)
    erase(settings.HOME, person, reason=f"request {request.number}", actor=actor)
    _done(request, actor)


def refuse(request: DataRequest, reason: str, *, actor: str) -> None:
    """Close a request that cannot be met, such as one whose person never came."""
    if not reason.strip():
        raise BadUsage("Refusing needs a reason, which the person reads.")
    if request.done is not None:
        raise NotAllowed("This request is closed.")
    _done(request, actor, refused=reason.strip()[:300])


def _still_open(request: DataRequest, what: str) -> None:
    if request.done is not None:
        raise NotAllowed("This request is closed.")
    if request.what != what:
        raise BadUsage("Something else was asked for.")


def _done(request: DataRequest, actor: str, *, refused: str = "") -> None:
    with durable():
        DataRequest.objects.filter(pk=request.pk).update(
            done=dt.datetime.now(dt.UTC), done_by=actor[:150], refused=refused, box=None
        )
        record("data-request", actor=actor, subject=request.number, reason=refused)
