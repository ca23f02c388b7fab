"""Visits: planned for a reason, made with a finding and a photo, looked at again in time."""

from __future__ import annotations

import datetime as dt
import uuid

from django.db.models import Q

from hub.compliance.models import Inspection
from hub.errors import BadUsage, NotAllowed
from hub.intake.answers import vault
from hub.intake.audit import record
from hub.intake.models import Place
from hub.intake.reveal import open_boxes
from hub.intake.transactions import durable
from hub.paper.photos import clean
from hub.places.lifecycle import move, profile_of
from hub.places.models import Stage

_UNSEEN = (Stage.KNOWN, Stage.APPLIED)


def plan(place: Place, *, reason: str, due: dt.date, actor: str) -> Inspection:
    """Ask for a visit; raises :class:`BadUsage` without a reason."""
    reason = " ".join(reason.split())
    if not 3 <= len(reason) <= 300:
        raise BadUsage("A visit needs a reason of 3 to 300 letters.")
    with durable():
        made = Inspection.objects.create(
            id=uuid.uuid4(), place=place, reason=reason, due=due,
            planned=dt.datetime.now(dt.UTC), planned_by=actor[:150],
        )  # fmt: skip
        record("visit-plan", actor=actor, subject=place.pk, reason=reason)
    return made


def visit(
    one: Inspection,
    finding: str,
    *,
    note: str = "",
    photo: bytes | None = None,
    deadline: dt.date | None = None,
    actor: str,
) -> None:
    """Say what was found; a violation needs a deadline by which it is mended.

    A place that nobody had seen yet and that is as it should be is verified by it.
    """
    if finding not in Inspection.Finding.values:
        raise BadUsage("A visit finds: fine, violation or gone.")
    violation = finding == Inspection.Finding.VIOLATION
    if violation and deadline is None:
        raise BadUsage("A violation needs the day by which it is mended.")
    jpeg = None if photo is None else clean(photo)
    now = dt.datetime.now(dt.UTC)
    with durable():
        fresh = Inspection.objects.select_for_update().get(pk=one.pk)
        if fresh.state != Inspection.State.PLANNED:
            raise NotAllowed("This visit was made already.")
        fresh.state = Inspection.State.MENDING if violation else Inspection.State.DONE
        fresh.visited, fresh.visited_by = now, actor[:150]
        fresh.finding, fresh.note = finding, note.strip()[:1000]
        fresh.deadline = deadline if violation else None
        fresh.photo = None if jpeg is None else vault().box(jpeg, fresh.pk)
        fresh.save()
        record("visit-made", actor=actor, subject=fresh.place_id, detail={"finding": finding})
    place = one.place
    if finding == Inspection.Finding.FINE and profile_of(place).stage in _UNSEEN:
        move(place, Stage.VERIFIED, actor=actor, note="visit")


def recheck(one: Inspection, *, mended: bool, note: str = "", actor: str) -> None:
    """Say whether what was wrong is mended."""
    with durable():
        fresh = Inspection.objects.select_for_update().get(pk=one.pk)
        if fresh.state not in (Inspection.State.MENDING, Inspection.State.UNMENDED):
            raise NotAllowed("Only what was found in violation is looked at again.")
        fresh.state = Inspection.State.DONE if mended else Inspection.State.UNMENDED
        fresh.rechecked, fresh.rechecked_by = dt.datetime.now(dt.UTC), actor[:150]
        fresh.recheck_note = note.strip()[:1000]
        fresh.save()
        record("visit-again", actor=actor, subject=fresh.place_id, detail={"mended": mended})


def photo_of(one: Inspection, *, actor: str) -> bytes | None:
    """Return the photo that was taken, as JPEG; the audit knows who looked."""
    if one.photo is None:
        return None
    boxes = [(one.pk, bytes(one.photo))]
    ((_, jpeg),) = open_boxes(boxes, actor=actor, reason="photo", subject=one.place_id)
    return bytes(jpeg)


def unmended(today: dt.date) -> set[str]:
    """Return the places whose deadline passed, or where a second look found no change."""
    late = Q(state=Inspection.State.MENDING, deadline__lt=today)
    found = Inspection.objects.filter(late | Q(state=Inspection.State.UNMENDED))
    return set(found.values_list("place_id", flat=True))
