"""Which figures are signs of a violation, and how much each weighs. Pure.

A sign is a reason to go and look, never a finding: docs/tracing.md says what each is counted
from. A share that a guard counted is never ranked against one that a sensor counted.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from hub.compliance.figures import SENSOR, Figures

SHARE_LEAST = 0.8
"""Below this, too many pass without a scan."""
FELL_TO = 0.2
FELL_FROM = 10.0
"""A gate fell silent: less than a fifth of what it records on such a day, which is ten or more."""
OFTEN = 20
"""One code this often at one place in a day is no visitor's."""
BY_HAND_MOST = 0.5
UNREGISTERED = "not-registered"
"""No violation of the place's: somebody has to go and sign it up (see the progress)."""
MACHINES = {"silent": ("gate-silent", 15), "behind": ("lagging", 15), "clock": ("wrong-clock", 10)}
"""What a kiosk in trouble is a sign of, and its weight."""


@dataclass(frozen=True, slots=True)
class Sign:
    """One sign: a stable word, its weight, and the figures it was seen in."""

    word: str
    weight: int
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Standing:
    """What is known of a place beyond its figures.

    ``gates`` are its kiosks in service, ``troubles`` what those say is wrong, ``boards`` what
    hangs (people check in by phone), ``expected`` the passages that are usual on such days (None:
    unknown), ``reports`` the residents' reports that nobody answered, ``unmended`` whether a
    deadline passed or a second look found no change.
    """

    gates: int
    stage: str = "active"
    troubles: frozenset[str] = frozenset()
    expected: float | None = None
    reports: int = 0
    unmended: bool = False
    boards: int = 0


def signs(
    now: Figures, before: Figures, standing: Standing, *, days: int, days_before: int
) -> list[Sign]:
    """Return the signs of one place, heaviest first."""
    recorded = now.scanned + now.self_reported + now.by_hand
    if standing.stage in ("suspended", "closed"):
        return [Sign("open-though", 60, str(recorded))] if recorded else []
    if standing.stage in ("known", "applied"):
        return [*_people(standing), Sign(UNREGISTERED, 5)]
    found = [*_people(standing), *_passages(now, before, standing, days, days_before)]
    words = {sign.word for sign in found}
    for trouble in sorted(standing.troubles):
        word, weight = MACHINES.get(trouble, ("", 0))
        if word and word not in words:
            found.append(Sign(word, weight))
    if not standing.gates and not standing.boards:
        found.append(Sign("no-gate", 5))
    return sorted(found, key=lambda sign: (-sign.weight, sign.word))


def _people(standing: Standing) -> Iterable[Sign]:
    if standing.unmended:
        yield Sign("unmended", 45)
    if standing.reports:
        yield Sign("reported", 20 + 5 * min(standing.reports, 5), str(standing.reports))


def _passages(
    now: Figures, before: Figures, standing: Standing, days: int, days_before: int
) -> Iterable[Sign]:
    recorded = now.scanned + now.self_reported + now.by_hand
    usual = (before.scanned + before.self_reported + before.by_hand) / max(days_before, 1) * days
    if standing.expected is not None:
        usual = standing.expected
    resting = standing.expected == 0  # closed on such a day
    if standing.gates and not now.scanned + now.by_hand and not resting:
        yield Sign("silent", 50, f"{usual:.0f}")
    elif usual >= FELL_FROM * days and recorded < usual * FELL_TO:
        yield Sign("fell-silent", 40, f"{recorded:.0f}/{usual:.0f}")
    by_code = now.scanned + now.self_reported
    if recorded and by_code <= now.active_days:
        yield Sign("one-scan", 30, str(by_code))
    share = now.share
    if share is not None and share < SHARE_LEAST:
        weight = 30 if now.counted_by == SENSOR else 20
        yield Sign("low-share", weight, f"{share:.0%} {now.counted_by}")
    if now.most_by_one >= OFTEN * days:
        yield Sign("one-code", 25, str(now.most_by_one))
    if recorded >= FELL_FROM and now.by_hand > recorded * BY_HAND_MOST:
        yield Sign("by-hand", 15, f"{now.by_hand}/{recorded}")
    if now.wrong_clock:
        yield Sign("wrong-clock", 10, str(now.wrong_clock))
