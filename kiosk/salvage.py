"""A damaged outbox: found, its readable rows saved into a fresh file, the rest accounted for.

The damaged file is kept whole in a folder of its own; nothing of it is changed. The fresh
file begins a new chain whose first entry names the old one's last known head and what is
lost of it, so that the hub knows, too. A file that would take long is set aside: the gate
goes on in a fresh one at once, and :class:`Reclaim` brings the rows after it, a few at a
time, then writes the entry that tells. Each step leaves files from which the next start can
go on.
"""

from __future__ import annotations

import logging
import os
import secrets
import shutil
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from kiosk.carving import Carver
from kiosk.errors import DiskRefused, OutboxDamaged
from kiosk.files import sync_file, sync_folder, write_private
from kiosk.inspection import beside, examine
from kiosk.outbox_file import damage_mark
from kiosk.queue import FILE, Outbox
from kiosk.rows import Before, Older, Rescued
from kiosk.settling import batched
from kiosk.worn import WornFile, read_worn

_log = logging.getLogger(__name__)

AT_ONCE_BYTES = 2 * 1024 * 1024
"""A damaged outbox up to this size (2,500 entries) is salvaged before the gate begins: 1 s.
"""

BATCH = 500

PENDING = "pending"
"""In a kept folder: its rows are still to be brought; says at which base they go."""

_BUILDING, _FRESH = "outbox.building.sqlite3", "outbox.fresh.sqlite3"


@dataclass(frozen=True, slots=True)
class Report:
    """What became of a damaged outbox; ``kept`` is where its file lies now."""

    findings: tuple[str, ...]
    rescued: int
    waiting: int
    lost: tuple[tuple[int, int], ...]
    kept: Path

    @property
    def lost_count(self) -> int:
        """How many entries can be read nowhere any more."""
        return sum(last - first + 1 for first, last in self.lost)

    @property
    def lost_in_words(self) -> str:
        """How many, also where nothing is left that could tell."""
        return str(self.lost_count) if self.rescued or self.lost else "nobody knows how many"

    def log(self) -> None:
        """Say it in the log."""
        _log.error(
            "The outbox was damaged: %d entries saved, %s lost; the damaged file is kept in %s.",
            self.rescued, self.lost_in_words, self.kept.name,
        )  # fmt: skip


def open_outbox(folder: Path) -> tuple[Outbox, Report | None]:
    """Open the outbox of ``folder``; a damaged one is salvaged first, and reported.

    Raises :class:`~kiosk.errors.DiskRefused` and :class:`~kiosk.errors.OutboxNewer`.
    """
    _finish(folder)
    path = folder / FILE
    findings = examine(path)
    if not findings:
        try:
            return Outbox(path), None
        except OutboxDamaged as error:
            findings = [str(error)]
    small = sum(bytes_of(beside(path, end)) for end in ("", "-wal")) <= AT_ONCE_BYTES
    report = salvage(folder, findings) if small else set_aside(folder, findings)
    return Outbox(path), report


def salvage(folder: Path, findings: list[str]) -> Report:
    """Save what can be read of the outbox in ``folder`` into a fresh one."""
    kept = _keep(folder)
    with _fresh(folder) as fresh:
        transfer = Transfer(kept, new_base())
        for rows in transfer.batches(fresh, BATCH):
            fresh.rescue(rows)
        before, older = transfer.outcome()
        if before is not None:
            fresh.follow(before, older)
        stock = fresh.stock()
    lost = before.lost if before else ()
    rescued = stock.waiting + stock.acked + stock.refused
    report = Report(tuple(findings), rescued, stock.waiting, lost, kept)
    report.log()
    return report


def set_aside(folder: Path, findings: list[str]) -> Report:
    """Begin a fresh outbox at once; :class:`kiosk.reclaim.Reclaim` saves the rest later."""
    kept = _keep(folder)
    if not (kept / PENDING).exists():
        write_private(kept / PENDING, str(new_base()).encode())
    with _fresh(folder):
        _log.error(
            "The outbox is damaged and large: the gate goes on in a fresh one, and what can "
            "be read in %s is saved meanwhile.", kept.name,
        )  # fmt: skip
    return Report(tuple(findings), 0, 0, (), kept)


def new_base() -> int:
    """Return where a damaged file's own rows go: a slot below 0 that no other file has."""
    return Older.slot(secrets.randbelow(2**21))


def bytes_of(path: Path) -> int:
    """Return a file's length; 0 where there is none."""
    with suppress(FileNotFoundError):
        return path.stat().st_size
    return 0


@contextmanager
def _fresh(folder: Path) -> Iterator[Outbox]:
    """Give an empty outbox to fill, and put it in the damaged one's place, durably."""
    building = folder / _BUILDING
    for part in (building, beside(building, "-wal"), beside(building, "-shm")):
        part.unlink(missing_ok=True)
    with Outbox(building) as fresh:
        yield fresh
        fresh.file.checkpoint()
    sync_file(building)
    building.replace(folder / _FRESH)
    sync_folder(folder)
    _finish(folder)
    damage_mark(folder / FILE).unlink(missing_ok=True)


def _finish(folder: Path) -> None:
    """Put a finished fresh file in the damaged one's place (again, after a power cut)."""
    fresh, path = folder / _FRESH, folder / FILE
    if not fresh.exists():
        return
    # A journal of the old file beside the new one would be played into it.
    for suffix in ("-wal", "-shm"):
        beside(path, suffix).unlink(missing_ok=True)
    sync_folder(folder)
    fresh.replace(path)
    sync_folder(folder)


def _keep(folder: Path) -> Path:
    """Give the damaged files a second name in a folder of their own; returns it.

    After a power cut in the middle it is the folder that was begun then.
    """
    path = folder / FILE
    begun = [p for p in folder.glob("damaged-*") if _same(p / FILE, path)]
    taken = [int(n) for p in folder.glob("damaged-*") if (n := p.name[8:]).isdecimal()]
    kept = begun[0] if begun else folder / f"damaged-{1 + max(taken, default=0)}"
    try:
        kept.mkdir(mode=0o700, exist_ok=True)
        for suffix in ("", "-wal"):
            source = beside(path, suffix)
            if not source.exists() or (kept / source.name).exists():
                continue
            try:
                os.link(source, kept / source.name)
            except OSError:  # a file system without second names
                shutil.copyfile(source, kept / source.name)
        sync_folder(kept)
        sync_folder(folder)
    except OSError as error:
        raise DiskRefused(f"The damaged outbox cannot be kept: {error.strerror}.") from error
    return kept


def _same(one: Path, other: Path) -> bool:
    return one.exists() and other.exists() and one.samefile(other)


class Transfer:
    """The readable rows of the files in ``kept``, and whose they are.

    Rows of the file's own chain go to ``base`` + seq, below 0; rows that it had rescued
    itself stay where they lay.
    """

    def __init__(self, kept: Path, base: int) -> None:
        self._kept = kept
        self._own = _Chain(base)
        self._earlier: dict[int, Older] = {}
        self._purged = 0

    def batches(self, into: Outbox, size: int) -> Iterator[list[tuple[int, Rescued]]]:
        """Yield rows for :meth:`~kiosk.queue.Outbox.rescue`, which takes each batch at once."""
        journal = read_worn(beside(self._kept / FILE, "-wal"))
        with WornFile(self._kept / FILE) as database:
            carver = Carver(database, journal)
            yield from batched(self._placed(carver.rows()), size)
        proved = list(_proved_by_successor(carver.unproved, into, self._own.base))
        yield from batched(self._placed(proved), size)
        self._purged = int.from_bytes(carver.facts.get("purged", b"")[:8], "big")

    def outcome(self) -> tuple[Before | None, list[Older]]:
        """Return the own chain's last known head, what of it is lost, and the chains to keep."""
        before = self._own.before(self._purged)
        older = [self._earlier[base] for base in sorted(self._earlier)]
        if before is not None:
            older.append(Older(before.chain, self._own.base, before.seq, before.hash))
        elif older:
            # Not one row of its own could be read: what it had rescued still counts.
            last = older[-1]
            before = Before(last.chain, last.seq, last.hash)
        return before, older

    @property
    def found(self) -> int:
        """How many rows of the own chain were found so far."""
        return self._own.count

    def _placed(self, rows: Iterable[tuple[int, Rescued]]) -> Iterator[tuple[int, Rescued]]:
        for number, row in rows:
            if number > 0:
                self._own.add(row)
                yield self._own.base + number, row
                continue
            base = number - row.seq
            known = self._earlier.get(base)
            if known is None or row.seq > known.seq:
                self._earlier[base] = Older(row.chain, base, row.seq, row.entry.hash)
            yield number, row


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
    """Which entries of the damaged file's own chain were found."""

    def __init__(self, base: int) -> None:
        self.base = base
        self._seqs: set[int] = set()
        self._head: Rescued | None = None

    @property
    def count(self) -> int:
        """How many."""
        return len(self._seqs)

    def add(self, row: Rescued) -> None:
        """Note a row."""
        self._seqs.add(row.seq)
        if self._head is None or row.seq > self._head.seq:
            self._head = row

    def before(self, purged: int) -> Before | None:
        """Return the last known head and what is missing below it, above ``purged``."""
        head = self._head
        if head is None:
            return None
        lost: list[tuple[int, int]] = []
        following = 1 + (purged if purged < head.seq else 0)
        for seq in sorted(seq for seq in self._seqs if seq >= following):
            if seq > following:
                lost.append((following, seq - 1))
            following = seq + 1
        return Before(head.chain, head.seq, head.entry.hash, tuple(lost))
