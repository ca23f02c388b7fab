"""The machine under the kiosk: what is absent or not permitted is told, never raised."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from kiosk import machine
from wire.enrol import Wifi


@pytest.fixture
def tools(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of programs, the only one that is searched."""
    folder = tmp_path / "tools"
    folder.mkdir()
    monkeypatch.setenv("PATH", f"{folder}")
    return folder


def program(folder: Path, name: str, *, ends: int = 0) -> Path:
    """Make a program that writes down how it was called."""
    told = folder / f"{name}.told"
    file = folder / name
    file.write_text(f'#!/bin/sh\necho "$@" > {told}\n/bin/cat >> {told}\nexit {ends}\n')
    file.chmod(0o755)
    return told


def test_power_is_asked_of_the_system_and_its_no_is_told(tools: Path) -> None:
    assert machine.power("reboot") == "absent"
    told = program(tools, "systemctl")
    assert machine.power("poweroff") == "done"
    assert told.read_text().strip() == "--no-ask-password poweroff"
    program(tools, "systemctl", ends=1)
    assert machine.power("reboot") == "refused"


def test_the_wifi_password_goes_in_where_no_process_list_shows_it(tools: Path) -> None:
    assert machine.join_wifi(Wifi("Chợ Ví Dụ", "bí mật 12")) == "absent"
    told = program(tools, "nmcli")
    assert machine.join_wifi(Wifi("Chợ Ví Dụ", "bí mật 12")) == "done"
    arguments, said = told.read_text().splitlines()
    assert arguments == "--ask device wifi connect Chợ Ví Dụ"
    assert said == "bí mật 12"


def test_the_screens_light_is_set_in_percent_and_never_to_nothing(tmp_path: Path) -> None:
    assert not machine.Backlight(tmp_path).present
    lamp = tmp_path / "sys/class/backlight/panel"
    lamp.mkdir(parents=True)
    (lamp / "max_brightness").write_text("255\n")
    (lamp / "brightness").write_text("128\n")
    light = machine.Backlight(tmp_path)
    assert light.present
    assert light.level == 50
    assert light.set(100)
    assert (lamp / "brightness").read_text() == "255\n"
    assert light.set(0)
    assert int((lamp / "brightness").read_text()) > 0


def test_a_light_that_the_system_keeps_is_told(tmp_path: Path, tools: Path) -> None:
    lamp = tmp_path / "sys/class/backlight/panel"
    lamp.mkdir(parents=True)
    (lamp / "max_brightness").write_text("10\n")
    (lamp / "brightness").write_text("5\n")
    light = machine.Backlight(tmp_path)
    (lamp / "brightness").unlink()
    (lamp / "brightness").mkdir()  # even root cannot write to it
    assert not light.set(50)
    told = program(tools, "busctl")
    assert light.set(50)
    assert told.read_text().split()[-3:] == ["backlight", "panel", "5"]


def test_cameras_are_listed_once_each(tmp_path: Path) -> None:
    for number, index in ((0, 0), (1, 1), (2, 0)):
        node = tmp_path / f"sys/class/video4linux/video{number}"
        node.mkdir(parents=True)
        (node / "index").write_text(f"{index}\n")
    assert machine.cameras(tmp_path)[:2] == ("/dev/video0", "/dev/video2")
    assert os.path.sep not in machine.board(tmp_path)
