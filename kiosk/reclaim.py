"""The rows of a large damaged outbox, brought after the gate while it works.

:func:`kiosk.salvage.set_aside` let the gate go on in a fresh file; this module finishes the
work: a few rows at a time go into the outbox in use, then one entry tells the hub which
numbers could be read nowhere. A restart begins anew and changes nothing twice.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from kiosk.errors import DiskRefused
from kiosk.files import sync_folder
from kiosk.queue import Outbox
from kiosk.rows import Before, State
from kiosk.salvage import Report, new_base
from kiosk.settling import SLICE
from kiosk.transfer import PENDING, Transfer

_log = logging.getLogger(__name__)

SHARE_S = 0.25
"""Seconds of work in one step, which comes about once a second: scanning goes first."""

AGAIN_S = 60.0
"""After a disk that took no more, the whole begins anew this much later."""


class Reclaim:
    """Saves what was set aside in ``folder``; :meth:`step` is called about once a second."""

    def __init__(self, outbox: Outbox, folder: Path, *, tell: Callable[[Before], None]) -> None:
        """``tell`` writes the entry that says what is lost of a chain."""
        self._outbox = outbox
        self._tell = tell
        self._folder = folder
        self._kept: list[Path] = []
        self._looked = self._look()
        self._work = self._run()
        self._not_before = 0.0
        self.last: Report | None = None
        """What became of the file that was finished last."""

    @property
    def pending(self) -> bool:
        """Whether there is something left to bring, as far as the disk tells."""
        return bool(self._kept) or not self._looked

    def _look(self) -> bool:
        """Find what was set aside; whether the disk told. A gate begins all the same."""
        try:
            self._kept = sorted(path.parent for path in self._folder.glob(f"damaged-*/{PENDING}"))
        except OSError as error:
            _log.warning("What was set aside cannot be looked for yet: %s.", error.strerror)
            return False
        return True

    def step(self, seconds: float = SHARE_S) -> bool:
        """Work for about so long; whether there is more. A full disk is tried again later."""
        now = time.monotonic()
        self._looked = self._looked or self._look()
        if not self._kept or now < self._not_before or self._outbox.full:
            return self.pending
        try:
            for _ in self._work:
                if time.monotonic() >= now + seconds:
                    break
        except DiskRefused as error:
            _log.warning("What was set aside cannot be saved yet: %s", error)
            self._not_before = time.monotonic() + AGAIN_S
            self._work = self._run()
        return self.pending

    def _run(self) -> Iterator[None]:
        while self._kept:
            kept = self._kept[0]
            transfer = Transfer(kept, _base(kept / PENDING))
            waiting = 0
            for rows in transfer.batches(self._outbox, SLICE):
                self._outbox.rescue(rows)
                waiting += sum(row.state is State.WAITING for _, row in rows)
                yield
            before, older, losses = transfer.outcome()
            if before is not None:
                self._outbox.adopt(older)
                for loss in (before, *losses):
                    self._tell(loss)
            lost = before.lost if before else ()
            self.last = Report((), transfer.found, waiting, lost, kept, tuple(losses))
            self.last.mishap.keep(self._outbox)
            (kept / PENDING).unlink()
            sync_folder(kept)
            self.last.log()
            self._kept.pop(0)


def _base(path: Path) -> int:
    try:
        return int(path.read_text(encoding="ascii"))
    except (OSError, ValueError):
        # Damaged as well: rows may then come twice, which the hub knows to be one.
        return new_base()
