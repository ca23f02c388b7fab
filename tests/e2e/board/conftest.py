"""An installed and enrolled machine, made once: a bare Debian, a bundle, a hub to join."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.e2e.board import bundles, machine
from tests.e2e.board.machine import Machine

SUITE = "bookworm"
FIRST_HUB = "http://127.0.0.1:8000"
CAMERA = "/dev/camera"

# A screen in memory; the compositor, Xwayland and the kiosk are the real ones.
SCREEN = """\
[Service]
Environment=WLR_BACKENDS=headless WLR_LIBINPUT_NO_DEVICES=1 WLR_RENDERER=pixman
Environment=LIBGL_ALWAYS_SOFTWARE=1
"""
HUB = """\
[Service]
StateDirectory=hub
ExecStartPre=/opt/kiosk/current/venv/bin/hub migrate --data /var/lib/hub
ExecStart=/opt/kiosk/current/venv/bin/hub serve --bind 127.0.0.1:8000 --data /var/lib/hub
[Install]
WantedBy=multi-user.target
"""


@dataclass(frozen=True)
class Plant:
    """What the machines of these tests are made of."""

    folder: Path
    key: Path
    bundle: Path
    root: Path
    """A machine as the first installation leaves it, enrolled, with one entry, switched off."""


@pytest.fixture(scope="session")
def plant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Plant]:
    """The real thing, from nothing. ``$BOARD_PLANT`` names a folder to keep it in."""
    if os.geteuid() != 0:
        pytest.fail("These tests boot a Debian in namespaces of its own: run them as root.")
    kept = os.environ.get("BOARD_PLANT")
    folder = Path(kept) if kept else tmp_path_factory.mktemp("board")
    folder.mkdir(parents=True, exist_ok=True)
    made = Plant(folder, folder / "key", folder / "bundle", folder / "root")
    if not (folder / "ready").exists():
        arch = subprocess.run(
            ["dpkg", "--print-architecture"], capture_output=True, text=True, check=True
        ).stdout.strip()
        if not made.key.exists():
            bundles.release_key(made.key, "Kiosk release")
        if not made.bundle.exists():
            bundles.made(made.bundle, made.key, f"{SUITE}-{arch}")
        machine.fresh(made.root, SUITE)
        _install(made)
        (folder / "ready").touch()
    yield made
    if not kept:
        machine.remove(folder)


def _install(plant: Plant) -> None:
    with Machine(plant.root, {"good": plant.bundle}) as here:
        # Its screen first, so that the installation sees the service start.
        here.write("/etc/systemd/system/kiosk.service.d/screen.conf", SCREEN)
        here.does("/media/good/install", "--profile", "hospital")
        here.write("/etc/systemd/system/hub.service", HUB)
        here.does("systemctl", "daemon-reload")
        here.does("systemctl", "enable", "--now", "hub")
        hub = "/opt/kiosk/current/venv/bin/hub"
        data = ("--json", "--data", "/var/lib/hub")
        here.until(lambda: here.run(hub, "place", "list", *data).returncode == 0)
        place = json.loads(
            here.does(hub, "place", "add", "Bệnh viện Ví Dụ", "--kind", "hospital", *data)
        )
        code = json.loads(
            here.does(hub, "kiosk", "enrol", str(place["place"]), "--url", FIRST_HUB, *data)
        )
        here.write("/srv/code", code["code"])
        here.until(lambda: here.serves)
        here.does("systemctl", "stop", "kiosk")
        kiosk = ("runuser", "-u", "kiosk", "--", "kiosk")
        here.does(*kiosk, "enrol", "/srv/code", "--data", "/var/lib/kiosk")
        here.does(
            *kiosk, "enter", "--direction", "in", "--data", "/var/lib/kiosk",
            "054199012345||Nguyễn Thị Ví Dụ|01021999|Nữ|Phú Yên|22062022",
        )  # fmt: skip
