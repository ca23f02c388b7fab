"""Relay, lights and light barrier on gpiozero's mock pins: open only for what is on the disk."""

from __future__ import annotations

import datetime as dt
import os
import queue
import subprocess
import sys
from dataclasses import replace

import pytest
from gpiozero.pins.mock import MockFactory

from kiosk import gate as gate_module
from kiosk.beam import Beam
from kiosk.config import Config
from kiosk.config import Gate as GateConfig
from kiosk.config import Signals as Pins
from kiosk.gate import Gate, Post
from kiosk.model import EnterText, Outcome, Verdict
from kiosk.outbox_view import OutboxView
from kiosk.signals import OUTPUTS, Signals, open_signals
from kiosk.workers import Worker
from tests.hubs import ROOT, TIMEOUT_S, HubProcess
from tests.kiosks import KioskBox, card

PINS = Pins(relay=5, green=6, red=13, buzzer=19, beam=26, open_s=0.4, match_s=1.0)
AT = dt.datetime(2026, 3, 1, tzinfo=dt.UTC)
GREEN = Verdict(Outcome.RECORDED, AT, id="1", seq=1)


@pytest.fixture
def factory():
    made = MockFactory()
    yield made
    made.reset()


@pytest.fixture
def signals(factory):
    made = Signals(PINS, unscanned=lambda _: None, factory=factory)
    yield made
    made.close()


def states(factory):
    return {name: bool(factory.pin(getattr(PINS, name)).state) for name in OUTPUTS}


def test_everything_rests_until_something_happens(factory, signals):
    assert not any(states(factory).values())


def test_the_relay_opens_for_a_recorded_person_and_closes_on_its_own(factory, signals):
    signals.show(GREEN)
    signals.step(1)
    assert states(factory) == {"relay": True, "green": True, "red": False, "buzzer": True}
    while signals._until:
        signals.step(signals._patience())
    assert not any(states(factory).values())
    changes = [state.state for state in factory.pin(5).states]
    assert changes == [False, True, False]
    assert 0.4 <= factory.pin(5).states[-1].timestamp < 1.0  # since the change before


@pytest.mark.parametrize(
    "verdict",
    [
        *(Verdict(outcome, AT) for outcome in Outcome if outcome is not Outcome.RECORDED),
        Verdict(Outcome.REFUSED, AT, id="1", seq=1),
        Verdict(Outcome.RECORDED, AT),  # green without an entry would be a lie
        *(
            Verdict(Outcome.RECORDED, AT, id="1", seq=1, reason=reason)
            for reason in ("undone", "flipped", "unscanned", "paper")
        ),
    ],
    ids=lambda v: f"{v.outcome}-{v.id}-{v.reason}",
)
def test_nothing_but_a_recorded_passage_opens(factory, signals, verdict):
    signals.show(verdict)
    signals.step(1)
    assert not factory.pin(5).state
    assert not factory.pin(6).state


def test_the_torch_lights_when_it_is_too_dark_and_while_people_come(factory, monkeypatch):
    monkeypatch.setattr("kiosk.signals.TORCH_S", 0.3)
    with_torch = Signals(Pins(torch=21), unscanned=lambda _: None, factory=factory)
    torch = factory.pin(21)
    for word in ("nearer", "", "glare"):
        with_torch.hint(word)
    with_torch.step(0)
    assert not torch.state
    with_torch.hint("too-dark")
    with_torch.step(1)
    assert torch.state
    before = with_torch._until["torch"]
    with_torch.show(GREEN)
    with_torch.step(1)
    assert with_torch._until["torch"] > before
    while with_torch._until:
        with_torch.step(with_torch._patience())
    assert not torch.state
    with_torch.show(GREEN)
    with_torch.step(1)
    assert not torch.state  # a person alone does not light it
    with_torch.close()


def test_after_a_kill_the_service_brings_the_pins_to_rest(tmp_path):
    settings = tmp_path / "kiosk.toml"
    settings.write_text("[signals]\nrelay = 5\ngreen = 6\nred = 13\n", encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-P", "-c",
         "from gpiozero import Device; from gpiozero.pins.mock import MockFactory; "  # noqa: ISC004
         "Device.pin_factory = made = MockFactory(); pins = [made.pin(n) for n in (5, 6, 13)]; "
         "[pin._set_function('output') or pin._set_state(True) for pin in pins]; "
         "from kiosk.signals import rest; import sys; rest(sys.argv[1:]); "
         "print([pin.state for pin in pins])", str(settings)],
        cwd=ROOT, capture_output=True, text=True, timeout=60, check=True,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert done.stdout.strip() == "[False, False, False]"


def test_the_pins_rest_when_the_worker_crashes(factory):
    def fails(_):
        raise RuntimeError("on purpose")

    signals = Signals(PINS, unscanned=fails, factory=factory)
    worker = Worker("signals", signals.work)
    signals.show(GREEN)
    signals.step(1)
    assert factory.pin(5).state
    signals._beam.pulse(-100.0)  # the one who was recorded
    signals._beam.pulse(-100.0)  # long ago: the next round counts it, and fails
    worker.start()
    assert worker.join(TIMEOUT_S)
    assert isinstance(worker.error, RuntimeError)
    assert not any(states(factory).values())


def test_120_pulses_and_100_scans_are_83_percent():
    beam, unscanned = Beam(15), 0
    for second in range(0, 120 * 20, 20):
        if (second // 20) % 6:  # five of six scan, just before or just after the barrier
            scan = second + (3 if second % 40 else -3)
            first, then = sorted([(scan, beam.passage), (second, beam.pulse)], key=lambda x: x[0])
            first[1](first[0])
            then[1](then[0])
        else:
            beam.pulse(second)
        unscanned += beam.lapse(second + 3)
    unscanned += beam.lapse(120 * 20 + 100)
    assert unscanned == 20
    assert round(100 * 100 / (100 + unscanned)) == 83


def test_a_gate_opens_after_its_commit_and_counts_the_unscanned(factory, tmp_path, monkeypatch):
    box = KioskBox(tmp_path / "kiosk")
    with HubProcess(tmp_path / "hub") as hub:
        box.enrol(hub)
    monkeypatch.setattr(
        gate_module,
        "open_signals",
        lambda pins, unscanned: open_signals(pins, unscanned=unscanned, factory=factory),
    )
    told = []
    committed = []
    config = Config(signals=PINS, gate=GateConfig(direction="in"))
    with Gate(box.data, config, Post(verdict=told.append)) as gate:
        relay = factory.pin(5)
        on_change = relay._change_state

        def changed(state):
            if state:
                with OutboxView(box.data / "outbox.sqlite3") as outbox:
                    committed.append(outbox.stock().head_seq)
            return on_change(state)

        relay._change_state = changed
        gate.start("none")
        gate.send(EnterText(card(1)))
        factory.pin(26).drive_low()  # somebody goes through: the one who scanned
        factory.pin(26).drive_high()
        factory.pin(26).drive_low()  # and one who did not
        factory.pin(26).drive_high()
        for _ in range(10 * TIMEOUT_S):
            if len(told) >= 2:
                break
            gate.finished.wait(0.1)
        assert [v.kind for v in told] == ["cccd", "unscanned"]
        assert committed == [told[0].seq]
        assert gate.health().tally.unscanned == 1
    assert not any(states(factory).values())


def test_120_through_the_barrier_and_100_scans_are_83_percent_at_the_hub_counted_by_sensor(
    factory, tmp_path, monkeypatch
):
    monkeypatch.setattr(
        gate_module,
        "open_signals",
        lambda pins, unscanned: open_signals(pins, unscanned=unscanned, factory=factory),
    )
    box, told = KioskBox(tmp_path / "kiosk"), queue.SimpleQueue()
    config = Config(signals=replace(PINS, match_s=3.0), gate=GateConfig(direction="in"))
    with HubProcess(tmp_path / "hub") as hub:
        place = hub.place("Chợ Ví Dụ")
        box.enrol(hub, place=place)

        def walks_through():
            factory.pin(PINS.beam).drive_low()
            factory.pin(PINS.beam).drive_high()

        with Gate(box.data, config, Post(verdict=told.put)) as gate:
            gate.start("none")
            for who in range(100):
                gate.send(EnterText(card(who)))
                assert told.get(timeout=TIMEOUT_S).outcome is Outcome.RECORDED
                walks_through()
            for _ in range(20):
                walks_through()
            while gate.health().tally.unscanned < 20:
                assert told.get(timeout=TIMEOUT_S).kind == "unscanned"
            gate.drain(30)
        (report,) = hub.json("report", "--place", place)
    (found,) = report["places"]
    assert (found["scanned"], found["unscanned"], found["counted_by"]) == (100, 20, "sensor")
    assert f"{found['share']:.0%}" == "83%"


def test_a_board_without_pins_is_said_and_not_crashed_on():
    done = subprocess.run(
        [sys.executable, "-c",
         "from kiosk.config import Signals as Pins; from kiosk.signals import open_signals; "  # noqa: ISC004
         "print(open_signals(Pins(relay=5), unscanned=print))"],
        cwd=ROOT, capture_output=True, text=True, timeout=60, check=True,
    )  # fmt: skip
    assert done.stdout == "None\n"
    assert "Relay and lights are off" in done.stderr
    assert open_signals(Pins(), unscanned=print) is None
