"""The outbox: entries made durable before anybody sees green. The kiosk's SQL.

One file, one process (the caller holds :class:`kiosk.files.Ownership`), one writing
connection (:class:`kiosk.outbox_file.OutboxFile`). States: waiting → acked | refused;
there is no "sending", so a crash needs no repair.
"""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from kiosk.errors import DiskRefused
from kiosk.outbox_view import MARK_BYTES
from kiosk.presence import Passage
from kiosk.rows import Before, Older, Rescued, Row, Settled, State, Stock, mark
from kiosk.settling import SLICE, SettledRows, batched
from wire.batch import DISCARD, EXPIRED
from wire.entry import Entry, Link

__all__ = ["FILE", "Outbox", "Row", "Settled", "State", "Stock"]

FILE = "outbox.sqlite3"

ROOM = (2**40, "waits.")
"""What stands where a receipt will: as long as "stored" and its time, so that the row is changed
in its place, on two of its pages (SQLite moves a row that grows). No row that waits is read for it.
"""


class Outbox(SettledRows):
    """The durable list of entries of one kiosk; a context manager, safe between threads."""

    def __init__(self, path: Path) -> None:
        """Open or begin; raises ``DiskRefused``, ``OutboxDamaged`` or ``OutboxNewer``."""
        super().__init__(path, read_only=False)
        self.full = False
        """Set while the disk has no room but the reserve: nothing new is taken then."""

    def put(
        self,
        build: Callable[[Link], Entry],
        *,
        wall_ms: int,
        passage: Passage | None = None,
    ) -> Row:
        """Make one entry durable; returns only after COMMIT with ``synchronous=FULL``.

        ``build`` is called under the lock with the entry's place in the chain and returns
        the sealed entry. ``passage`` updates who is inside in the same transaction. Raises
        :class:`DiskRefused` when the disk does not take it (nothing is recorded then) and
        :class:`OutboxDamaged`.
        """
        with self.file.lock:
            if self.full:
                raise DiskRefused("The disk is full; what was recorded is safe.")
            seq, prev = self._head[0] + 1, self._head[1]
            entry = build(Link(self.chain, seq, prev))
            hash_ = entry.hash
            with self.file.transaction() as db:
                db.execute(
                    "INSERT INTO entries (seq, header, sealed, mark, wall_ms, receipt_ms, reason)"
                    " VALUES (?, ?, ?, ?, ?, ?, ?)",
                    (seq, entry.header_bytes, entry.sealed, hash_[:MARK_BYTES], wall_ms, *ROOM),
                )
                if passage is not None:
                    self.presence.write(db, passage, seq)
            if passage is not None:
                self.presence.note(passage, seq)
            self._head = (seq, hash_)
            self._counts[State.WAITING] += 1
            return Row(seq, entry)

    def reopen(
        self, chain: uuid.UUID, gaps: Sequence[tuple[int, int]], *, before_ms: int | None = None
    ) -> int:
        """Set acked rows that the hub no longer holds back to waiting; returns how many.

        ``gaps`` are inclusive ranges of seq in ``chain``. Only rows that the hub once held
        count: what it let expire or discarded stays done. ``before_ms`` (hub time) is for
        answers that took days on a stick: rows receipted since are left alone.
        """
        base = self._base(chain)
        if base is None or not gaps:
            return 0
        self.write_receipts()
        found = [
            seq
            for first, last in gaps
            for (seq,) in self.file.read(
                "SELECT seq FROM entries WHERE seq BETWEEN ? AND ? AND state = 1"
                " AND coalesce(reason, '') NOT IN (?, ?) AND coalesce(receipt_ms, 0) < ?",
                (
                    base + first,
                    base + min(last, Older.ROOM - 1),
                    EXPIRED,
                    DISCARD,
                    2**62 if before_ms is None else before_ms,
                ),
            )
        ]
        for some in batched(found, SLICE):
            with self.file.lock:
                with self.file.transaction() as db:
                    moved = sum(
                        db.execute(
                            "UPDATE entries SET state = 0, receipt_ms = NULL, reason = NULL"
                            " WHERE seq = ? AND state = 1",
                            (seq,),
                        ).rowcount
                        for seq in some
                    )
                    if moved:
                        # Answers to what was copied to a stick before this are of a hub that
                        # has lost rows since: none of them retires anything any more.
                        self.file.remember(db, "copies", secrets.token_bytes(8))
                self._counts[State.ACKED] -= moved
                self._counts[State.WAITING] += moved
        return len(found)

    def retry_refused(self) -> int:
        """Send refused rows again when the steward asks for it; returns how many."""
        seqs = [refusal.seq for refusal in self.refusals()]
        for some in batched(seqs, SLICE):
            with self.file.lock:
                with self.file.transaction() as db:
                    changed = sum(
                        db.execute(
                            "UPDATE entries SET state = 0, receipt_ms = NULL, reason = NULL"
                            " WHERE seq = ? AND state = 2",
                            (seq,),
                        ).rowcount
                        for seq in some
                    )
                self._counts[State.REFUSED] -= changed
                self._counts[State.WAITING] += changed
        return len(seqs)

    def purge(self, *, before_ms: int) -> int:
        """Drop acked rows received before ``before_ms`` (hub time); returns how many.

        The head always stays, so the chain goes on; waiting and refused rows always stay.
        """
        self.write_receipts()
        dropped, after = 0, -(2**62)
        while page := self.file.read(
            "SELECT seq, receipt_ms FROM entries WHERE state = 1 AND seq > ? AND seq < ?"
            " ORDER BY seq LIMIT ?",
            (after, self.head()[0], SLICE),
        ):
            after = page[-1][0]
            old = [seq for seq, receipt_ms in page if (receipt_ms or 2**62) < before_ms]
            if not old:
                continue
            with self.file.lock:
                with self.file.transaction() as db:
                    gone = sum(
                        db.execute(
                            "DELETE FROM entries WHERE seq = ? AND state = 1", (seq,)
                        ).rowcount
                        for seq in old
                    )
                    # Salvage must not call lost what was dropped on purpose.
                    self.file.remember(db, "purged", mark(max(old[-1], 0).to_bytes(8, "big")))
                    older = tuple(one.without(old) for one in self.older)
                    if older != self.older:
                        self.file.remember(db, "older", Older.all_to(older))
                self.older = older
                self._counts[State.ACKED] -= gone
            dropped += gone
        return dropped

    def count(self, name: str, *, wall_ms: int) -> None:
        """Count what makes no entry, durably, per hour; ``name`` is a kind, never content."""
        with self.file.transaction() as db:
            db.execute(
                "INSERT INTO counts (hour, name, n) VALUES (?, ?, 1)"
                " ON CONFLICT (hour, name) DO UPDATE SET n = n + 1",
                (wall_ms // 3_600_000, name),
            )

    def remember(self, name: str, value: bytes | None) -> None:
        """Keep a small fact (never personal); None forgets it."""
        with self.file.transaction() as db:
            self.file.remember(db, name, value)

    def rescue(self, rows: Iterable[tuple[int, Rescued]], *, slice_: int = 500) -> None:
        """Take rows of a damaged file into this one, at numbers below 0; known ones stay."""
        for some in batched(rows, slice_):
            with self.file.lock:
                added: dict[State, int] = {}
                with self.file.transaction() as db:
                    for state in {row.state for _, row in some}:
                        added[state] = db.executemany(
                            "INSERT OR IGNORE INTO entries (seq, header, sealed, mark, state,"
                            " wall_ms, receipt_ms, reason) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                            [
                                (
                                    number, row.entry.header_bytes, row.entry.sealed,
                                    row.entry.hash[:MARK_BYTES], row.state, row.wall_ms,
                                    row.receipt_ms, row.reason,
                                )
                                for number, row in some
                                if row.state is state
                            ],
                        ).rowcount  # fmt: skip
                for state, count in added.items():
                    self._counts[state] += count

    def follow(self, before: Before, older: Sequence[Older]) -> None:
        """Let this fresh file's chain follow the head of ``before``; its first entry says so."""
        assert self._head[0] == 0, "only a fresh file follows another"
        with self.file.transaction() as db:
            self.file.remember(db, "before", before.to_bytes())
            self.file.remember(db, "older", Older.all_to(older))
        self.before, self.older = before, tuple(older)
        self._head = self._read_head()

    def adopt(self, older: Sequence[Older]) -> None:
        """Answer for the chains of rescued rows, too, from now on; known ones stay."""
        with self.file.lock:
            known = {one.base for one in self.older}
            both = (*self.older, *(one for one in older if one.base not in known))
            with self.file.transaction() as db:
                self.file.remember(db, "older", Older.all_to(both))
            self.older = both
