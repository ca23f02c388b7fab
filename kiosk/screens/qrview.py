"""A QR code on the screen: black on white whatever the colours, sharp at any size."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
from kivy.clock import Clock
from kivy.graphics import Color, Rectangle
from kivy.graphics.texture import Texture
from kivy.properties import BooleanProperty, NumericProperty, ObjectProperty, StringProperty
from kivy.uix.widget import Widget

from kiosk.screens.services import Modules
from wire import qr


class QrView(Widget):
    """Shows the smallest code that holds a text, with the white that readers need.

    ``modules`` works a code out in another thread (57 ms of it here for the place's own
    code, several times that on a small board); None: here and now. The code of the text
    before stands until the new one is there. Where a module would be smaller than ``least``
    pixels nothing is shown; ``drawn`` says whether there is a code to be read.
    """

    text = StringProperty("")
    modules = ObjectProperty(None, allownone=True)
    least = NumericProperty(1)
    drawn = BooleanProperty(defaultvalue=False)

    def __init__(self, **kwargs: Any) -> None:
        self._texture: Texture | None = None
        super().__init__(**kwargs)
        with self.canvas:
            Color(1, 1, 1, 1)
            self._picture = Rectangle(size=(0, 0))
        place = Clock.create_trigger(self._place, -1)
        for name in ("pos", "size", "least"):
            self.fbind(name, place)
        self.fbind("text", self._ask)

    def _ask(self, *_: object) -> None:
        if not self.text:
            self._texture = None
            self._picture.texture = None
            self._place()
        elif self.modules is None:
            self._draw(self.text, qr.smallest(self.text))
        else:
            self.modules(self.text, partial(self._arrived, self.text))

    def _arrived(self, text: str, rows: Modules) -> None:
        """Take what another thread worked out to the main thread."""
        Clock.schedule_once(lambda _: self._draw(text, rows))

    def _draw(self, text: str, rows: Modules) -> None:
        if text != self.text:
            return
        light = np.pad(~np.array(rows), qr.QUIET, constant_values=True)
        pixels = np.repeat(np.where(light, 255, 0).astype(np.uint8)[::-1, :, None], 3, axis=2)
        side = light.shape[0]
        self._texture = Texture.create(size=(side, side), colorfmt="rgb")
        self._texture.mag_filter = self._texture.min_filter = "nearest"
        self._texture.blit_buffer(np.ascontiguousarray(pixels).reshape(-1), colorfmt="rgb")
        self._picture.texture = self._texture
        self._place()

    def _place(self, *_: object) -> None:
        # Whole pixels a module: a code that is scaled unevenly reads worse.
        modules = self._texture.width if self._texture is not None else 0
        module = int(min(self.size) // modules) if modules else 0
        self.drawn = module >= self.least
        side = module * modules if self.drawn else 0
        self._picture.size = (side, side)
        self._picture.pos = (round(self.center_x - side / 2), round(self.center_y - side / 2))
