"""Who is inside, as the outbox keeps it: a row for each passage, and in memory what they say.

A row is written behind the one before, so a passage costs the card one page; a table by tag
cost it a page for each of a person's four tags, twice as much as the entry itself. What the rows
mean is read once and then known: which tags are one person's, and which way that person went last.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from kiosk.outbox_file import OutboxFile
from kiosk.presence import TAG_BYTES, Passage

if TYPE_CHECKING:
    import sqlite3

Last = tuple[str, int, int]
"""Direction, boot clock in ms, seq."""

SINCE_VERSION = 2
"""Of the tables: before it there is ``presence`` alone, a row for each tag."""


class People:
    """Whose tags belong together, and where each went last (pure)."""

    def __init__(self) -> None:
        self._group: dict[bytes, int] = {}
        self._tags: dict[int, set[bytes]] = {}
        self.last: dict[int, Last] = {}

    def linked(self, tags: Iterable[bytes]) -> tuple[bytes, ...]:
        """Return ``tags`` and all that are known to be the same person's."""
        groups = {self._group[tag] for tag in tags if tag in self._group}
        return tuple(dict.fromkeys((*tags, *(t for g in groups for t in sorted(self._tags[g])))))

    def note(self, last: Last, tags: Sequence[bytes], marks: Sequence[bytes] = ()) -> None:
        """Note a passage under a person's tags, which it links, and marks, which it does not."""
        groups = {self._group[tag] for tag in tags if tag in self._group}
        group = min(groups, default=last[2])
        for tag in (*self.linked(tags), *marks):
            self._let_go(tag)
            self._group[tag] = group
            self._tags.setdefault(group, set()).add(tag)
        self.last[group] = last

    def find(self, tag: bytes) -> Last | None:
        """Return the last passage under a tag."""
        group = self._group.get(tag)
        return None if group is None else self.last[group]

    def forget(self, group: int) -> None:
        """Forget a person."""
        for tag in list(self._tags[group]):
            self._let_go(tag)

    def _let_go(self, tag: bytes) -> None:
        group = self._group.pop(tag, None)
        if group is not None:
            self._tags[group].discard(tag)
            if not self._tags[group]:
                del self._tags[group]
                self.last.pop(group, None)


class PresenceTable:
    """The table ``passages``, and what it says of people; safe between threads."""

    def __init__(self, file: OutboxFile) -> None:
        self._file = file
        self._people: People | None = None

    def write(self, db: sqlite3.Connection, passage: Passage, seq: int) -> None:
        """Write a passage within the entry's transaction; :meth:`note` it after the commit."""
        if passage.tags:
            tags = self._known().linked(passage.tags)
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
            self._known().note(last, passage.tags, passage.marks)

    def last(self, tags: Sequence[bytes]) -> Last | None:
        """Return ``(direction, boot_ms, seq)`` of the newest passage of any of ``tags``."""
        with self._file.lock:
            found = [last for tag in tags if (last := self._known().find(tag)) is not None]
        return max(found, key=lambda last: last[2], default=None)

    def inside(self, *, since_boot_ms: int) -> int:
        """Count the people whose last passage was inwards."""
        with self._file.lock:
            lasts = list(self._known().last.values())
        return sum(way == "in" and boot_ms >= since_boot_ms for way, boot_ms, _ in lasts)

    def forget(self) -> None:
        """Drop everything: the key of the tags is gone, they say nothing any more."""
        with self._file.transaction() as db:
            db.execute("DELETE FROM presence")
            db.execute("DELETE FROM passages")
            self._people = None

    def forget_before(self, boot_ms: int) -> None:
        """Drop passages older than what pairs (18 h); costs no write when there are none."""
        with self._file.lock:
            people = self._known()
            for group, (_, at_ms, _) in list(people.last.items()):
                if at_ms < boot_ms:
                    people.forget(group)
            for table in ("presence", "passages"):
                old = f"FROM {table} WHERE boot_ms < ?"
                if self._file.read(f"SELECT 1 {old} LIMIT 1", (boot_ms,)):
                    with self._file.transaction() as db:
                        db.execute(f"DELETE {old}", (boot_ms,))

    def _known(self) -> People:
        with self._file.lock:
            if self._people is None:
                self._people = self._read()
            return self._people

    def _read(self) -> People:
        people, persons = People(), dict[int, tuple[Last, list[bytes]]]()
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
        return people
