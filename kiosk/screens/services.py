"""What the screens can offer only where the program behind them provides it.

A service that is absent is not shown: no pad of this kiosk leads nowhere.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from kiosk.model import ChangeGuard, Declare, EnterPaper
from kiosk.pin import Lock


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
    name, portal, time, hub`` for a diagnosis.
    """

    ok: bool
    word: str = ""
    facts: tuple[tuple[str, str], ...] = ()
    steps: tuple[tuple[str, bool], ...] = ()


class Session:
    """Whether the steward has opened the settings; ends with the way back to the start."""

    def __init__(self) -> None:
        self.open = False

    def __repr__(self) -> str:
        return f"Session({'open' if self.open else 'closed'})"


@dataclass(frozen=True, slots=True)
class Services:
    """Each a plain callable, called on the main thread and back at once.

    ``board`` returns the text of the place's own code as it is this minute. ``errand`` asks
    for something slow by name (one of ``errands``: ``diagnose, export, diagnostics, restart,
    power-off, fsck``); its answer comes through ``KioskApp.show_answer``. ``enrol`` takes an
    enrolment code's text, and ``watch_for_enrolment`` says whether one held before the
    camera shall be taken now; both answer as ``enrol``. A fresh code of the same place also
    clears the lock. ``cameras`` can be chosen among. ``keep`` remembers a setting for the
    next start (``language, volume, dark, text, reach, camera``).
    """

    paper: Callable[[EnterPaper], None] | None = None
    declare: Callable[[Declare], None] | None = None
    change_guard: Callable[[ChangeGuard], None] | None = None
    households: bool = False
    board: Callable[[], str] | None = None
    safe: Safe | None = None
    errand: Callable[[str], None] | None = None
    errands: frozenset[str] = frozenset()
    enrol: Callable[[str], None] | None = None
    watch_for_enrolment: Callable[[bool], None] | None = None
    cameras: tuple[str, ...] = ()
    keep: Callable[[str, object], None] | None = None
