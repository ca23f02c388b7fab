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
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from kiosk.errors import DiskRefused, OutboxDamaged
from kiosk.files import sync_file, sync_folder, write_private
from kiosk.identity import FILE as IDENTITY
from kiosk.inspection import beside, examine, unmade
from kiosk.mishap import DAMAGED, GONE, Mishap, tell_later
from kiosk.outbox_place import BUILDING, FRESH, damage_mark
from kiosk.queue import FILE, Outbox
from kiosk.rows import Before, Older
from kiosk.transfer import PENDING, Transfer

_log = logging.getLogger(__name__)

AT_ONCE_BYTES = 2 * 1024 * 1024
"""A damaged outbox up to this size (2,500 entries) is salvaged before the gate begins: 1 s.
"""

BATCH = 500

NAMED = 10
"""So many runs of lost numbers are named in one sentence; the hub hears of all."""


@dataclass(frozen=True, slots=True)
class Report:
    """What became of a damaged outbox; ``kept`` is where its file lies now.

    ``lost`` are numbers of its own chain, ``losses`` those of chains that it had rescued itself.
    """

    findings: tuple[str, ...]
    rescued: int
    waiting: int
    lost: tuple[tuple[int, int], ...]
    kept: Path
    losses: tuple[Before, ...] = ()

    @property
    def lost_count(self) -> int:
        """How many entries can be read nowhere any more."""
        own = sum(last - first + 1 for first, last in self.lost)
        return own + sum(one.lost_count for one in self.losses)

    @property
    def lost_in_words(self) -> str:
        """How many, also where nothing is left that could tell, and which numbers."""
        if self.mishap.lost is None:
            return "nobody knows how many"
        named = [str(a) if a == b else f"{a} to {b}" for a, b in self.lost[:NAMED]]
        if not named:
            return str(self.mishap.lost)
        more = ", …" if len(self.lost) > NAMED else ""
        word = "number" if self.lost_count == 1 else "numbers"
        return f"{self.mishap.lost} ({word} {', '.join(named)}{more})"

    @property
    def mishap(self) -> Mishap:
        """What is said of it from now on."""
        return Mishap(DAMAGED, self.lost_count if self.rescued or self.lost_count else None)

    def log(self) -> None:
        """Say it in the log."""
        _log.error(
            "The outbox was damaged: %d entries saved, %s lost; the damaged file is kept in %s.",
            self.rescued, self.lost_in_words, self.kept.name,
        )  # fmt: skip


def open_outbox(folder: Path) -> tuple[Outbox, Report | None]:
    """Open the outbox of ``folder``; a damaged one is salvaged first, and reported.

    So is one that is gone though the kiosk belongs to a place: whoever joins one gets its
    outbox first. Nothing can be saved of it, but that must not pass in silence.

    Raises :class:`~kiosk.errors.DiskRefused` and :class:`~kiosk.errors.OutboxNewer`.
    """
    finish(folder)
    clear_way(folder)
    path = folder / FILE
    findings = examine(path)
    if not findings and is_gone(folder):
        report = begin_anew(folder)
        return Outbox(path), report
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
    clear_way(folder)
    kept = _keep(folder)
    with _fresh(folder) as fresh:
        transfer = Transfer(kept, new_base())
        for rows in transfer.batches(fresh, BATCH):
            fresh.rescue(rows)
        before, older, losses = transfer.outcome()
        if before is not None:
            fresh.follow(before, older)
        tell_later(fresh, losses)
        stock = fresh.stock()
        lost = before.lost if before else ()
        rescued = stock.waiting + stock.acked + stock.refused
        report = Report(tuple(findings), rescued, stock.waiting, lost, kept, tuple(losses))
        report.mishap.keep(fresh)
    report.log()
    return report


def set_aside(folder: Path, findings: list[str]) -> Report:
    """Begin a fresh outbox at once; :class:`kiosk.reclaim.Reclaim` saves the rest later."""
    kept = _keep(folder)
    if not (kept / PENDING).exists():
        write_private(kept / PENDING, str(new_base()).encode())
    with _fresh(folder) as fresh:
        Mishap(DAMAGED).keep(fresh)
        _log.error(
            "The outbox is damaged and large: the gate goes on in a fresh one, and what can "
            "be read in %s is saved meanwhile.", kept.name,
        )  # fmt: skip
    return Report(tuple(findings), 0, 0, (), kept)


def clear_way(folder: Path) -> None:
    """Put aside what is no file where one of the outbox's belongs, as a worn card makes it."""
    path = folder / FILE
    for suffix in ("", "-wal", "-shm"):
        stranger = beside(path, suffix)
        try:
            if not stranger.exists() or stranger.is_file():
                continue
            aside = _next(folder)
            aside.mkdir(mode=0o700)
            stranger.rename(aside / stranger.name)
            sync_folder(folder)
        except OSError as error:
            raise DiskRefused(f"{stranger} is in the way: {error.strerror}.") from error
        _log.error("%s was no file; it was put aside in %s.", stranger.name, aside.name)


def is_gone(folder: Path) -> bool:
    """Whether a kiosk that belongs to a place has no outbox any more, or an empty file."""
    path = folder / FILE
    if not (folder / IDENTITY).exists():
        return False
    return not path.exists() or unmade(path)


def begin_anew(folder: Path) -> Report:
    """Begin a fresh outbox in the place of one that is gone."""
    with _fresh(folder) as fresh:
        Mishap(GONE).keep(fresh)
    _log.error(
        "The outbox of this kiosk is gone: a new one is begun, and what was not sent is lost. "
        "Tell the hub's office."
    )
    return Report(("The outbox was gone.",), 0, 0, (), folder)


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
    building = folder / BUILDING
    for part in (building, beside(building, "-wal"), beside(building, "-shm")):
        part.unlink(missing_ok=True)
    with Outbox(building) as fresh:
        yield fresh
        fresh.file.checkpoint()
    sync_file(building)
    building.replace(folder / FRESH)
    sync_folder(folder)
    finish(folder)
    damage_mark(folder / FILE).unlink(missing_ok=True)


def finish(folder: Path) -> None:
    """Put a finished fresh file in the damaged one's place (again, after a power cut)."""
    fresh, path = folder / FRESH, folder / FILE
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
    kept = begun[0] if begun else _next(folder)
    try:
        if not path.exists():
            path.touch(mode=0o600)  # only its journal is left
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


def _next(folder: Path) -> Path:
    taken = [int(n) for p in folder.glob("damaged-*") if (n := p.name[8:]).isdecimal()]
    return folder / f"damaged-{1 + max(taken, default=0)}"


def _same(one: Path, other: Path) -> bool:
    return one.exists() and other.exists() and one.samefile(other)
