"""What a receipt does to rows: at once for many, held in memory for a while for a few.

Part of the outbox (:mod:`kiosk.queue`), whose SQL stands here, too.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from itertools import islice
from typing import TypeVar

from kiosk.errors import KioskError
from kiosk.outbox_view import OutboxView
from kiosk.rows import Row, Settled, State
from wire.batch import KNOWN, REFUSED, STORED, Answer

T = TypeVar("T")

SLICE = 50
"""Rows that one settle or purge transaction touches: it holds the lock for < 20 ms."""

GROUP = 32
"""Receipts that are written together. One by one a receipt costs the card 8 kB, as much as its
entry; with 32 in one commit, 2 kB.
"""


class SettledRows(OutboxView):
    """Rows that receipts retire. Whoever looks at states on the disk sees all receipts there."""

    def settle(self, answers: Iterable[Settled], *, receipt_ms: int) -> int:
        """Apply a receipt; returns how many rows changed. Rows not named stay as they are."""
        self.write_receipts()
        return self._settle((answer, receipt_ms) for answer in answers)

    def _settle(self, answers: Iterable[tuple[Settled, int]]) -> int:
        changed = 0
        for some in batched(answers, SLICE):
            with self.file.lock:
                moved: list[tuple[State, State]] = []
                with self.file.transaction() as db:
                    for answer, receipt_ms in some:
                        row = db.execute(
                            "SELECT state FROM entries WHERE seq = ?", (answer.seq,)
                        ).fetchone()
                        # A refused row may be taken later; an acked one never goes back here.
                        if row is None or row[0] == State.ACKED:
                            continue
                        db.execute(
                            "UPDATE entries SET state = ?, receipt_ms = ?, reason = ?"
                            " WHERE seq = ?",
                            (answer.state, receipt_ms, answer.reason or None, answer.seq),
                        )
                        moved.append((State(row[0]), answer.state))
                for old, new in moved:
                    self._counts[old] -= 1
                    self._counts[new] += 1
                changed += len(moved)
        return changed

    def retire(self, answers: Mapping[int, Answer], *, receipt_ms: int) -> int:
        """Apply a receipt, a small one in memory first: a few are written together.

        What is lost of them with the power waits again and goes again; the hub knows it.
        """
        plain = all(answer.status in (STORED, KNOWN) for answer in answers.values())
        if not plain or len(answers) >= GROUP:
            return self.apply(answers, receipt_ms=receipt_ms)
        changed = self.hold({seq: (one.status, receipt_ms) for seq, one in answers.items()})
        if len(self.unwritten) >= GROUP:
            self.write_receipts()
        return changed

    def write_receipts(self) -> None:
        """Write what :meth:`retire` holds in memory; nothing to do costs nothing."""
        with self.file.lock:
            held, self.unwritten = self.unwritten, {}
            self._counts[State.WAITING] += len(held)
            self._counts[State.ACKED] -= len(held)
            self._settle(
                (Settled(seq, State.ACKED, status), at_ms) for seq, (status, at_ms) in held.items()
            )

    def apply(self, answers: Mapping[int, Answer], *, receipt_ms: int) -> int:
        """Settle rows by the hub's answers; only ``refused`` keeps a row from being done."""
        return self.settle(
            (
                Settled(seq, State.REFUSED, answer.reason or "no reason given")
                if answer.status == REFUSED
                else Settled(seq, State.ACKED, answer.status)
                for seq, answer in answers.items()
            ),
            receipt_ms=receipt_ms,
        )

    def rows(
        self, *, state: State | None = None, after: int = -(2**63), limit: int = 500
    ) -> list[Row]:
        """Return rows in order, for export and inspection."""
        self.write_receipts()
        return super().rows(state=state, after=after, limit=limit)

    def marks(self) -> Iterator[tuple[int, bytes]]:
        """Yield the number and the mark of every row that has no receipt, or a refusal."""
        self.write_receipts()
        return super().marks()

    def close(self) -> None:
        """Write what is held and close the file; harmless twice."""
        if self.file.open:
            with suppress(KioskError):  # what the disk does not take goes to the hub again
                self.write_receipts()
        super().close()


def batched(items: Iterable[T], size: int) -> Iterator[list[T]]:
    """Yield ``items`` in lists of at most ``size`` (itertools has it from Python 3.12 on)."""
    following = iter(items)
    while some := list(islice(following, size)):
        yield some
