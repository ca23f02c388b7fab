"""Several web processes on one PostgreSQL: nothing is stored twice, nothing is lost."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.hubs import Gate, HubProcess, PostgreSQL, statuses


@pytest.fixture
def province(postgresql: PostgreSQL, tmp_path: Path) -> Iterator[HubProcess]:
    """A hub of three stateless processes."""
    serve = ("--processes", "3", "--threads", "2")
    with HubProcess(tmp_path / "hub", database=postgresql.database(), serve=serve) as hub:
        yield hub


def test_batches_that_reach_several_processes_at_once_are_stored_once(
    province: HubProcess,
) -> None:
    gates = [Gate.joined(province) for _ in range(3)]
    batches = [(gate, gate.entries(40)) for gate in gates for _ in range(3)]
    with ThreadPoolExecutor(9) as pool:
        # Each batch is sent by two at once, as after an answer that came too late.
        sent = [(gate, pool.submit(gate.send, some)) for gate, some in batches * 2]
        receipts = [(gate, future.result()) for gate, future in sent]
    counts = Counter(status for _, receipt in receipts for status in statuses(receipt))
    assert counts == {"stored": 360, "known": 360}
    assert len(province.entries()) == 360
    for gate in gates:
        (held,) = gate.pulsed().held
        assert held.ranges == ((1, 120),)
        mine = [entry["seq"] for entry in province.entries() if entry["chain"] == str(gate.chain)]
        assert sorted(mine) == list(range(1, 121))
