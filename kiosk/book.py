"""The day's book: writes each kind of entry, counts, and can take the last ones back.

What is written is sealed and durable (:mod:`kiosk.recorder`); the counts and what can be
taken back live in memory and are gone with the process.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from kiosk.clock import Clock, wall_ms_of, wall_time
from kiosk.errors import DiskRefused
from kiosk.model import (
    Basis,
    Code,
    Direction,
    EnterPaper,
    EntryType,
    Outcome,
    Tally,
    Trust,
    Verdict,
)
from kiosk.pairing import Pairing
from kiosk.policy import Action, Decision
from kiosk.presence import Passage
from kiosk.recent import Recent, Recorded
from kiosk.recorder import Recorder, content_of
from wire.batch import Clocks

MOST_AT_ONCE = 100
"""No family or bus is larger; a larger count is a slip of the finger."""


@dataclass(frozen=True, slots=True)
class Way:
    """Which way somebody passes, and how that came about."""

    direction: Direction
    basis: Basis


class Book:
    """Entries of one gate; used by the desk's thread."""

    def __init__(
        self,
        recorder: Recorder,
        clock: Clock,
        *,
        leave_out: frozenset[str] = frozenset(),
        tally: Tally | None = None,
    ) -> None:
        self._recorder = recorder
        self._clock = clock
        self._leave_out = leave_out
        self.tally = tally or Tally()
        self.recent = Recent()
        self.guard = ""

    def passage(
        self,
        type_: EntryType,
        code: Code,
        decision: Decision,
        way: Way,
        clocks: Clocks,
        pairing: Pairing,
        *,
        count: int = 1,
        answers: tuple[tuple[str, str], ...] = (),
    ) -> Verdict:
        """Write that somebody passed (or was refused)."""
        content = self._content(code)
        if answers:
            content["declaration"] = dict(answers)
        refused = decision.action is Action.REFUSE
        id_, seq = self._recorder.write(
            type_,
            clocks,
            content,
            passage=None if refused else pairing.passage(way.direction, clocks.boot_ms),
            direction=way.direction.value,
            basis=way.basis.value,
            kind=code.kind,
            trust=code.trust.value,
            purpose=decision.purpose or None,
            reason=decision.reason or None,
            count=count if count > 1 else None,
        )
        self.recent.note(code.keys, clocks.boot_ms)
        verdict = Verdict(
            Outcome.REFUSED if refused else Outcome.RECORDED,
            wall_time(clocks.wall_ms),
            id=str(id_),
            seq=seq,
            direction=way.direction,
            basis=way.basis,
            kind=code.kind,
            trust=code.trust,
            reason=decision.reason,
            person=code.person,
            alerts=decision.alerts,
            ask=() if refused else decision.ask,
        )
        if refused:
            self.tally = replace(self.tally, refused=self.tally.refused + 1)
            return verdict
        self._add(way.direction, count)
        self.recent.add(
            Recorded(id_, way.direction, pairing.tags, pairing.last, clocks.boot_ms, verdict, count)
        )
        return verdict

    def paper(self, line: EnterPaper, clocks: Clocks) -> Verdict:
        """Write a line of the paper book: with its own time and how sure that is."""
        code = Code("paper", line.person, Trust.UNSIGNED)
        id_, seq = self._recorder.write(
            EntryType.PAPER,
            clocks,
            self._content(code),
            wall_ms=wall_ms_of(line.at),
            direction=line.direction.value,
            basis=Basis.GUARD.value,
            kind=code.kind,
            trust=code.trust.value,
            count=line.count if line.count > 1 else None,
            error_ms=max(0, line.error_s) * 1000,
        )
        verdict = Verdict(
            Outcome.RECORDED,
            line.at,
            id=str(id_),
            seq=seq,
            direction=line.direction,
            basis=Basis.GUARD,
            kind=code.kind,
            trust=code.trust,
            reason="paper",
            person=line.person,
        )
        self._add(line.direction, line.count)
        self.recent.add(
            Recorded(id_, line.direction, (), None, clocks.boot_ms, verdict, line.count)
        )
        return verdict

    def unscanned(self, count: int, way: Way, clocks: Clocks, *, sensor: bool = False) -> Verdict:
        """Write that ``count`` people passed without a scan (negative: take back).

        The entry's kind says who counted: ``sensor``, or nothing for the guard.
        """
        id_, seq = self._recorder.write(
            EntryType.UNSCANNED,
            clocks,
            {},
            direction=way.direction.value,
            basis=way.basis.value,
            kind="sensor" if sensor else "",
            count=count,
        )
        self.tally = replace(self.tally, unscanned=max(0, self.tally.unscanned + count))
        return Verdict(
            Outcome.RECORDED,
            wall_time(clocks.wall_ms),
            id=str(id_),
            seq=seq,
            direction=way.direction,
            basis=way.basis,
            kind="unscanned",
            reason="unscanned",
        )

    def correct(self, id_: str, clocks: Clocks, *, flip: bool) -> Verdict:
        """Undo a passage, or turn its direction, by a correcting entry; never a deletion."""
        known = self.recent.take(id_)
        if known is None:
            at = wall_time(clocks.wall_ms)
            return Verdict(Outcome.NOT_FOR_US, at, reason="nothing-to-undo")
        direction = known.direction.opposite
        if flip:
            passage = Passage(known.tags, direction.value, known.boot_ms)
        elif known.before is not None:
            passage = Passage(known.tags, known.before[0], known.before[1])
        else:
            passage = Passage(known.tags, "", known.boot_ms)
        try:
            new_id, seq = self._recorder.write(
                EntryType.CORRECTION,
                clocks,
                {},
                passage=passage if known.tags else None,
                direction=direction.value if flip else None,
                basis=Basis.GUARD.value if flip else None,
                kind=known.verdict.kind,
                corrects=known.id,
            )
        except DiskRefused:
            self.recent.add(known)
            raise
        self._add(known.direction, -known.count)
        verdict = replace(
            known.verdict,
            id=str(new_id),
            seq=seq,
            direction=direction if flip else known.direction,
            basis=Basis.GUARD,
            reason="flipped" if flip else "undone",
            alerts=(),
        )
        if flip:
            self._add(direction, known.count)
            self.recent.add(replace(known, direction=direction, verdict=verdict))
        return verdict

    def purpose(self, id_: str, purpose: str, clocks: Clocks) -> Verdict:
        """Add what somebody came for, by a correcting entry that changes nothing else."""
        known = self.recent.take(id_)
        if known is None:
            at = wall_time(clocks.wall_ms)
            return Verdict(Outcome.NOT_FOR_US, at, reason="nothing-to-undo")
        # What was recorded can still be taken back, by the name that the screen knows.
        self.recent.add(known)
        new_id, seq = self._recorder.write(
            EntryType.CORRECTION,
            clocks,
            {},
            direction=known.direction.value,
            basis=known.verdict.basis.value if known.verdict.basis else None,
            kind=known.verdict.kind,
            purpose=purpose,
            corrects=known.id,
        )
        return replace(known.verdict, id=str(new_id), seq=seq, reason="purpose", alerts=(), ask=())

    def ride(self, trip: str) -> None:
        """Write this trip into every entry from now on."""
        self._recorder.station = replace(self._recorder.station, trip=trip or None)

    def _content(self, code: Code) -> dict[str, object]:
        content = content_of(code, leave_out=self._leave_out)
        if self.guard:
            content["guard"] = self.guard
        return content

    def _add(self, direction: Direction, n: int) -> None:
        if direction is Direction.IN:
            self.tally = replace(self.tally, entered=max(0, self.tally.entered + n))
        else:
            self.tally = replace(self.tally, left=max(0, self.tally.left + n))
