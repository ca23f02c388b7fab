"""The live picture: one texture, filled again from the newest frame 12 times a second."""

from __future__ import annotations

from typing import Any, Protocol

import numpy as np
from kivy.clock import Clock
from kivy.graphics import (
    Color,
    SmoothLine,
    StencilPop,
    StencilPush,
    StencilUnUse,
    StencilUse,
)
from kivy.graphics.texture import Texture
from kivy.graphics.vertex_instructions import Rectangle, RoundedRectangle
from kivy.properties import (
    BooleanProperty,
    ColorProperty,
    ListProperty,
    NumericProperty,
    ObjectProperty,
    StringProperty,
)
from kivy.uix.widget import Widget

from kiosk.frames import Frame
from kiosk.screens.design import DESIGN, Design

RATE = 12.0
"""Pictures a second: smooth enough to aim by, and a third of what a camera gives."""

WIDEST = 640
"""Pixels across that are sent to the screen; more is not seen and costs every upload."""


class Source(Protocol):
    """Where the newest frame lies."""

    def peek(self) -> Frame | None:
        """Return the newest frame without taking it away."""


class Preview(Widget):
    """Shows the newest frame, cut to its box, with the guide frame that codes belong in.

    ``guide`` is x, y, width and height as shares of the picture (y downwards).
    ``live`` says whether there is a picture; ``mirrored`` shows it as a mirror does.
    """

    design: Design = ObjectProperty(DESIGN, rebind=True)
    live = BooleanProperty(defaultvalue=False)
    mirrored = BooleanProperty(defaultvalue=False)
    guide = ListProperty([0.0, 0.0, 1.0, 1.0])
    guide_tone = StringProperty("on_stop")
    corner = NumericProperty(1.5)
    framed = BooleanProperty(defaultvalue=True)
    unit = NumericProperty(8.0)
    frame_colour = ColorProperty()
    blank_colour = ColorProperty()

    def __init__(self, source: Source | None = None, **kwargs: Any) -> None:
        self.source = source
        self._texture: Texture | None = None
        self._buffer: np.ndarray[Any, Any] | None = None
        self._shown = -1
        self._tick: Any = None
        super().__init__(**kwargs)
        with self.canvas:
            StencilPush()
            self._mask = RoundedRectangle()
            StencilUse()
            self._tint = Color(0, 0, 0, 1)
            self._picture = Rectangle()
            StencilUnUse()
            self._unmask = RoundedRectangle()
            StencilPop()
            self._ink = Color(1, 1, 1, 0)
            self._corners = [SmoothLine(width=2) for _ in range(4)]
        place = Clock.create_trigger(self._place, -1)
        for name in (
            "pos",
            "size",
            "guide",
            "frame_colour",
            "mirrored",
            "corner",
            "framed",
            "live",
        ):
            self.fbind(name, place)
        self.fbind("unit", place)

    def start(self) -> None:
        """Begin to follow the camera."""
        if self._tick is None:
            self._tick = Clock.schedule_interval(self.refresh, 1 / RATE)
            self.refresh()

    def stop(self) -> None:
        """Stop following; the last picture goes too."""
        if self._tick is not None:
            self._tick.cancel()
            self._tick = None
        self.blank()

    def blank(self) -> None:
        """Show nothing and keep nothing of what was shown."""
        self.live = False
        self._shown = -1
        if self._buffer is not None and self._texture is not None:
            self._buffer[:] = 0
            self._texture.blit_buffer(self._buffer.reshape(-1), colorfmt="rgb")

    def refresh(self, *_: object) -> None:
        """Take the newest frame, if it is another than the one shown."""
        frame = self.source.peek() if self.source else None
        if frame is None:
            if self.live:
                self.blank()
            return
        if frame.number == self._shown:
            return
        self._shown = frame.number
        image = frame.image
        step = max(1, round(image.shape[1] / WIDEST))
        small = image[::step, ::step]
        if small.ndim == 2:
            small = small[:, :, None].repeat(3, axis=2)
        height, width = small.shape[:2]
        if self._texture is None or self._texture.size != (width, height):
            self._texture = Texture.create(size=(width, height), colorfmt="rgb")
            self._buffer = np.empty((height, width, 3), np.uint8)
            self._picture.texture = self._texture
        assert self._buffer is not None
        np.copyto(self._buffer, small[:, :, 2::-1])  # BGR to the RGB that every GL takes
        self._texture.blit_buffer(self._buffer.reshape(-1), colorfmt="rgb")
        if not self.live:
            self.live = True
        self._place()
        self.canvas.ask_update()

    def _place(self, *_: object) -> None:
        radius = [self.corner * self.unit]
        for mask in (self._mask, self._unmask):
            mask.pos, mask.size, mask.radius = self.pos, self.size, radius
        self._picture.pos, self._picture.size = self.pos, self.size
        self._tint.rgba = (1, 1, 1, 1) if self.live else self.blank_colour
        if not self.live:
            self._picture.texture = None
        if self._texture is None or not self.live or min(self.size) < 1:
            self._ink.a = 0
            return
        self._picture.texture = self._texture
        left, low, wide, high = self._part_shown()
        across = (left, left + wide) if not self.mirrored else (left + wide, left)
        # Texture rows run upwards on the GPU and the picture's downwards: swap low and high.
        self._picture.tex_coords = (
            *(across[0], low + high, across[1], low + high),
            *(across[1], low, across[0], low),
        )
        self._place_guide(left, low, wide, high)

    def _part_shown(self) -> tuple[float, float, float, float]:
        """Return the part of the picture that fills the box: x, y, width, height as shares."""
        assert self._texture is not None
        picture = self._texture.width / self._texture.height
        box = self.width / self.height
        if picture > box:
            wide = box / picture
            return (1 - wide) / 2, 0.0, wide, 1.0
        high = picture / box
        return 0.0, (1 - high) / 2, 1.0, high

    def _place_guide(self, left: float, low: float, wide: float, high: float) -> None:
        self._ink.rgba = (*self.frame_colour[:3], 1.0 if self.framed else 0.0)
        x, y, width, height = self.guide
        x0 = max((x - left) / wide, 0.04)
        x1 = min((x + width - left) / wide, 0.96)
        y0 = 1 - max((y - low) / high, 0.05)
        y1 = 1 - min((y + height - low) / high, 0.95)
        if self.mirrored:
            x0, x1 = 1 - x1, 1 - x0
        corners = [
            (self.x + self.width * cx, self.y + self.height * cy, sx, sy)
            for cx, sx in ((x0, 1), (x1, -1))
            for cy, sy in ((y1, 1), (y0, -1))
        ]
        arm, bend = self.unit * 6, self.unit * 1.5
        for line, (cx, cy, sx, sy) in zip(self._corners, corners, strict=True):
            line.width = self.unit * 0.45
            line.points = [
                *(cx, cy + sy * arm, cx, cy + sy * bend),
                *(cx + sx * bend * 0.3, cy + sy * bend * 0.3),
                *(cx + sx * bend, cy, cx + sx * arm, cy),
            ]
