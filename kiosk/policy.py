"""What this gate does with which code: pure, a decision for each code shown.

:func:`decide` judges one code by itself. Where a declaration is asked for, :func:`meet`
waits for the second code of the same person; what it must remember for that is a
:class:`Memory`, a value that lives in memory alone and forgets at the end of the day.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from enum import StrEnum

from kiosk.codes import same
from kiosk.model import Code, GatePolicy, Response, Trust

DECLARATIONS = frozenset({"declaration", "hcmc-declaration", "declaration-link"})
"""Kinds that say what a person declared."""

_SILENT = frozenset({"phone-migrated", "not-compressed"})
_DELIBERATE_MS = 3000
"""The same code again after this long means "I have no other"; before, it is a slip."""
_MOST_REMEMBERED = 2000  # declarations of a day; the oldest is forgotten first


class Action(StrEnum):
    """What to do with a code."""

    ACCEPT = "accept"
    REFUSE = "refuse"
    NOT_FOR_US = "not_for_us"
    WAIT = "wait"


@dataclass(frozen=True, slots=True)
class Decision:
    """What to do, and why. ``reason`` and ``alerts`` are stable words with sentences.

    ``code`` is what to record where that is more than the code just shown (two codes of
    one person joined). ``ask`` lists the purposes from which the guard must choose.
    """

    action: Action
    reason: str = ""
    alerts: tuple[str, ...] = ()
    purpose: str = ""
    ask: tuple[str, ...] = ()
    code: Code | None = None


@dataclass(frozen=True, slots=True)
class Shown:
    """A code that was shown at ``at_ms`` (boot clock) of ``day``, while it is remembered."""

    code: Code
    at_ms: int
    day: str
    marks: frozenset[str]

    @classmethod
    def of(cls, code: Code, now: Now) -> Shown:
        """Remember a code with what it can be found again by."""
        likely = same.likenesses(code.person) if code.person is not None else ()
        return cls(code, now.boot_ms, now.day, frozenset((*code.keys, *likely)))

    def is_of(self, other: Shown) -> bool:
        """Whether both are one person's codes."""
        met = not self.marks.isdisjoint(other.marks)
        return met and same.same(self.code, other.code).same

    def __repr__(self) -> str:
        """Name nobody."""
        return f"Shown({self.code!r})"


@dataclass(frozen=True, slots=True)
class Memory:
    """What the gate remembers of today's codes; in memory only, never written.

    ``waiting`` are people's codes whose declaration has not come yet, ``declared`` the
    declarations shown today.
    """

    waiting: tuple[Shown, ...] = ()
    declared: tuple[Shown, ...] = ()

    def __repr__(self) -> str:
        """Name nobody."""
        return f"Memory(waiting={len(self.waiting)}, declared={len(self.declared)})"


@dataclass(frozen=True, slots=True)
class Now:
    """The moment of a decision: boot clock for durations, the gate's day, the wall time.

    ``day`` is the local date (ISO), whose end ends the memory; ``time`` is the wall time
    (UTC) where the clock is trusted, else None.
    """

    boot_ms: int
    day: str = ""
    time: dt.datetime | None = None


def decide(code: Code, gate: GatePolicy, *, place: str = "") -> Decision:
    """Return what a gate at ``place`` does with one code, taken by itself."""
    if not code.personal:
        return Decision(Action.NOT_FOR_US, code.reason or "no-person")
    alerts = [warning for warning in code.warnings if warning not in _SILENT]
    for response, word in _findings(code, gate, place):
        if response is Response.REFUSE:
            return Decision(Action.REFUSE, word, tuple(alerts))
        if response is Response.ALERT:
            alerts.append(word)
    purpose, ask = _purpose(code, gate)
    return Decision(Action.ACCEPT, "", tuple(dict.fromkeys(alerts)), purpose, ask)


def meet(
    code: Code, gate: GatePolicy, memory: Memory, now: Now, *, place: str = ""
) -> tuple[Decision, Memory]:
    """Return what to do with ``code``, and what to remember, where two codes are asked for.

    A person's code waits (``Action.WAIT``) until the declaration comes, unless it came
    earlier today; shown again, it says that there is none. A declaration of somebody else
    leaves the person waiting. Call :func:`lapse` before, and while nobody shows anything.
    Without ``gate.declaration`` this is :func:`decide`.
    """
    alone = decide(code, gate, place=place)
    asked = gate.declaration and alone.purpose not in {*gate.no_declaration_for} - {""}
    if not asked or alone.action is not Action.ACCEPT:
        return alone, memory
    memory = replace(memory, declared=tuple(d for d in memory.declared if d.day == now.day))
    shown = Shown.of(code, now)
    if code.kind in DECLARATIONS:
        return _declaration(shown, alone, gate, memory, now, place)
    return _person(shown, alone, gate, memory, now, place)


def signs_in(code: Code) -> bool:
    """Whether a code is a pass by which somebody of the staff takes over the gate."""
    vouched = code.trust in (Trust.SIGNED, Trust.VALIDITY_NOT_CHECKED)
    return code.kind == "pass" and vouched and code.purpose in ("guard", "staff")


def lapse(
    gate: GatePolicy, memory: Memory, now: Now, *, place: str = "", everyone: bool = False
) -> tuple[tuple[Decision, ...], Memory]:
    """Return what becomes of the codes whose second did not come in time.

    Whoever passed without a declaration is recorded so, or refused, as the gate's policy
    says; each decision's ``code`` is the one to record. ``everyone`` waits no longer.
    """
    wait_ms = 0 if everyone else gate.second_code_s * 1000
    late = [s for s in memory.waiting if now.boot_ms - s.at_ms >= wait_ms]
    if not late:
        return (), memory
    decisions = tuple(replace(_without(s.code, gate, place), code=s.code) for s in late)
    return decisions, replace(memory, waiting=tuple(s for s in memory.waiting if s not in late))


def _findings(code: Code, gate: GatePolicy, place: str) -> list[tuple[Response, str]]:
    found = []
    second = gate.declaration and code.kind in DECLARATIONS
    if gate.kinds and code.kind not in gate.kinds and not second:
        found.append((gate.other_kinds, "wrong-kind"))
    match code.trust:
        case Trust.REVOKED:
            found.append((gate.revoked, "revoked"))
        case Trust.EXPIRED:
            found.append((gate.expired, code.reason or "expired"))
        case Trust.BAD_SIGNATURE:
            found.append((gate.bad_signature, code.reason or "bad-signature"))
        case Trust.NOT_CHECKED if code.reason != "no-trust-list":
            found.append((gate.unchecked, code.reason or "unknown-key"))
        case _:
            pass
    meant_for = _detail(code, "place")
    if meant_for and place and meant_for != place:
        found.append((gate.wrong_place, "wrong-place"))
    if not set(_detail(code, "summary").split()).isdisjoint(gate.watch_for):
        found.append((gate.symptoms, "symptoms"))
    return found


def _purpose(code: Code, gate: GatePolicy) -> tuple[str, tuple[str, ...]]:
    vouched = code.trust in (Trust.SIGNED, Trust.VALIDITY_NOT_CHECKED)
    if gate.purpose_from_pass and code.purpose and vouched:
        return code.purpose, ()
    return gate.purpose, () if gate.purpose else gate.purposes


def _declaration(
    shown: Shown, alone: Decision, gate: GatePolicy, memory: Memory, now: Now, place: str
) -> tuple[Decision, Memory]:
    """A declaration was shown: for somebody who waits, or before the person's own code."""
    if _too_old(shown.code, gate, now):
        return Decision(Action.WAIT, "declaration-too-old", alone.alerts), memory
    declared = (*memory.declared, shown)[-_MOST_REMEMBERED:]
    for waiting in reversed(memory.waiting):
        if _is_opaque(shown.code) or shown.is_of(waiting):
            left = tuple(s for s in memory.waiting if s is not waiting)
            kept = memory.declared if _is_opaque(shown.code) else declared
            return _together(waiting.code, shown.code, gate, place), Memory(left, kept)
    reason = "declaration-of-another" if memory.waiting else "person-needed"
    return Decision(Action.WAIT, reason, alone.alerts), replace(memory, declared=declared)


def _person(
    shown: Shown, alone: Decision, gate: GatePolicy, memory: Memory, now: Now, place: str
) -> tuple[Decision, Memory]:
    """A person's own code was shown: before the declaration, or after it."""
    before = next((s for s in memory.waiting if s.is_of(shown)), None)
    left = tuple(s for s in memory.waiting if s is not before)
    declared = _find(shown, memory, gate, now)
    if declared is not None:
        # An opaque declaration cannot say whose it is, so it serves once.
        once = tuple(d for d in memory.declared if d is not declared or not _is_opaque(d.code))
        return _together(shown.code, declared.code, gate, place), Memory(left, once)
    if before is not None and now.boot_ms - before.at_ms >= _DELIBERATE_MS:
        return _without(shown.code, gate, place), replace(memory, waiting=left)
    waiting = memory.waiting if before is not None else (*memory.waiting, shown)
    decision = Decision(Action.WAIT, "declaration-needed", alone.alerts)
    return decision, replace(memory, waiting=waiting)


def _find(shown: Shown, memory: Memory, gate: GatePolicy, now: Now) -> Shown | None:
    """Return the person's declaration of today, or an opaque one that was shown just now."""
    for declared in reversed(memory.declared):
        if declared.is_of(shown):
            return declared
    last = memory.declared[-1] if memory.declared else None
    if last is not None and _is_opaque(last.code):
        just_now = now.boot_ms - last.at_ms < gate.second_code_s * 1000
        return last if just_now else None
    return None


def _is_opaque(code: Code) -> bool:
    """Whether a code names nobody, and is only an id."""
    person = code.person
    return person is None or not (person.name or person.birth or person.number)


def _together(code: Code, declaration: Code, gate: GatePolicy, place: str) -> Decision:
    """Accept two codes as one passage; what either finds wrong counts."""
    mine = decide(code, gate, place=place)
    theirs = decide(declaration, gate, place=place)
    alerts = tuple(dict.fromkeys((*mine.alerts, *theirs.alerts)))
    for decision in (mine, theirs):
        if decision.action is not Action.ACCEPT:
            return replace(decision, alerts=alerts)
    joined = replace(
        code,
        reference=code.reference or declaration.reference,
        details=(*code.details, *declaration.details, ("declaration", declaration.reference)),
    )
    chosen = mine if mine.purpose or not theirs.purpose else theirs
    return replace(chosen, alerts=alerts, code=joined)


def _without(code: Code, gate: GatePolicy, place: str) -> Decision:
    """Judge a person who has no declaration to show."""
    alone = decide(code, gate, place=place)
    if gate.no_declaration is Response.REFUSE:
        return Decision(Action.REFUSE, "no-declaration", alone.alerts)
    if gate.no_declaration is Response.ALERT:
        return replace(alone, alerts=(*alone.alerts, "no-declaration"))
    return alone


def _too_old(code: Code, gate: GatePolicy, now: Now) -> bool:
    """Whether a declaration is of before the days that count; unknown while no clock is."""
    if now.time is None or code.valid_from is None:
        return False
    return code.valid_from < now.time - dt.timedelta(days=gate.declaration_days)


def _detail(code: Code, name: str) -> str:
    return dict(code.details).get(name, "")
