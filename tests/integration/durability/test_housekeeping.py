"""Nothing without a receipt is dropped, nothing at all under a doubtful clock, and room is kept."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from kiosk.clock import SetClock
from kiosk.config import Config
from kiosk.errors import DiskRefused
from kiosk.housekeeping import DAY_MS, MARGIN, Housekeeping
from kiosk.model import ClockState
from kiosk.queue import FILE, Outbox
from kiosk.rows import State
from tests.e2e.faults.writer import entry_at
from tests.kiosks import KioskBox
from wire.batch import Answer

NOW_MS = 1_790_000_000_000
MEGABYTE = 1024 * 1024


class Room:
    """A disk whose free room is told; a ballast takes of it."""

    def __init__(self, free: int, folder: Path) -> None:
        self.free = free
        self._ballast = folder / "ballast"

    def __call__(self, folder: Path) -> int:
        return self.free - (self._ballast.stat().st_size if self._ballast.exists() else 0)


@pytest.fixture
def outbox(tmp_path: Path) -> Iterator[Outbox]:
    with Outbox(tmp_path / FILE) as opened:
        yield opened


def fill(outbox: Outbox, count: int) -> None:
    for number in range(count):
        outbox.put(entry_at, wall_ms=NOW_MS + number)


def receipt(outbox: Outbox, *seqs: int, at_ms: int, status: str = "stored") -> None:
    entries = {row.seq: row.entry for row in outbox.rows()}
    answers = {seq: Answer(entries[seq].hash, status, "why") for seq in seqs}
    outbox.apply(answers, receipt_ms=at_ms)


def house(outbox: Outbox, tmp_path: Path, clock: SetClock, free: int = 10**12) -> Housekeeping:
    return Housekeeping(outbox, tmp_path, clock, Config(), free=Room(free, tmp_path))


def test_only_receipted_rows_are_dropped_and_only_after_seven_days(
    outbox: Outbox, tmp_path: Path
) -> None:
    fill(outbox, 10)
    receipt(outbox, 1, 2, 3, 4, at_ms=NOW_MS)
    receipt(outbox, 5, at_ms=NOW_MS, status="refused")
    receipt(outbox, 7, 10, at_ms=NOW_MS + 3 * DAY_MS)
    clock = SetClock(NOW_MS + 7 * DAY_MS - 1)
    keeping = house(outbox, tmp_path, clock)
    keeping.step()
    assert len(outbox.rows()) == 10
    clock.advance(601)
    keeping.step()
    assert [row.seq for row in outbox.rows()] == [5, 6, 7, 8, 9, 10]
    clock.advance(100 * 24 * 3600)
    keeping.step()
    # 10 is the head: the chain goes on from it. 5 is refused, the others wait.
    assert [row.seq for row in outbox.rows()] == [5, 6, 8, 9, 10]
    assert outbox.stock().waiting == 3
    assert outbox.stock().refused == 1


@pytest.mark.parametrize("state", [ClockState.UNTRUSTED, ClockState.ASSERTED])
def test_a_clock_that_nobody_vouches_for_drops_nothing(
    state: ClockState, outbox: Outbox, tmp_path: Path
) -> None:
    fill(outbox, 5)
    receipt(outbox, 1, 2, 3, at_ms=NOW_MS)
    clock = SetClock(2_145_916_800_000, state=state)  # 2038
    house(outbox, tmp_path, clock).step()
    assert len(outbox.rows()) == 5


def test_a_full_disk_is_refused_in_plain_sight_and_receipts_still_count(
    outbox: Outbox, tmp_path: Path
) -> None:
    fill(outbox, 4)
    room = Room(200 * MEGABYTE, tmp_path)
    keeping = Housekeeping(outbox, tmp_path, SetClock(NOW_MS), Config(), free=room)
    keeping.step()
    assert (tmp_path / "ballast").stat().st_size == 16 * MEGABYTE
    fill(outbox, 1)
    room.free = 16 * MEGABYTE + MARGIN - 1
    keeping.step()
    assert not (tmp_path / "ballast").exists()
    with pytest.raises(DiskRefused, match="full"):
        fill(outbox, 1)
    receipt(outbox, 1, 2, at_ms=NOW_MS)
    assert outbox.stock().waiting == 3
    keeping.step()
    assert outbox.full
    room.free = 200 * MEGABYTE
    keeping.step()
    assert (tmp_path / "ballast").exists()
    fill(outbox, 1)
    assert outbox.head()[0] == 6


def test_refused_rows_are_listed_kept_and_sent_again_on_request(outbox: Outbox) -> None:
    fill(outbox, 6)
    receipt(outbox, 2, 4, at_ms=NOW_MS, status="refused")
    assert [(r.seq, r.reason) for r in outbox.refusals()] == [(2, "why"), (4, "why")]
    assert [row.seq for row in outbox.rows(state=State.REFUSED)] == [2, 4]
    assert outbox.retry_refused() == 2
    assert outbox.refusals() == []
    assert outbox.stock().waiting == 6


def test_settling_and_purging_let_a_scan_in_between(outbox: Outbox) -> None:
    """The lock is held for at most 50 rows: a scan waits for one slice, not for thousands."""
    fill(outbox, 300)
    statements: list[str] = []
    assert outbox.file._db is not None
    outbox.file._db.set_trace_callback(statements.append)
    receipt(outbox, *range(1, 301), at_ms=NOW_MS)
    outbox.purge(before_ms=NOW_MS + 1)
    inside, most = 0, 0
    for statement in statements:
        if statement.startswith("BEGIN"):
            inside = 0
        elif statement.startswith(("UPDATE entries", "DELETE FROM entries")):
            inside += 1
            most = max(most, inside)
    assert most == 50


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 20 MB in memory."""
    folder = tmp_path / "disk"
    folder.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=20m", "none", str(folder)], check=True)
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


def test_a_small_disk_keeps_a_small_reserve_and_records(small_disk: Path) -> None:
    with Outbox(small_disk / FILE) as outbox:
        keeper = Housekeeping(outbox, small_disk, SetClock(NOW_MS), Config())
        keeper.step()
        assert not outbox.full
        assert 2 * MEGABYTE < (small_disk / "ballast").stat().st_size < 3 * MEGABYTE
        fill(outbox, 3)


@pytest.mark.parametrize("killed", [False, True])
def test_a_card_that_takes_no_more_writes_is_still_read(small_disk: Path, *, killed: bool) -> None:
    box = KioskBox(small_disk)
    outbox = Outbox(small_disk / FILE)
    fill(outbox, 3)
    if killed:
        left = [file.read_bytes() for file in sorted(small_disk.glob(f"{FILE}*"))]
        outbox.close()
        for file, data in zip((FILE, f"{FILE}-shm", f"{FILE}-wal"), left, strict=True):
            (small_disk / file).write_bytes(data)
    else:
        outbox.close()
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    assert box.status()["waiting"] == 3
    assert box.json("fsck") == {"entries": 3, "findings": []}
    refused = box.cli("fsck", "--salvage", str(small_disk.parent / "out"), check=False)
    assert (refused.returncode, "Read-only" in refused.stderr) == (1, True)
