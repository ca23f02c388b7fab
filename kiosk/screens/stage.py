"""What carries the screens: the colour behind them, the one in front, the narrator's strip."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from kivy.lang import Builder
from kivy.properties import BooleanProperty, ObjectProperty, StringProperty
from kivy.uix.floatlayout import FloatLayout

from kiosk.model import Health
from kiosk.screens.design import DESIGN, Design
from kiosk.screens.face import Face
from kiosk.words import Words, load

Maker = Callable[[], Face]


class Stage(FloatLayout):
    """Shows one screen at a time.

    The first screen is kept, because it is where everybody returns to; every other one is
    made when it is gone to and let go of when it is left, with whatever was typed there.
    """

    design: Design = ObjectProperty(DESIGN, rebind=True)
    words: Words = ObjectProperty(load("vi"))
    health: Health = ObjectProperty(Health(), rebind=True)
    ground = StringProperty("paper")
    narration = StringProperty("")
    narrated = BooleanProperty(defaultvalue=False)

    def __init__(self, makers: Mapping[str, Maker], home: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._makers = makers
        self.home = home
        self.name = ""
        self.face: Face = makers[home]()
        self._home_face = self.face
        self._show(self.face, home)
        self.fbind("words", self._tell)
        self.fbind("health", self._tell)

    def go(self, name: str) -> Face:
        """Change to a screen by name; going to where one is changes nothing."""
        if name == self.name:
            return self.face
        self.face.leave()
        self.face.funbind("ground", self._colour)
        self.ids.front.remove_widget(self.face)
        face = self._home_face if name == self.home else self._makers[name]()
        self._show(face, name)
        return face

    def go_home(self) -> Face:
        """Change to the first screen."""
        return self.go(self.home)

    def _show(self, face: Face, name: str) -> None:
        self.face, self.name = face, name
        self._tell()
        face.fbind("ground", self._colour)
        self._colour()
        face.pos_hint = {"x": 0, "y": 0}  # above the narrator's strip, where there is one
        self.ids.front.add_widget(face)
        face.enter()

    def _tell(self, *_: object) -> None:
        self.face.words = self.words
        self.face.health = self.health

    def _colour(self, *_: object) -> None:
        self.ground = self.face.ground


Builder.load_file(str(Path(__file__).with_suffix(".kv")))
