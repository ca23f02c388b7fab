"""What the kiosk does when nobody waits: forget what it need not know, keep room on the disk.

A reserve (the *ballast*, a file of nothing) is kept on the disk. When the rest is used up,
new entries are refused in plain sight and the reserve is given up, so that receipts can
still be written down and old rows dropped; once there is room again, it is taken back.
"""

from __future__ import annotations

import errno
import logging
import os
from collections.abc import Callable
from pathlib import Path

from kiosk.clock import Clock
from kiosk.config import Config
from kiosk.errors import DiskRefused
from kiosk.files import disk_bytes, free_bytes
from kiosk.heap import give_back
from kiosk.mishap import seen
from kiosk.model import ClockState
from kiosk.presence import PAIRING_S
from kiosk.queue import Outbox
from kiosk.reclaim import Reclaim
from wire.batch import Clocks

_log = logging.getLogger(__name__)

EVERY_MS = 600_000
"""How often rows are looked through for what may be dropped."""

TRIM_EVERY_MS = 60_000
"""How often memory that nobody uses goes back to the system."""

AGAIN_FILE = "refused.again"
"""In the kiosk's folder: somebody asks that what the hub refused be sent again."""

DAY_MS = 86_400_000
MARGIN = 2 * 1024 * 1024
"""Room that must be left beside the ballast: the journal's length, four times."""


RESERVED_PART = 8
"""A small disk keeps no more of itself in reserve than one part in this many."""


def reserve_bytes(folder: Path, config: Config) -> int:
    """Return how large the ballast is on the disk under ``folder``."""
    return min(config.storage.ballast_mb * 1024 * 1024, disk_bytes(folder) // RESERVED_PART)


def purge_before(clocks: Clocks, *, keep_days: int) -> int | None:
    """Return the receipt time before which rows are dropped; None while no clock is trusted.

    A clock that a guard read from a wall, or that woke up in 2038, drops nothing.
    """
    if clocks.state != ClockState.TRUSTED.value:
        return None
    return clocks.wall_ms - keep_days * DAY_MS


class Ballast:
    """A file of ``size`` bytes that is given up when the disk is full."""

    def __init__(self, folder: Path, size: int) -> None:
        self._path = folder / "ballast"
        self._size = size

    @property
    def held(self) -> bool:
        """Whether the reserve is there."""
        try:
            return self._path.stat().st_size >= self._size
        except OSError:
            return False

    def take(self) -> bool:
        """Reserve the room; whether the disk gave it."""
        try:
            handle = os.open(self._path, os.O_WRONLY | os.O_CREAT, 0o600)
            try:
                if self._size:
                    os.posix_fallocate(handle, 0, self._size)
            finally:
                os.close(handle)
        except OSError as error:
            self.give_up()
            if error.errno not in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
                _log.warning("No reserve can be kept on the disk: %s", error.strerror)
            return False
        return True

    def give_up(self) -> None:
        """Give the room back to the disk."""
        try:
            self._path.unlink(missing_ok=True)
        except OSError as error:
            _log.warning("The reserve on the disk cannot be given up: %s", error.strerror)


class Housekeeping:
    """Keeps house for one outbox; :meth:`step` is called about once a second."""

    def __init__(
        self,
        outbox: Outbox,
        folder: Path,
        clock: Clock,
        config: Config,
        *,
        free: Callable[[Path], int] = free_bytes,
        reclaim: Reclaim | None = None,
    ) -> None:
        """``reclaim`` brings what was set aside of a damaged outbox, if anything was."""
        self._reclaim = reclaim
        self._outbox = outbox
        self._folder = folder
        self._clock = clock
        self._keep_days = config.privacy.keep_days
        self._ballast_bytes = reserve_bytes(folder, config)
        self._ballast = Ballast(folder, self._ballast_bytes)
        self._free = free
        self._next_ms = self._next_trim_ms = 0

    def step(self) -> None:
        """Look after the room; now and then drop what is over. Never raises for a full disk."""
        self._keep_room()
        self._send_again()
        if self._reclaim is not None:
            self._reclaim.step()
        now = self._clock.now()
        if now.boot_ms >= self._next_trim_ms:
            self._next_trim_ms = now.boot_ms + TRIM_EVERY_MS
            give_back()
        if now.boot_ms < self._next_ms:
            return
        if not self._next_ms and not self._outbox.full:
            self._outbox.file.lengthen_journal()
        self._next_ms = now.boot_ms + EVERY_MS
        try:
            self._outbox.write_receipts()
            seen(self._outbox, now)
            self._outbox.presence.forget_before(now.boot_ms - PAIRING_S * 1000)
            before_ms = purge_before(now, keep_days=self._keep_days)
            if before_ms is not None:
                self._outbox.purge(before_ms=before_ms)
        except DiskRefused as error:
            self._next_ms = now.boot_ms
            _log.warning("Housekeeping must wait: %s", error)

    def _send_again(self) -> None:
        """Do what ``kiosk refused --again`` asked of a kiosk that was running."""
        asked = self._folder / AGAIN_FILE
        if not asked.exists():
            return
        try:
            _log.info("%d refused entries are sent again.", self._outbox.retry_refused())
            asked.unlink(missing_ok=True)
        except (DiskRefused, OSError) as error:
            _log.warning("Refused entries cannot be sent again yet: %s", error)

    def _keep_room(self) -> None:
        free = self._free(self._folder)
        if self._ballast.held:
            full = free < MARGIN
            if full:
                self._ballast.give_up()
        else:
            full = free < self._ballast_bytes + 2 * MARGIN or not self._ballast.take()
        if full and not self._outbox.full:
            _log.error("The disk is full: entries are refused until there is room again.")
        self._outbox.full = full
