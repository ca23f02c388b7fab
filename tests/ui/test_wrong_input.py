"""What does not belong is refused at its field in plain words, and nothing typed is lost."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from kiosk.screens.questions import PURPOSES
from tests.ui import faults, gallery
from tests.ui.desk import Desk
from tests.ui.robot import Robot, driven
from tests.ui.sample import StillSource

PASTED = "0" * 10_000
WRONG = ("😀", "a\nb\tc\x00", "\u202enuougn", PASTED, "é" * 10_000)
"""Pictures, control characters, letters that turn the writing round, far too much, pasted."""

FIELDS = {
    "code": ("code", {}, "0541990", ("text",)),
    "phone": ("person", {}, "0900", ("ids", "form", "phone_text")),
    "name": ("person", {"chosen": "name"}, "Bin", ("ids", "form", "name_text")),
    "paper": ("paper", {"step": "who"}, "0900", ("ids", "who", "phone_text")),
    "express": ("express", {}, "0900", ("phone_text",)),
    "guard": ("shift", {}, "123", ("guard",)),
    "trip": ("trip", {}, "Hue", ("typed",)),
    "address": ("typed", {}, "hub.exa", ("address",)),
    "ten": ("typed", {"at": "code"}, "AB3", ("code",)),
    "pin": ("steward", {}, "246", ("_digits",)),
    **{
        f"declare-{key}": ("declare", {"asked": key}, typed, ("typed",))
        for key, typed in {
            "phone": "0900", "name": "Bin", "year": "195", "document": "05419",
            "address": "Bin", "country": "Bin", "email": "bin@", "places": "Bin",
        }.items()
    },
}  # fmt: skip
"""Every field: its screen, what brings it to the front, what is typed, where it is held."""


@pytest.fixture
def robot(desk: Desk) -> Iterator[Robot]:
    """A kiosk that offers everything."""
    from kiosk.ui import KioskApp

    app = KioskApp(
        replace(gallery.SETTINGS, purposes=PURPOSES, form=("nationality", "email", "places")),
        send=desk.send,
        latest=StillSource(),
        now=lambda: gallery.AT,
        services=replace(gallery.everything(), declare=desk.send, paper=desk.send),
    )
    with driven(app) as robot:
        app._ticking.cancel()
        yield robot


def held(face: Any, way: tuple[str, ...]) -> str:
    """Return what a field holds."""
    for part in way:
        face = getattr(face, part)
    return str(face)


@pytest.mark.parametrize("field", FIELDS)
def test_wrong_input_is_refused_in_words_and_what_was_typed_stays(
    robot: Robot, desk: Desk, field: str
) -> None:
    screen, front, typed, way = FIELDS[field]
    robot.app.stage.face.means.session.open = screen == "typed"
    face: Any = robot.app.stage.go(screen)
    desk.asked.clear()
    if "asked" in front:
        face.at = [question.key for question in face._questions].index(front["asked"])
    elif "chosen" in front:
        face.ids.form.choose(front["chosen"])
    else:
        for name, value in front.items():
            setattr(face, name, value)
    robot.settle()
    face.type(typed)
    for wrong in WRONG:
        face.type(wrong)
        robot.settle()
        assert held(face, way) == typed, wrong[:9]
        said = face.trouble or getattr(face.ids.get("form"), "trouble", "")
        assert said in faults.words(robot.app.stage), wrong[:9]
        assert said, wrong[:9]
        assert [fault for fault in faults.of(robot.app.stage) if "cut" in fault] == []
    robot.settle()
    assert robot.app.stage.name == screen
    assert [asked for asked in desk.asked if "await" not in repr(asked).lower()] == []


@pytest.mark.parametrize(
    "field", ["phone", "paper", "express", "ten", "declare-phone", "declare-year",
              "declare-document", "declare-email"]
)  # fmt: skip
def test_what_is_not_finished_is_not_handed_on_and_stays(
    robot: Robot, desk: Desk, field: str
) -> None:
    screen, front, typed, way = FIELDS[field]
    robot.app.stage.face.means.session.open = screen == "typed"
    face: Any = robot.app.stage.go(screen)
    if "asked" in front:
        face.at = [question.key for question in face._questions].index(front["asked"])
    for name in set(front) - {"asked"}:
        setattr(face, name, front[name])
    if field == "ten":
        face.address = "hub.example"
    robot.settle()
    face.type(typed)
    face.press("enter")
    robot.settle()
    assert held(face, way) == typed
    assert robot.app.stage.name == screen
    said = face.trouble
    assert said
    assert said in faults.words(robot.app.stage)
    assert desk.asked == []
