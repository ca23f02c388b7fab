"""What was learnt of the time since boot, kept in memory for the next start of the program.

A restart of the service in the same boot needs no new answer of the hub to know the time;
pulling the plug forgets it, as it must.
"""

from __future__ import annotations

import json
import logging
import uuid
from pathlib import Path

from kiosk.clock import SystemClock
from kiosk.errors import DiskRefused
from kiosk.files import write_private
from kiosk.model import ClockState

FILE = "clock.json"

_log = logging.getLogger(__name__)


class Timekeeper:
    """Gives a clock what an earlier start learnt in this boot, and keeps what it learns."""

    def __init__(self, folder: Path, clock: SystemClock) -> None:
        """``folder`` lies in memory (:func:`kiosk.files.memory_folder`)."""
        self._path = folder / FILE
        self._clock = clock
        self._kept: tuple[int, ClockState] | None = None
        self._recall()

    def keep(self) -> None:
        """Keep what was learnt, if it is news; call it now and then."""
        learnt = self._clock.learnt
        if learnt is None or learnt == self._kept:
            return
        self._kept = learnt
        boot = str(self._clock.now().boot_id)
        packed = json.dumps({"boot": boot, "wall_minus_boot_ms": learnt[0], "state": learnt[1]})
        try:
            write_private(self._path, packed.encode("ascii"))
        except DiskRefused as error:
            _log.warning("The time is not kept for the next start: %s", error)

    def _recall(self) -> None:
        try:
            found = json.loads(self._path.read_text(encoding="ascii"))
            boot, state = uuid.UUID(found["boot"]), ClockState(found["state"])
            offset = int(found["wall_minus_boot_ms"])
        except FileNotFoundError:
            return
        except (OSError, ValueError, KeyError, TypeError) as error:
            _log.warning("The time of an earlier start cannot be read: %s", type(error).__name__)
            return
        if boot == self._clock.now().boot_id and state is not ClockState.UNTRUSTED:
            self._kept = (offset, state)
            self._clock.learn(offset, at_boot_ms=0, state=state)

    def __repr__(self) -> str:
        return f"Timekeeper({str(self._path)!r})"
