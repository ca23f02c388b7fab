"""What the board tells of itself: by the kernel's own files, absent where there are none."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from kiosk import board
from kiosk.config import Camera, Config

MIB = 1024 * 1024


def put(root: Path, **files: str) -> None:
    """Write files below ``root``; their names with two underscores for each slash."""
    for name, text in files.items():
        path = root / name.replace("__", "/")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="ascii")


def throttled(root: Path, bits: str) -> None:
    file = root / "sys/devices/platform/soc/soc:firmware/get_throttled"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(bits + "\n", encoding="ascii")


def card(root: Path, data: Path) -> Path:
    """Make the partition that ``data`` lies on the second of an eMMC."""
    number = data.stat().st_dev
    whole = root / "sys/devices/mmc0/block/mmcblk0"
    (whole / "mmcblk0p2").mkdir(parents=True)
    (whole / "mmcblk0p2/partition").write_text("2\n", encoding="ascii")
    node = root / "sys/dev/block" / f"{os.major(number)}:{os.minor(number)}"
    node.parent.mkdir(parents=True)
    node.symlink_to(whole / "mmcblk0p2")
    return whole


def test_a_machine_that_tells_nothing_is_no_fault(tmp_path: Path) -> None:
    told = board.facts(tmp_path, tmp_path / "nothing")
    assert set(told) == {"board", "disk_mb", "disk_free_mb"}
    assert not board.is_small(tmp_path / "nothing")


def test_a_small_board_is_told_whole(tmp_path: Path) -> None:
    root, data = tmp_path / "root", tmp_path
    put(
        root,
        **{"proc__device-tree__model": "Raspberry Pi Zero 2 W Rev 1.0\0"},
        proc__meminfo="MemTotal:         426484 kB\nMemAvailable:     201000 kB\n",
        proc__self__status="Name:\tkiosk\nVmRSS:\t  190464 kB\nThreads:\t6\n",
        sys__class__thermal__thermal_zone0__type="cpu-thermal\n",
        sys__class__thermal__thermal_zone0__temp="61862\n",
    )
    throttled(root, "50001")
    whole = card(root, data)
    put(whole, device__life_time="0x02 0x09\n", device__name="SDW32G\n")
    put(whole, stat="10 0 20 0 30 0 409600 0 0 0 0\n")
    told = board.facts(data, root)
    assert int(told.pop("disk_mb")) > int(told.pop("disk_free_mb")) > 0
    assert told == {
        "board": "Raspberry Pi Zero 2 W Rev 1.0",
        "temperature_c": 61.9,
        "under_voltage": "now",
        "throttled": "since-start",
        "memory_mb": 416,
        "memory_free_mb": 196,
        "kiosk_memory_mb": 186,
        "disk_worn_percent": 90,
        "disk": "SDW32G",
        "disk_written_mb": 200,
    }
    assert board.is_small(root)


@pytest.mark.parametrize(
    ("bits", "voltage", "slowed"),
    [
        ("0", "no", "no"),
        ("0x1", "now", "no"),
        ("0x10000", "since-start", "no"),
        ("0x80008", "no", "now"),
        ("50005", "now", "now"),
    ],
)
def test_the_firmwares_bits_are_words(tmp_path: Path, bits: str, voltage: str, slowed: str) -> None:
    throttled(tmp_path, bits)
    assert board.power(tmp_path) == {"under_voltage": voltage, "throttled": slowed}


def test_a_kernel_without_that_firmware_tells_the_voltage_alone(tmp_path: Path) -> None:
    put(tmp_path, sys__class__hwmon__hwmon1__name="rpi_volt\n")
    assert board.power(tmp_path) == {}
    put(tmp_path, sys__class__hwmon__hwmon1__in0_lcrit_alarm="1\n")
    assert board.power(tmp_path) == {"under_voltage": "now"}


@pytest.mark.parametrize("text", ["", "zz", "0x", "not a number at all", "\xff"])
def test_a_file_that_says_nonsense_says_nothing(tmp_path: Path, text: str) -> None:
    for name in ("sys/class/thermal/thermal_zone0/temp", "proc/meminfo", "proc/self/status"):
        path = tmp_path / name
        path.parent.mkdir(parents=True)
        path.write_text(text, encoding="latin-1")
    throttled(tmp_path, "nonsense")
    whole = card(tmp_path, tmp_path)
    (whole / "device").mkdir()
    (whole / "device/life_time").write_text(text, encoding="latin-1")
    told = board.facts(tmp_path, tmp_path)
    assert set(told) == {"board", "disk_mb", "disk_free_mb"}


def test_a_small_board_asks_its_camera_for_less_unless_somebody_chose(tmp_path: Path) -> None:
    put(tmp_path, proc__meminfo="MemTotal: 426484 kB\n")
    small = board.suited(Config(), tmp_path).camera
    assert (small.width, small.height, small.fps) == board.SMALL_CAMERA
    chosen = Config(camera=Camera(fps=25))
    assert board.suited(chosen, tmp_path) is chosen
    put(tmp_path, proc__meminfo="MemTotal: 3884376 kB\n")
    assert board.suited(Config(), tmp_path) == Config()
