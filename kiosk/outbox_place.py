"""Where the outbox's files lie: whether they still do, and writing them anew where they do not.

Somebody with a shell may remove or replace a file that is open: its owner would go on writing
to what no start finds again, and call it durable.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from kiosk.errors import DiskRefused, OutboxDamaged
from kiosk.files import sync_file, sync_folder

BUILDING, FRESH = "outbox.building.sqlite3", "outbox.fresh.sqlite3"
"""A file that is being written, and one that is whole: the next start puts it in the old one's
place (:func:`kiosk.salvage.open_outbox`)."""

_log = logging.getLogger(__name__)


class Place:
    """The database at ``path`` and its journal, as they were when they were first seen."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._names = (path.name, f"{path.name}-wal")
        self._seen: dict[str, int] = {}
        self._saved = False

    def taken(self) -> bool:
        """Whether one of the files is there no more, or is another one.

        Their folder is read at each commit: to stat the files instead made each commit some 40 µs
        longer (Linux 6.18, which keeps finer times of a file that was looked at).

        :raises DiskRefused: where the folder cannot be read.
        """
        try:
            with os.scandir(self._path.parent) as found:
                here = {one.name: one.inode() for one in found if one.name in self._names}
        except FileNotFoundError:
            here = {}
        except OSError as error:
            # Nothing is called durable of which nobody can see whether it is there.
            raise DiskRefused(f"The kiosk's folder cannot be read: {error.strerror}.") from error
        for name in self._names:  # the journal comes with the first commit
            number = here.get(name)
            if self._seen.get(name, number) != number:
                return True
            if number is not None:
                self._seen[name] = number
        return False

    def check(self, copy: Callable[[Path], None]) -> None:
        """Raise ``OutboxDamaged`` where they are taken; ``copy`` writes what they hold to a path.

        It raises ``DiskRefused``.
        """
        if self.taken():
            then = "was saved" if self._save(copy) else "cannot be saved"
            raise OutboxDamaged(
                f"{self._path} was taken away while it was used; what lay in it {then}. "
                "Start the kiosk again."
            )

    def _save(self, copy: Callable[[Path], None]) -> bool:
        """Write all that the open files hold into a fresh one; whether the disk took it."""
        if self._saved:
            return True
        building = self._path.with_name(BUILDING)
        try:
            for end in ("", "-wal", "-shm", "-journal"):
                building.with_name(building.name + end).unlink(missing_ok=True)
            building.touch(mode=0o600)
            copy(building)
            sync_file(building)
            building.replace(self._path.with_name(FRESH))
            sync_folder(self._path.parent)
        except (OSError, DiskRefused) as error:
            _log.error("The outbox was taken away and cannot be written anew: %s", error)
            return False
        self._saved = True
        return True


def damage_mark(path: Path) -> Path:
    """Return the file that says that the outbox at ``path`` was found damaged."""
    return path.with_name(path.name + ".damaged")


def mark_damaged(path: Path) -> None:
    """Remember that ``path`` is damaged; best effort, for the disk may refuse this too."""
    with suppress(OSError):
        damage_mark(path).touch(mode=0o600, exist_ok=True)
        sync_folder(path.parent)
