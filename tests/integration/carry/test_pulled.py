"""The stick is pulled at any moment: nothing is lost, nothing half-written is believed."""

from __future__ import annotations

import os
import random
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from kiosk.errors import StickRefused
from tests.hubs import HubProcess
from tests.integration.carry.breaking import broken
from tests.integration.carry.conftest import Offline, imported, joined
from wire import sequence, signed

SEED = 20261122


def pieces(root: Path) -> int:
    """Count the entries in whole batches of finished parts; every finished file is whole."""
    count = 0
    for file in (root / "gate").glob("*.part") if (root / "gate").is_dir() else ():
        for piece in sequence.split(file.read_bytes()):
            assert isinstance(piece, bytes), "a finished part holds no damage"
            if signed.peek(piece)[0] == "batch":
                count += len(signed.peek_payload(piece)["entries"])
    return count


def calls(kiosk: Offline, root: Path) -> int:
    with broken(10**9, "eio") as pulled:
        kiosk.copy(root)
    return pulled.count


def pull(kiosk: Offline, root: Path, chance: random.Random, total: int) -> None:
    """Copy while the stick goes at a random call, in a random way."""
    at, how = chance.randint(1, total + 2), chance.choice(["eio", "short"])
    said = ""
    try:
        with broken(at, how):
            kiosk.copy(root)
    except StickRefused as error:
        said = error.word
    assert said in {"stick_gone", "no_stick"} if at <= total else True, (at, how)
    assert kiosk.waiting == 7, (at, how)
    assert pieces(root) % 7 == 0, (at, how)  # none, this copy, or the one before it besides


def rounds(kiosk: Offline, folder: Path, count: int) -> None:
    chance = random.Random(SEED)
    kiosk.record(7)
    total = calls(kiosk, folder / "measure")
    for number in range(count):
        # Half of them are sticks that were written to before.
        pull(kiosk, folder / f"s{number // 2}", chance, total)


def test_a_stick_pulled_at_random_moments_costs_nothing(
    hub: HubProcess, kiosk: Offline, tmp_path: Path
) -> None:
    rounds(kiosk, tmp_path, 40)
    whole = 0
    for stick in sorted(tmp_path.glob("s[0-9]*")):
        if pieces(stick):
            imported(hub, stick)
            whole += 1
    assert whole
    last = tmp_path / "last"
    kiosk.copy(last)
    (came,) = imported(hub, last)
    assert came["stored"] + came["known"] == 7
    assert kiosk.accept(last).retired == 7
    mine = [e for e in hub.entries() if e["kiosk"] == str(kiosk.me.kiosk)]
    assert sorted(e["seq"] for e in mine) == list(range(1, 8))


@pytest.mark.slow
def test_a_stick_pulled_at_two_hundred_random_moments_costs_nothing(
    kiosk: Offline, tmp_path: Path
) -> None:
    rounds(kiosk, tmp_path, 200)


@pytest.mark.slow
def test_the_plug_pulled_in_the_middle_of_copying_and_accepting_costs_nothing(
    hub: HubProcess, tmp_path: Path
) -> None:
    """``kill -9`` of the whole command, at moments drawn by lot over its run."""
    from tests.kiosks import KioskBox

    chance = random.Random(SEED)
    kiosk = joined(hub, tmp_path / "kiosk")
    kiosk.record(60)
    kiosk.close()
    box = KioskBox(kiosk.data)
    stick = tmp_path / "stick"
    stick.mkdir()
    began = time.monotonic()
    box.json("export", str(stick))
    whole_s = time.monotonic() - began
    for _ in range(20):
        words = box.command("export", str(stick))
        process = subprocess.Popen(words, stdout=subprocess.DEVNULL)
        try:
            process.wait(whole_s * (0.5 + chance.random() * 0.6))
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        assert pieces(stick) % 60 == 0
        assert pieces(stick) >= 60  # the one that was whole stays until the next one is
    imported(hub, stick)
    for _ in range(5):
        process = subprocess.Popen(box.command("accept", str(stick)), stdout=subprocess.DEVNULL)
        try:
            process.wait(whole_s * (0.4 + chance.random() * 0.7))
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
    box.cli("accept", str(stick), check=False)
    assert box.status()["waiting"] == 0
    mine = [e for e in hub.entries() if e["kiosk"] == str(kiosk.me.kiosk)]
    assert len(mine) == 60


@pytest.fixture
def small_fat(tmp_path: Path) -> Iterator[Path]:
    """A FAT file system of 2 MB on a loop, where this machine lets us mount one."""
    image, mount = tmp_path / "fat.img", tmp_path / "fat"
    with image.open("wb") as file:
        file.truncate(2 * 1024 * 1024)
    mount.mkdir()
    made = subprocess.run(["mkfs.vfat", str(image)], capture_output=True, check=False)
    if made.returncode == 0:
        made = subprocess.run(
            ["mount", "-o", "loop", str(image), str(mount)], capture_output=True, check=False
        )
    if made.returncode:
        # Else a small file system in memory: full just the same, without FAT's names.
        subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "none", str(mount)], check=True)
    yield mount
    subprocess.run(["umount", str(mount)], check=True)


@pytest.mark.slow
def test_a_full_stick_takes_what_fits_and_says_how_much_is_left(
    hub: HubProcess, small_fat: Path, tmp_path: Path
) -> None:
    kiosk = joined(hub, tmp_path / "kiosk")
    kiosk.record(4_000)
    copied = kiosk.copy(small_fat)
    assert 0 < copied.entries < 4_000
    assert copied.left_out == 4_000 - copied.entries
    taken = 0
    while kiosk.waiting:
        (came,) = imported_quietly(hub, small_fat, tmp_path / "answers")
        assert came["left_out"] == kiosk.waiting - came["stored"] - came["known"]
        kiosk.accept(tmp_path / "answers")
        taken += came["stored"]
        kiosk.copy(small_fat)
    assert taken == 4_000
    kiosk.close()


def imported_quietly(hub: HubProcess, root: Path, answers: Path) -> list[dict]:
    import json

    answers.mkdir(exist_ok=True)
    done = hub.cli("import", str(root), "--answers", str(answers), "--json")
    return [json.loads(line) for line in done.stdout.splitlines()]


@pytest.mark.slow
def test_twenty_thousand_entries_are_copied_within_twenty_seconds(
    hub: HubProcess, tmp_path: Path
) -> None:
    kiosk = joined(hub, tmp_path / "kiosk")
    fill(kiosk, 20_000)
    began = time.monotonic()
    copied = kiosk.copy(tmp_path / "stick")
    took = time.monotonic() - began
    print(f"20,000 entries, {copied.size / 1e6:.1f} MB, {copied.parts} parts: {took:.1f} s")
    assert copied.entries == 20_000
    assert took <= 20
    began = time.monotonic()
    (came,) = imported(hub, tmp_path / "stick")
    print(f"taken in at the hub: {time.monotonic() - began:.1f} s")
    assert came["stored"] == 20_000
    began = time.monotonic()
    assert kiosk.accept(tmp_path / "stick").retired == 20_000
    print(f"answers taken at the kiosk: {time.monotonic() - began:.1f} s")
    kiosk.close()


def fill(kiosk: Offline, count: int) -> None:
    """Record many, without a sync of the disk for each: this test measures copying."""
    db = kiosk.outbox.file._db
    assert db is not None
    db.execute("PRAGMA synchronous = OFF")
    kiosk.record(count)
    db.execute("PRAGMA synchronous = FULL")
    os.sync()
