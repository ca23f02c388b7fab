"""Pulled plugs: the kiosk is killed while it scans and syncs; every green is at the hub, once."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from tests.hubs import HubProcess
from tests.kiosks import KioskBox, pictures

ROUNDS, SLOW_ROUNDS, PIECES = 4, 50, 20


def killed(tmp_path: Path, rounds: int, seed: int) -> tuple[int, int]:
    """Kill the kiosk ``rounds`` times; returns how many greens were shown and entries held."""
    chance = random.Random(seed)
    box = KioskBox(tmp_path / "kiosk")
    queue = pictures(tmp_path / "people", range(80))
    greens: list[tuple[str, int]] = []
    with HubProcess(tmp_path / "hub") as hub:
        box.enrol(hub)
        for _ in range(rounds):
            with box.running(queue, fps=25) as run:
                # Some rounds die while starting, most among scans and receipts.
                if chance.random() < 0.9:
                    run.wait_for(lambda r: bool(r.lines))
                run.lives(chance.uniform(0.0, 2.0))
                run.kill()
                greens += [(line["id"], line["seq"]) for line in run.greens]
        summary = box.drain(tmp_path)
        for _ in range(4):  # each tries for ten seconds, which a busy machine may need
            if summary["waiting"]:
                summary = box.drain(tmp_path)
        assert summary["waiting"] == 0, f"seed {seed}: {summary}"
        entries = hub.entries("--limit", "100000")
        (kiosk,) = hub.json("kiosk", "list")
    ids = [entry["id"] for entry in entries]
    assert len(set(ids)) == len(ids), f"seed {seed}: an entry is there twice"
    by_id = {entry["id"]: entry["seq"] for entry in entries}
    lost = [green for green in greens if by_id.get(green[0]) != green[1]]
    assert not lost, f"seed {seed}: greens that the hub does not have: {lost}"
    chains = {entry["chain"] for entry in entries}
    assert len(chains) == 1, f"seed {seed}: a sound outbox was salvaged: {chains}"
    seqs = sorted(by_id.values())
    gaps = set(range(1, len(entries) + 1)) ^ set(seqs)
    assert not gaps, f"seed {seed}: {len(entries)} entries, but these numbers are amiss: {gaps}"
    assert kiosk["flags"] == [], f"seed {seed}: the hub flags {kiosk['flags']}"
    checked = box.json("fsck", check=False)
    assert checked == {"entries": len(entries), "findings": []}, f"seed {seed}: {checked}"
    return len(greens), len(entries)


def test_every_green_is_at_the_hub_once_and_in_order_after_kills(tmp_path: Path) -> None:
    greens, held = killed(tmp_path, ROUNDS, seed=20261122)
    assert 0 < greens <= held


@pytest.mark.slow
@pytest.mark.parametrize("piece", range(PIECES))
def test_every_green_is_at_the_hub_once_after_a_thousand_kills(piece: int, tmp_path: Path) -> None:
    seed = random.SystemRandom().randrange(2**32)
    print("seed", seed)
    greens, held = killed(tmp_path, SLOW_ROUNDS, seed)
    print(f"{SLOW_ROUNDS} kills: {greens} greens shown, {held} entries held, 0 lost, 0 twice")
    assert SLOW_ROUNDS < greens <= held
