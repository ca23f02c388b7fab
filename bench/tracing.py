"""How long a trace takes as a hub grows: a 30-day time line and its first generation.

``python -m bench.tracing --entries 30000 300000`` fills a fresh SQLite hub for each size with
made entries through the intake's own SQL (tags and encrypted fields as in service), then
traces one person whose number of contacts is the same at every size.
"""

from __future__ import annotations

import argparse
import datetime as dt
import os
import random
import statistics
import tempfile
import time
import uuid
from pathlib import Path
from typing import Any

PER_PLACE = 300
VISITS = 60
DAY_MS = 24 * 3600 * 1000
RUNS = 20


def main() -> None:
    """Measure each size in a process of its own: Django is set up once in each."""
    options = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    options.add_argument("--entries", type=int, nargs="+", default=[30_000, 300_000])
    for size in options.parse_args().entries:
        child = os.fork()
        if child == 0:
            _measure(size)
            os._exit(0)
        os.waitpid(child, 0)


def _measure(size: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        from hub.home import Home

        home = Home(Path(folder))
        home.activate()
        import django

        django.setup()
        from hub import database

        database.ready(home)
        began = time.perf_counter()
        case = _fill(size)
        filled = time.perf_counter() - began
        from hub.tracing.trace import trace

        found = trace(case, actor="bench")  # the first one makes the call list
        times = []
        for _ in range(RUNS):
            began = time.perf_counter()
            found = trace(case, actor="bench")
            times.append((time.perf_counter() - began) * 1000)
        times.sort()
        p95 = times[int(len(times) * 0.95) - 1]
        print(
            f"{size:>9,} entries  {len(found.visits)} visits  {len(found.lines)} contacts  "
            f"median {statistics.median(times):.0f} ms  p95 {p95:.0f} ms  (filled {filled:.0f} s)",
            flush=True,
        )


def _fill(size: int) -> Any:
    """Make places, one kiosk each, and ``size`` entries; returns an approved case."""
    from hub.intake.answers import vault
    from hub.intake.models import Claim, Kiosk, Place
    from hub.intake.store import ENTRY, add_entries
    from hub.intake.transactions import durable, now_ms
    from hub.intake.vault import mask
    from hub.tracing import cases, people

    chance, safe, now = random.Random(7), vault(), dt.datetime.now(dt.UTC)
    end = now_ms() - DAY_MS
    count = max(size // PER_PLACE, VISITS)
    kiosks = [uuid.UUID(int=chance.getrandbits(128), version=4) for _ in range(count)]
    Place.objects.bulk_create(
        [Place(pk=f"p{n:07d}", name=f"Nơi {n}", kind="market", created=now) for n in range(count)]
    )
    Kiosk.objects.bulk_create(
        [Kiosk(pk=k, place_id=f"p{n:07d}", created=now) for n, k in enumerate(kiosks)]
    )
    claim = Claim.objects.create(
        kiosk_id=kiosks[0], key=bytes(32), kid=bytes(8), status="accepted", created=now
    )

    def row(who: int, place: int, at: int, way: str, seq: int) -> tuple[Any, ...]:
        person = {"name": f"Đỗ Thị Ví Dụ {who}", "birth": "1999", "number": f"0541{who:08d}"}
        key = uuid.UUID(int=chance.getrandbits(128), version=4)
        tags = safe.tags(person)
        facts: dict[str, Any] = {
            "id": key, "kiosk_id": kiosks[place], "claim_id": claim.pk, "place": f"p{place:07d}",
            "gate": "A", "chain": kiosks[place], "seq": seq, "type": "passage", "direction": way,
            "basis": "fixed", "kind": "cccd", "trust": "unsigned", "trip": "", "purpose": "",
            "reason": "", "corrects": None, "count": None, "wall_ms": at, "boot_ms": 0,
            "boot_id": kiosks[place], "clock": "trusted", "at_ms": at, "error_ms": 2000,
            "basis_of_time": "kiosk", "received_ms": at,
            "day": dt.datetime.fromtimestamp(at / 1000, dt.UTC).date(), "flags": 0,
            "seal_kid": bytes(8), "header": bytes(160), "sealed": bytes(320),
            "content": safe.box({"person": person}, key), "mask": safe.box(mask(person), key),
        }  # fmt: skip
        facts |= {f"tag_{name}": tags[name] for name in tags}
        return tuple(facts[name] for name in ENTRY)

    def batches() -> Any:
        rows: list[tuple[Any, ...]] = []
        for place in range(count):
            for pair in range(PER_PLACE // 2):
                at = end - (pair * 30 * DAY_MS) // (PER_PLACE // 2) - chance.randrange(600_000)
                who = 1_000_000 + place * PER_PLACE + pair
                if place < VISITS and pair == place % (PER_PLACE // 2):
                    who = 1
                rows.append(row(who, place, at, "in", pair * 2 + 1))
                rows.append(row(who, place, at + 3_600_000 * 5, "out", pair * 2 + 2))
            if len(rows) > 5000:
                yield rows
                rows = []
        yield rows

    for rows in batches():
        with durable():
            add_entries(rows)
    case = cases.open_case(
        people.tags_of({"number": "054100000001"}), reason="bench", actor="a", days=40
    )
    cases.approve(case, actor="b")
    return case


if __name__ == "__main__":
    main()
