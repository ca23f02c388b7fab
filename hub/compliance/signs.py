"""Which figures are signs of a violation, and how much each weighs. Pure.

A sign is a reason to go and look, never a finding: docs/tracing.md says what each is counted
from. A share that a guard counted is never ranked against one that a sensor counted.
"""

from __future__ import annotations

from dataclasses import dataclass

from hub.compliance.figures import SENSOR, Figures

SHARE_LEAST = 0.8
"""Below this, too many pass without a scan."""
FELL_TO = 0.2
FELL_FROM = 10.0
"""A gate fell silent: less than a fifth of what it recorded a day, which was at least ten."""
OFTEN = 20
"""One code this often at one place in a day is no visitor's."""
BY_HAND_MOST = 0.5


@dataclass(frozen=True, slots=True)
class Sign:
    """One sign: a stable word, its weight, and the figures it was seen in."""

    word: str
    weight: int
    detail: str = ""


def signs(now: Figures, before: Figures, *, days: int, days_before: int, gates: int) -> list[Sign]:
    """Return the signs of one place, heaviest first; ``gates`` are its kiosks in service."""
    recorded = now.scanned + now.by_hand
    found = []
    usual = (before.scanned + before.by_hand) / max(days_before, 1)
    daily = recorded / max(days, 1)
    if gates and not recorded:
        found.append(Sign("silent", 50, f"{usual:.0f}"))
    elif usual >= FELL_FROM and daily < usual * FELL_TO:
        found.append(Sign("fell-silent", 40, f"{daily:.0f}/{usual:.0f}"))
    if recorded and now.scanned <= now.active_days:
        found.append(Sign("one-scan", 30, str(now.scanned)))
    share = now.share
    if share is not None and share < SHARE_LEAST:
        weight = 30 if now.counted_by == SENSOR else 20
        found.append(Sign("low-share", weight, f"{share:.0%} {now.counted_by}"))
    if now.most_by_one >= OFTEN * days:
        found.append(Sign("one-code", 25, str(now.most_by_one)))
    if recorded >= FELL_FROM and now.by_hand > recorded * BY_HAND_MOST:
        found.append(Sign("by-hand", 15, f"{now.by_hand}/{recorded}"))
    if now.wrong_clock:
        found.append(Sign("wrong-clock", 10, str(now.wrong_clock)))
    if not gates:
        found.append(Sign("no-gate", 5))
    return sorted(found, key=lambda sign: -sign.weight)
