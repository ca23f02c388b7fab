"""How many entries a second a hub takes in: sealed, signed batches, over HTTP, on the disk.

``python -m bench.ingest [--postgresql] [--entries 500000] [--seconds 180]`` starts a real hub
(gunicorn; SQLite, or PostgreSQL in a folder of its own, both with synchronous commits), makes
every batch beforehand as kiosks do, then sends them from several kiosks at once. What is
counted are the entries that receipts call stored.
"""

from __future__ import annotations

import argparse
import contextlib
import http.client
import multiprocessing
import os
import statistics
import tempfile
import time
import uuid
from collections.abc import Iterator, Sequence
from pathlib import Path
from urllib.parse import urlsplit

from bench.machine import named
from tests.hubs import Gate, HubProcess, PostgreSQL
from wire import signed
from wire.batch import Receipt
from wire.keys import VerifyKey

PER_BATCH = 200
"""What a kiosk that has much to tell sends at once (docs/protocol.md)."""

SERVER = (
    "shared_buffers=512MB", "max_wal_size=8GB", "checkpoint_timeout=15min", "wal_compression=on",
)  # fmt: skip
"""How a province sets its PostgreSQL (docs/hub.md): fewer checkpoints write fewer whole pages."""

PROMISED = {"postgresql": 3000, "sqlite": 1000}


def main(argv: Sequence[str] | None = None) -> int:
    """Fill one hub; 0 when it took as many a second as is promised."""
    options = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    options.add_argument("--entries", type=int, default=20_000)
    options.add_argument("--seconds", type=float, default=180, help="send no longer than this")
    options.add_argument("--kiosks", type=int, default=4)
    options.add_argument("--processes", type=int, default=2)
    options.add_argument("--postgresql", action="store_true")
    args = options.parse_args(argv)
    with tempfile.TemporaryDirectory() as name, contextlib.ExitStack() as stack:
        folder = Path(name)
        database, server = "", None
        if args.postgresql:
            server = stack.enter_context(PostgreSQL(folder, settings=SERVER))
            database = server.database()
        serve = ("--processes", str(args.processes if args.postgresql else 1), "--threads", "4")
        hub = stack.enter_context(HubProcess(folder / "hub", database=database, serve=serve))
        return _measured(hub, server, args)


def _measured(hub: HubProcess, server: PostgreSQL | None, args: argparse.Namespace) -> int:
    kind = "postgresql" if args.postgresql else "sqlite"
    began = time.perf_counter()
    gates = [Gate.joined(hub) for _ in range(args.kiosks)]
    share = args.entries // args.kiosks
    with multiprocessing.get_context("fork").Pool(2) as pool:
        made = pool.starmap(_batches, [(gate, share) for gate in gates])
    ready = time.perf_counter() - began
    key = gates[0].code.hub_key
    with multiprocessing.get_context("fork").Pool(args.kiosks) as pool:
        database = server.pid if server else 0
        before, busy = [_processor_s(hub.pid), _processor_s(database)], _machine_s()
        began = time.perf_counter()
        sent = pool.starmap(_send, [(hub.url, key, batches, args.seconds) for batches in made])
        took = time.perf_counter() - began
        hub_s, database_s = (
            _processor_s(pid) - was for pid, was in zip((hub.pid, database), before, strict=True)
        )
        machine_s = _machine_s() - busy
    stored = sum(count for count, _ in sent)
    times = sorted(each for _, some in sent for each in some)
    rate = stored / took
    print(named())
    print(
        f"{kind}: {stored:,} of {args.entries:,} entries stored in {took:.1f} s: "
        f"{rate:,.0f} a second; batches of {PER_BATCH} from {args.kiosks} kiosks: "
        f"median {statistics.median(times):.0f} ms, p95 {times[int(len(times) * 0.95) - 1]:.0f} ms "
        f"(batches made in {ready:.0f} s)\n"
        f"processor: hub {hub_s / stored * 1e6:.0f} µs an entry, database "
        f"{database_s / stored * 1e6:.0f}; the machine was busy {machine_s:.0f} s of "
        f"{took * (os.cpu_count() or 1):.0f} s, of that ours {hub_s + database_s:.0f} s",
        flush=True,
    )
    return 0 if rate >= PROMISED[kind] else 1


def _processor_s(root: int) -> float:
    """Return the processor seconds of a process and its children that live."""
    ticks = 0
    if not root:
        return 0
    for path in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):  # it has just ended
            fields = path.read_text().rpartition(")")[2].split()
            if root in (int(path.parent.name), int(fields[1])):
                ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def _machine_s() -> float:
    """Return the seconds that all cores were busy, with whatever else runs here."""
    words = Path("/proc/stat").read_text().splitlines()[0].split()
    user, nice, system, _, _, irq, soft, steal = map(int, words[1:9])
    return (user + nice + system + irq + soft + steal) / os.sysconf("SC_CLK_TCK")


def _batches(gate: Gate, count: int) -> list[bytes]:
    """Return signed batches of sealed entries, each of another person."""
    batches = []
    for start in range(0, count, PER_BATCH):
        some = [
            gate.entry(
                {
                    "name": f"Đỗ Thị Ví Dụ {number}",
                    "birth": "1999-02-01",
                    "number": f"0541{number:08d}",
                    "phone": f"09{number:08d}",
                }
            )
            for number in range(start, min(start + PER_BATCH, count))
        ]
        batches.append(gate.batch_bytes(some, request=uuid.uuid4()))
    return batches


def _send(
    url: str, key: bytes, batches: Sequence[bytes], seconds: float
) -> tuple[int, list[float]]:
    """Send one kiosk's batches, one after the other; returns entries stored, and times in ms."""
    hub = VerifyKey(key)
    times: list[float] = []
    answers: list[bytes] = []
    until = time.perf_counter() + seconds
    with _connected(url) as connection:
        for body in batches:
            began = time.perf_counter()
            if began > until:
                break
            headers = {"Content-Type": signed.MEDIA_TYPE}
            connection.request("POST", "/v1/entries", body, headers)
            answer = connection.getresponse()
            answers.append(answer.read())
            times.append((time.perf_counter() - began) * 1000)
            if answer.status != 200:
                raise AssertionError(f"The hub answered {answer.status}.")
    receipts = [Receipt.unpack(signed.verify(a, [hub], "receipt").payload) for a in answers]
    stored = sum(one.status == "stored" for each in receipts for one in each.answers)
    return stored, times


@contextlib.contextmanager
def _connected(url: str) -> Iterator[http.client.HTTPConnection]:
    split = urlsplit(url)
    connection = http.client.HTTPConnection(split.hostname or "", split.port, timeout=60)
    try:
        yield connection
    finally:
        connection.close()


if __name__ == "__main__":
    raise SystemExit(main())
