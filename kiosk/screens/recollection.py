"""What the gate's screen remembers of the last hours: masked, in memory alone (pure)."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

from kiosk.model import Health, Outcome, Verdict

LAST = 30
"""Entries that the list shows at most."""

MOST_ALERTS = 50


@dataclass(frozen=True, slots=True)
class Passed:
    """One verdict as a list shows it: nobody's name, and less than the verdict itself did."""

    time: str
    who: str
    direction: str
    outcome: Outcome
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Remark:
    """One alert in the tray."""

    number: int
    time: str
    who: str
    word: str


@dataclass(slots=True)
class Shift:
    """What happened since a guard took over."""

    scanned: int = 0
    by_hand: int = 0
    unscanned: int = 0
    refused: int = 0
    alerts: int = 0

    @property
    def share(self) -> int | None:
        """Percent of those passing who were recorded; None while nobody passed."""
        passed = self.scanned + self.by_hand + self.unscanned
        return round(100 * (self.scanned + self.by_hand) / passed) if passed else None


class Recollection:
    """The last entries, the alerts not yet looked at, the trip, and the shift's counts."""

    def __init__(self, trip: str = "") -> None:
        self.trip = trip
        """For which trip people pass now."""
        self.entries: deque[Passed] = deque(maxlen=LAST)
        self.alerts: deque[Remark] = deque(maxlen=MOST_ALERTS)
        self.shift = Shift()
        self._numbers = 0
        self._befallen: frozenset[str] = frozenset()
        self._unscanned_before: int | None = None
        self._unscanned_now = 0

    def heard(self, health: Health, *, time: str = "") -> None:
        """Take in the day's counts, and what has befallen the records since the last time."""
        befallen = frozenset(
            word
            for word, so in (
                (f"outbox-{health.outbox}", health.outbox != "ok"),
                ("hub-differs", health.differs > 0),
            )
            if so
        )
        for word in sorted(befallen - self._befallen):
            self._remark(word, time=time)
        self._befallen = befallen
        self._unscanned_now = health.tally.unscanned
        if self._unscanned_before is None:
            self._unscanned_before = self._unscanned_now
        self.shift.unscanned = max(0, self._unscanned_now - self._unscanned_before)

    def note(self, verdict: Verdict, *, time: str, who: str) -> None:
        """Take in a verdict; of the unscanned, the day's counts tell."""
        way = verdict.direction.value if verdict.direction else ""
        if verdict.kind != "unscanned" and verdict.outcome in (Outcome.RECORDED, Outcome.REFUSED):
            self._count(verdict)
            if verdict.reason == "purpose":
                return
            self.entries.appendleft(Passed(time, who, way, verdict.outcome, verdict.reason))
        for word in verdict.alerts:
            self._remark(word, time=time, who=who)

    def _remark(self, word: str, *, time: str, who: str = "") -> None:
        self._numbers += 1
        self.shift.alerts += 1
        self.alerts.appendleft(Remark(self._numbers, time, who, word))

    def _count(self, verdict: Verdict) -> None:
        if verdict.outcome is Outcome.REFUSED:
            self.shift.refused += 1
        elif verdict.reason == "undone":
            self.shift.scanned = max(0, self.shift.scanned - 1)
        elif verdict.reason in ("flipped", "purpose"):
            return
        elif verdict.kind in ("hand", "paper"):
            self.shift.by_hand += 1
        else:
            self.shift.scanned += 1

    def dismiss(self, number: int) -> None:
        """Take one alert out of the tray."""
        kept = [alert for alert in self.alerts if alert.number != number]
        self.alerts.clear()
        self.alerts.extend(kept)

    def hand_over(self) -> None:
        """Begin a new shift."""
        self.shift = Shift()
        self._unscanned_before = self._unscanned_now

    def __repr__(self) -> str:
        return f"Recollection({len(self.entries)} entries, {len(self.alerts)} alerts)"
