"""Text in the type scale, which shrinks before it would be cut."""

from __future__ import annotations

from typing import Any

from kivy.clock import Clock
from kivy.core.text import Label as TextMeasure
from kivy.properties import (
    BooleanProperty,
    NumericProperty,
    ObjectProperty,
    OptionProperty,
    StringProperty,
)
from kivy.uix.label import Label

from kiosk import fonts
from kiosk.screens.design import DESIGN, SCALE, Design


class Text(Label):
    """A text in a role of the type scale, which shrinks before it would be cut.

    ``role`` gives the size it wants, ``floor`` how small it may become as a share of that.
    ``cut`` says that even the smallest size does not fit: a fault that a test looks for.
    """

    design: Design = ObjectProperty(DESIGN, rebind=True)
    role = OptionProperty("body", options=list(SCALE))
    tone = StringProperty("ink")
    strong = BooleanProperty(defaultvalue=False)
    floor = NumericProperty(0.6)
    one_line = BooleanProperty(defaultvalue=False)
    balanced = BooleanProperty(defaultvalue=False)
    cut = BooleanProperty(defaultvalue=False)
    unit = NumericProperty(8.0)
    enlarged = NumericProperty(1.0)

    def __init__(self, **kwargs: Any) -> None:
        self._refit = Clock.create_trigger(self._fit, -1)
        super().__init__(**kwargs)
        for name in ("text", "size", "role", "strong", "one_line", "valign", "unit", "enlarged"):
            self.fbind(name, self._refit)
        self._refit()

    def _fit(self, *_: object) -> None:
        """Choose the largest size that fits the box, from the role's down to the floor."""
        wanted = SCALE[self.role] * self.unit * self.enlarged
        smallest = SCALE[self.role] * self.unit * self.floor
        self.text_size = (self.width if not self.one_line else None, None)
        if not self.text or self.width <= 1 or self.height <= 1:
            self.font_size = wanted
            self.cut = False
            return
        # Words keep their order of width at every size: each try measures one, not all.
        word = self._widest(wanted)
        fits = self._fits(wanted, word)
        if not fits:
            low, high = smallest, wanted
            while high - low > max(0.5, wanted * 0.02):
                middle = (low + high) / 2
                low, high = (middle, high) if self._fits(middle, word) else (low, middle)
            wanted = low
            fits = self._fits(wanted, self._widest(wanted))
        self.font_size = wanted
        self.cut = not fits
        # A text that does not stand in the middle needs a picture as high as its box.
        self.text_size = (self.width, self.height if fits and self.valign != "middle" else None)
        spare = self.width - self._balanced(wanted) if self.balanced and fits else 0
        self.padding = [0, 0, spare, 0]

    def natural_width(self, role: str) -> float:
        """Return how wide the text is on one line in a role."""
        size = SCALE[role] * self.unit * self.enlarged
        return self._extent(size, self.text)

    def _balanced(self, size: float) -> float:
        """Return the narrowest width that needs no more lines: no word is left alone."""
        if "\n" not in self.text and self._extent(size, self.text) <= self.width:
            return self.width  # one line, with no other to be level with
        height = self._measure(size, self.width).render(real=False)[1]
        longest = self._extent(size, self._widest(size))
        low, high = self.width / 2, self.width
        while high - low > self.unit:
            middle = (low + high) / 2
            wide, high_now = self._measure(size, middle).render(real=False)
            fits = high_now <= height and wide <= middle + 1 and longest <= middle
            low, high = (low, middle) if fits else (middle, high)
        return high

    def _measure(self, size: float, width: float | None) -> TextMeasure:
        return TextMeasure(
            text=self.text,
            font_name=fonts.FAMILY,
            bold=self.strong,
            font_size=size,
            line_height=self.line_height,
            text_size=(width, None),
        )

    def _extent(self, size: float, text: str) -> float:
        return float(self._measure(size, None).get_extents(text)[0])

    def _widest(self, size: float) -> str:
        measure = self._measure(size, None)
        return max(self.text.split() or [""], key=lambda word: measure.get_extents(word)[0])

    def _fits(self, size: float, word: str) -> bool:
        measure = self._measure(size, None if self.one_line else self.width)
        if measure.get_extents(word)[0] > self.width:
            return False
        width, height = measure.render(real=False)
        return height <= self.height + 1 and width <= self.width + 1
