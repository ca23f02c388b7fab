"""A QR code on the screen: black on white whatever the colours, sharp at any size."""

from __future__ import annotations

from typing import Any

import numpy as np
from kivy.clock import Clock
from kivy.graphics import Color, Rectangle
from kivy.graphics.texture import Texture
from kivy.properties import StringProperty
from kivy.uix.widget import Widget

from wire import qr


class QrView(Widget):
    """Shows the smallest code that holds a text, with the white that readers need."""

    text = StringProperty("")

    def __init__(self, **kwargs: Any) -> None:
        self._texture: Texture | None = None
        super().__init__(**kwargs)
        with self.canvas:
            Color(1, 1, 1, 1)
            self._picture = Rectangle(size=(0, 0))
        place = Clock.create_trigger(self._place, -1)
        self.fbind("pos", place)
        self.fbind("size", place)
        self.fbind("text", self._draw)

    def _draw(self, *_: object) -> None:
        if not self.text:
            self._texture = None
            self._picture.texture = None
            self._place()
            return
        modules = np.array(qr.smallest(self.text))
        light = np.pad(~modules, qr.QUIET, constant_values=True)
        pixels = np.repeat(np.where(light, 255, 0).astype(np.uint8)[::-1, :, None], 3, axis=2)
        side = light.shape[0]
        self._texture = Texture.create(size=(side, side), colorfmt="rgb")
        self._texture.mag_filter = self._texture.min_filter = "nearest"
        self._texture.blit_buffer(np.ascontiguousarray(pixels).reshape(-1), colorfmt="rgb")
        self._picture.texture = self._texture
        self._place()

    def _place(self, *_: object) -> None:
        if self._texture is None:
            self._picture.size = (0, 0)
            return
        # Whole pixels a module: a code that is scaled unevenly reads worse.
        modules = self._texture.width
        module = max(1, int(min(self.size) // modules))
        side = module * modules
        self._picture.size = (side, side)
        self._picture.pos = (round(self.center_x - side / 2), round(self.center_y - side / 2))
