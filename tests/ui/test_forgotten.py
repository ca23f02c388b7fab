"""What was typed and left is nowhere: every object that the process can reach is looked into."""

from __future__ import annotations

import gc
import types
from collections.abc import Iterator
from dataclasses import replace

import pytest

from kiosk.screens.questions import PURPOSES, questions
from kiosk.screens.services import Services
from tests.ui import gallery
from tests.ui.desk import Desk
from tests.ui.robot import Robot, driven
from tests.ui.sample import StillSource

FORM = ("nationality", "email", "places")
TYPED = {
    "phone": "0912345678",
    "name": "Qwxkzj",
    "year": "1957",
    "document": "054157987654",
    "address": "Xzkwqj",
    "country": "Jqzxwk",
    "email": "zqxjkw@",
    "places": "Kjwqzx",
}
"""Texts of which the program holds none before they are typed."""


def holders(*typed: str) -> list[object]:
    """Return who holds a text that contains one of ``typed``: containers, instances, caches,
    closures; the test's own objects apart.
    """
    gc.collect()
    wanted = [text.casefold() for text in typed]
    mine = {id(TYPED), id(typed), id(wanted)}
    # By type(), because a dead proxy answers isinstance() with an error.
    return [
        holder
        for holder in gc.get_objects()
        if id(holder) not in mine and type(holder) is not types.FrameType
        for held in gc.get_referents(holder)
        if type(held) is str and any(text in held.casefold() for text in wanted)
    ]


@pytest.fixture
def robot(desk: Desk) -> Iterator[Robot]:
    """A self-service kiosk whose profile asks everything."""
    from kiosk.ui import KioskApp

    app = KioskApp(
        replace(gallery.SETTINGS, self_service=True, purposes=PURPOSES, form=FORM),
        send=desk.send,
        latest=StillSource(),
        now=lambda: gallery.AT,
        services=Services(declare=desk.send, paper=desk.send, households=True),
    )
    with driven(app) as robot:
        yield robot


class Search:
    """Finds what was typed; other tests' samples that lay there before apart."""

    def __init__(self) -> None:
        self.before = holders(*TYPED.values())

    def traces(self, *typed: str) -> list[str]:
        """Return the kinds of objects that hold one of ``typed``, and did not before."""
        known = {id(holder) for holder in self.before}
        return [
            f"{type(holder).__module__}.{type(holder).__qualname__}"
            for holder in holders(*typed)
            if id(holder) not in known
        ]


@pytest.fixture
def search(robot: Robot) -> Search:
    """A search that begins before anything is typed."""
    del robot  # the screen is there
    return Search()


def test_the_search_finds_what_is_still_there(robot: Robot, search: Search) -> None:
    face = robot.app.stage.go("code")
    face.type(TYPED["phone"])
    robot.settle()
    assert search.traces(TYPED["phone"])


def fill(robot: Robot, last: str) -> None:
    """Answer the declaration up to the question ``last``, typing where there is a field."""
    face = robot.app.stage.go("declare")
    order = questions(PURPOSES, FORM)
    for at, question in enumerate(order):
        face.at = at
        robot.settle()
        if question.key in TYPED:
            face.type(TYPED[question.key])
            robot.settle()
            robot.frames(1)
        elif question.kind == "choice":
            face._answers.given[question.key] = question.options[0]
        if question.key == last:
            return


@pytest.mark.parametrize(
    "last",
    [
        question.key
        if question.key in ("name", "places", "consent")
        else pytest.param(question.key, marks=pytest.mark.slow)
        for question in questions(PURPOSES, FORM)
    ],
)
def test_a_declaration_left_alone_at_any_step_is_forgotten(
    robot: Robot, search: Search, last: str
) -> None:
    fill(robot, last)
    for _ in range(61):
        robot.app.stage.tick()
    robot.settle()
    robot.frames(2)
    assert robot.app.stage.name == "attract"
    assert search.traces(*TYPED.values()) == []


@pytest.mark.parametrize(
    "screen", ["code", "person", pytest.param("paper", marks=pytest.mark.slow), "express", "shift"]
)
def test_a_field_left_alone_on_any_other_screen_is_forgotten(
    robot: Robot, search: Search, screen: str
) -> None:
    face = robot.app.stage.go(screen)
    if screen == "paper":
        face.go_on()
        robot.settle()
    face.type(TYPED["phone"][: 8 if screen == "shift" else 10])
    if screen in ("person", "paper"):
        face.ids.form.choose("name") if screen == "person" else face.ids.who.choose("name")
        face.type(TYPED["name"])
    robot.settle()
    robot.frames(1)
    del face
    for _ in range(120):
        robot.app.stage.tick()
        if robot.app.stage.name == "attract":
            break
    robot.settle()
    robot.frames(2)
    assert search.traces(TYPED["phone"][:8], TYPED["name"]) == []
