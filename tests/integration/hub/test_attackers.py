"""An enrolled but evil kiosk, a stranger, a revoked gate, a code that commands terminals."""

from __future__ import annotations

import re
import time
import uuid
from dataclasses import replace
from pathlib import Path

import pytest

from hub.commands.output import safe
from kiosk.conversation import HubState
from tests.e2e.test_leaks import PEOPLE, search
from tests.hubs import Gate, HubProcess, statuses
from tests.integration.durability.conftest import joined
from tests.kiosks import KioskBox, card, pictures
from wire import signed
from wire.batch import Clocks, Pulse
from wire.keys import SigningKey

ESCAPES = "Nguyễn \x1b[2J\x1b]0;x\x07 \u202eThị\nVí\x9b31m Dụ"


def listed(hub: HubProcess, gate: Gate) -> dict:
    """Return what the hub says of the kiosk."""
    return next(k for k in hub.json("kiosk", "list") if k["kiosk"] == str(gate.code.kiosk))


def test_a_strangers_bomb_costs_nothing(hub: HubProcess, gate: Gate) -> None:
    """Content that unfolds to megabytes is not unfolded before its signature fits a key."""
    stranger = replace(gate, key=SigningKey.new())
    small = stranger.batch_bytes([])
    bomb = signed.sign({"kiosk": gate.code.kiosk.bytes, "x": bytes(4_000_000)}, stranger.key,
                       "batch")  # fmt: skip
    assert len(bomb) < 10_000
    took: dict[bytes, float] = {small: 9.0, bomb: 9.0}
    for body in (small, bomb) * 10:
        began = time.perf_counter()
        answer = stranger.post("/v1/entries", body)
        took[body] = min(took[body], time.perf_counter() - began)
        assert (answer.status, answer.refusal.reason) == (403, "unknown-kiosk")
    assert took[bomb] < 3 * took[small] + 0.01


def test_a_revoked_gate_is_stopped_at_the_hub_and_keeps_what_it_has_not_sent(
    own_hub: HubProcess, tmp_path: Path
) -> None:
    kiosk = joined(tmp_path / "kiosk", own_hub, own_hub.url)
    with kiosk.gate as gate:
        kiosk.show(card(1))
        kiosk.deliver()
        own_hub.json("kiosk", "revoke", str(gate.identity.kiosk), "--reason", "stolen")
        kiosk.show(card(2), card(3))
        kiosk.talk(3)
        assert gate.sync.progress.state is HubState.NOT_RECOGNISED
        assert gate.health().hub == "not-recognised"
        assert kiosk.waiting == 2
        assert gate.outbox.purge(before_ms=2**60) <= 1
        assert kiosk.waiting == 2
        assert kiosk.show(card(4))[0].recorded  # it goes on recording
    assert len(own_hub.entries()) == 1


def test_a_message_that_was_overtaken_or_comes_again_says_nothing_of_the_present(
    hub: HubProcess, gate: Gate
) -> None:
    def at(boot_ms: int) -> Clocks:
        return Clocks(gate.wall_ms, boot_ms, gate.boot_id, "trusted")

    def pulse(boot_ms: int, waiting: int) -> bytes:
        head = ((gate.chain, gate.seq, gate.prev),)
        made = Pulse(gate.code.kiosk, uuid.uuid4(), at(boot_ms), {}, {"waiting": waiting}, head)
        return signed.sign(made.pack(), gate.key, "pulse")

    early = pulse(100_000, 7)
    entries = gate.entries(3)
    gate.post("/v1/pulse", pulse(200_000, 3))
    assert statuses(gate.send(entries, clocks=at(210_000))) == ["stored"] * 3
    before = listed(hub, gate)
    assert before["health"]["waiting"] == 3
    for _ in range(2):
        assert gate.post("/v1/pulse", early).status == 200
    after = listed(hub, gate)
    assert after["flags"] == []
    for fact in ("health", "last_pulse", "last_seen"):
        assert after[fact] == before[fact]
    assert statuses(gate.send(entries, clocks=at(150_000))) == ["known"] * 3  # a replayed batch
    assert listed(hub, gate)["last_seen"] == before["last_seen"]


def test_what_a_code_held_commands_no_terminal(hub: HubProcess, gate: Gate) -> None:
    person = {"name": ESCAPES, "number": "054199012345", "birth": "1999"}
    gate.send([gate.entry(person, gate="\x1b[31mA\u202e")])
    place = ("--place", gate.code.place)
    for told in (
        hub.cli("entries", *place).stdout,
        hub.cli("entries", *place, "--reveal", "--reason", "a test").stdout,
        hub.cli("kiosk", "list").stdout,
    ):
        assert "Ví" in told or "A" in told
        assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e]", told)
    assert safe("Nguyễn Thị H’Nhưỡng · Nữ") == "Nguyễn Thị H’Nhưỡng · Nữ"


def test_no_log_of_a_kiosk_or_a_hub_at_work_names_anybody(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HUB_LOG", "debug")
    hub_log = tmp_path / "hub.log"
    with hub_log.open("w") as file, HubProcess(tmp_path / "hub", errors=file) as hub:
        box = KioskBox(tmp_path / "kiosk")
        box.enrol(hub)
        queue = pictures(tmp_path / "people", PEOPLE)
        with box.running(queue, "--log", "debug", fps=4) as run:
            assert run.wait() == 0
        assert run.summary["waiting"] == 0
        told = run.errors + "".join(map(str, run.lines))
        told += "".join(map(str, hub.entries()))
        told += hub.cli("kiosk", "list").stdout + hub.cli("entries").stdout
    told += hub_log.read_text()
    assert "DEBUG" in hub_log.read_text()  # it did say more than usual
    assert not search(told.encode())
