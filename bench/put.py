"""One durable ``put`` of a sealed entry, beside what else makes the same bytes durable.

``python -m bench put`` runs, in turns on the same disk: append + fdatasync of the same
bytes (the least that any durable list can cost), the outbox's ``put``, and two queues
that people take for this, persist-queue and litequeue, with their durable settings.
Prints milliseconds, and bytes written to the disk for 1,000 entries.
"""

from __future__ import annotations

import argparse
import os
import statistics
import tempfile
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import litequeue
import persistqueue

from kiosk.presence import Passage
from kiosk.queue import Outbox
from wire.entry import GENESIS, Entry, Header, Link
from wire.ids import uuid7
from wire.keys import OpenKey
from wire.seal import seal

WALL_MS = 1_780_000_000_000
SEED_KEY = OpenKey.new().public
KIOSK, BOOT = uuid.uuid4(), uuid.uuid4()
PERSON = {
    "name": "Nguyễn Thị Ví Dụ",
    "birth": "1999-02-01",
    "sex": "female",
    "number": "054199012345",
    "address": "Thôn Phú Lộc, Hòa Thắng, Phú Hòa, Phú Yên",
}


@dataclass(frozen=True, slots=True)
class Measure:
    """What one way took."""

    name: str
    seconds: list[float]
    written: int

    @property
    def p50_ms(self) -> float:
        """The median."""
        return statistics.median(self.seconds) * 1000

    @property
    def p95_ms(self) -> float:
        """What 19 of 20 stay under."""
        return sorted(self.seconds)[int(len(self.seconds) * 0.95)] * 1000

    @property
    def megabytes(self) -> float:
        """Written for 1,000 entries, as the kernel counts it."""
        return self.written / len(self.seconds) * 1000 / 1e6


def entry_at(link: Link) -> Entry:
    """Make a sealed entry as the desk does."""
    header = Header(
        id=uuid7(WALL_MS + link.seq), kiosk=KIOSK, place="p5lmwbis3", gate="A",
        chain=link.chain, seq=link.seq, prev=link.prev, type="passage",
        wall_ms=WALL_MS + link.seq, boot_ms=link.seq, boot_id=BOOT, clock="trusted",
        seal_kid=SEED_KEY.kid, direction="in", basis="auto", kind="cccd", trust="unsigned",
    ).to_bytes()  # fmt: skip
    return Entry(header, seal({"person": PERSON}, SEED_KEY, header))


class Ways:
    """Four ways to make an entry durable; each call does it once. A context manager."""

    def __init__(self, folder: Path) -> None:
        self._log = os.open(folder / "log", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        self._outbox = Outbox(folder / "outbox.sqlite3")
        self._persist = persistqueue.SQLiteQueue(
            str(folder / "persist"), auto_commit=True, multithreading=True
        )
        self._lite = litequeue.LiteQueue(str(folder / "lite.sqlite3"))
        # As shipped it leaves the last commits to the operating system; here durable counts.
        self._lite.conn.execute("PRAGMA synchronous = FULL")

    def append(self, entry: Entry) -> None:
        """Append the bytes to a file and wait for the disk."""
        os.write(self._log, entry.header_bytes + entry.sealed)
        os.fdatasync(self._log)

    def outbox(self, entry: Entry) -> None:
        """Put it into the outbox, with who is inside."""
        tag = entry.hash[:12]
        passage = Passage((tag,), "in", 1)
        self._outbox.put(lambda _: entry, wall_ms=WALL_MS, passage=passage)

    def persist(self, entry: Entry) -> None:
        """Put it into persist-queue."""
        self._persist.put(entry.header_bytes + entry.sealed)

    def lite(self, entry: Entry) -> None:
        """Put it into litequeue, which takes text."""
        self._lite.put((entry.header_bytes + entry.sealed).hex())

    def __enter__(self) -> Ways:
        return self

    def __exit__(self, *_: object) -> None:
        os.close(self._log)
        self._outbox.close()
        self._persist.close()
        self._lite.conn.close()


def written_bytes() -> int:
    """Return what this process has sent to disks so far."""
    for line in Path("/proc/self/io").read_text(encoding="ascii").splitlines():
        if line.startswith("write_bytes"):
            return int(line.split()[1])
    return 0


def measure(folder: Path, count: int, block: int = 50) -> list[Measure]:
    """Run all ways in turns of ``block`` entries, so that a noisy moment hits them alike."""
    entries = []
    prev = GENESIS
    for seq in range(1, count + 1):
        entry = entry_at(Link(KIOSK, seq, prev))
        entries.append(entry)
        prev = entry.hash
    with Ways(folder) as ways:
        table: dict[str, Callable[[Entry], None]] = {
            "append + fdatasync": ways.append,
            "outbox.put": ways.outbox,
            "persist-queue": ways.persist,
            "litequeue": ways.lite,
        }
        took: dict[str, list[float]] = {name: [] for name in table}
        wrote = dict.fromkeys(table, 0)
        for start in range(0, count, block):
            for name, way in table.items():
                before = written_bytes()
                for entry in entries[start : start + block]:
                    began = time.perf_counter()
                    way(entry)
                    took[name].append(time.perf_counter() - began)
                wrote[name] += written_bytes() - before
    return [Measure(name, took[name], wrote[name]) for name in table]


def main(argv: list[str]) -> int:
    """Measure and print; exit 1 when the outbox costs more than twice the append."""
    parser = argparse.ArgumentParser(prog="bench put", description=__doc__)
    parser.add_argument("--count", type=int, default=1000, help="entries per way")
    parser.add_argument("--folder", type=Path, default=Path.cwd(), help="a folder on a real disk")
    options = parser.parse_args(argv)
    with tempfile.TemporaryDirectory(dir=options.folder, prefix=".bench-put-") as name:
        found = measure(Path(name), options.count)
    least = found[0]
    print(f"{'way':<20} {'p50 ms':>8} {'p95 ms':>8} {'x append':>9} {'MB per 1,000':>13}")
    for one in found:
        ratio = one.p50_ms / least.p50_ms
        print(
            f"{one.name:<20} {one.p50_ms:>8.3f} {one.p95_ms:>8.3f} {ratio:>9.2f}"
            f" {one.megabytes:>13.1f}"
        )
    return 0 if found[1].p50_ms <= 2 * least.p50_ms else 1
