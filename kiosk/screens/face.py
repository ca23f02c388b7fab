"""What every screen is: it has words and a design, hears of verdicts, and can be left."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from kivy.properties import ObjectProperty, StringProperty
from kivy.uix.floatlayout import FloatLayout

from kiosk.model import Command, Health
from kiosk.notices import Notice
from kiosk.screens.design import DESIGN, Design
from kiosk.screens.preview import Source
from kiosk.screens.recollection import Recollection
from kiosk.screens.services import Answer, Services, Session
from kiosk.screens.settings import ScreenSettings
from kiosk.words import Words, load


class Looks(Protocol):
    """What the steward can change of the window itself."""

    volume: float

    def play(self, name: str) -> None:
        """Play a sound."""

    def keep(self, name: str, value: object) -> None:
        """Change ``volume, dark, text`` or ``reach`` now, and for the next start."""


@dataclass(frozen=True, slots=True)
class Means:
    """What a screen can do besides showing: all of it given by the app.

    ``send`` passes a command to the desk, ``go`` changes to a screen by name, ``sound``
    plays one, ``speak`` changes the language, ``now`` is the gate's wall time (UTC),
    ``recollection`` what was seen lately, ``services`` what the program offers besides.
    """

    settings: ScreenSettings
    send: Callable[[Command], None]
    source: Source | None
    now: Callable[[], dt.datetime]
    go: Callable[[str], None]
    sound: Callable[[str], None]
    speak: Callable[[str], None]
    recollection: Recollection
    services: Services
    session: Session
    looks: Looks

    def offers(self, screen: str) -> bool:
        """Whether a screen leads anywhere: some need a service that may be absent."""
        needed = {
            "paper": self.services.paper,
            "declare": self.services.declare,
            "steward": self.services.safe,
            "enrol": self.services.enrol,
        }
        if screen in ("device", "export"):
            return bool(self.services.errands)
        if screen == "trip":
            return self.settings.trips or bool(self.recollection.trip)
        return screen not in needed or needed[screen] is not None


class Face(FloatLayout):
    """A screen. ``ground`` names the colour behind it, which a verdict may change."""

    design: Design = ObjectProperty(DESIGN, rebind=True)
    words: Words = ObjectProperty(load("vi"), rebind=True)
    health: Health = ObjectProperty(Health(), rebind=True)
    ground = StringProperty("paper")
    patience: int | None = 60
    """Seconds without a touch after which the first screen comes back; None: never."""

    def __init__(self, means: Means, **kwargs: Any) -> None:
        self.means = means
        super().__init__(**kwargs)

    def enter(self) -> None:
        """Come to the front."""

    def leave(self) -> None:
        """Go; let go of everything personal."""

    def verdict(self, notice: Notice) -> bool:
        """Show a verdict; False leaves it to a strip over whatever is shown."""
        del notice
        return False

    def hint(self, word: str) -> None:
        """Show how to hold a code better; an empty word takes the hint away."""

    def scan(self, text: str) -> bool:
        """Take what a hand scanner read, if this screen is for it; False leaves it to the desk."""
        del text
        return False

    def type(self, text: str) -> None:
        """Take what a person types on a physical keyboard, one or more letters."""

    def press(self, key: str) -> bool:
        """Take a named key (``enter``, ``backspace``, ``escape``); say whether it was used."""
        del key
        return False

    def answer(self, errand: str, answer: Answer) -> None:
        """Take what came of an errand."""

    def progress(self, errand: str, text: str) -> None:
        """Say how far an errand is."""

    def tick(self) -> None:
        """Once a second."""
