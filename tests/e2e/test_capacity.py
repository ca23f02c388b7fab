"""A gate that was alone for most of a year: 450,000 entries wait, and it starts and drains."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest

from kiosk.presence import Passage
from kiosk.queue import FILE, Outbox
from tests.e2e.faults.writer import WALL_MS, entry_at
from tests.hubs import ROOT

START_S, MORE_MB = 5.0, 50.0

OPEN = """
import resource, sys, time
from pathlib import Path
from kiosk.salvage import open_outbox
import kiosk.gate
began = time.monotonic()
outbox, report = open_outbox(Path(sys.argv[1]))
assert report is None
rows = outbox.due(limit=200, max_bytes=230_000)
stock = outbox.stock()
list(outbox.headers_since(0))
took = time.monotonic() - began
print(took, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, stock.waiting, len(rows))
"""


SALVAGE = """
import re, sys
from pathlib import Path
from kiosk.salvage import open_outbox
outbox, report = open_outbox(Path(sys.argv[1]))
# What the program itself holds; the pages of the mapped file are the system's to drop.
held = re.search(r"RssAnon:\\s+(\\d+)", Path("/proc/self/status").read_text())
print(report.rescued, int(held[1]) / 1024)
"""


def fill(folder: Path, count: int) -> None:
    """Write entries quickly: the same rows, without waiting for the disk after each."""
    with Outbox(folder / FILE) as outbox:
        assert outbox.file._db is not None
        outbox.file._db.execute("PRAGMA synchronous = OFF")
        for number in range(count):
            outbox.put(entry_at, wall_ms=WALL_MS + number, passage=Passage((), "in", 1))


def opened(folder: Path) -> tuple[float, float, int, int]:
    done = subprocess.run(
        [sys.executable, "-c", OPEN, str(folder)],
        cwd=ROOT, check=True, capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    took, megabytes, waiting, due = done.stdout.split()
    return float(took), float(megabytes), int(waiting), int(due)


@pytest.mark.slow
def test_four_hundred_and_fifty_thousand_entries_cost_no_start_and_no_memory(
    tmp_path: Path,
) -> None:
    empty, full = tmp_path / "empty", tmp_path / "full"
    for folder, count in ((empty, 1), (full, 450_000)):
        folder.mkdir()
        fill(folder, count)
    _, base, _, _ = opened(empty)
    took, megabytes, waiting, due = opened(full)
    size = (full / FILE).stat().st_size
    print(
        f"450,000 entries: start {took:.2f} s, +{megabytes - base:.0f} MB, "
        f"{size / 450_000:.0f} bytes each, {due} due"
    )
    assert waiting == 450_000
    assert due > 100
    assert took <= START_S
    assert megabytes - base <= MORE_MB


@pytest.mark.slow
def test_a_damaged_outbox_of_450_000_entries_is_salvaged_in_bounded_memory(tmp_path: Path) -> None:
    fill(tmp_path, 450_000)
    path = tmp_path / FILE
    with path.open("r+b") as file:
        file.write(bytes(512))
    began = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-c",
         SALVAGE,
         str(tmp_path)],
        cwd=ROOT, check=True, capture_output=True, text=True, timeout=600,
    )  # fmt: skip
    rescued, megabytes = done.stdout.split()
    print(f"salvaged {rescued} in {time.monotonic() - began:.0f} s, {megabytes} MB held")
    assert int(rescued) == 450_000
    assert float(megabytes) < 150
