"""The outbox as one reads it: what waits, what is done, what the hub refuses, the head.

``kiosk status`` and ``kiosk fsck`` open it read-only; :class:`kiosk.queue.Outbox` adds
what writes. A row's ``mark`` (the first bytes of its hash) is compared whenever the row is
read: a bit that flipped on the card is never sent as if somebody had passed.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from kiosk.errors import KioskError
from kiosk.outbox_file import OutboxFile, damaged
from kiosk.presence_table import PresenceTable
from kiosk.rows import Before, Older, Refusal, Row, State, Stock
from wire.entry import GENESIS, Entry
from wire.errors import WireError

MARK_BYTES = 8


class OutboxView:
    """The read side of one outbox file; a context manager, safe between threads."""

    def __init__(self, path: Path, *, read_only: bool = True) -> None:
        """Open; raises ``DiskRefused``, ``OutboxDamaged`` or ``OutboxNewer``."""
        self.path = path
        self._marks = not read_only
        self.unwritten: dict[int, tuple[str, int]] = {}
        """Receipts that came and are not in the file yet: status and the hub's time, by seq."""
        self.file = OutboxFile(path, read_only=read_only)
        self.presence = PresenceTable(self.file)
        try:
            self.chain = uuid.UUID(bytes=self.file.fact("chain") or b"")
            self.before = Before.from_bytes(self.file.fact("before"))
            self.older = Older.all_from(self.file.fact("older"))
            """The chains of damaged files whose rescued rows lie here, too."""
            self._head = self._read_head()
            self._counts = self._read_counts()
        except KioskError:
            self.close()
            raise
        except (ValueError, TypeError, WireError) as error:
            self.close()
            raise damaged(path, mark=not read_only) from error

    def due(self, *, limit: int, max_bytes: int, skip: Sequence[int] = ()) -> list[Row]:
        """Return the oldest waiting rows that fit one batch (at least one if any waits).

        ``skip`` names rows that are set aside for now (poison), in no particular order.
        """
        apart = set(skip) | self.unwritten.keys()
        rows: list[Row] = []
        size = 0
        for found in self.file.read(
            "SELECT seq, header, sealed, mark FROM entries WHERE state = 0 ORDER BY seq LIMIT ?",
            (limit + len(apart),),
        ):
            if found[0] in apart:
                continue
            row = self._row(*found)
            size += len(row.entry.header_bytes) + len(row.entry.sealed) + 16
            if rows and (size > max_bytes or len(rows) == limit):
                break
            rows.append(row)
        return rows

    def row(self, seq: int) -> Row | None:
        """Return the row at ``seq``, if it lies here."""
        found = self.file.read(
            "SELECT seq, header, sealed, mark FROM entries WHERE seq = ?", (seq,)
        )
        return self._row(*found[0]) if found else None

    def rows(
        self, *, state: State | None = None, after: int = -(2**63), limit: int = 500
    ) -> list[Row]:
        """Return rows in order, for export and inspection."""
        wanted = -1 if state is None else int(state)
        found = self.file.read(
            "SELECT seq, header, sealed, mark FROM entries"
            " WHERE seq > ? AND (? = -1 OR state = ?) ORDER BY seq LIMIT ?",
            (after, wanted, wanted, limit),
        )
        return [self._row(*row) for row in found]

    def marks(self) -> Iterator[tuple[int, bytes]]:
        """Yield the number and the mark of every row that has no receipt, or a refusal."""
        after = -(2**63)
        while page := self.file.read(
            "SELECT seq, mark FROM entries WHERE seq > ? AND state <> 1 ORDER BY seq LIMIT 2000",
            (after,),
        ):
            yield from page
            after = page[-1][0]

    def refusals(self) -> list[Refusal]:
        """Return the refused rows, oldest first."""
        return [
            Refusal(seq, reason)
            for seq, reason in self.file.read(
                "SELECT seq, coalesce(reason, '') FROM entries WHERE state = 2 ORDER BY seq"
            )
        ]

    def hold(self, receipts: Mapping[int, tuple[str, int]]) -> int:
        """Count waiting rows as received whose receipts are not written yet; returns how many."""
        with self.file.lock:
            held = {
                seq: receipt
                for seq, receipt in receipts.items()
                if seq not in self.unwritten
                and self.file.read("SELECT 1 FROM entries WHERE seq = ? AND state = 0", (seq,))
            }
            self.unwritten |= held
            self._counts[State.WAITING] -= len(held)
            self._counts[State.ACKED] += len(held)
            return len(held)

    def stock(self) -> Stock:
        """Count what lies here."""
        with self.file.lock:
            oldest = self.file.read(
                "SELECT seq, wall_ms FROM entries WHERE state = 0 ORDER BY seq LIMIT ?",
                (len(self.unwritten) + 1,),
            )
            last = self.file.read(
                "SELECT receipt_ms FROM entries WHERE state = 1 ORDER BY seq DESC LIMIT 1"
            )
            counts, head, unwritten = dict(self._counts), self._head, dict(self.unwritten)
        times = [at_ms for (at_ms,) in last] + [at_ms for _, at_ms in unwritten.values()]
        return Stock(
            counts[State.WAITING],
            counts[State.ACKED],
            counts[State.REFUSED],
            next((wall_ms for seq, wall_ms in oldest if seq not in unwritten), None),
            max((at_ms for at_ms in times if at_ms is not None), default=None),
            *head,
        )

    def received(self) -> tuple[tuple[uuid.UUID, int, bytes], ...]:
        """Return the newest row of each chain that the hub has a receipt for."""
        found = []
        for chain, base in (*((o.chain, o.base) for o in self.older), (self.chain, 0)):
            rows = self.file.read(
                "SELECT seq, header, sealed, mark FROM entries WHERE state = 1"
                " AND seq BETWEEN ? AND ? ORDER BY seq DESC LIMIT 1",
                (base + 1, base + Older.ROOM - 1),
            )
            if rows:
                row = self._row(*rows[0])
                found.append((chain, row.seq - base, row.entry.hash))
        return tuple(found)

    def absent(self, chain: uuid.UUID, gaps: Sequence[tuple[int, int]]) -> int:
        """Count the numbers up to our head that the hub lacks and that are not here, either."""
        known = {o.chain: (o.base, o.seq) for o in self.older} | {self.chain: (0, self.head()[0])}
        if chain not in known:
            return 0
        base, head = known[chain]
        missing = 0
        for first, last in ((first, min(last, head)) for first, last in gaps if first <= head):
            (here,) = self.file.read(
                "SELECT count(*) FROM entries WHERE seq BETWEEN ? AND ?",
                (base + first, base + last),
            )
            missing += last - first + 1 - here[0]
        return missing

    def place_of(self, row: Row) -> tuple[uuid.UUID, int]:
        """Return the chain and seq of a row, a rescued one's being those of its old file."""
        if row.seq > 0:
            return self.chain, row.seq
        header = row.entry.header
        return header.chain, header.seq

    def head(self) -> tuple[int, bytes]:
        """Return the last seq and its hash: what the next entry follows."""
        with self.file.lock:
            return self._head

    def chains(self) -> tuple[tuple[uuid.UUID, int, bytes], ...]:
        """Return the head of each chain that lies here, this file's own last."""
        return (*((o.chain, o.seq, o.hash) for o in self.older), (self.chain, *self.head()))

    def last_moment(self) -> tuple[int, str]:
        """Return the last commit's wall time, which the clock never goes below, and its clock."""
        found = self.file.read(
            "SELECT seq, header, sealed, mark, wall_ms FROM entries ORDER BY seq DESC LIMIT 1"
        )
        if not found:
            return 0, ""
        *row, wall_ms = found[0]
        return wall_ms, self._row(*row).entry.header.clock

    def headers_since(self, wall_ms: int, *, most: int = 20_000) -> Iterator[bytes]:
        """Yield the headers written since ``wall_ms``, newest first (for today's tally).

        ``most`` bounds what a clock that always wakes in the past would make of a day.
        """
        before, least = 2**62, self.head()[0] - most
        while page := self.file.read(
            "SELECT seq, wall_ms, header FROM entries WHERE seq < ? ORDER BY seq DESC LIMIT 500",
            (before,),
        ):
            for seq, wall, header in page:
                if wall < wall_ms or seq <= least:
                    return
                yield header
                before = seq

    def last_passage(self, tags: Sequence[bytes]) -> tuple[str, int, int] | None:
        """Return ``(direction, boot_ms, seq)`` of the newest passage of any of ``tags``."""
        return self.presence.last(tags)

    def inside(self, *, since_boot_ms: int) -> int:
        """Count the people whose last passage was inwards."""
        return self.presence.inside(since_boot_ms=since_boot_ms)

    def counts(self, *, since_hour: int = 0) -> Mapping[str, int]:
        """Return the durable counts by name since an hour (hours since 1970)."""
        return dict(
            self.file.read(
                "SELECT name, sum(n) FROM counts WHERE hour >= ? GROUP BY name", (since_hour,)
            )
        )

    def fact(self, name: str) -> bytes | None:
        """Return a remembered fact."""
        return self.file.fact(name)

    def facts(self, prefix: str) -> dict[str, bytes]:
        """Return the facts whose names begin with ``prefix``."""
        return dict(
            self.file.read(
                "SELECT name, value FROM facts WHERE name >= ? AND name < ? ORDER BY name",
                (prefix, prefix + "\U0010ffff"),
            )
        )

    def journal(self) -> str:
        """Return SQLite's journal mode and durability, e.g. ``wal/full``."""
        return self.file.journal()

    def close(self) -> None:
        """Close the file; harmless twice."""
        self.presence.close()
        self.file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"{type(self).__name__}({str(self.path)!r}, open={self.file.open})"

    def _row(self, seq: int, header: bytes, sealed: bytes, mark: bytes) -> Row:
        row = Row(seq, Entry(header, sealed))
        try:
            fits = row.entry.hash[:MARK_BYTES] == mark
        except TypeError:  # one flipped bit makes bytes a text, which has no hash
            fits = False
        if not fits:
            raise damaged(self.path, mark=self._marks)
        return row

    def _base(self, chain: uuid.UUID) -> int | None:
        if chain == self.chain:
            return 0
        return next((one.base for one in self.older if one.chain == chain), None)

    def _read_head(self) -> tuple[int, bytes]:
        found = self.file.read(
            "SELECT seq, header, sealed, mark FROM entries WHERE seq > 0 ORDER BY seq DESC LIMIT 1"
        )
        if found:
            row = self._row(*found[0])
            if row.entry.header.chain != self.chain:
                # The fact is not what was written: the next entry would begin a fork.
                raise damaged(self.path, mark=self._marks)
            return row.seq, row.entry.hash
        return 0, self.before.hash if self.before else GENESIS

    def _read_counts(self) -> dict[State, int]:
        found = self.file.read("SELECT state, count(*) FROM entries GROUP BY state")
        return dict.fromkeys(State, 0) | {State(state): n for state, n in found}
