"""The power is cut at any write and at every barrier: what was green is there afterwards."""

from __future__ import annotations

import random
import shutil
import sys
from pathlib import Path

import pytest

from kiosk import outbox_schema
from kiosk.inspection import inspect
from kiosk.queue import FILE
from kiosk.reclaim import Reclaim
from kiosk.salvage import open_outbox
from tests.e2e.faults.power import Disk, Event, record
from tests.e2e.faults.test_disk import greens
from tests.hubs import ROOT

ROUNDS = 6
LATER = ("CREATE TABLE later (a INTEGER);\nALTER TABLE counts ADD COLUMN later INTEGER",)


def recorded(folder: Path, *more: str, rounds: int = ROUNDS) -> tuple[Disk, list[Event]]:
    """Return the disk before, and what the writer then did to it."""
    folder.mkdir(exist_ok=True)
    before = Disk(folder)
    events, _ = record(
        [sys.executable, "-m", "tests.e2e.faults.writer", str(folder), str(rounds), *more],
        folder, cwd=ROOT,
    )  # fmt: skip
    return before, events


def recovers(image: Path, said: str, *, salvage: bool = False) -> None:
    """Open what is left: all that was said to be durable is there, and sound."""
    outbox, report = open_outbox(image)
    with outbox:
        assert salvage or report is None, report
        reclaim = Reclaim(outbox, image, tell=lambda _: None)
        while reclaim.step(1.0):
            pass
        assert inspect(outbox) == []
        held = {row.entry.hash.hex() for row in outbox.rows(limit=10_000)}
        done = {int(line.split()[1]) for line in said.splitlines() if line.startswith("done")}
        missing = {seq for seq, hash_ in greens(said).items() if hash_ not in held} - done
        assert not missing
        assert salvage or outbox.head()[0] >= max(greens(said), default=0)


def cut_everywhere(
    tmp_path: Path, disk: Disk, events: list[Event], *, step: int, seed: int, salvage: bool = False
) -> int:
    """Cut at each ``step``-th event, and before each barrier; returns how often."""
    chance = random.Random(seed)
    image = tmp_path / "image"
    cuts = 0
    for number, event in enumerate(events):
        changing = event.kind not in ("open", "close", "say")
        if changing and (number % step == 0 or (event.kind == "sync" and step < 10)):
            for luck in (None, chance, chance):
                shutil.rmtree(image, ignore_errors=True)
                disk.image(luck, image)
                try:
                    recovers(image, disk.said, salvage=salvage)
                except BaseException:
                    print(f"seed {seed}, event {number}: {event.kind} {event.path}")
                    raise
                cuts += 1
        disk.do(event)
    return cuts


def scanning(tmp_path: Path, *, step: int, seed: int) -> int:
    return cut_everywhere(tmp_path, *recorded(tmp_path / "gate"), step=step, seed=seed)


def migrating(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, step: int, seed: int) -> int:
    folder = tmp_path / "gate"
    recorded(folder, rounds=2)
    disk, events = recorded(folder, "--migrate", rounds=2)
    monkeypatch.setattr(outbox_schema, "MIGRATIONS", outbox_schema.MIGRATIONS + LATER)
    return cut_everywhere(tmp_path, disk, events, step=step, seed=seed)


def salvaging(tmp_path: Path, *more: str, step: int, seed: int) -> int:
    folder = tmp_path / "gate"
    _, events = recorded(folder, rounds=3)
    said = "".join(event.data.decode() for event in events if event.kind == "say")
    database = folder / FILE
    raw = bytearray(database.read_bytes())
    raw[:100] = bytes(100)
    database.write_bytes(raw)
    disk, events = recorded(folder, *more, rounds=1)
    disk.said = said
    assert any(event.kind == "rename" for event in events), "nothing was salvaged"
    return cut_everywhere(tmp_path, disk, events, step=step, seed=seed, salvage=True)


def test_a_power_cut_while_scanning_settling_and_purging_loses_nothing_green(
    tmp_path: Path,
) -> None:
    assert scanning(tmp_path, step=23, seed=1) > 30


def test_a_power_cut_in_a_migration_leaves_the_old_or_the_new(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert migrating(tmp_path, monkeypatch, step=23, seed=2) > 10


def test_a_power_cut_while_salvaging_loses_nothing_that_could_be_read(tmp_path: Path) -> None:
    assert salvaging(tmp_path, step=11, seed=3) > 10


def test_a_power_cut_while_a_damaged_outbox_is_set_aside_loses_nothing_that_could_be_read(
    tmp_path: Path,
) -> None:
    assert salvaging(tmp_path, "--aside", step=17, seed=4) > 10


@pytest.mark.slow
@pytest.mark.parametrize("story", ["scanning", "migrating", "salvaging", "setting aside"])
def test_a_power_cut_at_every_write_and_barrier_loses_nothing_green(
    story: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seed = random.SystemRandom().randrange(2**32)
    if story == "scanning":
        cuts = scanning(tmp_path, step=1, seed=seed)
    elif story == "migrating":
        cuts = migrating(tmp_path, monkeypatch, step=1, seed=seed)
    else:
        more = ("--aside",) if story == "setting aside" else ()
        cuts = salvaging(tmp_path, *more, step=1, seed=seed)
    print(f"{story}: {cuts} cuts, seed {seed}, all recovered, 0 greens lost")
