"""Many kiosks come back at once: ``python -m tests.e2e.returning --kiosks 500``.

The hub was away for an hour; each kiosk has tried all the while, and keeps what it scanned.
The hub's answers, the conversation and the pauses are the real ones; the outbox is a list,
and time runs ``--faster`` than it is, which is harder on the hub and not on the kiosks.
Prints the seed, how long answers took and when the last kiosk was done; ``--plot`` draws
when requests came. Ends with 1 when one kiosk starved or answers took too long.
"""

from __future__ import annotations

import argparse
import contextlib
import heapq
import itertools
import os
import random
import sys
import tempfile
import threading
import time
import uuid
from collections import Counter
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from kiosk.conversation import delay
from kiosk.model import ClockState
from kiosk.sync import Sync
from kiosk.upstream import Hub
from tests.hubs import Gate, HubProcess
from wire.batch import Answer, Clocks
from wire.enrol import EnrolmentCode
from wire.entry import Entry
from wire.keys import SigningKey, VerifyKey

OUTAGE_S, MINUTES = 3600.0, 10
WAITING, EVERY_S = 30, 120.0
"""Entries that wait at each kiosk when the hub is back, and seconds between new ones."""

P95_S = 2.0
SEALED = os.urandom(304)


class Time:
    """Simulated seconds since the hub came back."""

    def __init__(self, faster: float) -> None:
        self.faster = faster
        self._began = time.monotonic()

    def now(self) -> float:
        """Seconds."""
        return (time.monotonic() - self._began) * self.faster

    def begin(self) -> None:
        """The hub is back now."""
        self._began = time.monotonic()


@dataclass(frozen=True)
class Waiting:
    """A row of the list."""

    seq: int
    entry: Entry


@dataclass
class Simulated:
    """A kiosk: a list for an outbox, and all that its conversation asks for."""

    gate: Gate
    time: Time
    log: list[tuple[float, float]]
    seed: int
    rows: dict[int, Waiting] = field(default_factory=dict)
    done_at: float | None = None

    def __post_init__(self) -> None:
        self._hub = Hub(self.gate.url)
        self._made = 0.0
        self.sync = Sync(
            outbox=self, hub=self, me=lambda: self, clock=self, report=lambda: ({}, {}, 2**30),
            settings=lambda _: None, boards=lambda _: None, claim=lambda: None,
            claimed=lambda _: None,
            chance=random.Random(self.seed).random,
        )  # fmt: skip

    # what it is
    @property
    def kiosk(self) -> uuid.UUID:
        return self.gate.code.kiosk

    @property
    def key(self) -> SigningKey:
        return self.gate.key

    @property
    def hub_keys(self) -> Mapping[bytes, VerifyKey]:
        key = VerifyKey(self.gate.code.hub_key)
        return {key.kid: key}

    # its clock
    def now(self) -> Clocks:
        boot = round((self.time.now() + OUTAGE_S) * 1000)
        return Clocks(self.gate.wall_ms, boot, self.gate.boot_id, "trusted")

    def learn(self, wall_ms: int, *, at_boot_ms: int, state: ClockState) -> None:
        """It trusts its own."""

    def raise_floor(self, wall_ms: int, *, sure: bool = False) -> None:
        """It never goes back."""

    # its way
    def post(self, path: str, data: bytes, *, dates_count: bool) -> bytes:
        began, at = time.monotonic(), self.time.now()
        try:
            return self._hub.post(path, data, dates_count=dates_count)
        finally:
            self.log.append((at, time.monotonic() - began))

    # its outbox
    def scan(self, count: int) -> None:
        """People pass."""
        for _ in range(count):
            entry = self.gate.entry(sealed=SEALED)
            self.rows[self.gate.seq] = Waiting(self.gate.seq, entry)

    def due(self, *, limit: int, max_bytes: int, skip: Sequence[int] = ()) -> Sequence[Waiting]:
        del max_bytes, skip
        return list(itertools.islice(self.rows.values(), limit))

    def retire(self, answers: Mapping[int, Answer], *, receipt_ms: int) -> int:
        del receipt_ms
        for seq in answers:
            del self.rows[seq]
        if not self.rows and self.done_at is None:
            self.done_at = self.time.now()
        return len(answers)

    def reopen(self, chain: uuid.UUID, gaps: Sequence[tuple[int, int]], **_: Any) -> int:
        del chain, gaps
        return 0

    def chains(self) -> tuple[tuple[uuid.UUID, int, bytes], ...]:
        return ((self.gate.chain, self.gate.seq, self.gate.prev),)

    def received(self) -> tuple[tuple[uuid.UUID, int, bytes], ...]:
        return ()

    def absent(self, chain: uuid.UUID, gaps: Sequence[tuple[int, int]]) -> int:
        del chain, gaps
        return 0

    def step(self) -> float:
        """Scan what came since, do the next thing; simulated seconds until the one after."""
        # Each gate's people come at moments of their own.
        due = int((self.time.now() + self.seed * 7.7 % EVERY_S - self._made) / EVERY_S)
        self.scan(due)
        self._made += due * EVERY_S
        pause = self.sync.step()
        return 0.0 if pause is None else pause

    def first_try(self) -> float:
        """Live through the outage; when, after the hub is back, the next try comes."""
        at, self.sync.progress.failures = outage(self.seed)
        return at


def outage(seed: int) -> tuple[float, int]:
    """Return when a kiosk that lost its hub for :data:`OUTAGE_S` tries next, after how many."""
    chance, at, failures = random.Random(seed ^ 1), -OUTAGE_S, 0
    while at < 0:
        failures += 1
        at += delay(failures, chance=chance.random())
    return at, failures


def arrivals(kiosks: int, seed: int, path: Path) -> str:
    """Draw when each kiosk tries first, with no hub at all; returns the busiest second."""
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib import pyplot as plt

    first = [outage(seed + number)[0] for number in range(kiosks)]
    figure, axes = plt.subplots(figsize=(8, 3.2), dpi=110)
    axes.hist(first, bins=range(0, 305, 5), color="#1f6f54")
    axes.set_xlabel("seconds since the hub is back")
    axes.set_ylabel("first tries in 5 s")
    axes.set_title(f"{kiosks} kiosks after an hour without their hub: when each tries first")
    figure.tight_layout()
    figure.savefig(path)
    busiest = max(Counter(int(at) for at in first).values())
    return f"{kiosks} kiosks: last first try after {max(first):.0f} s, busiest second {busiest}"


def run(hub: HubProcess, *, kiosks: int, faster: float, seed: int) -> tuple[list[Simulated], float]:
    """Let them all come back; returns them with what they noted, and the hub's processor time."""
    clock = Time(faster)
    place = hub.place("Bến xe Ví Dụ", kind="bus-station", gates=999)
    codes = [
        str(made["code"]) for made in hub.json("kiosk", "enrol", place, "--count", str(kiosks))
    ]
    log: list[tuple[float, float]] = []
    made = []
    for number, code in enumerate(codes):
        gate = Gate(EnrolmentCode.from_text(code), hub.url)
        gate.claim()
        made.append(Simulated(gate, clock, log, seed + number))
        made[-1].scan(WAITING)
    order = [(kiosk.first_try(), number) for number, kiosk in enumerate(made)]
    heapq.heapify(order)
    changed, until = threading.Condition(), MINUTES * 60.0
    log.clear()
    spent = processor_s(hub.pid)
    clock.begin()

    def step(number: int) -> None:
        pause = made[number].step()
        with changed:
            heapq.heappush(order, (clock.now() + pause, number))
            changed.notify()

    with ThreadPoolExecutor(64) as threads:
        while (now := clock.now()) < until:
            with changed:
                if not order or order[0][0] > now:
                    least = min(order[0][0] if order else until, until)
                    changed.wait(max(0.001, (least - now) / faster))
                    continue
                _, number = heapq.heappop(order)
            threads.submit(step, number)
    return made, processor_s(hub.pid) - spent


def plot(log: Sequence[tuple[float, float]], made: Sequence[Simulated], path: Path) -> None:
    """Draw when requests came, and how many kiosks were done by then."""
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib import pyplot as plt

    figure, axes = plt.subplots(figsize=(8, 3.6), dpi=110)
    width = 5
    axes.hist(
        [at for at, _ in log], bins=range(0, MINUTES * 60 + width, width), color="#1f6f54",
        label=f"requests in {width} s",
    )  # fmt: skip
    axes.set_xlabel("seconds since the hub is back")
    axes.set_ylabel(f"requests in {width} s")
    done = sorted(kiosk.done_at for kiosk in made if kiosk.done_at is not None)
    other = axes.twinx()
    other.plot(
        [0, *done], range(len(done) + 1), color="#b3541e", label="kiosks with nothing waiting"
    )
    other.set_ylabel("kiosks with nothing waiting")
    other.set_ylim(0, len(made) * 1.05)
    figure.legend(loc="lower center", ncols=2, frameon=False)
    axes.set_title(f"{len(made)} kiosks after an hour without their hub")
    figure.tight_layout(rect=(0, 0.07, 1, 1))
    figure.savefig(path)


def processor_s(group: int) -> float:
    """Return the processor time that a process and its children have had: the hub's own cost."""
    ticks = 0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            fields = stat.read_text(encoding="utf-8").rpartition(")")[2].split()
            if int(fields[2]) == group:
                ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def judge(made: Sequence[Simulated], processor: float) -> tuple[bool, str]:
    """Return whether nobody starved and the hub was quick enough, and the figures."""
    log = made[0].log
    took = sorted(seconds for _, seconds in log)
    p95 = took[int(len(took) * 0.95)]
    done = [kiosk.done_at for kiosk in made if kiosk.done_at is not None]
    starved = len(made) - len(done)
    busiest = max(Counter(int(at) for at, _ in log).values())
    text = (
        f"{len(made)} kiosks, {len(log)} requests: p95 {p95:.2f} s, longest {took[-1]:.2f} s; "
        f"busiest second {busiest} requests; last kiosk done after {max(done, default=0):.0f} s, "
        f"{starved} starved; {processor / len(log) * 1000:.1f} ms of the hub's processor each"
    )
    return starved == 0 and p95 <= P95_S, text


def main() -> int:
    """Read the command line and let them come."""
    parser = argparse.ArgumentParser(prog="returning", description=__doc__)
    parser.add_argument("--kiosks", type=int, default=500)
    parser.add_argument("--faster", type=float, default=2.0)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(2**32))
    parser.add_argument("--plot", type=Path)
    parser.add_argument("--arrivals", type=Path, help="only draw when each tries first; no hub")
    options = parser.parse_args()
    print(f"seed {options.seed}", flush=True)
    if options.arrivals:
        print(arrivals(options.kiosks, options.seed, options.arrivals))
        return 0
    with tempfile.TemporaryDirectory() as folder, HubProcess(Path(folder)) as hub:
        made, processor = run(hub, kiosks=options.kiosks, faster=options.faster, seed=options.seed)
    good, text = judge(made, processor)
    print(text)
    if options.plot:
        plot(made[0].log, made, options.plot)
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
