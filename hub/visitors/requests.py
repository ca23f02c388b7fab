"""Requests about one's own data: filed here, proven with the card, done within two working days.

Anybody can file one and an official can claim to have seen a card: so one official compares, and
another opens or erases what the first one's card names. Both are in the audit.

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
from hub.visitors.office import holidays
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
            due=due(now, holidays()),
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


def compare(request: DataRequest, person: Mapping[str, str], *, actor: str) -> None:
    """Note whom the card names, for the other official; the audit knows who says so."""
    with durable():
        row = _locked(request)
        if row.compared is not None:
            raise NotAllowed("The card was compared already; send that back first.")
        row.compared, row.compared_by = dt.datetime.now(dt.UTC), actor[:150]
        row.proof = vault().box({"proof": dict(person)}, row.pk)
        row.save()
        record("data-request-compared", actor=actor, subject=row.number)


def send_back(request: DataRequest, *, actor: str) -> None:
    """Forget what was compared, so that the card is compared anew."""
    with durable():
        row = _locked(request)
        row.compared, row.compared_by, row.proof = None, "", None
        row.save()
        record("data-request-back", actor=actor, subject=row.number)


def compared_person(request: DataRequest, *, actor: str) -> dict[str, str]:
    """Open whom the compared card names; nobody where none was compared."""
    if request.proof is None:
        return {}
    boxes = [(request.pk, bytes(request.proof))]
    ((_, told),) = open_boxes(boxes, actor=actor, reason="data request", subject=request.number)
    return {field: str(value) for field, value in told["proof"].items() if field in FIELDS}


def shown(request: DataRequest, *, step: str, actor: str) -> list[Held]:
    """Open everything held about the compared card's person, for them; the audit has it first.

    ``step`` is :func:`step_of` as the page that was answered had it. Raises :class:`NotAllowed`
    for the account that compared the card.
    """
    person = _met(request, DataRequest.What.SEE, step, actor)
    safe = vault()
    found: dict[uuid.UUID, Entry] = {}
    for field in person:
        tags = safe.search(field, person)
        for entry in Entry.objects.filter(**{f"tag_{field}__in": tags}):
            found[entry.pk] = entry
    rows = sorted(found.values(), key=lambda entry: entry.at_ms or entry.wall_ms)
    names = dict(Place.objects.values_list("pk", "name"))
    opened: Iterator[tuple[Entry, dict]] = open_names(
        rows, actor=actor, reason="the person's own request", subject=request.number,
        detail={"compared_by": request.compared_by},
    )  # fmt: skip
    held = [
        Held(entry, names.get(entry.place, entry.place), person_of(content))
        for entry, content in opened
    ]
    _done(request, actor)
    return held


def erased(request: DataRequest, *, step: str, actor: str) -> None:
    """Erase a person as ``hub erase`` does; nobody learns whether there was anything.

    ``step`` and what is raised: as of :func:`shown`.
    """
    person = _met(request, DataRequest.What.ERASE, step, actor)
    erase(settings.HOME, person, reason=f"request {request.number}", actor=actor)
    _done(request, actor)


def step_of(request: DataRequest) -> str:
    """Return which comparison this is: a page that shows an older one opens nothing."""
    return "" if request.compared is None else request.compared.isoformat()


def refuse(request: DataRequest, reason: str, *, actor: str) -> None:
    """Close a request that cannot be met, such as one whose person never came."""
    if not reason.strip():
        raise BadUsage("Refusing needs a reason, which the person reads.")
    if request.done is not None:
        raise NotAllowed("This request is closed.")
    _done(request, actor, refused=reason.strip()[:300])


def _met(request: DataRequest, what: str, step: str, actor: str) -> dict[str, str]:
    """Return whom the request is about; raises unless a second official may meet it now."""
    if request.done is not None:
        raise NotAllowed("This request is closed.")
    if request.what != what:
        raise BadUsage("Something else was asked for.")
    if request.compared is None:
        raise NotAllowed("The card must be compared first, by another official.")
    if request.compared_by == actor[:150]:
        raise NotAllowed("Another official than the one who compared the card must do this.")
    if step_of(request) != step:
        raise NotAllowed("The card was compared anew since this page was opened; look again.")
    return compared_person(request, actor=actor)


def _locked(request: DataRequest) -> DataRequest:
    row = DataRequest.objects.select_for_update().get(pk=request.pk)
    if row.done is not None:
        raise NotAllowed("This request is closed.")
    return row


def _done(request: DataRequest, actor: str, *, refused: str = "") -> None:
    with durable():
        DataRequest.objects.filter(pk=request.pk).update(
            done=dt.datetime.now(dt.UTC), done_by=actor[:150], refused=refused, box=None, proof=None
        )
        compared = {"compared_by": request.compared_by} if request.compared_by else {}
        record("data-request", actor=actor, subject=request.number, reason=refused, detail=compared)
