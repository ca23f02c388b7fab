"""What a damaged outbox still holds, brought into another: whose rows they are, what is lost."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path

from kiosk.carving import Carver
from kiosk.inspection import beside
from kiosk.queue import FILE, Outbox
from kiosk.rows import Before, Older, Ranges, Rescued, marked
from kiosk.settling import batched
from kiosk.worn import WornFile, read_worn
from wire.errors import WireError

PENDING = "pending"
"""In a kept folder: its rows are still to be brought; says at which base they go."""


class Transfer:
    """The readable rows of the files in ``kept``, and whose they are.

    Rows of the file's own chain go to ``base`` + seq, below 0; rows that it had rescued
    itself stay where they lay.
    """

    def __init__(self, kept: Path, base: int) -> None:
        self._kept = kept
        self._own = _Chain(base)
        self._earlier: dict[int, _Chain] = {}
        self._elsewhere: set[int] = set()
        self._facts: Mapping[str, bytes] = {}

    def batches(self, into: Outbox, size: int) -> Iterator[list[tuple[int, Rescued]]]:
        """Yield rows for :meth:`~kiosk.queue.Outbox.rescue`, which takes each batch at once."""
        # What another kept file brings, or has brought, is not this one's to miss.
        self._elsewhere = {one.base for one in into.older} | set(_pending(self._kept.parent))
        journal = read_worn(beside(self._kept / FILE, "-wal"))
        with WornFile(self._kept / FILE) as database:
            carver = Carver(database, journal)
            yield from batched(self._placed(carver.rows()), size)
        proved = list(_proved_by_successor(carver.unproved, into, self._own.base))
        yield from batched(self._placed(proved), size)
        self._facts = carver.facts

    def outcome(self) -> tuple[Before | None, list[Older], list[Before]]:
        """Return the own chain's last known head, what of it is lost, and the chains to keep.

        Besides, what is newly lost of chains that the file had rescued itself.
        """
        purged = self._dropped()
        older, losses = [], []
        known = {one.base: one for one in self._older()}
        self._gather(known)
        before = self._own.before(purged)
        for base in sorted(self._earlier.keys() | known.keys()):
            one, lost = self._again(base, known.get(base))
            older.append(one)
            if lost:
                losses.append(Before(one.chain, one.seq, one.hash, lost))
        if before is not None:
            older.append(
                Older(before.chain, self._own.base, before.seq, before.hash, purged, before.lost)
            )
        elif older:
            # Not one row of its own could be read: what it had rescued still counts.
            last = older[-1]
            before = Before(last.chain, last.seq, last.hash)
        return before, older, losses

    @property
    def found(self) -> int:
        """How many rows of the own chain were found so far."""
        return self._own.count

    def _dropped(self) -> int:
        """Return up to where rows of the own chain were dropped on purpose."""
        fact = self._facts.get("purged", b"")
        with suppress(ValueError):  # the fact was hit, too: told too often is harmless
            return int.from_bytes(marked(fact) if len(fact) > 8 else fact, "big")
        return 0

    def _older(self) -> tuple[Older, ...]:
        with suppress(WireError, ValueError, TypeError):
            return Older.all_from(self._facts.get("older"))
        return ()

    def _gather(self, known: Mapping[int, Older]) -> None:
        """Count rows whose number was hit, so that they lie astray, with their chain."""
        homes = {one.chain: base for base, one in known.items()}
        own = self._own.head
        by_size = sorted(self._earlier.items(), key=lambda item: -item[1].count)
        for base, chain in by_size:
            whose = chain.head.chain if chain.head else None
            if whose is None:
                continue
            home = homes.setdefault(whose, base)
            if own is not None and whose == own.chain:
                self._own.absorb(chain)
            elif home != base:
                self._earlier.setdefault(home, _Chain(home)).absorb(chain)
            else:
                continue
            self._elsewhere.add(base)

    def _again(self, base: int, known: Older | None) -> tuple[Older, Ranges]:
        """Return a chain that was rescued before as it is now, and what is newly lost of it."""
        chain = self._earlier.get(base, _Chain(base))
        head = chain.head
        if head is None or (known is not None and known.seq >= head.seq):
            assert known is not None, "a base is known by its rows or by a fact"
            whose, seq, hash_ = known.chain, known.seq, known.hash
        else:
            whose, seq, hash_ = head.chain, head.seq, head.entry.hash
        purged, told = (known.purged, known.lost) if known else (0, ())
        if base in self._elsewhere:
            return Older(whose, base, seq, hash_, purged, told), ()
        both = chain.missing(purged, seq, ())
        return Older(whose, base, seq, hash_, purged, both), chain.missing(purged, seq, told)

    def _placed(self, rows: Iterable[tuple[int, Rescued]]) -> Iterator[tuple[int, Rescued]]:
        for number, row in rows:
            if number > 0:
                self._own.add(row)
                yield self._own.base + number, row
                continue
            base = number - row.seq
            self._earlier.setdefault(base, _Chain(base)).add(row)
            yield number, row


def _pending(folder: Path) -> Iterator[int]:
    for path in folder.glob(f"damaged-*/{PENDING}"):
        with suppress(OSError, ValueError):
            yield int(path.read_text(encoding="ascii"))


def _proved_by_successor(
    unproved: Mapping[int, Rescued], fresh: Outbox, base: int
) -> Iterator[tuple[int, Rescued]]:
    """Yield rows whose mark is damaged, but whose hash the entry after them names."""
    for number, row in unproved.items():
        here = base + number if number > 0 else number
        after = fresh.row(here + 1)
        if fresh.row(here) is None and after and after.entry.header.prev == row.entry.hash:
            yield number, row


class _Chain:
    """Which entries of a chain were found."""

    def __init__(self, base: int) -> None:
        self.base = base
        self._seqs: set[int] = set()
        self.head: Rescued | None = None

    @property
    def count(self) -> int:
        """How many."""
        return len(self._seqs)

    def add(self, row: Rescued) -> None:
        """Note a row."""
        self._seqs.add(row.seq)
        if self.head is None or row.seq > self.head.seq:
            self.head = row

    def absorb(self, other: _Chain) -> None:
        """Count what another one has as found, too."""
        self._seqs |= other._seqs
        if other.head and (self.head is None or other.head.seq > self.head.seq):
            self.head = other.head

    def before(self, purged: int) -> Before | None:
        """Return the last known head and what is missing below it, above ``purged``."""
        head = self.head
        if head is None:
            return None
        lost = self.missing(purged if purged < head.seq else 0, head.seq, ())
        return Before(head.chain, head.seq, head.entry.hash, lost)

    def missing(self, purged: int, last: int, told: Ranges) -> Ranges:
        """Return the ranges above ``purged`` up to ``last`` that are not here nor ``told``."""
        lost: list[tuple[int, int]] = []
        following = 1 + purged
        here = [(seq, seq) for seq in self._seqs if seq >= following]
        for first, end in sorted([*here, *told, (last + 1, last + 1)]):
            if first > following:
                lost.append((following, first - 1))
            following = max(following, end + 1)
        return tuple(lost)
