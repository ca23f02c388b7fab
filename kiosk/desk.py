"""The desk: a code and a direction in, a verdict out, after the entry is on the disk.

Knows repeats, directions and pairing; whoever composes the kiosk gives it the rest.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace

from kiosk.book import MOST_AT_ONCE, Book, Way
from kiosk.clock import Clock, wall_ms_of, wall_time
from kiosk.codes import Context, classify
from kiosk.declaring import declaration_of
from kiosk.errors import DiskRefused
from kiosk.meaning import moment_of
from kiosk.model import (
    AssertClock,
    AwaitGuard,
    Basis,
    ChangeGuard,
    ClockState,
    Code,
    Command,
    CountUnscanned,
    Declare,
    Direction,
    DirectionMode,
    EnterPaper,
    EnterPerson,
    EnterText,
    EntryType,
    Flip,
    GatePolicy,
    Outcome,
    Response,
    SetDirection,
    SetPurpose,
    SetTrip,
    Tally,
    Undo,
    Verdict,
)
from kiosk.pairing import Pairs
from kiosk.policy import Action, Decision, Memory, lapse, meet, signs_in
from kiosk.presence import PAIRING_S
from kiosk.recorder import Recorder, Station, Store
from kiosk.wedge import Scans
from wire.batch import Clocks
from wire.claims import Declaration

_log = logging.getLogger(__name__)

OPPOSITE_MS = 60_000
"""Within this time of a passage the opposite direction is a repeat, not a new passage."""


@dataclass(frozen=True, slots=True)
class Services:
    """What the desk is given: how a key becomes a tag, and what is known of codes now.

    ``leave_out`` names personal fields that this gate does not keep; ``issue`` signs a
    declaration for its bearer to keep.
    """

    tags: Callable[[tuple[str, ...]], tuple[bytes, ...]]
    context: Callable[[], Context]
    leave_out: frozenset[str] = frozenset()
    issue: Callable[[Declaration], str] = lambda _: ""


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
        recorder = Recorder(station, store, clock)
        self._book = Book(recorder, clock, leave_out=services.leave_out, tally=tally)
        self._services = services
        self._clock = clock
        self.policy = policy or GatePolicy()
        self._memory = Memory()
        self._pairs = Pairs(store, services.tags)
        self._scans = Scans()
        self._configured = mode
        self.mode = mode
        self._usual = usual
        self.memory_lost = memory_lost
        self._picked = self._guard_awaited = False

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
                case EnterPerson() | Declare():
                    return self._by_hand(command)
                case EnterPaper():
                    return self._book.paper(command, self._clock.now())
                case Flip(id):
                    return self._book.correct(id, self._clock.now(), flip=True)
                case Undo(id):
                    return self._book.correct(id, self._clock.now(), flip=False)
                case SetPurpose(id, purpose):
                    return self._book.purpose(id, purpose, self._clock.now())
                case SetTrip(trip):
                    self._book.ride(trip)
                    return None
                case CountUnscanned(n, beam):
                    return self._book.unscanned(n, self._way(None), self._clock.now(), sensor=beam)
                case AwaitGuard(on):
                    self._guard_awaited = on
                    return None
                case ChangeGuard(guard):
                    self._book.guard, self._guard_awaited = guard, False
                    return None
                case AssertClock(wall):
                    self._clock.learn(
                        wall_ms_of(wall),
                        at_boot_ms=self._clock.now().boot_ms,
                        state=ClockState.ASSERTED,
                    )
                    return None
        except DiskRefused as error:
            return self._out_of_service(self._clock.now(), error)

    def lapse(self, *, everyone: bool = False) -> list[Verdict]:
        """Answer those whose second code did not come in time: once a second, and at the end."""
        clocks = self._clock.now()
        now, place = moment_of(clocks), self._station.place
        late, self._memory = lapse(self.policy, self._memory, now, place=place, everyone=everyone)
        try:
            return [self._pass(d.code, d, clocks) for d in late if d.code is not None]
        except DiskRefused as error:
            return [self._out_of_service(clocks, error)]

    def tally(self) -> Tally:
        """Return the day's counts."""
        since = self._clock.now().boot_ms - PAIRING_S * 1000
        return replace(self._book.tally, inside=self._store.inside(since_boot_ms=since))

    def who(self, text: str) -> frozenset[str] | None:
        """Return what identifies the bearer of ``text``, None where it is no person's."""
        code = classify(text, self._services.context())
        return frozenset(code.keys) if code.personal else None

    # -- how it answers ------------------------------------------------------------------

    def _answer(self, code: Code, clocks: Clocks) -> Verdict:
        if self._guard_awaited and signs_in(code):
            self._guard_awaited, self._book.guard = False, code.reference
            at = wall_time(clocks.wall_ms)
            return Verdict(Outcome.NOT_FOR_US, at, kind=code.kind, reason="guard-signed-in")
        decision, self._memory = meet(
            code, self.policy, self._memory, moment_of(clocks), place=self._station.place
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
        way = self._way(last)
        if self._repeated(code.keys, last, way.direction, clocks):
            seen = self._book.recent.of(pairing.tags)
            return Verdict(
                Outcome.DUPLICATE,
                wall_time(clocks.wall_ms),
                direction=Direction(last[0]) if last else way.direction,
                basis=way.basis,
                kind=code.kind,
                trust=code.trust,
                reason="repeat",
                person=code.person,
                previous_at=seen.verdict.at if seen else None,
            )
        if pairing.likely:
            decision = replace(decision, alerts=(*decision.alerts, "paired-by-likeness"))
        refused = decision.action is Action.REFUSE
        type_ = EntryType.REFUSED if refused else EntryType.PASSAGE
        return self._book.passage(type_, code, decision, way, clocks, pairing)

    def _typed(self, text: str) -> Verdict:
        """Answer a text that a hand scanner typed, as it was meant where that is provable."""
        seconds = self._clock.now().boot_ms / 1000
        reading = self._scans.take(text, seconds, self._services.context())
        verdict = self.present(reading.text)
        if not reading.hint:
            return verdict
        return replace(verdict, alerts=(*verdict.alerts, reading.hint))

    def _by_hand(self, ask: EnterPerson | Declare) -> Verdict:
        """Record a person who showed no code: named by the guard, or by themselves."""
        clocks, person = self._clock.now(), ask.person
        if not (person.name or person.phone or person.keys):
            at = wall_time(clocks.wall_ms)
            return Verdict(Outcome.NOT_FOR_US, at, kind="hand", reason="empty")
        keys = person.keys or ((f"phone:{person.phone}",) if person.phone else ())
        pairing = self._pairs.of(keys, person, clocks.boot_ms)
        purpose = ask.purpose or self.policy.purpose
        asked = () if purpose else self.policy.purposes
        decision = Decision(Action.ACCEPT, purpose=purpose, ask=asked)
        way, count = self._way(pairing.last), min(max(1, ask.count), MOST_AT_ONCE)
        code = Code("hand", person, purpose=purpose)
        if not isinstance(ask, Declare):
            return self._book.passage(
                EntryType.HAND, code, decision, way, clocks, pairing, count=count
            )
        watched = not set(ask.summary).isdisjoint(self.policy.watch_for)
        if watched and self.policy.symptoms is not Response.RECORD:
            decision = replace(decision, alerts=("symptoms",))
        verdict = self._book.passage(
            EntryType.HAND, replace(code, kind="declaration"), decision, way, clocks, pairing,
            count=count, answers=(*ask.answers, ("summary", " ".join(ask.summary))),
        )  # fmt: skip
        declared = declaration_of(ask, verdict, days=self.policy.declaration_days)
        short = (verdict.id or "")[-6:].upper()
        return replace(verdict, token=self._services.issue(declared), receipt=short)

    # -- directions and repeats ----------------------------------------------------------

    def _way(self, last: tuple[str, int, int] | None) -> Way:
        if self.mode is not DirectionMode.AUTO:
            fixed = not self._picked or self.mode is self._configured
            return Way(Direction(self.mode.value), Basis.FIXED if fixed else Basis.GUARD)
        if last is not None:
            return Way(Direction(last[0]).opposite, Basis.AUTO)
        return Way(self._usual, Basis.ASSUMED if self.memory_lost else Basis.AUTO)

    def _repeated(
        self,
        keys: tuple[str, ...],
        last: tuple[str, int, int] | None,
        direction: Direction,
        clocks: Clocks,
    ) -> bool:
        if self._book.recent.just_answered(keys, clocks.boot_ms):
            return True
        return (
            last is not None
            and last[0] != direction.value
            and clocks.boot_ms - last[1] < OPPOSITE_MS
        )

    def _out_of_service(self, clocks: Clocks, error: DiskRefused) -> Verdict:
        _log.error("Nothing can be recorded: %s", error)
        return Verdict(Outcome.OUT_OF_SERVICE, wall_time(clocks.wall_ms), reason="disk")
