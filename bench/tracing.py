"""How long a trace takes as a hub grows: a 30-day time line and its first generation.

``python -m bench.tracing --entries 300000 1000000`` fills a fresh hub for each size (SQLite, or
``--postgresql``) with made entries through the intake's own SQL, then traces one person whose
number of contacts is the same at every size. Entries at places where that person was are tagged
and encrypted as in service; the others are tagged, and bear somebody else's bytes: no trace
opens them. ``--only fill`` and ``--only measure`` do one half, on SQLite in ``--folder``.
"""

from __future__ import annotations

import argparse
import contextlib
import datetime as dt
import os
import random
import statistics
import tempfile
import time
import uuid
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bench.ingest import SERVER
from hub.home import Home
from tests.hubs import PostgreSQL

PER_PLACE = 300
VISITS = 60
DAY_MS = 24 * 3600 * 1000
RUNS = 20
PROMISED_MS = 300


def main(argv: Sequence[str] | None = None) -> int:
    """Measure each size in a process of its own: Django is set up once in each."""
    options = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    options.add_argument("--entries", type=int, nargs="+", default=[30_000, 300_000])
    options.add_argument("--postgresql", action="store_true")
    options.add_argument("--folder", type=Path, help="where the hubs stay; default: nowhere")
    options.add_argument("--only", choices=("fill", "measure"), default="")
    args = options.parse_args(argv)
    worst = 0
    with contextlib.ExitStack() as stack:
        folder = args.folder or Path(stack.enter_context(tempfile.TemporaryDirectory()))
        server = (
            stack.enter_context(PostgreSQL(folder, settings=SERVER)) if args.postgresql else None
        )
        for size in args.entries:
            database = server.database() if server else ""
            child = os.fork()
            if child == 0:
                os._exit(_measure(Home(folder / str(size), database), size, args.only))
            worst = max(worst, os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
    return worst


def _measure(home: Home, size: int, only: str) -> int:
    home.activate()
    import django

    django.setup()
    from django.db import connection

    from hub import database

    database.migrate(home)
    began = time.perf_counter()
    if only != "measure":
        _fill(size)
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("ANALYZE")
    filled = time.perf_counter() - began
    if only == "fill":
        return 0
    from hub.tracing.models import Case
    from hub.tracing.trace import trace

    case = Case.objects.get()
    found = trace(case, actor="bench")  # the first one makes the call list
    times, used = [], []
    for _ in range(RUNS):
        began, busy = time.perf_counter(), time.process_time()
        found = trace(case, actor="bench")
        times.append((time.perf_counter() - began) * 1000)
        used.append((time.process_time() - busy) * 1000)
    times.sort()
    p95 = times[int(len(times) * 0.95) - 1]
    print(
        f"{connection.vendor} {size:>9,} entries  {len(found.visits)} visits  "
        f"{len(found.lines)} contacts  median {statistics.median(times):.0f} ms  p95 {p95:.0f} ms  "
        f"(of that processor {statistics.median(used):.0f} ms; filled in {filled:.0f} s)",
        flush=True,
    )
    return 0 if p95 <= PROMISED_MS else 1


def _far(
    like: Sequence[Any],
    kiosk: uuid.UUID,
    place: int,
    passed: tuple[int, str, int],
    tags: Sequence[bytes],
) -> tuple[Any, ...]:
    """Return a row like another that nobody opens: quickly, for there are millions of them."""
    from hub.intake.store import ENTRY

    at, way, seq = passed
    day = dt.datetime.fromtimestamp(at / 1000, dt.UTC).date()
    made = dict(zip(ENTRY, like, strict=True)) | {
        "id": uuid.UUID(bytes=os.urandom(16)), "kiosk_id": kiosk, "place": f"p{place:07d}",
        "chain": kiosk, "seq": seq, "direction": way, "wall_ms": at, "boot_id": kiosk,
        "at_ms": at, "received_ms": at, "day": day, "tag_number": tags[0], "tag_name": tags[1],
    }  # fmt: skip
    return tuple(made.values())


def _fill(size: int) -> None:
    """Make places, one kiosk each, ``size`` entries, and an approved case."""
    from django.db import connection

    from hub.intake.answers import vault
    from hub.intake.models import Chain, Claim, Kiosk, Place
    from hub.intake.store import ENTRY, add_entries
    from hub.intake.transactions import durable, now_ms
    from hub.intake.vault import mask
    from hub.tracing import cases, people

    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:  # only how fast it is filled hangs on these
            for pragma in ("synchronous = OFF", "journal_mode = MEMORY", "cache_size = -300000"):
                cursor.execute(f"PRAGMA {pragma}")
    chance, safe, now = random.Random(7), vault(), dt.datetime.now(dt.UTC)
    end = now_ms() - DAY_MS
    count = max(size // PER_PLACE, VISITS)
    kiosks = [uuid.UUID(int=chance.getrandbits(128), version=4) for _ in range(count)]
    Place.objects.bulk_create(
        [Place(pk=f"p{n:07d}", name=f"Nơi {n}", kind="market", created=now) for n in range(count)]
    )
    # Every gate has sent what it recorded until a day ago: each is asked up to when it is whole.
    Kiosk.objects.bulk_create(
        [Kiosk(pk=k, place_id=f"p{n:07d}", created=now) for n, k in enumerate(kiosks)]
    )
    Chain.objects.bulk_create(
        [Chain(kiosk_id=k, chain=k, ranges=[[1, PER_PLACE]], updated_ms=end) for k in kiosks]
    )
    claim = Claim.objects.create(
        kiosk_id=kiosks[0], key=bytes(32), kid=bytes(8), status="accepted", created=now
    )

    bytes_of: list[bytes] = []

    def row(who: int, place: int, at: int, way: str, seq: int) -> tuple[Any, ...]:
        person = {"name": f"Đỗ Thị Ví Dụ {who}", "birth": "1999", "number": f"0541{who:08d}"}
        key = uuid.UUID(int=chance.getrandbits(128), version=4)
        tags = safe.tags(person)
        if place < VISITS or not bytes_of:
            bytes_of[:] = [safe.box({"person": person}, key), safe.box(mask(person), key)]
        facts: dict[str, Any] = {
            "id": key, "kiosk_id": kiosks[place], "claim_id": claim.pk, "place": f"p{place:07d}",
            "gate": "A", "chain": kiosks[place], "seq": seq, "type": "passage", "direction": way,
            "basis": "fixed", "kind": "cccd", "trust": "unsigned", "trip": "", "purpose": "",
            "reason": "", "corrects": None, "count": None, "wall_ms": at, "boot_ms": 0,
            "boot_id": kiosks[place], "clock": "trusted", "at_ms": at, "error_ms": 2000,
            "basis_of_time": "kiosk", "received_ms": at,
            "day": dt.datetime.fromtimestamp(at / 1000, dt.UTC).date(), "flags": 0,
            "seal_kid": bytes(8), "header": bytes(160), "sealed": bytes(320),
            "content": bytes_of[0], "mask": bytes_of[1],
        }  # fmt: skip
        facts |= {f"tag_{name}": tags[name] for name in tags}
        return tuple(facts[name] for name in ENTRY)

    def batches() -> Any:
        rows: list[tuple[Any, ...]] = []
        like: tuple[Any, ...] = ()
        for place in range(count):
            for pair in range(PER_PLACE // 2):
                at = end - (pair * 30 * DAY_MS) // (PER_PLACE // 2) - chance.randrange(600_000)
                who = 1_000_000 + place * PER_PLACE + pair
                if place < VISITS and pair == place % (PER_PLACE // 2):
                    who = 1
                ways = (at, "in", pair * 2 + 1), (at + 3_600_000 * 5, "out", pair * 2 + 2)
                if place < VISITS:
                    rows += [row(who, place, *way) for way in ways]
                    like = rows[-1]
                else:  # tags as long, and as little alike, as real ones
                    tags = chance.randbytes(20), chance.randbytes(20)
                    rows += [_far(like, kiosks[place], place, way, tags) for way in ways]
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


if __name__ == "__main__":
    raise SystemExit(main())
