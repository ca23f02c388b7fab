"""Copies of the hub's database: made at work, proved, put back, and filled up by the gates."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.hubs import ROOT, Gate, HubProcess

KEEP = ROOT / "deploy/hub/hub-keep"


def keep(hub: HubProcess, *words: str, check: bool = True) -> subprocess.CompletedProcess[str]:
    """Run hub-keep on this hub."""
    env = os.environ | {
        "HUB_DATA": str(hub.data), "HUB_DATABASE": hub.database, "HUB_PYTHON": sys.executable,
    }  # fmt: skip
    done = subprocess.run(
        [KEEP, *words], env=env, capture_output=True, text=True, timeout=60, check=False
    )
    assert not check or done.returncode == 0, done.stderr
    return done


@pytest.fixture(params=["sqlite", "postgresql"])
def kept_hub(request, tmp_path):
    """A hub of this test alone."""
    database = ""
    if request.param == "postgresql":
        # As the installation writes it: no host before the name.
        given = request.getfixturevalue("postgresql").database()
        database = given.replace("//hub@/", "///") + "&user=hub"
    with HubProcess(tmp_path / "hub", database=database) as hub:
        yield hub


def test_a_copy_is_made_at_work_proved_and_put_back(kept_hub, tmp_path: Path) -> None:
    hub, copies = kept_hub, tmp_path / "copies"
    gate = Gate.joined(hub)
    gate.send(gate.entries(3))
    copy = keep(hub, "backup", str(copies)).stdout.strip()
    gate.send(gate.entries(2))
    assert "restored, 3 entries; the hub has 5" in keep(hub, "drill", str(copies)).stdout
    hub.stop()
    assert keep(hub, "restore", copy).stdout.startswith("restored; what was there is ")
    hub.restart()
    assert len(hub.entries()) == 3
    gate.send(gate.entries(1))
    assert len(hub.entries()) == 4


def test_an_altered_copy_is_refused(tmp_path: Path) -> None:
    with HubProcess(tmp_path / "hub") as hub:
        hub.place()
        copy = Path(keep(hub, "backup", str(tmp_path / "copies")).stdout.strip())
        hub.stop()
        whole = copy.read_bytes()
        copy.write_bytes(whole[:-100] + bytes(255 - byte for byte in whole[-100:]))
        before = (hub.data / "hub.sqlite3").read_bytes()
        done = keep(hub, "restore", str(copy), check=False)
        assert done.returncode == 1
        assert "take another copy" in done.stderr
        assert (hub.data / "hub.sqlite3").read_bytes() == before


def test_a_copy_holds_no_private_key(tmp_path: Path) -> None:
    with HubProcess(tmp_path / "hub") as hub:
        hub.place()
        copy = Path(keep(hub, "backup", str(tmp_path / "copies")).stdout.strip()).read_bytes()
        keys = list((hub.data / "keys").glob("*.key"))
        assert keys
        for key in keys:
            text = key.read_text(encoding="ascii").strip()
            assert text.encode() not in copy
            assert bytes.fromhex(text) not in copy
