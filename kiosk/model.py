"""Facts that travel through the kiosk: frozen values, no I/O.

A scan's way through this module: a :class:`Code` (what was shown) and a direction become
a :class:`Verdict` (what the guard is told), after an entry was made durable. The screen
also receives :class:`Health` (how the kiosk is) and sends back a :class:`Command`.
"""

from __future__ import annotations

import datetime as dt
import unicodedata
from dataclasses import dataclass, field
from enum import StrEnum


class Direction(StrEnum):
    """Which way a person passed."""

    IN = "in"
    OUT = "out"

    @property
    def opposite(self) -> Direction:
        """The other direction."""
        return Direction.OUT if self is Direction.IN else Direction.IN


class DirectionMode(StrEnum):
    """How the gate decides which way a person passes."""

    IN = "in"
    OUT = "out"
    AUTO = "auto"


class Basis(StrEnum):
    """How an entry's direction came about."""

    FIXED = "fixed"
    GUARD = "guard"
    AUTO = "auto"
    ASSUMED = "assumed"


class EntryType(StrEnum):
    """What kind of row an entry is."""

    PASSAGE = "passage"
    REFUSED = "refused"
    HAND = "hand"
    PAPER = "paper"
    UNSCANNED = "unscanned"
    CORRECTION = "correction"
    CHAIN_START = "chain-start"


class Trust(StrEnum):
    """Why, or why not, to believe what a code says."""

    SIGNED = "signed"
    UNSIGNED = "unsigned"
    NOT_CHECKED = "signature not checked"
    VALIDITY_NOT_CHECKED = "validity not checked"
    BAD_SIGNATURE = "bad signature"
    EXPIRED = "expired"
    REVOKED = "revoked"


class Outcome(StrEnum):
    """What the gate answered."""

    RECORDED = "recorded"
    DUPLICATE = "duplicate"
    REFUSED = "refused"
    NOT_FOR_US = "not_for_us"
    TWO_CODES = "two_codes"
    OUT_OF_SERVICE = "out_of_service"


class ClockState(StrEnum):
    """How far the wall time can be believed (docs/protocol.md, "Time")."""

    TRUSTED = "trusted"
    ASSERTED = "asserted"
    UNTRUSTED = "untrusted"


def fold(text: str) -> str:
    """Return ``text`` for comparing: no diacritics, đ as d, case folded, spaces single.

    Old and new tone placement (hoà, hòa) fold alike; the result is never shown.
    """
    plain = unicodedata.normalize("NFD", text.replace("đ", "d").replace("Đ", "D"))
    kept = "".join(c for c in plain if unicodedata.category(c) != "Mn")
    return " ".join(kept.casefold().split())


@dataclass(frozen=True, slots=True)
class Person:
    """A person, as much as a code says of one. Missing facts are empty strings.

    ``birth`` is ``YYYY-MM-DD``, ``YYYY-MM``, ``YYYY`` or empty; unknown parts were dropped.
    ``number`` is the identity document's number (12 digits for citizens); it may hold
    ``*`` when the code itself was masked. All text is NFC.
    """

    name: str = ""
    birth: str = ""
    sex: str = ""  # "male", "female" or ""
    number: str = ""
    qid: str = ""
    bhyt: str = ""
    phone: str = ""
    address: str = ""

    @property
    def birth_year(self) -> str:
        """Four digits, or empty."""
        return self.birth[:4]

    @property
    def keys(self) -> tuple[str, ...]:
        """What identifies this person, strongest first, e.g. ``number:054199012345``.

        A masked number, a phone and a name identify nobody.
        """
        found = []
        if self.number and "*" not in self.number:
            found.append(f"number:{self.number.upper()}")
        if self.qid:
            found.append(f"qid:{self.qid}")
        if self.bhyt:
            # Old cards put benefit and province before the ten digits that new ones carry.
            found.append(f"bhyt:{self.bhyt[-10:]}")
        return tuple(found)

    @property
    def masked_name(self) -> str:
        """Initials and the given name, which Vietnamese people are called by.

        ``Nguyễn Thị Hồng Nhung`` becomes ``N. T. H. Nhung``.
        """
        words = self.name.split()
        if not words:
            return ""
        given = words[-1]
        if given.isupper() and len(given) > 1:
            given = given.capitalize()
        return " ".join([f"{word[0]}." for word in words[:-1]] + [given])

    def __repr__(self) -> str:
        """Name nobody: a representation may end in a log."""
        return "Person(…)"


@dataclass(frozen=True, slots=True)
class Code:
    """What a text that was read means.

    ``kind`` is the family's name (docs/codes.md). ``person`` is None for codes that are
    not a person's. ``reference`` is the opaque id or serial number a code carries
    (declaration id, pass id). ``reason`` says in one stable word why a code is not for
    this gate or not trusted (``bank``, ``wifi``, ``unknown-url``, ``place-board``, …).
    ``identity`` marks codes whose person may pass on them.
    """

    kind: str
    person: Person | None = None
    trust: Trust = Trust.UNSIGNED
    reason: str = ""
    reference: str = ""
    valid_from: dt.datetime | None = None
    valid_until: dt.datetime | None = None
    purpose: str = ""
    issuer: str = ""
    warnings: tuple[str, ...] = ()
    details: tuple[tuple[str, str], ...] = ()

    @property
    def personal(self) -> bool:
        """Whether this code stands for a person (by facts or by an opaque id)."""
        return self.person is not None

    @property
    def keys(self) -> tuple[str, ...]:
        """What identifies the bearer; an opaque reference counts within its kind."""
        keys = self.person.keys if self.person else ()
        return keys or ((f"{self.kind}:{self.reference}",) if self.reference else ())

    def __repr__(self) -> str:
        """Show the kind and nothing of the content."""
        return f"Code(kind={self.kind!r}, trust={self.trust.value!r})"


class Response(StrEnum):
    """What a gate does about something that is not as it should be."""

    RECORD = "record"
    ALERT = "alert"
    REFUSE = "refuse"


@dataclass(frozen=True, slots=True)
class GatePolicy:
    """What this gate does with which code; the section ``[policy]`` of the configuration.

    The defaults record everyone, alert where something is wrong, and refuse nobody but
    passes that were taken back. A code that is no person's is never a matter of policy.
    """

    kinds: tuple[str, ...] = ()
    """Kinds of code that this gate takes; none named means every person's code."""
    other_kinds: Response = Response.REFUSE
    """A person's code of another kind than those."""
    expired: Response = Response.ALERT
    revoked: Response = Response.REFUSE
    bad_signature: Response = Response.ALERT
    unchecked: Response = Response.ALERT
    """A signature that cannot be checked here: an unknown key, a certificate not in order."""
    wrong_place: Response = Response.ALERT
    """A pass that was issued for another place."""
    declaration: bool = False
    """Whether a health declaration is asked for besides the person's own code."""
    declaration_days: int = 14
    """How many days a declaration counts: 14 or 21 by rule."""
    no_declaration: Response = Response.ALERT
    """A person who shows none."""
    no_declaration_for: tuple[str, ...] = ()
    """Purposes for which none is asked: staff, say, whose employer asks them."""
    symptoms: Response = Response.ALERT
    """A declaration that names a symptom or a contact of ``watch_for``."""
    watch_for: tuple[str, ...] = (
        "fever",
        "cough",
        "short-breath",
        "pneumonia",
        "sore-throat",
        "tiredness",
        "contact-case",
        "contact-area",
        "contact-symptoms",
    )
    second_code_s: int = 60
    """Seconds that the gate waits for the second code of the same person."""
    purpose: str = ""
    """What everybody comes for here (staff, guest …); empty where it differs."""
    purposes: tuple[str, ...] = ()
    """What the guard is asked to choose from; none means nobody is asked."""
    form: tuple[str, ...] = ()
    """What the declaration form asks besides: ``nationality``, ``email``, ``places``."""
    purpose_from_pass: bool = True
    """Whether the purpose that a signed pass or declaration states is taken."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the gate answered to one presentation; posted only after the commit.

    ``at`` is the wall time of the scan (UTC). ``id`` and ``seq`` are set when an entry
    was made durable. ``person`` is kept for the few seconds the screen shows it.
    ``reason`` is a stable word for :mod:`kiosk.notices`, ``alerts`` the same for the tray.
    ``elapsed_ms`` runs from the first frame in which the code was read to the commit.
    ``ask`` lists the purposes from which the guard may choose now (:class:`SetPurpose`).
    """

    outcome: Outcome
    at: dt.datetime
    id: str | None = None
    seq: int | None = None
    direction: Direction | None = None
    basis: Basis | None = None
    kind: str = ""
    trust: Trust | None = None
    reason: str = ""
    person: Person | None = None
    alerts: tuple[str, ...] = ()
    previous_at: dt.datetime | None = None
    elapsed_ms: float | None = None
    receipt: str = ""  # what somebody who declared may write down
    token: str = field(default="", repr=False)  # the same as a signed code to photograph
    ask: tuple[str, ...] = ()

    @property
    def recorded(self) -> bool:
        """Whether an entry lies on the disk because of this presentation."""
        return self.id is not None


@dataclass(frozen=True, slots=True)
class Tally:
    """Counts of the day at this gate."""

    entered: int = 0
    left: int = 0
    inside: int = 0
    unscanned: int = 0
    refused: int = 0


@dataclass(frozen=True, slots=True)
class Health:
    """How the kiosk is, for the status line, ``kiosk status`` and the pulse.

    ``hub`` is one of ``ok, offline, no-receipt, not-recognised, never, none``; ``camera``
    one of ``ok, gone, none, starting``. Times are UTC; ages are seconds. ``trust_list`` is
    of when the list of ``HC1:`` signers is, None where the steward loaded none. ``differs``:
    by how many entries the hub's count and ours differ that nothing waiting explains.
    ``outbox``: ``ok``, or what befell it lately (:mod:`kiosk.mishap`), with how many entries
    are ``lost`` by it, None where nobody knows.
    """

    waiting: int = 0
    acked: int = 0
    refused: int = 0
    oldest_waiting_s: float | None = None
    last_receipt: dt.datetime | None = None
    clock: ClockState = ClockState.UNTRUSTED
    camera: str = "starting"
    hub: str = "never"
    hub_detail: str = ""
    disk_days_left: float | None = None
    tally: Tally = field(default_factory=Tally)
    out_of_service: str = ""
    trust_list: dt.datetime | None = None
    differs: int = 0
    outbox: str = "ok"
    lost: int | None = None


# What a touch (or a key) asks of the scan thread. Each is answered by a Verdict or Health.


@dataclass(frozen=True, slots=True)
class SetDirection:
    """Keep this direction until told otherwise."""

    mode: DirectionMode


@dataclass(frozen=True, slots=True)
class EnterText:
    """A code that came from a hand scanner or was typed."""

    text: str

    def __repr__(self) -> str:
        """The text is a person's."""
        return "EnterText(…)"


@dataclass(frozen=True, slots=True)
class EnterPerson:
    """A person without a code, named by hand (a phone number alone suffices)."""

    person: Person
    purpose: str = ""
    count: int = 1  # how many people this one speaks for, itself among them


@dataclass(frozen=True, slots=True)
class Flip:
    """The guard turned the direction of the entry ``id`` round."""

    id: str


@dataclass(frozen=True, slots=True)
class Undo:
    """The guard took back the entry ``id`` (a correcting entry, never a deletion)."""

    id: str


@dataclass(frozen=True, slots=True)
class SetPurpose:
    """The guard was told what the person of entry ``id`` came for (a correcting entry)."""

    id: str
    purpose: str


@dataclass(frozen=True, slots=True)
class SetTrip:
    """From now on people pass for this trip; empty for none."""

    trip: str


@dataclass(frozen=True, slots=True)
class CountUnscanned:
    """``count`` people passed without a scan; negative takes back.

    ``sensor``: a light barrier counted them, not a guard.
    """

    count: int = 1
    sensor: bool = False


@dataclass(frozen=True, slots=True)
class AssertClock:
    """The guard confirmed (or corrected to) this wall time."""

    wall: dt.datetime


@dataclass(frozen=True, slots=True)
class EnterPaper:
    """A line of the paper book, entered afterwards.

    ``at`` is when it was (UTC), true to ``error_s`` seconds either way; ``count`` people.
    """

    person: Person
    at: dt.datetime
    error_s: int
    direction: Direction
    count: int = 1


@dataclass(frozen=True, slots=True)
class Declare:
    """A person declared at the screen, and passes on it.

    ``summary`` holds the words that :data:`wire.claims.SUMMARY` knows (symptoms, contacts),
    ``answers`` every question with its answer, ``count`` how many people it stands for.
    """

    person: Person
    summary: tuple[str, ...] = ()
    answers: tuple[tuple[str, str], ...] = ()
    purpose: str = ""
    by_other: bool = False
    count: int = 1

    def __repr__(self) -> str:
        """The answers are a person's."""
        return "Declare(…)"


@dataclass(frozen=True, slots=True)
class AwaitGuard:
    """Whether the next pass of somebody on the staff signs its bearer in as the guard."""

    on: bool


@dataclass(frozen=True, slots=True)
class ChangeGuard:
    """Another guard took over; ``guard`` is what they call themselves, or empty."""

    guard: str = ""


Command = (
    SetDirection
    | EnterText
    | EnterPerson
    | EnterPaper
    | Declare
    | Flip
    | Undo
    | SetPurpose
    | SetTrip
    | CountUnscanned
    | AwaitGuard
    | ChangeGuard
    | AssertClock
)
