"""The desk: a code and a direction in, a verdict out, after the entry is on the disk.

Knows repeats, directions and pairing; gets the outbox, the keys and everything else that
touches a machine from whoever composes the kiosk.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from kiosk.clock import Clock, wall_ms_of, wall_time
from kiosk.codes import Context, classify
from kiosk.errors import DiskRefused
from kiosk.model import (
    AssertClock,
    Basis,
    ClockState,
    Code,
    Command,
    CountUnscanned,
    Direction,
    DirectionMode,
    EnterPerson,
    EnterText,
    EntryType,
    Flip,
    GatePolicy,
    Outcome,
    Person,
    SetDirection,
    Tally,
    Trust,
    Undo,
    Verdict,
)
from kiosk.pairing import Pairing, Pairs
from kiosk.policy import Action, Decision, Memory, Now, lapse, meet
from kiosk.presence import PAIRING_S, Passage
from kiosk.recent import Recent, Recorded
from kiosk.recorder import Recorder, Station, Store, content_of
from kiosk.tallies import LOCAL
from kiosk.wedge import Scans
from wire.batch import Clocks

OPPOSITE_MS = 60_000
"""Within this time of a passage the opposite direction is a repeat, not a new passage."""


@dataclass(frozen=True, slots=True)
class Services:
    """What the desk is given: how a key becomes a tag, and what is known of codes now.

    ``leave_out`` names personal fields that this gate does not keep.
    """

    tags: Callable[[tuple[str, ...]], tuple[bytes, ...]]
    context: Callable[[], Context]
    leave_out: frozenset[str] = frozenset()


class Desk:
    """Answers every presentation with a verdict; used by one thread at a time."""

    def __init__(
        self,
        station: Station,
        store: Store,
        services: Services,
        clock: Clock,
        *,
        policy: GatePolicy | None = None,
        mode: DirectionMode = DirectionMode.AUTO,
        usual: Direction = Direction.IN,
        memory_lost: bool = False,
        tally: Tally | None = None,
    ) -> None:
        self._station = station
        self._store = store
        self._recorder = Recorder(station, store, clock)
        self._services = services
        self._clock = clock
        self._policy = policy or GatePolicy()
        self._memory = Memory()
        self._pairs = Pairs(store, services.tags)
        self._scans = Scans()
        self._configured = mode
        self.mode = mode
        self._usual = usual
        self.memory_lost = memory_lost
        self._tally = tally or Tally()
        self._recent = Recent()
        self._picked = False

    # -- what is asked of the desk -------------------------------------------------------

    def present(self, text: str) -> Verdict:
        """Answer a text that was read. Never raises for what a visitor can show."""
        clocks = self._clock.now()
        code = classify(text, self._services.context())
        try:
            return self._answer(code, clocks)
        except DiskRefused as error:
            return self._out_of_service(clocks, error)

    def two_codes(self) -> Verdict:
        """Answer two people's codes in view at once."""
        clocks = self._clock.now()
        try:
            self._store.count("two-codes", wall_ms=clocks.wall_ms)
        except DiskRefused as error:
            return self._out_of_service(clocks, error)
        return Verdict(Outcome.TWO_CODES, wall_time(clocks.wall_ms), reason="two-codes")

    def handle(self, command: Command) -> Verdict | None:
        """Answer a touch; None where nothing but the state changes."""
        try:
            match command:
                case SetDirection(mode):
                    self.mode = mode
                    self._picked = True
                    self.memory_lost = False
                    return None
                case EnterText(text):
                    return self._typed(text)
                case EnterPerson(person, purpose):
                    return self._by_hand(person, purpose)
                case Flip(id):
                    return self._correct(id, flip=True)
                case Undo(id):
                    return self._correct(id, flip=False)
                case CountUnscanned(count):
                    return self._unscanned(count)
                case AssertClock(wall):
                    self._clock.learn(
                        wall_ms_of(wall),
                        at_boot_ms=self._clock.now().boot_ms,
                        state=ClockState.ASSERTED,
                    )
                    return None
        except DiskRefused as error:
            return self._out_of_service(self._clock.now(), error)

    def lapse(self) -> list[Verdict]:
        """Answer those whose second code did not come in time; call it about once a second."""
        clocks = self._clock.now()
        late, self._memory = lapse(
            self._policy, self._memory, self._moment(clocks), place=self._station.place
        )
        try:
            return [self._pass(d.code, d, clocks) for d in late if d.code is not None]
        except DiskRefused as error:
            return [self._out_of_service(clocks, error)]

    def tally(self) -> Tally:
        """Return the day's counts."""
        since = self._clock.now().boot_ms - PAIRING_S * 1000
        return replace(self._tally, inside=self._store.inside(since_boot_ms=since))

    def who(self, text: str) -> frozenset[str] | None:
        """Return what identifies the bearer of ``text``, None where it is no person's."""
        code = classify(text, self._services.context())
        return frozenset(code.keys) if code.personal else None

    # -- how it answers ------------------------------------------------------------------

    def _answer(self, code: Code, clocks: Clocks) -> Verdict:
        decision, self._memory = meet(
            code, self._policy, self._memory, self._moment(clocks), place=self._station.place
        )
        if decision.action is Action.NOT_FOR_US:
            self._store.count(f"not-for-us:{code.kind}", wall_ms=clocks.wall_ms)
        if decision.action in (Action.NOT_FOR_US, Action.WAIT):
            return Verdict(
                Outcome.NOT_FOR_US,
                wall_time(clocks.wall_ms),
                kind=code.kind,
                trust=code.trust,
                reason=decision.reason,
                person=code.person if decision.action is Action.WAIT else None,
                alerts=decision.alerts,
            )
        return self._pass(decision.code or code, decision, clocks)

    def _pass(self, code: Code, decision: Decision, clocks: Clocks) -> Verdict:
        """Record a person's passage (or refusal), unless it is a repeat."""
        pairing = self._pairs.of(code.keys, code.person, clocks.boot_ms)
        last = pairing.last
        direction, basis = self._direction(last)
        if self._repeated(code.keys, last, direction, clocks):
            seen = self._recent.of(pairing.tags)
            return Verdict(
                Outcome.DUPLICATE,
                wall_time(clocks.wall_ms),
                direction=Direction(last[0]) if last else direction,
                basis=basis,
                kind=code.kind,
                trust=code.trust,
                reason="repeat",
                person=code.person,
                previous_at=seen.verdict.at if seen else None,
            )
        if pairing.likely:
            decision = replace(decision, alerts=(*decision.alerts, "paired-by-likeness"))
        refused = decision.action is Action.REFUSE
        return self._record(
            EntryType.REFUSED if refused else EntryType.PASSAGE,
            code,
            decision,
            direction,
            basis,
            clocks,
            pairing=replace(pairing, tags=()) if refused else pairing,
        )

    def _typed(self, text: str) -> Verdict:
        """Answer a text that a hand scanner typed, as it was meant where that is provable."""
        seconds = self._clock.now().boot_ms / 1000
        reading = self._scans.take(text, seconds, self._services.context())
        verdict = self.present(reading.text)
        if not reading.hint:
            return verdict
        return replace(verdict, alerts=(*verdict.alerts, reading.hint))

    def _moment(self, clocks: Clocks) -> Now:
        at = wall_time(clocks.wall_ms)
        trusted = clocks.state == ClockState.TRUSTED.value
        return Now(clocks.boot_ms, at.astimezone(LOCAL).date().isoformat(), at if trusted else None)

    def _by_hand(self, person: Person, purpose: str) -> Verdict:
        clocks = self._clock.now()
        keys = person.keys or ((f"phone:{person.phone}",) if person.phone else ())
        pairing = self._pairs.of(keys, person, clocks.boot_ms)
        direction, basis = self._direction(pairing.last)
        code = Code("hand", person, Trust.UNSIGNED, purpose=purpose)
        decision = Decision(Action.ACCEPT, purpose=purpose)
        return self._record(
            EntryType.HAND, code, decision, direction, basis, clocks, pairing=pairing
        )

    def _record(
        self,
        type_: EntryType,
        code: Code,
        decision: Decision,
        direction: Direction,
        basis: Basis,
        clocks: Clocks,
        *,
        pairing: Pairing,
    ) -> Verdict:
        id_, seq = self._recorder.write(
            type_,
            clocks,
            content_of(code, leave_out=self._services.leave_out),
            passage=pairing.passage(direction, clocks.boot_ms),
            direction=direction.value,
            basis=basis.value,
            kind=code.kind,
            trust=code.trust.value,
            purpose=decision.purpose or None,
            reason=decision.reason or None,
        )
        self._recent.note(code.keys, clocks.boot_ms)
        refused = type_ is EntryType.REFUSED
        verdict = Verdict(
            Outcome.REFUSED if refused else Outcome.RECORDED,
            wall_time(clocks.wall_ms),
            id=str(id_),
            seq=seq,
            direction=direction,
            basis=basis,
            kind=code.kind,
            trust=code.trust,
            reason=decision.reason,
            person=code.person,
            alerts=decision.alerts,
        )
        if refused:
            self._tally = replace(self._tally, refused=self._tally.refused + 1)
        else:
            self._add(direction, 1)
            self._recent.add(
                Recorded(id_, direction, pairing.tags, pairing.last, clocks.boot_ms, verdict)
            )
        return verdict

    def _correct(self, id_: str, *, flip: bool) -> Verdict | None:
        """Undo a passage, or turn its direction, by a correcting entry; never a deletion."""
        known = self._recent.take(id_)
        if known is None:
            return None
        clocks = self._clock.now()
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
            self._recent.add(known)
            raise
        self._add(known.direction, -1)
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
            self._add(direction, 1)
            self._recent.add(replace(known, direction=direction, verdict=verdict))
        return verdict

    def _unscanned(self, count: int) -> Verdict:
        clocks = self._clock.now()
        direction, basis = self._direction(None)
        id_, seq = self._recorder.write(
            EntryType.UNSCANNED,
            clocks,
            {},
            direction=direction.value,
            basis=basis.value,
            count=count,
        )
        self._tally = replace(self._tally, unscanned=max(0, self._tally.unscanned + count))
        at = wall_time(clocks.wall_ms)
        return Verdict(
            Outcome.RECORDED, at, id=str(id_), seq=seq, direction=direction, basis=basis,
            kind="unscanned", reason="unscanned",
        )  # fmt: skip

    # -- directions and repeats ----------------------------------------------------------

    def _direction(self, last: tuple[str, int, int] | None) -> tuple[Direction, Basis]:
        if self.mode is not DirectionMode.AUTO:
            fixed = not self._picked or self.mode is self._configured
            return Direction(self.mode.value), Basis.FIXED if fixed else Basis.GUARD
        if last is not None:
            return Direction(last[0]).opposite, Basis.AUTO
        return self._usual, Basis.ASSUMED if self.memory_lost else Basis.AUTO

    def _repeated(
        self,
        keys: tuple[str, ...],
        last: tuple[str, int, int] | None,
        direction: Direction,
        clocks: Clocks,
    ) -> bool:
        if self._recent.just_answered(keys, clocks.boot_ms):
            return True
        return (
            last is not None
            and last[0] != direction.value
            and clocks.boot_ms - last[1] < OPPOSITE_MS
        )

    def _add(self, direction: Direction, n: int) -> None:
        if direction is Direction.IN:
            self._tally = replace(self._tally, entered=max(0, self._tally.entered + n))
        else:
            self._tally = replace(self._tally, left=max(0, self._tally.left + n))

    def _out_of_service(self, clocks: Clocks, error: DiskRefused) -> Verdict:
        del error  # its words are for the log of whoever composes us; the screen has its own
        return Verdict(Outcome.OUT_OF_SERVICE, wall_time(clocks.wall_ms), reason="disk")
