"""Who is inside, as the outbox keeps it: tags, the way they went, and who belongs together."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from kiosk.outbox_file import OutboxFile
from kiosk.presence import Passage

if TYPE_CHECKING:
    import sqlite3


class PresenceTable:
    """The table ``presence``; a person's tags share a group (``grp``)."""

    def __init__(self, file: OutboxFile) -> None:
        self._file = file

    def note(self, db: sqlite3.Connection, passage: Passage, seq: int) -> None:
        """Note a passage under all of a person's tags, and under those linked to them."""
        if not passage.tags:
            return
        marks = ",".join("?" * len(passage.tags))
        groups = [
            row[0]
            for row in db.execute(
                f"SELECT DISTINCT grp FROM presence WHERE tag IN ({marks})",  # noqa: S608  # marks
                passage.tags,
            )
        ]
        group = min(groups, default=seq)
        for other in groups:
            db.execute(
                "UPDATE presence SET grp = ?, direction = ?, boot_ms = ?, seq = ? WHERE grp = ?",
                (group, passage.direction, passage.boot_ms, seq, other),
            )
        db.executemany(
            "INSERT INTO presence (tag, grp, direction, boot_ms, seq) VALUES (?, ?, ?, ?, ?)"
            " ON CONFLICT (tag) DO UPDATE SET grp = excluded.grp, direction = excluded.direction,"
            " boot_ms = excluded.boot_ms, seq = excluded.seq",
            [
                (tag, group, passage.direction, passage.boot_ms, seq)
                for tag in (*passage.tags, *passage.marks)
            ],
        )

    def last(self, tags: Sequence[bytes]) -> tuple[str, int, int] | None:
        """Return ``(direction, boot_ms, seq)`` of the newest passage of any of ``tags``."""
        best: tuple[str, int, int] | None = None
        for tag in tags:
            for row in self._file.read(
                "SELECT direction, boot_ms, seq FROM presence WHERE tag = ?", (tag,)
            ):
                if best is None or row[2] > best[2]:
                    best = (row[0], row[1], row[2])
        return best

    def inside(self, *, since_boot_ms: int) -> int:
        """Count the people whose last passage was inwards."""
        return int(
            self._file.read(
                "SELECT count(DISTINCT grp) FROM presence WHERE direction = 'in' AND boot_ms >= ?",
                (since_boot_ms,),
            )[0][0]
        )

    def forget(self) -> None:
        """Drop everything: the key of the tags is gone, they say nothing any more."""
        with self._file.transaction() as db:
            db.execute("DELETE FROM presence")

    def forget_before(self, boot_ms: int) -> None:
        """Drop passages older than what pairs (18 h); costs no write when there are none."""
        if self._file.read("SELECT 1 FROM presence WHERE boot_ms < ? LIMIT 1", (boot_ms,)):
            with self._file.transaction() as db:
                db.execute("DELETE FROM presence WHERE boot_ms < ?", (boot_ms,))
