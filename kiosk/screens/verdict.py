"""A verdict as large as it can be, and the strip that lets the guard take it back."""

from __future__ import annotations

from pathlib import Path

from kivy.lang import Builder
from kivy.properties import (
    BooleanProperty,
    ListProperty,
    NumericProperty,
    ObjectProperty,
    StringProperty,
)
from kivy.uix.behaviors import ButtonBehavior
from kivy.uix.boxlayout import BoxLayout

from kiosk.screens.page import Choices  # noqa: F401 - named in verdict.kv
from kiosk.screens.parts import Card, Ground
from kiosk.words import Words, load


class VerdictCard(ButtonBehavior, Ground, BoxLayout):
    """Colour, shape, word and person of one verdict; a touch turns its direction round."""

    shape = StringProperty("")
    title = StringProperty("")
    person = StringProperty("")
    detail = StringProperty("")
    note = StringProperty("")
    direction = StringProperty("")
    pulse = NumericProperty(1.0)
    inset = NumericProperty(0)


class LastStrip(Card):
    """The last entry, and for ten seconds the ways to take it back."""

    words: Words = ObjectProperty(load("vi"), rebind=True)
    title = StringProperty("")
    person = StringProperty("")
    direction = StringProperty("")
    can_flip = BooleanProperty(defaultvalue=True)

    __events__ = ("on_flip", "on_undo")

    def on_flip(self) -> None:
        """The direction shall be the other."""

    def on_undo(self) -> None:
        """The entry shall be taken back."""


class PurposeStrip(Card):
    """What the last person came for: pads to choose from, for as long as it is asked."""

    words: Words = ObjectProperty(load("vi"), rebind=True)
    options = ListProperty()
    columns = NumericProperty(3)

    __events__ = ("on_choose", "on_undo")

    def on_choose(self, word: str) -> None:
        """That is what they came for."""

    def on_undo(self) -> None:
        """The entry shall be taken back."""


class WaitingCard(Card):
    """What waits for the hub, since when, and that it is safe."""

    words: Words = ObjectProperty(load("vi"), rebind=True)
    hub = ObjectProperty(None, allownone=True, rebind=True)
    waiting = ObjectProperty(None, allownone=True, rebind=True)
    summary = StringProperty("")


Builder.load_file(str(Path(__file__).with_suffix(".kv")))
