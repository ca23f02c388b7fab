"""What was typed and left is nowhere: in no object that the process can reach, in no picture."""

from __future__ import annotations

import gc
import types
import weakref
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from kivy.uix.label import Label

from kiosk.screens.questions import PURPOSES, questions
from tests.ui import gallery
from tests.ui.desk import Desk
from tests.ui.robot import Robot, driven
from tests.ui.sample import StillSource

FORM = ("nationality", "email", "places")
TYPED = {
    "phone": "0912345678",
    "name": "Qbvktp",
    "year": "1957",
    "document": "054157987654",
    "address": "Vktqbp",
    "country": "Kqvbtp",
    "email": "bqvkp@",
    "places": "Ptkvqb",
}
"""Texts of which the program holds none before they are typed; Telex leaves them as they are."""


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
        services=replace(gallery.everything(), declare=desk.send, paper=desk.send),
    )
    with driven(app) as robot:
        yield robot


class Search:
    """Finds what was typed; other tests' samples that lay there before apart."""

    def __init__(self, robot: Robot) -> None:
        self.before = holders(*TYPED.values())
        self._robot = robot
        self._pictures: list[Callable[[], object]] = []

    def look(self) -> int:
        """Note each picture of letters that is on the screen now; returns how many show them."""
        now = [
            weakref.ref(widget.texture)
            for widget in self._robot.app.stage.walk(restrict=True)
            if isinstance(widget, Label) and widget.texture is not None
            if any(text.casefold() in widget.text.casefold() for text in TYPED.values())
        ]
        self._pictures += now
        return len(now)

    def pictures(self) -> int:
        """Return how many of the pictures seen are still held, by a widget, cache or anybody."""
        gc.collect()
        return sum(picture() is not None for picture in self._pictures)

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
    return Search(robot)


def test_the_search_finds_what_is_still_there(robot: Robot, search: Search) -> None:
    face = robot.app.stage.go("code")
    face.type(TYPED["phone"])
    robot.settle()
    assert search.traces(TYPED["phone"])
    assert search.look()
    assert search.pictures() == 1
    kept = face.ids.field.label.texture
    robot.app.stage.go_home()
    robot.settle()
    assert search.pictures() == 1, "somebody holds it"
    del kept


def fill(robot: Robot, search: Search, last: str) -> None:
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
            assert search.look(), question.key
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
    fill(robot, search, last)
    for _ in range(61):
        robot.app.stage.tick()
    robot.settle()
    robot.frames(2)
    assert robot.app.stage.name == "attract"
    assert search.traces(*TYPED.values()) == []
    assert search.pictures() == 0


@pytest.mark.parametrize(
    "screen",
    [
        "code",
        "person",
        "typed",
        *(
            pytest.param(screen, marks=pytest.mark.slow)
            for screen in ("paper", "express", "shift", "trip", "steward")
        ),
    ],
)
def test_a_field_left_alone_on_any_other_screen_is_forgotten(
    robot: Robot, search: Search, screen: str
) -> None:
    robot.app.stage.face.means.session.open = screen == "typed"
    face = robot.app.stage.go(screen)
    if screen == "paper":
        face.go_on()
        robot.settle()
    face.type(TYPED["phone"][: 8 if screen in ("shift", "steward") else 10])
    if screen == "typed":
        face.at = "code"
        face.type(TYPED["email"][:5])
    if screen in ("person", "paper"):
        face.ids.form.choose("name") if screen == "person" else face.ids.who.choose("name")
        face.type(TYPED["name"])
    robot.settle()
    robot.frames(1)
    shows = screen not in ("shift", "steward")  # a part of it, and dots
    assert bool(search.look()) == shows
    del face
    warned = False
    for _ in range(200):
        warned |= robot.app.stage.asking
        robot.app.stage.tick()
        if robot.app.stage.name == "attract":
            break
    robot.settle()
    robot.frames(2)
    assert (robot.app.stage.name, warned) == ("attract", True)
    assert search.traces(TYPED["phone"][:8], TYPED["name"], TYPED["email"][:5]) == []
    assert search.pictures() == 0
