"""What the screens can offer only where the program behind them provides it.

A service that is absent is not shown: no pad of this kiosk leads nowhere.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from kiosk.model import ChangeGuard, Declare, EnterPaper
from kiosk.pin import Lock

Modules = tuple[tuple[bool, ...], ...]
"""A QR code's rows; True is dark."""


class Safe(Protocol):
    """Where the steward's lock is kept."""

    def load(self) -> Lock | None:
        """Return the lock, or None while no PIN was chosen."""

    def save(self, lock: Lock) -> None:
        """Keep the lock, durably, before this returns."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of an errand.

    ``word`` names a sentence (``answer.<word>`` in the languages' files), ``facts`` fill its
    braces. ``steps`` are what was looked at, each with whether it is well: ``cable, address,
    name, reach, portal, hub, known, time`` for a diagnosis. ``ahead`` does what the answer
    asks to be confirmed.
    """

    ok: bool
    word: str = ""
    facts: tuple[tuple[str, str], ...] = ()
    steps: tuple[tuple[str, bool], ...] = ()
    ahead: Callable[[], None] | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry in a list of the steward's: nobody's name, and why it lies here."""

    seq: int
    time: str
    direction: str
    kind: str
    reason: str = ""


class Brightness(Protocol):
    """The screen's light."""

    @property
    def level(self) -> int:
        """How bright it is, in percent."""

    def set(self, percent: int) -> bool:
        """Set it; whether the system let us."""


class Session:
    """Whether the steward has opened the settings; ends with the way back to the start.

    ``free`` where there is nothing to protect yet: a kiosk that belongs to no place.
    """

    def __init__(self, *, free: bool = False) -> None:
        self.free = free
        self.open = free

    def end(self) -> None:
        """Close the settings."""
        self.open = self.free

    def __repr__(self) -> str:
        return f"Session({'open' if self.open else 'closed'})"


@dataclass(frozen=True, slots=True)
class Services:
    """Each a plain callable, called on the main thread and back at once.

    ``board`` returns the text of the place's own code as it is this minute. ``modules`` works
    out a text's QR code and hands it on, both in another thread. ``errand`` asks
    for something slow by name (one of ``errands``: ``diagnose, export, accept, send-again,
    diagnostics, restart, power-off, fsck``); its answer comes through
    ``KioskApp.show_answer``. ``enrol`` takes an enrolment code's text, ``enrol_typed`` a hub's
    address and ten typed characters, and ``watch_for_enrolment`` says whether a code held
    before the camera shall be taken now; all answer as ``enrol``. A fresh code of the same
    place also clears the lock. ``cameras`` can be chosen among. ``keep`` remembers a setting
    for the next start (``language, volume, dark, text, reach, camera, profile``). ``rows``
    lists the ``waiting`` or ``refused`` entries, ``about`` says what this kiosk is and how old
    what it believes is, ``brightness`` is None where the screen's light cannot be set.
    ``profiles`` are the kinds of venue, ``profile`` the one chosen here.
    """

    paper: Callable[[EnterPaper], None] | None = None
    declare: Callable[[Declare], None] | None = None
    change_guard: Callable[[ChangeGuard], None] | None = None
    households: bool = False
    board: Callable[[], str] | None = None
    modules: Callable[[str, Callable[[Modules], None]], None] | None = None
    safe: Safe | None = None
    errand: Callable[[str], None] | None = None
    errands: frozenset[str] = frozenset()
    enrol: Callable[[str], None] | None = None
    watch_for_enrolment: Callable[[bool], None] | None = None
    enrol_typed: Callable[[str, str], None] | None = None
    rows: Callable[[str], tuple[Entry, ...]] | None = None
    about: Callable[[], tuple[tuple[str, str], ...]] | None = None
    brightness: Brightness | None = None
    profiles: tuple[str, ...] = ()
    profile: str = ""
    cameras: tuple[str, ...] = ()
    keep: Callable[[str, object], None] | None = None
