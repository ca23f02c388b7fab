"""The parts that screens are made of: text, shapes, pads to press, cards."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from kivy.clock import Clock
from kivy.graphics import Color, Rectangle
from kivy.graphics.texture import Texture
from kivy.lang import Builder
from kivy.properties import (
    AliasProperty,
    BooleanProperty,
    ColorProperty,
    NumericProperty,
    ObjectProperty,
    StringProperty,
)
from kivy.uix.behaviors import ButtonBehavior
from kivy.uix.boxlayout import BoxLayout
from kivy.uix.floatlayout import FloatLayout
from kivy.uix.widget import Widget

from kiosk.look import shapes
from kiosk.look.raster import mask
from kiosk.screens.design import DESIGN, Design
from kiosk.screens.text import Text


class ShapeView(Widget):
    """A vector shape, as large as its box allows; ``grow`` scales it as drawn."""

    design: Design = ObjectProperty(DESIGN, rebind=True)
    shape = StringProperty("")
    tone = StringProperty("ink")
    colour = ColorProperty()
    grow = NumericProperty(1.0)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        with self.canvas:
            self._ink = Color()
            self._picture = Rectangle(size=(0, 0))
        redraw = Clock.create_trigger(self._draw, -1)
        for name in ("shape", "colour", "pos", "size", "grow"):
            self.fbind(name, redraw)
        redraw()

    def _draw(self, *_: object) -> None:
        side = int(min(self.width, self.height))
        if self.shape not in shapes() or side < 1:
            self._picture.size = (0, 0)
            return
        self._ink.rgba = self.colour
        self._picture.texture = _texture_of(self.shape, side)
        grown = side * self.grow
        self._picture.size = (grown, grown)
        self._picture.pos = (
            round(self.center_x - grown / 2),
            round(self.center_y - grown / 2),
        )


@lru_cache(maxsize=256)
def _texture_of(name: str, side: int) -> Texture:
    """Return a shape's picture at a size: white, with the shape as its transparency."""
    pixels = np.full((side, side, 4), 255, np.uint8)
    pixels[:, :, 3] = mask(shapes()[name], side)[::-1]
    texture = Texture.create(size=(side, side), colorfmt="rgba")
    texture.blit_buffer(pixels.reshape(-1), colorfmt="rgba")
    return texture


class Ground(Widget):
    """A rounded ground in a colour."""

    design: Design = ObjectProperty(DESIGN, rebind=True)
    tone = StringProperty("card")
    corner = NumericProperty(1.5)


class Card(Ground, BoxLayout):
    """A ground that lays out what lies on it."""


class Pad(ButtonBehavior, Ground):
    """A thing to press: a ground with a shape, a text, or both.

    ``beside`` puts the shape to the left of the text instead of above it.
    """

    text = StringProperty("")
    shape = StringProperty("")
    ink = StringProperty("ink")
    role = StringProperty("label")
    strong = BooleanProperty(defaultvalue=True)
    beside = BooleanProperty(defaultvalue=True)
    centred = BooleanProperty(defaultvalue=True)
    shape_size = NumericProperty(4.0)
    value = ObjectProperty(None, allownone=True)
    unit = NumericProperty(8.0)

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("always_release", True)  # a finger that drifts still meant it
        super().__init__(**kwargs)
        self.label = Text(halign="center")
        self.sign = ShapeView()
        place = Clock.create_trigger(self._place, -1)
        for name in ("text", "shape", "ink", "role", "strong", "beside", "shape_size"):
            self.fbind(name, place)
        for name in ("pos", "size", "unit"):
            self.fbind(name, place)
        place()

    def _ground(self) -> list[float]:
        colour = self.design.colours[self.tone]
        if self.state != "down":
            return list(colour)
        ink = self.design.colours[self.ink]  # pressed: a step towards its ink
        return [0.75 * c + 0.25 * i for c, i in zip(colour, ink, strict=True)]

    ground = AliasProperty(_ground, None, bind=["state", "tone", "ink", "design"])

    def _place(self, *_: object) -> None:
        unit, label, sign = self.unit, self.label, self.sign
        label.text, label.tone, label.role = self.text, self.ink, self.role
        label.strong = self.strong
        sign.shape, sign.tone = self.shape, self.ink
        for part, wanted in ((label, self.text), (sign, self.shape)):
            if wanted and part.parent is None:
                self.add_widget(part)
            elif not wanted and part.parent is not None:
                self.remove_widget(part)
        edge = min(unit * 1.2, self.width * 0.06)
        side = min(self.shape_size * unit, self.width * 0.9, self.height * 0.7)
        if not self.text:
            sign.size = (side, side)
            sign.center = self.center
        elif not self.shape:
            label.size = (self.width - 2 * edge, self.height - edge)
            label.center = self.center
            label.halign = "center"
        elif self.beside:
            sign.size = (side, side)
            # Shape and words stand in the middle together, where the words need one line.
            words = label.natural_width(self.role) + edge + side
            left = max(1.6 * edge, (self.width - words) / 2 if self.centred else 0)
            sign.pos = (self.x + left, self.center_y - side / 2)
            label.x = sign.right + edge
            label.size = (self.right - edge - label.x, self.height - edge)
            label.center_y = self.center_y
            label.halign = "left"
        else:
            words = self.design.size_of(self.role) * 1.5
            gap = unit * min(1.0, self.height / unit / 20)
            whole = side + words + gap
            sign.size = (side, side)
            sign.center_x = self.center_x
            sign.y = self.center_y - whole / 2 + words + gap
            label.size = (self.width - 2 * edge, words)
            label.center_x = self.center_x
            label.y = self.center_y - whole / 2
            label.halign = "center"

    def collide_point(self, x: float, y: float) -> bool:
        """A disabled or empty pad takes no touch."""
        return bool(super().collide_point(x, y)) and not self.disabled and self.opacity > 0


class Toggle(Pad):
    """A pad that is one of several choices."""

    chosen = BooleanProperty(defaultvalue=False)
    chosen_tone = StringProperty("accent")

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.fbind("chosen", self._recolour)
        self.fbind("chosen_tone", self._recolour)
        self._recolour()

    def _recolour(self, *_: object) -> None:
        self.tone = self.chosen_tone if self.chosen else "key"
        self.ink = f"on_{self.tone}"


class Box(BoxLayout):
    """Lays out what lies in it, in the design's units."""

    design: Design = ObjectProperty(DESIGN, rebind=True)


class Shelf(FloatLayout):
    """Layers of which only those that are wanted are in the tree.

    A hidden widget would still be drawn, pixel by pixel, and would still take touches.
    """

    def shelve(self, ids: Any, *names: str) -> None:
        """Take these widgets of a rule's ids (the lowest first) off the tree, to be revealed."""
        self._shelf: dict[str, Widget] = {name: ids[name].__self__ for name in names}
        self._shown: dict[str, bool] = dict.fromkeys(names, False)
        for widget in self._shelf.values():
            self.remove_widget(widget)

    def reveal(self, **wanted: object) -> None:
        """Say of some layers whether they are wanted; the others stay as they are."""
        shown = self._shown | {name: bool(want) for name, want in wanted.items()}
        if shown == self._shown:
            return
        for name, widget in self._shelf.items():
            if self._shown[name]:
                self.remove_widget(widget)
        for name, widget in self._shelf.items():
            if shown[name]:
                self.add_widget(widget)
        self._shown = shown

    def layer(self, name: str) -> Any:
        """Return a layer, revealed or not."""
        return self._shelf[name]


class SignView(Box):
    """A shape and a few words about how something is."""

    shape = StringProperty("")
    tone = StringProperty("quiet")
    text = StringProperty("")


class Count(Box):
    """A number over what it counts."""

    number = NumericProperty(0)
    text = StringProperty("")
    tone = StringProperty("ink")


Builder.load_file(str(Path(__file__).parent.parent / "ui.kv"))
