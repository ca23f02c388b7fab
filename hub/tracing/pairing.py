"""Sightings at gates become stays: in and out paired, a missing one bounded. Pure.

A missing end is the earliest of: as long as people stay at this kind of place, the next
sighting, closing time, midnight, now. A missing start mirrors it.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from hub.tracing.intervals import MINUTE_MS, Bound, Stay

VIETNAM = dt.timezone(dt.timedelta(hours=7))
UNKNOWN_MS = 12 * 60 * MINUTE_MS
"""The error of a time that no clock vouches for."""


@dataclass(frozen=True, slots=True)
class Rule:
    """How long people stay at a place: ``closes`` is minutes after midnight, or None.

    ``ends_ms`` is when a temporary place was over.
    """

    stay_ms: int
    closes: int | None = None
    overnight: bool = False
    ends_ms: int | None = None


@dataclass(frozen=True, slots=True)
class Sighting:
    """Somebody at a gate: corrections applied; ``direction`` is ``in`` or ``out``."""

    id: uuid.UUID
    ms: int
    error_ms: int
    direction: str
    place: str
    gate: str = ""
    trip: str = ""
    basis: str = "fixed"
    chain: str = ""
    seq: int = 0
    join: float = 1.0

    @property
    def where(self) -> tuple[str, str]:
        """The place, or the trip of a vehicle."""
        return self.place, self.trip


def ordered(sightings: Iterable[Sighting]) -> list[Sighting]:
    """Return them by time; within one chain the sequence decides, whatever its clock said."""
    found = sorted(sightings, key=lambda s: (s.ms, s.chain, s.seq))
    slots: dict[str, list[int]] = {}
    for index, one in enumerate(found):
        slots.setdefault(one.chain, []).append(index)
    result = list(found)
    for chain, indexes in slots.items():
        if chain:
            ranked = sorted((found[i] for i in indexes), key=lambda s: s.seq)
            for index, one in zip(indexes, ranked, strict=True):
                result[index] = one
    return result


def stays(
    sightings: Iterable[Sighting], rule_of: Callable[[str], Rule], *, now_ms: int
) -> list[Stay]:
    """Return one person's stays in order; ``rule_of`` takes a place's id."""
    found = ordered(sightings)
    made: list[Stay] = []
    inside: Sighting | None = None
    for index, one in enumerate(found):
        seen = _turned(one, inside)
        if inside is not None and (seen.direction == "in" or seen.where != inside.where):
            made.append(_left(inside, rule_of(inside.place), seen.ms, now_ms))
            inside = None
        if seen.direction == "in":
            inside = seen
        elif inside is not None:
            end = Bound(max(seen.ms, inside.ms), seen.error_ms)
            made.append(_stay(inside, seen, Bound(inside.ms, inside.error_ms), end))
            inside = None
        else:
            made.append(_came(seen, rule_of(seen.place), found[:index]))
    if inside is not None:
        made.append(_left(inside, rule_of(inside.place), None, now_ms))
    return made


def _turned(one: Sighting, inside: Sighting | None) -> Sighting:
    """A gate that had forgotten who is inside assumed a direction: it pairs anew here."""
    if one.basis == "assumed" and one.direction == "in" and inside and inside.where == one.where:
        return replace(one, direction="out")
    return one


def _left(came: Sighting, rule: Rule, next_ms: int | None, now_ms: int) -> Stay:
    ends = [(came.ms + rule.stay_ms, "stay"), (max(now_ms, came.ms), "now")]
    if next_ms is not None:
        ends.append((max(next_ms, came.ms), "next"))
    midnight = _midnight(came.ms)
    if not rule.overnight:
        ends.append((midnight + 24 * 60 * MINUTE_MS, "midnight"))
    if rule.closes is not None and midnight + rule.closes * MINUTE_MS > came.ms:
        ends.append((midnight + rule.closes * MINUTE_MS, "closing"))
    if rule.ends_ms is not None and rule.ends_ms > came.ms:
        ends.append((rule.ends_ms, "closing"))
    ms, why = min(ends)
    return _stay(came, None, Bound(came.ms, came.error_ms), Bound(ms, came.error_ms, why))


def _came(left: Sighting, rule: Rule, before: Sequence[Sighting]) -> Stay:
    starts = [(left.ms - rule.stay_ms, "stay")]
    if before:
        starts.append((min(before[-1].ms, left.ms), "next"))
    if not rule.overnight:
        starts.append((_midnight(left.ms), "midnight"))
    ms, why = max(starts)
    return _stay(None, left, Bound(ms, left.error_ms, why), Bound(left.ms, left.error_ms))


def _stay(came: Sighting | None, left: Sighting | None, start: Bound, end: Bound) -> Stay:
    known = came or left
    assert known is not None
    return Stay(
        known.place,
        known.trip,
        start,
        end,
        gate_in=came.gate if came else "",
        gate_out=left.gate if left else "",
        join=min(one.join for one in (came, left) if one),
    )


def _midnight(ms: int) -> int:
    """Return the local midnight at or before ``ms``."""
    local = dt.datetime.fromtimestamp(ms / 1000, VIETNAM)
    start = local.replace(hour=0, minute=0, second=0, microsecond=0)
    return int(start.timestamp() * 1000)
