"""The door to the machine under the kiosk: brightness, power, Wi-Fi, which cameras there are.

Each is absent without harm, and what is absent or not permitted is told as a word, never
raised. ``root`` is where the machine's own file tree begins.
"""

from __future__ import annotations

import importlib.util
import logging
import platform
import shutil
import subprocess
from pathlib import Path

from wire.enrol import Wifi

PATIENCE_S = 25.0
"""How long a tool of the system may take; a wireless network is joined within it or not."""

LEAST_LIGHT = 5
"""Percent: under it a screen looks switched off, and nobody finds the way back."""

_log = logging.getLogger(__name__)


class Backlight:
    """The screen's light through ``/sys/class/backlight``, in percent."""

    def __init__(self, root: Path = Path("/")) -> None:
        found = sorted((root / "sys/class/backlight").glob("*/brightness"))
        self._file = found[0] if found else None

    @property
    def present(self) -> bool:
        """Whether this screen's light can be set at all."""
        return self._file is not None and self._most() > 0

    @property
    def level(self) -> int:
        """How bright it is, in percent."""
        return round(100 * self._number(self._file) / self._most()) if self.present else 0

    def set(self, percent: int) -> bool:
        """Set the light; whether the system let us."""
        if self._file is None or not self.present:
            return False
        wanted = max(1, round(self._most() * max(LEAST_LIGHT, min(100, percent)) / 100))
        try:
            self._file.write_text(f"{wanted}\n", encoding="ascii")
        except OSError as error:
            _log.info("The screen's light cannot be set here: %s.", error.strerror)
            device = self._file.parent.name
            session = "/org/freedesktop/login1/session/auto"
            return _tool(
                "busctl", "call", "org.freedesktop.login1", session,
                "org.freedesktop.login1.Session", "SetBrightness", "ssu",
                "backlight", device, str(wanted),
            ) == "done"  # fmt: skip
        return True

    def _most(self) -> int:
        return self._number(self._file and self._file.with_name("max_brightness"))

    @staticmethod
    def _number(file: Path | None) -> int:
        try:
            return int(file.read_text(encoding="ascii")) if file is not None else 0
        except (OSError, ValueError):
            return 0


def power(wanted: str) -> str:
    """Ask the system to ``reboot`` or ``poweroff``: ``done``, ``absent`` or ``refused``."""
    return _tool("systemctl", "--no-ask-password", wanted)


def join_wifi(network: Wifi) -> str:
    """Join a wireless network through NetworkManager: ``done``, ``absent`` or ``refused``.

    The password goes in by standard input: arguments can be read by every process.
    """
    if not network.password:
        return _tool("nmcli", "device", "wifi", "connect", network.ssid)
    return _tool(
        "nmcli", "--ask", "device", "wifi", "connect", network.ssid, said=network.password + "\n"
    )


def cameras(root: Path = Path("/")) -> tuple[str, ...]:
    """Return the cameras that are plugged in, as specifications."""
    # One camera has several nodes; the first one gives the pictures, others its data.
    found = [
        f"/dev/{device.name}"
        for device in sorted((root / "sys/class/video4linux").glob("video*"))
        if _line(device / "index") in ("", "0")
    ]
    if importlib.util.find_spec("picamera2") is not None:
        found.append("picamera2")
    return tuple(found)


def board(root: Path = Path("/")) -> str:
    """Return what the machine is, e.g. ``Raspberry Pi 4 Model B Rev 1.4``."""
    return (
        _line(root / "proc/device-tree/model").strip("\0")
        or _line(root / "sys/class/dmi/id/product_name")
        or platform.machine()
    )


def _line(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8", errors="replace").strip()
    except OSError:
        return ""


def _tool(*command: str, said: str = "") -> str:
    program = shutil.which(command[0])
    if program is None:
        return "absent"
    try:
        done = subprocess.run(
            [program, *command[1:]],
            input=said,
            capture_output=True,
            text=True,
            timeout=PATIENCE_S,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return "refused"
    if done.returncode:
        _log.warning("%s said no (%d).", command[0], done.returncode)
        return "refused"
    return "done"
