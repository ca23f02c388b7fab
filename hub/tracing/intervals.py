"""Stays and their overlap: who was there together, how long, how surely. Pure.

Each end of a stay has a time, an error and a reason: seen at the gate, or why it is assumed.
From them come three lengths of an overlap: ``least`` (certain whatever the errors), ``minutes``
(by the stated times) and ``most`` (possible within the errors). docs/tracing.md draws each case.
"""

from __future__ import annotations

from dataclasses import dataclass

MINUTE_MS = 60_000
NEAR_MS = 5 * MINUTE_MS
"""Two people who pass one gate this close together count as having met at the gate."""

SEEN = "seen"


@dataclass(frozen=True, slots=True)
class Bound:
    """One end of a stay: ``ms`` since 1970 ± ``error_ms``; ``why`` it is there.

    ``why`` is ``seen``, or for an end nobody recorded: ``stay`` (as long as people stay at this
    kind of place), ``next`` (recorded again later, or earlier, elsewhere), ``closing``,
    ``midnight``, ``now``.
    """

    ms: int
    error_ms: int = 0
    why: str = SEEN

    @property
    def seen(self) -> bool:
        """Whether somebody recorded it."""
        return self.why == SEEN


@dataclass(frozen=True, slots=True)
class Stay:
    """Somebody at a place, or on one trip of a vehicle. ``join`` < 1: perhaps another person."""

    place: str
    trip: str
    start: Bound
    end: Bound
    gate_in: str = ""
    gate_out: str = ""
    join: float = 1.0

    @property
    def certain(self) -> tuple[int, int]:
        """When they were surely there; the first after the second when that is never sure."""
        start = self.start if self.start.seen else self.end
        end = self.end if self.end.seen else self.start
        return start.ms + start.error_ms, end.ms - end.error_ms

    @property
    def possible(self) -> tuple[int, int]:
        """From when to when they can have been there."""
        return self.start.ms - self.start.error_ms, self.end.ms + self.end.error_ms


@dataclass(frozen=True, slots=True)
class Overlap:
    """Two people at one place at a time. Lengths in minutes; times in milliseconds.

    ``at`` is ``trip``, ``gate`` (they passed one gate within five minutes) or ``place``;
    ``confidence`` is ``high``, ``medium`` or ``low``.
    """

    start_ms: int
    end_ms: int
    least: float
    minutes: float
    most: float
    at: str
    confidence: str


def overlap(one: Stay, other: Stay) -> Overlap | None:
    """Return how two stays meet, or None when no error can make them meet."""
    if (one.place, one.trip) != (other.place, other.trip):
        return None
    widest = _common(one.possible, other.possible)
    if widest[1] < widest[0]:
        return None
    sure = _common(one.certain, other.certain)
    stated = _common((one.start.ms, one.end.ms), (other.start.ms, other.end.ms))
    least = _minutes(sure)
    return Overlap(
        start_ms=min(stated),
        end_ms=max(stated),
        least=least,
        minutes=_minutes(stated),
        most=_minutes(widest),
        at=_where(one, other),
        confidence=_confidence(one, other, met=stated[0] <= stated[1], least=least),
    )


def _confidence(one: Stay, other: Stay, *, met: bool, least: float) -> str:
    guessed = sum(not bound.seen for stay in (one, other) for bound in (stay.start, stay.end))
    if not met or guessed > 1 or min(one.join, other.join) < 1:
        return "low"
    return "high" if guessed == 0 and least > 0 else "medium"


def _where(one: Stay, other: Stay) -> str:
    if one.trip:
        return "trip"
    for gate, mine in _passed(one):
        for theirs_gate, theirs in _passed(other):
            if gate == theirs_gate and abs(mine - theirs) <= NEAR_MS:
                return "gate"
    return "place"


def _passed(stay: Stay) -> list[tuple[str, int]]:
    ends = ((stay.gate_in, stay.start), (stay.gate_out, stay.end))
    return [(gate, bound.ms) for gate, bound in ends if bound.seen and gate]


def _common(one: tuple[int, int], other: tuple[int, int]) -> tuple[int, int]:
    return max(one[0], other[0]), min(one[1], other[1])


def _minutes(span: tuple[int, int]) -> float:
    return max(0, span[1] - span[0]) / MINUTE_MS
