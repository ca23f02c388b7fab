"""Hours at a busy gate, with outages and pulled plugs: ``python -m tests.e2e.soak --hours 8``.

A real kiosk reads five codes a second, the line to its real hub fails for 1 s up to
``--outage`` seconds at a time and lies in between, and the kiosk is killed every 30 s. At
the end every green that was ever shown must be at the hub exactly once. Prints the seed
first and a line a minute; ends with 1 when a count is not exact.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import threading
import time
from pathlib import Path

from tests.e2e.faults import proxy as lies
from tests.e2e.faults.proxy import LyingProxy
from tests.hubs import HubProcess
from tests.kiosks import KioskBox, pictures

KILL_EVERY_S = 30.0
LIES = (lies.hang_up, lies.swallow, lies.portal, lies.bad_gateway, lies.empty, lies.twice)


def weather(
    proxy: LyingProxy, chance: random.Random, longest: float, over: threading.Event
) -> None:
    """Let the line be good for a while, then bad, until it is over."""
    while not over.wait(chance.uniform(5.0, 60.0)):
        proxy.lie = chance.choice(LIES)
        over.wait(min(longest, chance.paretovariate(0.6)))
        proxy.lie = lies.honest


def soak(seconds: float, *, seed: int, outage: float, folder: Path) -> bool:
    """Run for ``seconds``; whether all counts are exact."""
    chance = random.Random(seed)
    box = KioskBox(folder / "kiosk")
    queue = pictures(folder / "people", range(400))
    greens: set[str] = set()
    kills, over, until = 0, threading.Event(), time.monotonic() + seconds
    with HubProcess(folder / "hub") as hub, LyingProxy(hub.url) as proxy:
        box.enrol(hub, url=proxy.url)
        storm = threading.Thread(target=weather, args=(proxy, chance, outage, over))
        storm.start()
        while time.monotonic() < until:
            with box.running(queue, fps=5) as run:
                if run.lives(chance.uniform(0.5, 1.5) * KILL_EVERY_S):
                    run.kill()
                    kills += 1
                greens |= {str(line["id"]) for line in run.greens}
            status = box.status()
            print(f"{len(greens)} greens, {status['waiting']} wait, {kills} kills", flush=True)
        over.set()
        storm.join()
        proxy.lie = lies.honest
        for _ in range(10):
            if box.drain(folder)["waiting"] == 0:
                break
        held = [str(entry["id"]) for entry in hub.entries("--limit", "10000000")]
    lost, twice = greens - set(held), len(held) - len(set(held))
    print(f"{len(greens)} greens, {len(held)} held, {len(lost)} lost, {twice} twice, {kills} kills")
    return not lost and not twice and box.json("fsck")["findings"] == []


def main() -> int:
    """Read the command line and soak."""
    parser = argparse.ArgumentParser(prog="soak", description=__doc__)
    parser.add_argument("--hours", type=float, default=8.0)
    parser.add_argument("--outage", type=float, default=3600.0, help="seconds, the longest")
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(2**32))
    options = parser.parse_args()
    print(f"seed {options.seed}")
    with tempfile.TemporaryDirectory() as folder:
        exact = soak(
            options.hours * 3600, seed=options.seed, outage=options.outage, folder=Path(folder)
        )
    return 0 if exact else 1


if __name__ == "__main__":
    sys.exit(main())
