"""A field that shows what is typed, and keeps none of it in any cache.

Kivy's own text input keeps the picture of each line for a minute, which a person's number
must not survive.
"""

from __future__ import annotations

from typing import Any

from kivy.graphics import Color, Rectangle
from kivy.properties import BooleanProperty, ColorProperty, NumericProperty, StringProperty

from kiosk.screens.parts import Ground
from kiosk.screens.text import Text


class Field(Ground):
    """One line of typed text with a caret at its end, and a hint while it is empty."""

    text = StringProperty("")
    hint = StringProperty("")
    role = StringProperty("display")
    chosen = BooleanProperty(defaultvalue=True)
    wrong = BooleanProperty(defaultvalue=False)
    unit = NumericProperty(8.0)
    edge = ColorProperty()

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.label = Text(one_line=True, strong=True, floor=0.3)
        self.add_widget(self.label)
        with self.canvas.after:
            self._edge_ink = Color()
            self._caret = Rectangle(size=(0, 0))
        for name in ("text", "hint", "pos", "size", "chosen", "edge", "role", "unit"):
            self.fbind(name, self._place)
        self.label.fbind("texture_size", self._place_caret)
        self._place()

    def _place(self, *_: object) -> None:
        unit = self.unit
        label = self.label
        label.text = self.text or self.hint
        label.tone = "ink" if self.text else "quiet"
        label.role = self.role if self.text else "label"
        label.strong = bool(self.text)
        label.pos = (self.x + 2.5 * unit, self.y)
        label.size = (max(1, self.width - 5 * unit), self.height)
        self._place_caret()

    def _place_caret(self, *_: object) -> None:
        unit, label = self.unit, self.label
        wide = min(label.texture_size[0], label.width) if self.text else 0
        # A label that fills its box has a texture as wide as the box: measure the letters.
        if self.text and label.text_size[0]:
            wide = min(label.width, self._letters_width())
        high = self.design.size_of(self.role) * 1.1
        self._edge_ink.rgba = self.edge
        self._caret.size = (unit * 0.4, high) if self.chosen else (0, 0)
        left = label.x + (wide + unit * 0.3 if self.text else -unit)
        self._caret.pos = (left, self.center_y - high / 2)

    def _letters_width(self) -> float:
        extents = self.label._label.get_extents(self.text)  # noqa: SLF001 - Kivy's measure of it
        return float(extents[0])
