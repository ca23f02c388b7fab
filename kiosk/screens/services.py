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
class Services:
    """Each a plain callable, called on the main thread and back at once.

    ``board`` returns the text of the place's own code as it is this minute. ``errand`` asks
    for something slow by name (one of ``errands``: ``diagnose, export, diagnostics, restart,
    power-off, fsck``); its answer comes through ``KioskApp.show_answer``. ``enrol`` takes an
    enrolment code's text and answers the same way. ``keep`` remembers a setting for the next
    start (``language, volume, dark, text, reach, camera``).
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
    cameras: tuple[str, ...] = ()
    keep: Callable[[str, object], None] | None = None
