"""One hub for all tests of a file, and gates whose threads do not run: they are stepped."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from kiosk.clock import Clock, SystemClock
from kiosk.config import Config
from kiosk.enrolling import join
from kiosk.files import ensure_folder
from kiosk.gate import Gate, Post
from kiosk.identity import read_code
from kiosk.model import DirectionMode, Verdict
from tests.e2e.faults.proxy import LyingProxy
from tests.hubs import TIMEOUT_S, HubProcess


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[HubProcess]:
    """A real hub."""
    with HubProcess(tmp_path_factory.mktemp("hub")) as running:
        yield running


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the hub take its time to answer, on an emulated board alone: there it takes more than
    a gate gives (``deploy/raspberrypi/tiers`` says so); anywhere else the gate's own limits count.
    """
    if "EMULATED" not in os.environ:
        return
    monkeypatch.setattr("kiosk.upstream.TIMEOUT_S", (TIMEOUT_S, TIMEOUT_S))
    monkeypatch.setattr("kiosk.upstream.LONGEST_S", float(TIMEOUT_S))


@pytest.fixture
def proxy(hub: HubProcess) -> Iterator[LyingProxy]:
    """What stands between the kiosk and the hub; honest until told otherwise."""
    with LyingProxy(hub.url) as lying:
        yield lying


class Stepped:
    """A whole kiosk but for its threads: people are shown, the conversation is stepped."""

    def __init__(self, gate: Gate) -> None:
        self.gate = gate
        self.greens: list[Verdict] = []

    def show(self, *texts: str) -> list[Verdict]:
        """Show codes at the gate; greens are remembered."""
        verdicts = [self.gate.desk.present(text) for text in texts]
        self.greens += [verdict for verdict in verdicts if verdict.recorded]
        return verdicts

    def talk(self, steps: int) -> None:
        """Let the conversation go on, without its pauses."""
        for _ in range(steps):
            self.gate.sync.step()

    def deliver(self, most: int = 100) -> None:
        """Talk until nothing waits."""
        for _ in range(most):
            if self.gate.sync.step() is not None and not self.waiting:
                return
        raise AssertionError(f"{self.waiting} still wait: {self.gate.sync.progress}")

    @property
    def waiting(self) -> int:
        """How many entries wait."""
        return self.gate.outbox.stock().waiting

    def held_by(self, hub: HubProcess) -> list[dict[str, Any]]:
        """What the hub has of this kiosk."""
        place = self.gate.identity.code.place
        return hub.entries("--place", place, "--limit", "100000")


def joined(data: Path, hub: HubProcess, url: str, *, clock: Clock | None = None) -> Stepped:
    """Make a kiosk in ``data`` that reaches ``hub`` at ``url``, or open the one there."""
    if not data.exists():
        code = read_code(hub.code(hub.place(), "--url", url), now_ms=None)
        join(ensure_folder(data), code)
    gate = Gate(
        data, Config(), Post(verdict=lambda _: None),
        clock=clock or SystemClock(), mode=DirectionMode.IN,
    )  # fmt: skip
    if gate.identity.claim == "pending":
        gate.sync.make_claim()
    return Stepped(gate)


@pytest.fixture
def stepped(tmp_path: Path, hub: HubProcess, proxy: LyingProxy) -> Iterator[Callable[..., Stepped]]:
    """Make a kiosk that reaches the hub through the proxy."""
    with ExitStack() as stack:

        def make(name: str = "kiosk", *, clock: Clock | None = None) -> Stepped:
            kiosk = joined(tmp_path / name, hub, proxy.url, clock=clock)
            stack.enter_context(kiosk.gate)
            return kiosk

        yield make
