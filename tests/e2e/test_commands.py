"""The commands as people and programs start them: odd locales, closed outputs, wrong words."""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.hubs import ROOT, HubProcess
from tests.kiosks import KioskBox, card, name, pictures

ASCII = {"LC_ALL": "C", "LANG": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
"""A machine without UTF-8, which Python is told to take at its word."""


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[HubProcess]:
    with HubProcess(tmp_path_factory.mktemp("hub")) as running:
        yield running


@pytest.fixture
def box(tmp_path: Path, hub: HubProcess) -> KioskBox:
    box = KioskBox(tmp_path / "kiosk")
    box.enrol(hub)
    return box


def shell(line: str, *words: str) -> subprocess.CompletedProcess[str]:
    """Run a command's ``words`` as ``"$@"`` of a shell's ``line``."""
    return subprocess.run(
        ["bash", "-c", line, "bash", *words], cwd=ROOT, capture_output=True, text=True,
        timeout=120, check=False,
    )  # fmt: skip


def test_names_are_exact_where_the_machine_knows_no_utf8(
    tmp_path: Path, hub: HubProcess, box: KioskBox
) -> None:
    assert json.loads(box.cli("enter", card(1), env=ASCII).stdout)["verdict"] == "recorded"
    shown = box.cli("decode", "--reveal", str(pictures(tmp_path / "people", [1]) / "00000.png"),
                    env=ASCII)  # fmt: skip
    assert name(1) in shown.stdout
    assert "Bệnh viện" in box.cli("--help", env=ASCII).stdout
    assert box.drain(tmp_path)["waiting"] == 0
    listed = subprocess.run(
        [sys.executable, "-m", "hub", "entries", "--json", "--reveal", "--data", str(hub.data)],
        cwd=ROOT, capture_output=True, text=True, check=True, env=os.environ | ASCII,
    )  # fmt: skip
    assert name(1) in {json.loads(line)["person"]["name"] for line in listed.stdout.splitlines()}


def test_bytes_that_are_no_text_are_never_recorded_as_another_name(box: KioskBox) -> None:
    wrong = b"001099012997||Nguy\xea Dang|01011999|Nam|Hue|22062022"
    done = subprocess.run(
        [*map(os.fsencode, box.command("enter", "--direction", "in")), wrong],
        cwd=ROOT, capture_output=True, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stdout) == (2, b"")
    assert b"not UTF-8" in done.stderr
    assert box.status()["head"] == 0


@pytest.mark.parametrize(
    ("line", "code", "told"),
    [
        ('"$@" >&-', 0, ""),
        ('"$@" <&-', 0, ""),
        ('"$@" >/dev/full', 1, "kiosk: Writing failed: No space left on device.\n"),
    ],
)
def test_an_output_that_is_closed_or_full_costs_no_entry(
    box: KioskBox, line: str, code: int, told: str
) -> None:
    done = shell(line, *box.command("enter", "--direction", "in", card(2)))
    assert (done.returncode, done.stderr) == (code, told)
    assert box.status()["head"] == 1
    again = shell(line, *box.command("status", "--json"))
    assert (again.returncode, again.stderr) == (code, told)


def test_a_run_whose_reader_goes_away_ends_in_order(tmp_path: Path, box: KioskBox) -> None:
    people = pictures(tmp_path / "people", range(4))
    words = box.command("run", "--headless", "--camera", f"file:{people}", "--direction", "in")
    done = shell('"$@" | head -1; exit ${PIPESTATUS[0]}', *words)
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout)["verdict"] == "recorded"
    assert box.json("fsck") == {"entries": box.status()["head"], "findings": []}


def test_a_display_that_cannot_be_opened_is_said_at_once(box: KioskBox) -> None:
    done = box.cli("run", "--camera", "none", check=False, env={"DISPLAY": ":4777"})
    assert done.returncode == 2
    assert done.stderr == (
        "kiosk: The display “:4777” cannot be opened; use --headless, or set DISPLAY.\n"
    )


def test_ten_characters_join_a_place_where_the_hub_is_named(
    tmp_path: Path, hub: HubProcess
) -> None:
    (made,) = hub.json("kiosk", "enrol", hub.place())
    box = KioskBox(tmp_path / "kiosk")
    alone = box.cli("enrol", made["short"], check=False)
    assert (alone.returncode, "--hub URL" in alone.stderr) == (2, True)
    joined = box.json("enrol", made["short"].lower(), "--hub", hub.url)
    assert (joined["kiosk"], joined["claim"]) == (made["kiosk"], "accepted")


def test_who_waits_for_a_second_code_when_the_gate_ends_is_recorded(
    tmp_path: Path, box: KioskBox
) -> None:
    asks = str(ROOT / "config/profiles/hospital.toml")
    entered = box.json("enter", "--config", asks, card(4))
    assert (entered["verdict"], entered["seq"]) == ("recorded", 1)
    people = pictures(tmp_path / "people", [5, 6])
    with box.running(people, "--config", asks) as run:
        assert run.wait() == 0, run.errors
        assert [verdict["seq"] for verdict in run.greens] == [2, 3]
        assert run.summary["recorded"] == 2


@pytest.mark.skipif(
    importlib.util.find_spec("picamera2") is not None, reason="a Raspberry Pi has the library"
)
def test_a_camera_whose_library_is_not_here_is_told_and_nothing_dies(box: KioskBox) -> None:
    done = box.cli("run", "--headless", "--camera", "picamera2", check=False)
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert "python3-picamera2" in done.stderr
