"""A screen that hangs turned: the same picture, and touches that hit what they touch."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from kiosk.config import Config, Screen
from kiosk.model import DirectionMode, SetDirection
from kiosk.screens.design import prepare_window
from kiosk.screens.settings import screen_settings
from kiosk.ui import KioskApp
from tests.ui import gallery
from tests.ui.desk import Desk
from tests.ui.robot import Robot, driven
from tests.ui.sample import StillSource


def app(desk: Desk) -> KioskApp:
    return KioskApp(
        gallery.SETTINGS,
        send=desk.send,
        latest=StillSource(),
        now=lambda: gallery.AT,
        services=gallery.everything(),
    )


def glass(robot: Robot, file: Path) -> np.ndarray:
    """Return what the panel shows, pixel by pixel as it is wired."""
    robot.frames(2)
    robot.picture(file)
    image = cv2.imread(str(file))
    assert image is not None
    return image


def turn(robot: Robot, degrees: int) -> None:
    """Hang the screen turned, keeping what a person in front of it sees."""
    window = robot.window
    width, height = window.size
    window.rotation = degrees
    window.size = (width, height)
    window.update_viewport()  # at its opening the window does it by itself
    robot.until(lambda: tuple(window.size) == (width, height))
    robot.settle()


@pytest.mark.parametrize(("degrees", "quarters"), [(90, 3), (180, 2), (270, 1)])
def test_what_is_seen_and_touched_is_the_same_however_it_hangs(
    desk: Desk, tmp_path: Path, degrees: int, quarters: int
) -> None:
    with driven(app(desk)) as robot:
        upright = glass(robot, tmp_path / "upright.png")
        try:
            turn(robot, degrees)
            turned = np.rot90(glass(robot, tmp_path / "turned.png"), quarters)
            assert turned.shape == upright.shape
            apart = np.abs(turned.astype(int) - upright.astype(int)).max(axis=2) > 40
            assert apart.mean() < 0.02
            # A mouse as SDL tells it, in the panel's own pixels.
            pad = next(pad for pad in robot.pads() if pad.text == "RA")
            spot = np.zeros(upright.shape[:2], bool)
            x, y = pad.to_window(*pad.center)
            spot[round(upright.shape[0] - y), round(x)] = True
            (row,), (column,) = np.nonzero(np.rot90(spot, -quarters))
            robot.window.dispatch("on_mouse_down", int(column), int(row), "left", [])
            robot.frames(2)
            robot.window.dispatch("on_mouse_up", int(column), int(row), "left", [])
            robot.frames(2)
        finally:
            turn(robot, 0)
        assert SetDirection(DirectionMode.OUT) in desk.asked


def test_the_setting_reaches_the_window() -> None:
    from kivy.config import Config as Kivy

    settings = screen_settings(Config(screen=Screen(rotation=270)))
    assert settings.rotation == 270
    prepare_window((600, 1024), settings.rotation, fullscreen=False)
    assert Kivy.getint("graphics", "rotation") == 270
    prepare_window((1024, 600), fullscreen=False)
    assert Kivy.getint("graphics", "rotation") == 0
