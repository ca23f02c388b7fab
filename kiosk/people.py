"""Whose tags belong together, and where each went last: an index that a restart makes anew.

It lies in a file of a folder in memory, so that the process does not grow with it: 18,000
people take 3.6 MB there, of which the process keeps a quarter of a megabyte.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from kiosk.errors import KioskError

Last = tuple[str, int, int]
"""Direction, boot clock in ms, seq."""

FILE = "people.sqlite3"

_CACHE_KIB = 256


class IndexLost(KioskError):
    """The folder does not take the index: its memory is used up, or it is gone."""


@contextmanager
def tried() -> Iterator[None]:
    """Raise :class:`IndexLost` for what goes wrong with an index meanwhile."""
    try:
        yield
    except (sqlite3.Error, OSError) as error:
        raise IndexLost(str(error)) from error


_TABLES = (
    "CREATE TABLE tags (tag BLOB PRIMARY KEY, grp INTEGER NOT NULL) WITHOUT ROWID",
    "CREATE INDEX tags_of ON tags (grp)",
    "CREATE TABLE lasts (grp INTEGER PRIMARY KEY, way TEXT, boot_ms INTEGER, seq INTEGER)",
)


class People:
    """Tags in groups, one for each person; used under the caller's lock, within :func:`tried`."""

    def __init__(self, folder: Path | None = None) -> None:
        """Begin with nobody: in ``folder``, else in the process's own memory."""
        self._path = folder / FILE if folder else None
        self._unlink()
        if self._path is not None:
            self._path.touch(mode=0o600)
        self._db = sqlite3.connect(
            self._path or ":memory:", isolation_level=None, check_same_thread=False
        )
        # Nothing here need outlive the process: the outbox tells it all again.
        for words in ("journal_mode = OFF", "synchronous = OFF", "locking_mode = EXCLUSIVE",
                      f"cache_size = -{_CACHE_KIB}"):  # fmt: skip
            self._db.execute(f"PRAGMA {words}")
        for words in _TABLES:
            self._db.execute(words)

    def close(self) -> None:
        """Let the file go."""
        self._db.close()
        self._unlink()

    def _unlink(self) -> None:
        if self._path is not None:
            self._path.unlink(missing_ok=True)

    @contextmanager
    def together(self) -> Iterator[None]:
        """Write what follows at once; not nested."""
        self._db.execute("BEGIN")
        try:
            yield
        finally:
            if self._db.in_transaction:
                self._db.execute("COMMIT")

    def linked(self, tags: Iterable[bytes]) -> tuple[bytes, ...]:
        """Return ``tags`` and all that are known to be the same person's."""
        tags = tuple(tags)
        return self._with(tags, self._groups(tags))

    def note(self, last: Last, tags: Sequence[bytes], marks: Sequence[bytes] = ()) -> None:
        """Note a passage under a person's tags, which it links, and marks, which it does not."""
        groups = self._groups(tags)
        group = min(groups, default=last[2])
        theirs = (*self._with(tuple(tags), groups), *marks)
        left = groups | self._groups(marks)
        self._db.executemany(
            "INSERT OR REPLACE INTO tags VALUES (?, ?)", [(tag, group) for tag in theirs]
        )
        self._db.executemany(
            "DELETE FROM lasts WHERE grp = ?"
            " AND NOT EXISTS (SELECT 1 FROM tags WHERE tags.grp = lasts.grp)",
            [(one,) for one in left],
        )
        self._db.execute("INSERT OR REPLACE INTO lasts VALUES (?, ?, ?, ?)", (group, *last))

    def find(self, tag: bytes) -> Last | None:
        """Return the last passage under a tag."""
        found: Last | None = self._db.execute(
            "SELECT way, boot_ms, seq FROM tags JOIN lasts USING (grp) WHERE tag = ?", (tag,)
        ).fetchone()
        return found

    def inside(self, since_boot_ms: int) -> int:
        """Count those who went in last, since then."""
        found = self._db.execute(
            "SELECT count(*) FROM lasts WHERE way = 'in' AND boot_ms >= ?", (since_boot_ms,)
        )
        return int(found.fetchone()[0])

    def forget_before(self, boot_ms: int) -> None:
        """Forget everybody whose last passage was before then."""
        self._db.execute(
            "DELETE FROM tags WHERE grp IN (SELECT grp FROM lasts WHERE boot_ms < ?)", (boot_ms,)
        )
        self._db.execute("DELETE FROM lasts WHERE boot_ms < ?", (boot_ms,))

    def _with(self, tags: tuple[bytes, ...], groups: set[int]) -> tuple[bytes, ...]:
        known = (
            bytes(row[0])
            for group in sorted(groups)
            for row in self._db.execute("SELECT tag FROM tags WHERE grp = ? ORDER BY tag", (group,))
        )
        return tuple(dict.fromkeys((*tags, *known)))

    def _groups(self, tags: Sequence[bytes]) -> set[int]:
        asked = (
            self._db.execute("SELECT grp FROM tags WHERE tag = ?", (tag,)).fetchone()
            for tag in tags
        )
        return {int(row[0]) for row in asked if row}
