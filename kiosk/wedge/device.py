"""Hand scanners read from their own device: the door to evdev, whatever has the focus.

The kernel's event files are plain structures (linux/input.h), so no library is needed. The
device is grabbed: its keys reach nothing but the kiosk. Scanners are set to US keys; what
else they do to a code is mended where any scan is (:func:`kiosk.wedge.repair`).
"""

from __future__ import annotations

import logging
import os
import select
import struct
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from kiosk.wedge.keystrokes import LONGEST, letter_of
from kiosk.workers import Worker

fcntl: Any
try:
    import fcntl
except ImportError:  # no Linux: no such devices either
    fcntl = None

_log = logging.getLogger(__name__)

EVENT = struct.Struct("llHHi")
"""``struct input_event``: seconds, microseconds, type, code, value."""

_KEY = 1  # EV_KEY
_GRAB = 0x40044590  # EVIOCGRAB
WAIT_S = 0.1
PAUSE_S = 0.5
"""A code of a scanner that sends no Enter ends after this; Bluetooth ones pause for 0.2 s."""

AGAIN_S = 2.0
"""How long to wait for a scanner that was pulled out."""

_ROWS = {  # the code of each row's first key, and what the keys type
    2: ("1234567890-=", "!@#$%^&*()_+"),
    16: ("qwertyuiop[]", "QWERTYUIOP{}"),
    30: ("asdfghjkl;'`", 'ASDFGHJKL:"~'),
    43: ("\\zxcvbnm,./", "|ZXCVBNM<>?"),
    57: (" ", " "),
    71: ("789-456+1230.", "789-456+1230."),
}
_LETTERS = {
    first + place: (plain, shifted)
    for first, rows in _ROWS.items()
    for place, (plain, shifted) in enumerate(zip(*rows, strict=True))
}
_PAD = range(71, 83)
_ENDS = frozenset({28, 96, 15})  # Enter, the number pad's, Tab
_SHIFTS = frozenset({42, 54})
_ALTS = frozenset({56, 100})
_CAPS = 58


class Keys:
    """What a scanner's keys mean; fed with events, no device in sight.

    Nobody types on this device, so speed tells nothing: a code ends with Enter, Tab or a pause.
    """

    def __init__(self) -> None:
        self._held: set[int] = set()
        self._caps = False
        self._letters: list[str] = []
        self._alt = ""
        self._last_at = 0.0

    def event(self, code: int, value: int, at: float) -> str:
        """Take a key; return the code that it ends, or nothing.

        ``value`` is 1 down, 0 up, 2 repeated; ``at`` in monotonic seconds.
        """
        self._last_at = at
        if code in _SHIFTS | _ALTS:
            (self._held.add if value else self._held.discard)(code)
            if code in _ALTS and not value:
                self._letters.append(letter_of(self._alt))
                self._alt = ""
        elif value and code == _CAPS:
            self._caps = not self._caps
        elif value and code in _ENDS:
            return self._take()
        elif value and code in _LETTERS and len(self._letters) < LONGEST:
            plain, shifted = _LETTERS[code]
            if self._held & _ALTS and code in _PAD and plain.isdigit():
                self._alt += plain
            else:
                shift = bool(self._held & _SHIFTS) != (self._caps and plain.isalpha())
                self._letters.append(shifted if shift else plain)
        return ""

    def idle(self, at: float) -> str:
        """Return the code that a pause has ended, or nothing."""
        return self._take() if self._letters and at - self._last_at > PAUSE_S else ""

    def _take(self) -> str:
        text = "".join(self._letters)
        self._letters.clear()
        return text

    def __repr__(self) -> str:
        return f"Keys({len(self._letters)} held)"


class HandScanner:
    """One scanner at ``path``, such as ``/dev/input/by-id/…-event-kbd``; may come and go.

    ``scanned`` gets each code, on the worker's thread.
    """

    def __init__(self, path: Path, scanned: Callable[[str], None]) -> None:
        self._path = path
        self._scanned = scanned
        self.state = "starting"

    def work(self, worker: Worker) -> None:
        """Listen until asked to stop; a scanner that is pulled out is waited for."""
        while not worker.stopping.is_set():
            try:
                handle = os.open(self._path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
            except OSError as error:
                self._is("gone", error.strerror or str(error))
                worker.wait(AGAIN_S)
                continue
            try:
                self._grab(handle)
                self._is("ok")
                self._listen(handle, worker)
            except OSError as error:
                self._is("gone", error.strerror or str(error))
                worker.wait(AGAIN_S)
            finally:
                os.close(handle)

    def _grab(self, handle: int) -> None:
        try:
            fcntl.ioctl(handle, _GRAB, 1)
        except OSError as error:
            # It still reads; its keys then reach the focused field, too.
            _log.warning("The hand scanner cannot be had alone: %s.", error.strerror)

    def _listen(self, handle: int, worker: Worker) -> None:
        keys = Keys()
        poller = select.poll()
        poller.register(handle, select.POLLIN)
        while not worker.stopping.is_set():
            worker.pulse.beat()
            if not poller.poll(WAIT_S * 1000):
                self._tell(keys.idle(time.monotonic()))
                continue
            data = os.read(handle, EVENT.size * 64)
            if not data:
                raise OSError(0, "it was pulled out")
            for code, value in _pressed(data):
                self._tell(keys.event(code, value, time.monotonic()))

    def _tell(self, text: str) -> None:
        if text:
            self._scanned(text)

    def _is(self, state: str, why: str = "") -> None:
        if state != self.state:
            self.state = state
            _log.warning("Hand scanner %s: %s %s", self._path.name, state, why)

    def __repr__(self) -> str:
        return f"HandScanner({str(self._path)!r}, {self.state})"


def _pressed(data: bytes) -> Iterator[tuple[int, int]]:
    whole = len(data) - len(data) % EVENT.size
    for _, _, kind, code, value in EVENT.iter_unpack(data[:whole]):
        if kind == _KEY:
            yield code, value
