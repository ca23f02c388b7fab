"""Bad updates: whatever is wrong with the new version, the old one serves again by itself."""

from __future__ import annotations

import json
import os
import random
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.board import bundles, machine
from tests.e2e.board.machine import Machine

pytestmark = pytest.mark.slow

CRASHES = """\
import argparse
def run(options: argparse.Namespace) -> int:
    raise SystemExit("broken on purpose")
"""
NEVER_READY = """\
import argparse, threading
def run(options: argparse.Namespace) -> int:
    threading.Event().wait()
    return 0
"""
HANGS_LATER = """\
import argparse, threading
from kiosk.watchdog import Watchdog
def run(options: argparse.Namespace) -> int:
    Watchdog.from_environment().feed([])
    threading.Event().wait()
    return 0
"""
CUTS = 4


@pytest.fixture(scope="module")
def shelves(plant, tmp_path_factory) -> Iterator[dict[str, Path]]:
    """Newer bundles of the same files, each wrong in its own way, and one that is right."""
    folder = plant.folder / f"shelves-{os.getpid()}"
    folder.mkdir()
    other = plant.folder / "key-of-somebody-else"
    if not other.exists():
        bundles.release_key(other, "Somebody else")
    run = "kiosk/commands/run.py"
    made = {"good": plant.bundle}
    for place, (name, key, changes) in enumerate(
        (
            ("right", plant.key, {}),
            ("crashes", plant.key, {run: CRASHES}),
            ("never-ready", plant.key, {run: NEVER_READY}),
            ("hangs-later", plant.key, {run: HANGS_LATER}),
            ("foreign", other, {}),
        )
    ):
        made[name] = bundles.newer(plant.bundle, folder / name, f"0.99.{place}", key, changes)
    strange = bundles.newer(plant.bundle, folder / "other-machine", "0.99.9", plant.key)
    for wheel in (strange / "wheels").glob("*x86_64*.whl"):
        wheel.unlink()
    bundles.sign(strange, plant.key)
    made["other-machine"] = strange
    yield made
    machine.remove(folder)


@pytest.fixture
def here(plant, shelves) -> Iterator[Machine]:
    root = machine.copy(plant.root, plant.folder / f"updated-{os.getpid()}")
    with Machine(root, shelves) as one:
        one.until(lambda: one.serves)
        yield one
    machine.remove(root)


def version(here: Machine) -> str:
    """Return which version serves."""
    return here.says("readlink", "/opt/kiosk/current")


def entries(here: Machine) -> int:
    """Return how many entries the outbox holds, after a check of each."""
    status = json.loads(here.does("kiosk", "status", "--json", "--data", "/var/lib/kiosk"))
    return int(status["waiting"]) + int(status["acked"]) + int(status["refused"])


@pytest.mark.parametrize(
    "name", ["foreign", "other-machine", "crashes", "never-ready", "hangs-later"]
)
def test_whatever_is_wrong_with_a_newer_version_the_old_one_serves(here, name):
    first, held = version(here), entries(here)
    assert held >= 1
    began = time.monotonic()
    done = here.run("kiosk-install", f"/media/{name}")
    took = time.monotonic() - began
    print(f"{name}: exit {done.returncode} after {took:.0f} s: {done.stderr.strip()[-80:]}")
    assert done.returncode == 1
    here.until(lambda: here.serves)
    assert version(here) == first
    assert entries(here) == held


def test_a_right_one_serves_and_the_older_bundle_is_refused_then(here):
    held = entries(here)
    here.does("kiosk-install", "/media/right")
    assert version(here) == "0.99.0"
    here.until(lambda: here.serves)
    assert here.run("/media/good/install").returncode == 1
    assert version(here) == "0.99.0"
    assert entries(here) == held


def test_power_cut_at_any_moment_of_an_upgrade_leaves_a_kiosk_that_serves(here):
    chance = random.Random(7)
    first = version(here)
    held = entries(here)
    began = time.monotonic()
    for _ in range(CUTS):
        upgrade = here.start("kiosk-install", "/media/right")
        # It takes 40 s and more; for the last 30 of it the new one is watched.
        moment = chance.uniform(1, 40)
        end = time.monotonic() + moment
        here.until(lambda end=end: time.monotonic() >= end)
        done = upgrade.poll()
        here.pull_plug()
        upgrade.wait()
        here.boot()
        here.until(lambda: here.serves)
        found = version(here)
        print(f"cut after {moment:.0f} s (ended: {done}): {found} serves, {entries(here)} entries")
        assert found in ((first, "0.99.0") if done == 0 else (first,))
        assert entries(here) == held
        assert not (here.root / "opt/kiosk/upgrading").exists()
        here.does("runuser", "-u", "kiosk", "--", "kiosk", "--version")
        if done == 0:
            break
    print(f"{time.monotonic() - began:.0f} s in all")
