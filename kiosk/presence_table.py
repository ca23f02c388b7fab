"""Who is inside, as the outbox keeps it: a row for each passage, and an index of what they say.

A row is written behind the one before, so a passage costs the card one page; a table by tag
cost it a page for each of a person's four tags, twice as much as the entry itself. What the rows
mean is read once and then known: which tags are one person's, and which way that person went last.
"""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from kiosk.outbox_file import OutboxFile
from kiosk.people import IndexLost, Last, People, tried
from kiosk.presence import TAG_BYTES, Passage

if TYPE_CHECKING:
    import sqlite3

_log = logging.getLogger(__name__)

Said = TypeVar("Said")

SINCE_VERSION = 2
"""Of the tables: before it there is ``presence`` alone, a row for each tag."""


class PresenceTable:
    """The table ``passages``, and what it says of people; safe between threads."""

    def __init__(self, file: OutboxFile) -> None:
        self._file = file
        self._folder: Path | None = None
        self._people: People | None = None

    def index_in(self, folder: Path) -> None:
        """Keep the index in a folder that lies in memory, instead of in this process."""
        with self._file.lock:
            self.close()
            self._folder = folder

    def close(self) -> None:
        """Let the index go; it is made anew when it is asked."""
        people, self._people = self._people, None
        if people is not None:
            with contextlib.suppress(IndexLost), tried():  # its folder may be gone
                people.close()

    def write(self, db: sqlite3.Connection, passage: Passage, seq: int) -> None:
        """Write a passage within the entry's transaction; :meth:`note` it after the commit."""
        if passage.tags:
            tags = self._ask(lambda people: people.linked(passage.tags))
            db.execute(
                "INSERT INTO passages (seq, boot_ms, direction, linked, tags)"
                " VALUES (?, ?, ?, ?, ?)",
                (
                    seq, passage.boot_ms, passage.direction, len(tags),
                    b"".join((*tags, *passage.marks)),
                ),
            )  # fmt: skip

    def note(self, passage: Passage, seq: int) -> None:
        """Know a passage that was written."""
        if passage.tags:
            last = (passage.direction, passage.boot_ms, seq)

            def note(people: People) -> None:
                with people.together():
                    people.note(last, passage.tags, passage.marks)

            self._ask(note)

    def last(self, tags: Sequence[bytes]) -> Last | None:
        """Return ``(direction, boot_ms, seq)`` of the newest passage of any of ``tags``."""
        found = self._ask(lambda people: [people.find(tag) for tag in tags])
        return max((one for one in found if one), key=lambda last: last[2], default=None)

    def inside(self, *, since_boot_ms: int) -> int:
        """Count the people whose last passage was inwards."""
        return self._ask(lambda people: people.inside(since_boot_ms))

    def forget(self) -> None:
        """Drop everything: the key of the tags is gone, they say nothing any more."""
        with self._file.transaction() as db:
            db.execute("DELETE FROM presence")
            db.execute("DELETE FROM passages")
            self.close()

    def forget_before(self, boot_ms: int) -> None:
        """Drop passages older than what pairs (18 h); costs no write when there are none."""
        with self._file.lock:
            self._ask(lambda people: people.forget_before(boot_ms))
            for table in ("presence", "passages"):
                old = f"FROM {table} WHERE boot_ms < ?"
                if self._file.read(f"SELECT 1 {old} LIMIT 1", (boot_ms,)):
                    with self._file.transaction() as db:
                        db.execute(f"DELETE {old}", (boot_ms,))

    def _ask(self, ask: Callable[[People], Said]) -> Said:
        """Ask the index; where its folder has no room, make it anew in this process."""
        with self._file.lock:
            try:
                with tried():
                    return ask(self._known())
            except IndexLost as error:
                if self._folder is None:
                    raise
                _log.warning("Who is inside is kept by the process itself from now on: %s", error)
                self.close()
                self._folder = None
                return ask(self._known())

    def _known(self) -> People:
        if self._people is None:
            self._people = self._read()
        return self._people

    def _read(self) -> People:
        people, persons = People(self._folder), dict[int, tuple[Last, list[bytes]]]()
        try:
            with people.together():
                self._tell(people, persons)
        except BaseException:
            with contextlib.suppress(IndexLost), tried():
                people.close()  # half of it is of no use
            raise
        return people

    def _tell(self, people: People, persons: dict[int, tuple[Last, list[bytes]]]) -> None:
        for tag, group, way, boot_ms, seq in self._file.read(
            "SELECT tag, grp, direction, boot_ms, seq FROM presence"
        ):
            persons.setdefault(group, ((way, boot_ms, seq), []))[1].append(tag)
        for last, tags in sorted(persons.values(), key=lambda person: person[0][2]):
            people.note(last, tags)
        if self._file.version >= SINCE_VERSION:
            for seq, boot_ms, way, linked, joined in self._file.read(
                "SELECT seq, boot_ms, direction, linked, tags FROM passages ORDER BY seq"
            ):
                starts = range(0, len(joined), TAG_BYTES)
                tags = [bytes(joined[at : at + TAG_BYTES]) for at in starts]
                people.note((way, boot_ms, seq), tags[:linked], tags[linked:])
