"""A gate that was alone for most of a year: 450,000 entries wait, and it starts and drains."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest

from kiosk.gate import Gate
from kiosk.presence import Passage
from kiosk.queue import FILE, Outbox
from tests.e2e.faults.writer import WALL_MS, entry_at
from tests.hubs import PERSON, ROOT, HubProcess
from tests.integration.durability.conftest import joined
from wire.entry import Entry, Header, Link
from wire.ids import uuid7
from wire.seal import seal

START_S, MORE_MB = 5.0, 50.0
ONE_BY_ONE, DRAINED = 2_000, 20_000

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
import re, sys, time
from pathlib import Path
from kiosk.reclaim import Reclaim
from kiosk.salvage import open_outbox
from tests.e2e.faults.writer import entry_at
began = time.monotonic()
outbox, report = open_outbox(Path(sys.argv[1]))
outbox.put(entry_at, wall_ms=1)
green = time.monotonic() - began
told = []
reclaim = Reclaim(outbox, Path(sys.argv[1]), tell=told.append)
slowest, scans = 0.0, 0
while reclaim.step():
    at = time.monotonic()
    outbox.put(entry_at, wall_ms=1)
    slowest, scans = max(slowest, time.monotonic() - at), scans + 1
# What the program itself holds; the pages of the mapped file are the system's to drop.
held = re.search(r"RssAnon:\\s+(\\d+)", Path("/proc/self/status").read_text())
took = time.monotonic() - began
print(green, reclaim.last.rescued, told[0].lost_count, slowest, scans, took, int(held[1]) / 1024)
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
def test_a_damaged_outbox_of_450_000_entries_keeps_nobody_waiting(tmp_path: Path) -> None:
    fill(tmp_path, 450_000)
    path = tmp_path / FILE
    with path.open("r+b") as file:
        file.write(bytes(512))
    done = subprocess.run(
        [sys.executable, "-c", SALVAGE, str(tmp_path)],
        cwd=ROOT, check=True, capture_output=True, text=True, timeout=900,
    )  # fmt: skip
    green, rescued, lost, slowest, scans, took, megabytes = map(float, done.stdout.split())
    print(
        f"green after {green:.2f} s; {rescued:.0f} saved and {lost:.0f} lost within {took:.0f} s, "
        f"while {scans:.0f} passed (slowest commit {slowest * 1000:.0f} ms); {megabytes:.0f} MB"
    )
    assert green <= START_S
    assert int(rescued) + int(lost) == 450_000
    assert slowest <= 1.0
    assert megabytes < 150


@pytest.mark.slow
def test_what_waits_drains_twenty_times_as_fast_as_one_request_for_each(tmp_path: Path) -> None:
    """450,000 wait; one request per entry, as peers send, is measured over 2,000 of them."""
    with HubProcess(tmp_path / "hub") as hub:
        kiosk = joined(tmp_path / "kiosk", hub, hub.url)
        with kiosk.gate as gate:
            code, now = gate.identity.code, gate.clock.now()
            key = gate.identity.seal_key

            def build(link: Link) -> Entry:
                header = Header(
                    id=uuid7(now.wall_ms), kiosk=code.kiosk, place=code.place, gate="A",
                    chain=link.chain, seq=link.seq, prev=link.prev, type="passage",
                    wall_ms=now.wall_ms, boot_ms=now.boot_ms, boot_id=now.boot_id,
                    clock="trusted", seal_kid=key.kid, direction="in", basis="fixed",
                ).to_bytes()  # fmt: skip
                real = link.seq <= ONE_BY_ONE + DRAINED
                return Entry(header, seal({"person": PERSON}, key, header) if real else bytes(304))

            assert gate.outbox.file._db is not None
            gate.outbox.file._db.execute("PRAGMA synchronous = OFF")
            for _ in range(450_000):
                gate.outbox.put(build, wall_ms=now.wall_ms)
            gate.outbox.file._db.execute("PRAGMA synchronous = FULL")
            one = rate(gate, ONE_BY_ONE, limit=1)
            many = rate(gate, DRAINED, limit=200)
    print(
        f"one request per entry {one:.0f}/s, batches {many:.0f}/s: {many / one:.0f} times; "
        f"450,000 in {450_000 / many / 60:.0f} min"
    )
    assert many >= 20 * one


def rate(gate: Gate, count: int, *, limit: int) -> float:
    """Send ``count`` entries, at most ``limit`` in a request; returns entries a second."""
    sent, began = gate.sync.progress.sent, time.monotonic()
    while gate.sync.progress.sent - sent < count:
        gate.sync.progress.batch_limit = limit
        pause = gate.sync.step()
        assert pause is None, gate.sync.progress
    return (gate.sync.progress.sent - sent) / (time.monotonic() - began)
