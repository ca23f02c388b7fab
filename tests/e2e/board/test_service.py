"""The service under a real systemd, in its sandbox: its screen, and whatever hangs or dies."""

from __future__ import annotations

import base64
import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest

from tests.e2e.board import machine
from tests.e2e.board.machine import Machine

pytestmark = pytest.mark.slow

WITHIN_S = 60


@pytest.fixture(scope="module")
def here(plant, tmp_path_factory) -> Iterator[Machine]:
    root = machine.copy(plant.root, plant.folder / f"served-{os.getpid()}")
    with Machine(root, {}) as one:
        one.until(lambda: one.serves)
        yield one
    machine.remove(root)


def picture(here: Machine) -> np.ndarray:
    """Return what the screen shows."""
    here.does(
        "setpriv", "--reuid", "kiosk", "--regid", "kiosk", "--clear-groups", "env",
        "XDG_RUNTIME_DIR=/run/kiosk", "WAYLAND_DISPLAY=wayland-0",
        "grim", "/run/kiosk/screen.png",
    )  # fmt: skip
    data = here.run("base64", "-w0", "/run/kiosk/screen.png").stdout
    image = cv2.imdecode(np.frombuffer(base64.b64decode(data), np.uint8), cv2.IMREAD_COLOR)
    assert image is not None
    return image


def shows_something(image: np.ndarray) -> bool:
    """Whether all of the screen is the kiosk's: light, with dark letters on it, to each corner."""
    grey = cv2.cvtColor(image, cv2.COLOR_BGR2GRAY)
    corners = [grey[2, 2], grey[2, -3], grey[-3, 2], grey[-3, -3]]
    return min(int(corner) for corner in corners) > 150 and float(grey.std()) > 20


def test_the_kiosk_fills_the_screen_from_inside_its_sandbox(here):
    here.until(lambda: shows_something(picture(here)), 60)
    if folder := os.environ.get("BOARD_PICTURES"):
        cv2.imwrite(str(Path(folder) / "service.png"), picture(here))


def test_it_stands_at_the_gate_soon_after_power_on(here):
    took = here.says("systemctl", "show", "-P", "ActiveEnterTimestampMonotonic", "kiosk.service")
    began = here.says("systemctl", "show", "-P", "UserspaceTimestampMonotonic")
    assert int(took) - int(began) < WITHIN_S * 1_000_000


@pytest.mark.parametrize("name", ["scan", "camera", "main"])
def test_a_worker_that_hangs_is_replaced_within_a_minute(here, name, record_property):
    held = here.halt_thread(name)
    seconds = here.back_after(lambda: None)
    held.release()
    record_property("seconds", round(seconds, 1))
    print(f"{name} hung: back in service after {seconds:.1f} s")
    assert seconds <= WITHIN_S


def test_a_camera_that_hangs_ends_in_a_new_start_within_a_minute(here, record_property):
    # A pipe that nobody writes to: whoever opens it waits for ever, as a driver does that hangs.
    here.does("mkfifo", "-m", "666", "/dev/camera")
    settings = Path(here.root / "etc/kiosk/kiosk.toml")
    before = settings.read_text()
    here.write("/etc/kiosk/kiosk.toml", before + '\n[camera]\nsource = "/dev/camera"\n')
    here.does("systemctl", "restart", "kiosk")
    here.until(lambda: here.serves)

    def mended() -> None:
        # Whoever kicks the plug: the next start finds no camera, and says so.
        here.until(lambda: not here.serves)
        here.write("/etc/kiosk/kiosk.toml", before)

    seconds = here.back_after(mended)
    record_property("seconds", round(seconds, 1))
    print(f"camera hung: back in service after {seconds:.1f} s")
    assert seconds <= WITHIN_S


def ended(name: str, by: signal.Signals) -> Callable[[Machine], None]:
    """Return what sends ``by`` to the service's program ``name``."""

    def hurt(here: Machine) -> None:
        (pid,) = here.pids(name)
        os.kill(pid, by)

    return hurt


@pytest.mark.parametrize("program", ["cage", "Xwayland"])
@pytest.mark.parametrize("by", [signal.SIGKILL, signal.SIGSTOP])
def test_a_compositor_that_dies_or_hangs_is_replaced_within_a_minute(here, program, by):
    seconds = here.back_after(lambda: ended(program, by)(here))
    print(f"{program} {by.name}: back in service after {seconds:.1f} s")
    assert seconds <= WITHIN_S
    here.until(lambda: shows_something(picture(here)), 60)


def test_nothing_was_lost_by_it_and_no_core_was_left(here):
    status = here.does("kiosk", "status", "--json", "--data", "/var/lib/kiosk")
    assert '"refused": 0' in status
    here.does("systemctl", "stop", "kiosk")
    here.does("runuser", "-u", "kiosk", "--", "kiosk", "fsck", "--data", "/var/lib/kiosk")
    cores = here.says("find", "/var/lib/kiosk", "/run/kiosk", "/tmp", "-name", "core*")
    assert cores == ""
