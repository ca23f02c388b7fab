"""One hub for all, and kiosks that reach it by stick alone."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from kiosk.carry import Carrier
from kiosk.clock import SetClock
from kiosk.enrolling import join
from kiosk.identity import Identity, read_code
from kiosk.membership import Membership
from kiosk.model import EntryType
from kiosk.queue import FILE, Outbox
from kiosk.recorder import Recorder, Station
from kiosk.stick import Stick
from tests.hubs import HubProcess

NOWHERE = "http://127.0.0.1:9"


class Offline:
    """A kiosk's outbox, membership and carrier, in this process; it never sees a network."""

    def __init__(self, data: Path, code: str, *, clock: SetClock | None = None) -> None:
        self.data = data
        # An hour ago: what is older than a month the hub may not take.
        self.clock = clock or SetClock(time.time_ns() // 1_000_000 - 3_600_000)
        if not (data / "identity.cbor").exists():
            data.mkdir(exist_ok=True)
            join(data, read_code(code, now_ms=None))
        self.open()

    def open(self) -> None:
        """Start, or start again."""
        self.outbox = Outbox(self.data / FILE)
        self.membership = Membership(self.data, Identity.load(self.data), self.clock)
        self.carrier = Carrier(
            self.outbox, self.membership, self.clock, report=lambda: ({}, {"version": "test"})
        )

    @property
    def me(self) -> Identity:
        return self.membership.identity

    def record(self, count: int) -> None:
        """Let ``count`` people pass."""
        code = self.me.code
        station = Station(code.kiosk, code.place, code.gate, lambda: self.me.seal_key)
        recorder = Recorder(station, self.outbox, self.clock)
        for _ in range(count):
            self.clock.advance(1)
            content: dict[str, object] = {"person": {"name": "Nguyễn Thị Ví Dụ"}}
            recorder.write(
                EntryType.PASSAGE, self.clock.now(), content, direction="in", basis="fixed"
            )

    def copy(self, root: Path, **more: Any) -> Any:
        root.mkdir(exist_ok=True)
        with Stick(root, write=True) as stick:
            return self.carrier.copy(stick, **more)

    def accept(self, root: Path) -> Any:
        with Stick(root) as stick:
            return self.carrier.accept(stick)

    @property
    def waiting(self) -> int:
        return self.outbox.stock().waiting

    def close(self) -> None:
        self.outbox.close()


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[HubProcess]:
    """A hub without a server: what it knows came by hand."""
    made = HubProcess(tmp_path_factory.mktemp("carry") / "hub")
    try:
        made.cli("migrate")
        made.shared = made.place(gates=40)  # type: ignore[attr-defined]  # the place of all
        yield made
    finally:
        made.close()


@pytest.fixture
def kiosk(hub: HubProcess, tmp_path: Path) -> Iterator[Offline]:
    """A kiosk that has its code and nothing else."""
    made = joined(hub, tmp_path / "kiosk")
    yield made
    made.close()


def joined(hub: HubProcess, data: Path, **more: Any) -> Offline:
    """Return a kiosk with a code of the shared place."""
    return Offline(data, hub.code(hub.shared, "--url", NOWHERE), **more)  # type: ignore[attr-defined]


def imported(hub: HubProcess, root: Path, *, code: int = 0) -> list[dict[str, Any]]:
    """Take a stick in; returns what came per kiosk."""
    done = hub.cli("import", str(root), "--json", check=False)
    assert done.returncode == code, (done.returncode, done.stdout, done.stderr)
    return [json.loads(line) for line in done.stdout.splitlines()]
