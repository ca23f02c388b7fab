"""A damaged outbox: found, its readable rows saved into a fresh file, the rest accounted for.

The damaged file is kept whole in a folder of its own; nothing of it is changed. The fresh
file begins a new chain whose first entry names the old one's last known head and what is
lost of it, so that the hub knows, too. Each step leaves files from which the next start
can go on.
"""

from __future__ import annotations

import logging
import os
import secrets
import shutil
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from mmap import ACCESS_READ, mmap
from pathlib import Path

from kiosk.carving import Buffer, Carver
from kiosk.errors import DiskRefused, OutboxDamaged
from kiosk.files import sync_file, sync_folder
from kiosk.inspection import beside, examine, read_or_nothing
from kiosk.outbox_file import damage_mark
from kiosk.queue import FILE, Outbox
from kiosk.rows import Before, Older, Rescued

_log = logging.getLogger(__name__)

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
    report = salvage(folder, findings)
    return Outbox(path), report


def salvage(folder: Path, findings: list[str]) -> Report:
    """Save what can be read of the outbox in ``folder`` into a fresh one."""
    path = folder / FILE
    kept = _keep(folder)
    building = folder / _BUILDING
    for part in (building, beside(building, "-wal"), beside(building, "-shm")):
        part.unlink(missing_ok=True)
    with Outbox(building) as fresh:
        before = _transfer(kept, fresh)
        stock = fresh.stock()
        fresh.file.checkpoint()
    sync_file(building)
    building.replace(folder / _FRESH)
    sync_folder(folder)
    _finish(folder)
    damage_mark(path).unlink(missing_ok=True)
    lost = before.lost if before else ()
    rescued = stock.waiting + stock.acked + stock.refused
    report = Report(tuple(findings), rescued, stock.waiting, lost, kept)
    _log.error(
        "The outbox was damaged: %d entries saved, %d lost; the damaged file is kept in %s.",
        report.rescued, report.lost_count, kept.name,
    )  # fmt: skip
    return report


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
    """Give the damaged files a second name in a folder of their own; returns it."""
    taken = [int(n) for p in folder.glob("damaged-*") if (n := p.name[8:]).isdecimal()]
    kept = folder / f"damaged-{1 + max(taken, default=0)}"
    try:
        kept.mkdir(mode=0o700)
        for suffix in ("", "-wal"):
            source = beside(folder / FILE, suffix)
            if not source.exists():
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


def _transfer(kept: Path, fresh: Outbox) -> Before | None:
    """Bring the readable rows of the files in ``kept`` into ``fresh``; returns whose they are.

    Rows of the file's own chain go to a slot of their own below 0; rows that it had
    rescued itself stay where they lay.
    """
    own = _Chain(Older.slot(secrets.randbelow(2**21)))
    earlier: dict[int, Older] = {}

    def placed(rows: Iterable[tuple[int, Rescued]]) -> Iterator[tuple[int, Rescued]]:
        for number, row in rows:
            if number > 0:
                own.add(row)
                yield own.base + number, row
                continue
            base = number - row.seq
            known = earlier.get(base)
            if known is None or row.seq > known.seq:
                earlier[base] = Older(row.chain, base, row.seq, row.entry.hash)
            yield number, row

    journal = read_or_nothing(beside(kept / FILE, "-wal"))
    with _mapped(kept / FILE) as database:
        carver = Carver(database, journal)
        fresh.rescue(placed(carver.rows()))
    fresh.rescue(placed(list(_proved_by_successor(carver.unproved, fresh, own.base))))
    before = own.before(int.from_bytes(carver.facts.get("purged", b"")[:8], "big"))
    older = [earlier[base] for base in sorted(earlier)]
    if before is None and older:
        # Not one row of its own could be read: what it had rescued still counts.
        last = older[-1]
        before = Before(last.chain, last.seq, last.hash)
    elif before is not None:
        older.append(Older(before.chain, own.base, before.seq, before.hash))
    if before is not None:
        fresh.follow(before, older)
    return before


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


@contextmanager
def _mapped(path: Path) -> Iterator[Buffer]:
    """Give a file's bytes without reading all of them at once."""
    try:
        with path.open("rb") as file, mmap(file.fileno(), 0, access=ACCESS_READ) as mapped:
            yield mapped
    except (FileNotFoundError, ValueError):  # mmap takes no empty file
        yield b""
