"""Hours at a busy gate, with outages and pulled plugs: ``python -m tests.e2e.soak --hours 8``.

A real kiosk reads five codes a second, the line to its real hub fails for 1 s up to
``--outage`` seconds at a time and lies in between, and the kiosk is killed every 30 s. At
the end every green that was ever shown must be at the hub exactly once. ``--no-kills``
leaves one kiosk alone and measures its memory instead. Prints the seed first and a line a
minute; ends with 1 when a count is not exact or the memory grows.

Compressed: ``--hours 0.1 --fps 20 --kill-every 10 --outage 30``, and for the memory
``--no-kills --hours 0.125 --fps 40`` (18,000 scans).
"""

from __future__ import annotations

import argparse
import random
import re
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.e2e.faults import proxy as lies
from tests.e2e.faults.proxy import LyingProxy
from tests.hubs import HubProcess
from tests.kiosks import KioskBox, Running, pictures

PEOPLE = 400
LIES = (lies.hang_up, lies.swallow, lies.portal, lies.bad_gateway, lies.empty, lies.twice)
MORE_MB, PER_SCANS = 1.0, 18_000
WARM, WARM_SCANS = 0.25, 3_000
"""The share of a run, and the scans, after which memory is looked at first: libraries load, and
SQLite's cache of the outbox is full (2 MB, some 2,800 entries). Fewer scans show nothing."""


def weather(
    proxy: LyingProxy, chance: random.Random, longest: float, over: threading.Event
) -> None:
    """Let the line be good for a while, then bad, until it is over."""
    while not over.wait(chance.uniform(5.0, 60.0)):
        proxy.lie = chance.choice(LIES)
        over.wait(min(longest, chance.paretovariate(0.6)))
        proxy.lie = lies.honest


@contextmanager
def stormy(proxy: LyingProxy, chance: random.Random, outage: float) -> Iterator[None]:
    """Let the weather go on for a while; good at the end."""
    over = threading.Event()
    storm = threading.Thread(target=weather, args=(proxy, chance, outage, over))
    storm.start()
    try:
        yield
    finally:
        over.set()
        storm.join()
        proxy.lie = lies.honest


def soak(
    seconds: float, *, seed: int, outage: float, kill_every: float, fps: float, folder: Path
) -> bool:
    """Run for ``seconds``, killed now and then; whether all counts are exact."""
    chance = random.Random(seed)
    box = KioskBox(folder / "kiosk")
    queue = pictures(folder / "people", range(PEOPLE))
    greens: set[str] = set()
    kills, until = 0, time.monotonic() + seconds
    with HubProcess(folder / "hub") as hub, LyingProxy(hub.url) as proxy:
        box.enrol(hub, url=proxy.url)
        with stormy(proxy, chance, outage):
            while time.monotonic() < until:
                with box.running(queue, fps=fps) as run:
                    if run.lives(chance.uniform(0.5, 1.5) * kill_every):
                        run.kill()
                        kills += 1
                    greens |= {str(line["id"]) for line in run.greens}
                status = box.status()
                print(f"{len(greens)} greens, {status['waiting']} wait, {kills} kills", flush=True)
        return exact(box, hub, greens, folder)


def rest(seconds: float, *, seed: int, outage: float, fps: float, folder: Path) -> bool:
    """Run one kiosk for ``seconds``; whether all counts are exact and its memory stays."""
    chance = random.Random(seed)
    box = KioskBox(folder / "kiosk")
    queue = walk_past(pictures(folder / "people", range(PEOPLE)), round(seconds * fps))
    with HubProcess(folder / "hub") as hub, LyingProxy(hub.url) as proxy:
        box.enrol(hub, url=proxy.url)
        with stormy(proxy, chance, outage), box.running(queue, fps=fps) as run:
            began = time.monotonic()
            run.lives(seconds * WARM)
            while len(run.greens) < WARM_SCANS and run.lives(1.0):
                pass
            left = began + seconds - time.monotonic()
            first, before = megabytes(run), len(run.greens)
            steps, last, scans = 20, first, 1
            for _ in range(steps):
                if not run.lives(max(left * 0.95 / steps, 1.0)):
                    break
                last, scans = megabytes(run), len(run.greens) - before
                print(f"{before + scans} greens, {last:.1f} MB", flush=True)
            run.process.terminate()  # a busy machine shows fewer pictures than were laid out
            code = run.wait()
            greens = {str(line["id"]) for line in run.greens}
        rise = (last - first) * PER_SCANS / scans
        print(f"{first:.1f} MB, {scans} scans later {last:.1f} MB: {rise:+.2f} MB per {PER_SCANS}")
        return exact(box, hub, greens, folder) and code == 0 and rise <= MORE_MB


def walk_past(people: Path, count: int) -> Path:
    """Return a folder in which the pictures of ``people`` come round ``count`` times in all."""
    once = sorted(people.iterdir())
    queue = people.with_name("queue")
    queue.mkdir()
    for place in range(count):
        (queue / f"{place:07d}.png").symlink_to(once[place % len(once)])
    return queue


def megabytes(run: Running) -> float:
    """Return what the kiosk holds in memory of its own."""
    status = Path(f"/proc/{run.process.pid}/status").read_text(encoding="ascii")
    return (
        sum(
            int(found)
            for found in re.findall(r"^(?:RssAnon|VmSwap):\s+(\d+)", status, re.MULTILINE)
        )
        / 1024
    )


def exact(box: KioskBox, hub: HubProcess, greens: set[str], folder: Path) -> bool:
    """Let what waits go, and compare: every green at the hub, and nothing there twice."""
    for _ in range(10):
        if box.drain(folder)["waiting"] == 0:
            break
    held = [str(entry["id"]) for entry in hub.entries("--limit", "10000000")]
    lost, twice = greens - set(held), len(held) - len(set(held))
    print(f"{len(greens)} greens, {len(held)} held, {len(lost)} lost, {twice} twice")
    return not lost and not twice and box.json("fsck")["findings"] == []


def main() -> int:
    """Read the command line and soak."""
    parser = argparse.ArgumentParser(prog="soak", description=__doc__)
    parser.add_argument("--hours", type=float, default=8.0)
    parser.add_argument("--outage", type=float, default=3600.0, help="seconds, the longest")
    parser.add_argument("--fps", type=float, default=5.0, help="people a second")
    parser.add_argument("--kill-every", type=float, default=30.0, help="seconds, on average")
    parser.add_argument("--no-kills", action="store_true", help="measure memory instead")
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(2**32))
    options = parser.parse_args()
    print(f"seed {options.seed}", flush=True)
    facts = {"seed": options.seed, "outage": options.outage, "fps": options.fps}
    with tempfile.TemporaryDirectory() as name:
        folder, seconds = Path(name), options.hours * 3600
        if options.no_kills:
            done = rest(seconds, **facts, folder=folder)
        else:
            done = soak(seconds, **facts, kill_every=options.kill_every, folder=folder)
    return 0 if done else 1


if __name__ == "__main__":
    sys.exit(main())
