"""How the board under the kiosk is, for its pulse: the door to what the kernel tells in /sys.

Every fact is absent where the machine does not tell it; none is personal, and none is asked
of a program: files only, a dozen of them once a minute. ``root`` is where the machine's own
file tree begins.
"""

from __future__ import annotations

import os
import re
import shutil
from dataclasses import replace
from pathlib import Path

from kiosk import machine
from kiosk.config import Camera, Config

MIB = 1024 * 1024
SMALL_MEMORY_MB = 700
"""A board with less shall not keep a picture of 1280 x 720 several times (Zero 2 W: 416)."""

SMALL_CAMERA = (960, 540, 10.0)
"""Width, height and pictures a second there; decoding and the preview follow the camera."""

_UNDER_VOLTAGE, _THROTTLED = 0x1, 0x2 | 0x4 | 0x8
_SINCE_START = 16

Facts = dict[str, str | int | float | bool]


def facts(data: Path, root: Path = Path("/")) -> Facts:
    """Return what is known of the board, by the names of docs/protocol.md; ``data`` is on its disk.

    Temperature in °C, sizes in MiB, wear in percent of the disk's life as its maker reckons.
    """
    found: dict[str, str | int | float | bool | None] = {
        "board": machine.board(root)[:80],
        "temperature_c": temperature_c(root),
        **power(root),
        **memory(root),
        **disk(data, root),
    }
    return {name: value for name, value in found.items() if value is not None and value != ""}


def temperature_c(root: Path = Path("/")) -> float | None:
    """Return the processor's temperature; of several sensors, the one that names it."""
    zones = sorted((root / "sys/class/thermal").glob("thermal_zone*"))
    named = [zone for zone in zones if _text(zone / "type").startswith(("cpu", "x86_pkg", "soc"))]
    for zone in named or zones:
        if (thousandths := _number(zone / "temp")) is not None:
            return round(thousandths / 1000, 1)
    return None


def power(root: Path = Path("/")) -> Facts:
    """Return ``under_voltage`` and ``throttled`` (``now``, ``since-start`` or ``no``).

    The Raspberry Pi's firmware tells both in one number (raspberrypi/linux, ``get_throttled``):
    bits 0 to 3 now, 16 to 19 since the start. Other kernels tell the voltage alone.
    """
    firmware = root / "sys/devices/platform/soc"
    for file in sorted(firmware.glob("*firmware/get_throttled")):
        try:
            bits = int(_text(file), 16)
        except ValueError:
            continue
        return {
            "under_voltage": _when(bits, _UNDER_VOLTAGE),
            "throttled": _when(bits, _THROTTLED),
        }
    for sensor in sorted((root / "sys/class/hwmon").glob("hwmon*")):
        if _text(sensor / "name") == "rpi_volt":
            alarm = _number(sensor / "in0_lcrit_alarm")
            return {} if alarm is None else {"under_voltage": "now" if alarm else "no"}
    return {}


def memory(root: Path = Path("/")) -> Facts:
    """Return the memory of the machine, what of it is free, and what this process holds."""
    meminfo = _kilobytes(root / "proc/meminfo")
    own = _kilobytes(root / "proc/self/status")
    wanted = (
        ("memory_mb", meminfo.get("MemTotal")),
        ("memory_free_mb", meminfo.get("MemAvailable")),
        ("kiosk_memory_mb", own.get("VmRSS")),
    )
    return {name: size // 1024 for name, size in wanted if size is not None}


def disk(data: Path, root: Path = Path("/")) -> Facts:
    """Return room, wear and what was written since the start of the disk under ``data``.

    eMMC tells its wear in tenths of its life (JEDEC 84-B50, DEVICE_LIFE_TIME_EST); SD cards tell
    none, so that what is written to them is told instead.
    """
    found: Facts = {}
    try:
        room = shutil.disk_usage(data)
        found |= {"disk_mb": room.total // MIB, "disk_free_mb": room.free // MIB}
        number = data.stat().st_dev
    except OSError:
        return found
    node = root / "sys/dev/block" / f"{os.major(number)}:{os.minor(number)}"
    part = node.resolve()
    whole = part.parent if (part / "partition").exists() else part
    worn = [int(word, 16) for word in _text(whole / "device/life_time").split() if _hex(word)]
    if any(worn):
        found["disk_worn_percent"] = 10 * max(worn)
    if name := _text(whole / "device/name"):
        found["disk"] = name[:40]
    written = _text(whole / "stat").split()
    if len(written) > 6 and written[6].isdigit():
        found["disk_written_mb"] = int(written[6]) * 512 // MIB  # sectors are 512 bytes here
    return found


def is_small(root: Path = Path("/")) -> bool:
    """Whether the machine has so little memory that the kiosk makes do with smaller pictures."""
    total = memory(root).get("memory_mb")
    return isinstance(total, int) and total < SMALL_MEMORY_MB


def suited(config: Config, root: Path = Path("/")) -> Config:
    """Return the configuration as a small board can bear it.

    A camera whose size or rate somebody set is left as it was set.
    """
    as_it_comes, camera = Camera(), config.camera
    chosen = (camera.width, camera.height, camera.fps)
    if chosen != (as_it_comes.width, as_it_comes.height, as_it_comes.fps) or not is_small(root):
        return config
    width, height, fps = SMALL_CAMERA
    return replace(config, camera=replace(camera, width=width, height=height, fps=fps))


def _when(bits: int, mask: int) -> str:
    return "now" if bits & mask else "since-start" if bits >> _SINCE_START & mask else "no"


def _hex(word: str) -> bool:
    return bool(re.fullmatch(r"0x[0-9A-Fa-f]{1,2}", word))


def _kilobytes(file: Path) -> dict[str, int]:
    pairs = (line.split(":", 1) for line in _text(file).splitlines() if line.endswith(" kB"))
    return {name: int(value.split()[0]) for name, value in pairs}


def _number(file: Path) -> int | None:
    try:
        return int(_text(file))
    except ValueError:
        return None


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="ascii", errors="replace").strip()
    except OSError:
        return ""
