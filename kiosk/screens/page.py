"""Screens behind the first one: a way back on top, a title, what went wrong, and a body."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from kivy.lang import Builder
from kivy.properties import BooleanProperty, ListProperty, NumericProperty, StringProperty
from kivy.uix.gridlayout import GridLayout
from kivy.uix.widget import Widget

from kiosk.screens.face import Face, Means
from kiosk.screens.parts import Box, Card, Pad, Toggle


class PageFace(Face):
    """A screen with a way back. Children of its rules land in its body.

    ``back_to`` names the screen that the way back leads to.
    """

    title = StringProperty("")
    trouble = StringProperty("")
    aside = StringProperty("")
    back_to = StringProperty("home")
    body_along = StringProperty("vertical")

    def __init__(self, means: Means, **kwargs: Any) -> None:
        super().__init__(means, **kwargs)
        if self.design.reach and "head" in self.ids:  # the way back within reach: below everything
            head = self.ids.head.__self__
            column = head.parent
            column.remove_widget(head)
            column.add_widget(head)

    def add_widget(self, widget: Widget, *args: Any, **kwargs: Any) -> None:
        """Lay a child into the body, once there is one."""
        if "body" in self.ids:
            self.ids.body.add_widget(widget, *args, **kwargs)
        else:
            super().add_widget(widget, *args, **kwargs)

    def press(self, key: str) -> bool:
        """Escape is the way back."""
        if key == "escape":
            self.back()
            return True
        return False

    def back(self) -> None:
        """Go back; nothing is kept."""
        self.means.go(self.back_to)


class Tile(Pad):
    """A large pad with its shape above its words."""


class Stepper(Box):
    """A number with a pad to either side; it cannot leave its limits."""

    text = StringProperty("")
    shown = StringProperty("")
    value = NumericProperty(0)
    least = NumericProperty(0)
    most = NumericProperty(9)
    by = NumericProperty(1)
    around = BooleanProperty(defaultvalue=False)

    def step(self, way: int) -> None:
        """Move; past an end, stay, or start at the other end where it goes ``around``."""
        value = self.value + way * self.by
        if self.around:
            span = self.most - self.least + self.by
            self.value = self.least + (value - self.least) % span
        else:
            self.value = min(self.most, max(self.least, value))


class Row(Card):
    """One line of a list: a shape, a text, and something quiet at its end."""

    shape = StringProperty("")
    shape_tone = StringProperty("ink")
    text = StringProperty("")
    end = StringProperty("")
    share = NumericProperty(0.5)
    strong = BooleanProperty(defaultvalue=True)


class Fact(Card):
    """Something counted, with its name: a line of a shift's slip."""

    shape = StringProperty("")
    text = StringProperty("")
    value = StringProperty("")


class Choices(Box):
    """Pads of which one, or several, are chosen. ``options`` are pairs of value and text."""

    options = ListProperty()
    chosen = ListProperty()
    columns = NumericProperty(1)
    role = StringProperty("label")

    __events__ = ("on_choose",)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._pads: list[Toggle] = []
        self.fbind("options", self._build)
        self.fbind("columns", self._build)
        self.fbind("chosen", self._mark)
        self._build()

    def on_choose(self, value: str) -> None:
        """A choice was touched."""

    def _build(self, *_: object) -> None:
        self.clear_widgets()
        self._pads = []
        grid = GridLayout(cols=int(self.columns), spacing=self.design.u)
        for value, text in self.options:
            pad = Toggle(value=value, text=text, role=self.role)
            pad.bind(on_release=self._touched)
            self._pads.append(pad)
            grid.add_widget(pad)
        self.add_widget(grid)
        self._mark()

    def _mark(self, *_: object) -> None:
        for pad in self._pads:
            pad.chosen = pad.value in self.chosen

    def _touched(self, pad: Toggle) -> None:
        self.dispatch("on_choose", pad.value)


Builder.load_file(str(Path(__file__).with_suffix(".kv")))
