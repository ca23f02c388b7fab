"""The call list: who is to be called, on which phone, and what came of it."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from hub.errors import BadUsage
from hub.intake.answers import vault
from hub.intake.audit import record
from hub.intake.opening import person_of
from hub.intake.reveal import open_boxes, open_names
from hub.intake.transactions import durable, now_ms
from hub.tracing.asking import contents, with_phone
from hub.tracing.contacts import Met
from hub.tracing.models import Case, Contact

_NOTE_LENGTH = 1000


def keep(case: Case, found: Sequence[tuple[Met, int]], now: int) -> dict[str, Contact]:
    """Add new contacts to the case's list; returns the lines by their group's key."""
    known = {contact.key: contact for contact in case.contacts.all()}
    lines: dict[str, Contact] = {}
    fresh = []
    for met, generation in found:
        # Whoever was first seen with a code and later with a number is one line.
        same = next((known[key] for key in sorted(met.who.keys) if key in known), None)
        if same is None:
            same = Contact(
                id=uuid.uuid4(),
                case=case,
                key=met.who.key,
                entry=met.who.seen[-1].sighting.id,
                generation=generation,
                found_ms=now,
                changed_ms=now,
            )
            fresh.append(same)
        lines[met.who.key] = same
    Contact.objects.bulk_create(fresh)
    Case.objects.filter(pk=case.pk).update(traced_ms=now)
    return lines


def opened(
    found: Sequence[Met], case: Case, *, actor: str, reason: str
) -> dict[str, tuple[dict[str, str], str]]:
    """Open who these people are; returns person and where the phone came from, by key.

    A phone that their code lacked is taken from any entry or declaration under the same
    number, whenever and wherever it was.
    """
    owner: dict[uuid.UUID, str] = {}
    numbers: dict[bytes, str] = {}
    for met in found:
        for one in met.who.seen[-3:]:
            owner[one.sighting.id] = met.who.key
        for one in met.who.seen:
            if "number" in one.tags:
                numbers[bytes.fromhex(one.tags["number"])] = met.who.key
    elsewhere: dict[uuid.UUID, str] = {}
    for pk, tag in with_phone(numbers):
        if pk not in owner:
            elsewhere[pk] = numbers[tag]
    latest = {key: pk for pk, key in elsewhere.items()}
    asked = {**owner, **{pk: key for key, pk in latest.items()}}
    people: dict[str, tuple[dict[str, str], str]] = {met.who.key: ({}, "") for met in found}
    for entry, content in open_names(
        contents(asked),
        actor=actor,
        reason=reason,
        subject=case.pk,
        detail={"contacts": len(found)},
    ):
        key = asked[entry.pk]
        person, source = people[key]
        facts = {k: v for k, v in person_of(content).items() if v}
        if entry.pk in owner:
            person |= facts
        elif "phone" in facts and "phone" not in person:
            people[key] = ({**person, "phone": facts["phone"]}, entry.place)
            continue
        people[key] = (person, "" if entry.pk in owner and "phone" in facts else source)
    return people


def change(case: Case, contact: str, *, state: str, note: str | None = None, actor: str) -> Contact:
    """Note what a call came to; the note is encrypted like a person's fields."""
    if state not in Contact.State.values:
        raise BadUsage(f"A state is one of: {', '.join(Contact.State.values)}.")
    found: Contact | None = next(
        (one for one in case.contacts.all() if str(one.pk).startswith(contact.lower())), None
    )
    if found is None or not contact:
        raise BadUsage("This case has no such contact; hub trace shows them.")
    found.state, found.changed_by, found.changed_ms = state, actor[:150], now_ms()
    if note is not None:
        found.note = vault().box({"note": note[:_NOTE_LENGTH]}, found.pk) if note else None
    with durable():
        found.save()
        record("contact-change", actor=actor, subject=case.pk, detail={"state": state})
    return found


def notes(case: Case, *, actor: str) -> dict[str, str]:
    """Open the notes of a case's call list, by contact."""
    boxes = [(c.pk, bytes(c.note)) for c in case.contacts.exclude(note=None)]
    if not boxes:
        return {}
    found = open_boxes(boxes, actor=actor, reason=case.reason, subject=case.pk)
    return {str(row): str(content.get("note", "")) for row, content in found}
