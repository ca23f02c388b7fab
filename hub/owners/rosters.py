"""A unit's roster: who of it is expected each day, who was scanned, who is missing.

The list's names are not kept: of each row a mask, and tags by which its passages are found.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from hub.errors import BadUsage
from hub.intake.answers import vault
from hub.intake.audit import record
from hub.intake.masked import masked_line
from hub.intake.models import Place
from hub.intake.transactions import durable
from hub.intake.vault import mask
from hub.owners.models import Member
from hub.tracing.pairing import VIETNAM
from hub.tracing.sightings import at_places
from hub.trust.passes import Wish

FIELDS = ("number", "bhyt", "phone")
_DAY_MS = 24 * 3600 * 1000


@dataclass(frozen=True, slots=True)
class Expected:
    """One person of the roster on one day, masked; ``row`` as in the list that was brought."""

    row: int
    who: str


@dataclass(frozen=True, slots=True)
class Day:
    """One day of a roster."""

    day: dt.date
    expected: int
    missing: tuple[Expected, ...]

    @property
    def scanned(self) -> int:
        """How many of the roster passed."""
        return self.expected - len(self.missing)


def replace(place: Place, wishes: Sequence[Wish], *, actor: str) -> int:
    """Take a new roster for a place, from today on; returns how many people it has."""
    safe, today = vault(), dt.datetime.now(VIETNAM).date()
    members = []
    for number, wish in enumerate(wishes, 1):
        who = wish.bearer
        person = {
            "name": who.name, "birth": who.birth, "sex": who.sex, "number": who.number,
            "bhyt": who.bhyt, "phone": who.phone,
        }  # fmt: skip
        tags = safe.tags(person)
        if not any(tags[field] for field in FIELDS):
            raise BadUsage(
                f"Person {number} of the list has no document number, insurance number or "
                "phone: without one nobody is recognised."
            )
        id_ = uuid.uuid4()
        members.append(
            Member(
                id=id_,
                place=place,
                number=number,
                since=today,
                mask=safe.box(mask(person), id_),
                **{f"tag_{field}": tags[field] for field in FIELDS},
            )
        )
    with durable():
        before = dict(_since(place))
        Member.objects.filter(place=place).delete()
        for member in members:  # who was on the list before stays expected since then
            member.since = min(
                (before[tag] for tag in _tags(member) if tag in before), default=today
            )
        Member.objects.bulk_create(members, batch_size=500)
        record("roster-set", actor=actor, subject=place.pk, detail={"members": len(members)})
    return len(members)


def days(place: Place, until: dt.date, count: int) -> list[Day]:
    """Return the last ``count`` days to ``until``, the newest first."""
    members = list(Member.objects.filter(place=place).order_by("number"))
    found = []
    for back in range(count):
        day = until - dt.timedelta(days=back)
        expected = [member for member in members if member.since <= day]
        seen = _seen(place, day) if expected else set()
        missing = [m for m in expected if seen.isdisjoint(_tags(m))]
        found.append(
            Day(
                day,
                len(expected),
                tuple(Expected(m.number, masked_line(m.pk, bytes(m.mask))) for m in missing),
            )
        )
    return found


def forget(sender: Any, *, found: Sequence[tuple[str, bytes]], **_: Any) -> None:  # noqa: ARG001 (a signal's shape)
    """Take a person who is erased off every roster."""
    for field, tag in found:
        if field in FIELDS:
            Member.objects.filter(**{f"tag_{field}": tag}).delete()


def _seen(place: Place, day: dt.date) -> set[tuple[str, str]]:
    start = int(dt.datetime.combine(day, dt.time(), VIETNAM).timestamp() * 1000)
    return {
        (field, tag)
        for one in at_places([(place.pk, start, start + _DAY_MS - 1)])
        for field, tag in one.tags.items()
        if field in FIELDS
    }


def _tags(member: Member) -> set[tuple[str, str]]:
    return {
        (field, bytes(tag).hex())
        for field in FIELDS
        if (tag := getattr(member, f"tag_{field}")) is not None
    }


def _since(place: Place) -> list[tuple[tuple[str, str], dt.date]]:
    return [
        (tag, member.since)
        for member in Member.objects.filter(place=place)
        for tag in _tags(member)
    ]
