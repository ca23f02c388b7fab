"""The search for faults finds each kind, on a screen that has exactly that one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from kivy.uix.floatlayout import FloatLayout

from kiosk.screens.parts import Card, Pad
from kiosk.screens.text import Text
from tests.ui import faults, gallery
from tests.ui.robot import Robot, driven


@pytest.fixture(scope="module")
def robot() -> Iterator[Robot]:
    """A kiosk's window, whose help screen has no fault."""
    from kiosk.ui import KioskApp

    app = KioskApp(gallery.SETTINGS, send=lambda _: None, now=lambda: gallery.AT)
    with driven(app) as robot:
        yield robot


def put(robot: Robot, widget: Any, x: float, y: float, width: float, height: float) -> Any:
    """Lay a widget on a screen where nothing else is."""
    widget.size_hint = (None, None)
    widget.pos, widget.size = (x, y), (width, height)
    FloatLayout.add_widget(robot.app.stage.face, widget)
    return widget


def pad(robot: Robot, x: float, y: float, width: float, height: float = 90) -> Any:
    return put(robot, Pad(text="Ghi", value="x", tone="key"), x, y, width, height)


def cut(robot: Robot) -> None:
    put(robot, Text(text="Không thể đọc hết câu này ở đây", role="title"), 300, 300, 60, 40)


def pale(robot: Robot) -> None:
    card = put(robot, Card(tone="card"), 300, 300, 300, 80)
    card.add_widget(Text(text="Nhạt quá", tone="line"))


def small(robot: Robot) -> None:
    pad(robot, 300, 300, 70)


def tiny(robot: Robot) -> None:
    put(robot, Text(text="Bé quá", role="caption", floor=0.4), 300, 300, 200, 11)


def outside(robot: Robot) -> None:
    pad(robot, 990, 300, 90)


def text_outside(robot: Robot) -> None:
    put(robot, Text(text="Ngoài màn hình"), 900, 300, 300, 40)


def two_pads(robot: Robot) -> None:
    pad(robot, 300, 300, 120)
    pad(robot, 380, 340, 120)


def two_texts(robot: Robot) -> None:
    put(robot, Text(text="Câu này"), 300, 300, 300, 40)
    put(robot, Text(text="đè câu kia"), 320, 320, 300, 40)


def pad_on_text(robot: Robot) -> None:
    put(robot, Text(text="Câu bị che"), 300, 300, 300, 40)
    put(robot, Pad(shape="tick", tone="key"), 400, 310, 100, 100)


@pytest.mark.parametrize(
    ("spoil", "found"),
    [
        (cut, "text is cut: 'Không thể đọc"),
        (pale, "contrast 1.8: 'Nhạt quá'"),
        (small, "target too small: 'Ghi' 10.5x13.5 mm"),
        (tiny, "letters too small: 'Bé quá'"),
        (outside, "out of the window: 'Ghi'"),
        (text_outside, "out of the window: 'Ngoài màn hình'"),
        (two_pads, "overlap: 'Ghi' and 'Ghi'"),
        (two_texts, "overlap: 'đè câu kia' and 'Câu này'"),
        (pad_on_text, "overlap: 'tick' and 'Câu bị che'"),
    ],
)
def test_each_fault_is_found_and_named(
    robot: Robot, spoil: Callable[[Robot], None], found: str
) -> None:
    stage = robot.app.stage
    face: Any = stage.go("menu")
    face.clear_widgets()
    robot.settle()
    assert list(faults.of(stage)) == []
    spoil(robot)
    robot.settle()
    told = list(faults.of(stage))
    stage.go_home()
    assert any(fault.startswith(found) for fault in told), told


def test_what_lies_over_everything_hides_what_is_below(robot: Robot) -> None:
    stage = robot.app.stage
    stage.asleep = True
    robot.settle()
    told, seen = list(faults.of(stage)), faults.words(stage.layer("sleep"))
    stage.asleep = False
    assert told == []
    assert seen == {stage.words["still_there.asleep"]}
