"""The sync thread's loop: step, rest, and be woken by a new entry but not out of a back-off."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable

from kiosk.errors import DiskRefused
from kiosk.sync import Sync
from kiosk.workers import Worker

_log = logging.getLogger(__name__)

LINGER_S = 3.0
"""A scan waits this long for company before it is sent: one settling commit for several.

Measured at four scans a second, bytes on the card for 1,000: 13.2 MB with 1 s, 11.2 MB with 3 s,
9.6 MB without any settling.
"""

DISK_RETRY_S = 5.0
"""A disk that refused a receipt's commit may take the next one."""


class Delivering:
    """Steps a :class:`~kiosk.sync.Sync`; :meth:`work` is the sync thread."""

    def __init__(self, sync: Sync, waiting: Callable[[], int]) -> None:
        """``waiting`` counts the entries that have no receipt yet."""
        self.sync = sync
        self._waiting = waiting
        self._nudged = threading.Event()
        self._stepped = threading.Condition()
        self._forgiven = threading.Event()

    def nudge(self) -> None:
        """Say that there is something new to send; from any thread."""
        self._nudged.set()

    def again(self) -> None:
        """Try at once whatever was set aside or put off: the steward asks; from any thread."""
        self._forgiven.set()
        self._nudged.set()

    def work(self, worker: Worker) -> None:
        """Talk to the hub until asked to stop."""
        while not worker.stopping.is_set():
            if self._forgiven.is_set():
                self._forgiven.clear()
                self.sync.progress.forgive()
            try:
                delay = self.sync.step()
            except DiskRefused as error:
                # The receipt is not on the disk, so its rows still wait and go again.
                _log.error("A receipt could not be kept: %s", error)
                self.sync.progress.failures += 1
                delay = DISK_RETRY_S
            with self._stepped:
                self._stepped.notify_all()
            if delay is not None:
                self._rest(worker, delay)

    def drain(self, seconds: float) -> None:
        """Give it one chance of at most ``seconds`` to send what waits."""
        until = time.monotonic() + seconds
        failures = self.sync.progress.failures
        with self._stepped:
            while self._waiting() and self.sync.progress.failures <= failures:
                self.nudge()
                left = until - time.monotonic()
                if left <= 0 or not self._stepped.wait(left):
                    return

    def _rest(self, worker: Worker, seconds: float) -> None:
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0 and not worker.stopping.is_set():
            worker.pulse.beat()
            if self._nudged.wait(min(left, 0.5)):
                self._nudged.clear()
                if self._forgiven.is_set():
                    return
                if not self.sync.progress.failures:
                    worker.wait(LINGER_S)
                    return
                worker.wait(min(left, 0.5))
