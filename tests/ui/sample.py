"""A made picture of somebody holding up a card, for pictures of the screens (pure).

The pattern on the card looks like a code and holds nothing.
"""

from __future__ import annotations

import math
from functools import cache

import numpy as np

from kiosk.frames import Frame, Image

MODULES = 29


def pattern() -> np.ndarray[tuple[int, int], np.dtype[np.bool_]]:
    """Return dark modules: three finders and noise."""
    dark = np.random.default_rng(7).random((MODULES, MODULES)) < 0.5
    ring = np.zeros((7, 7), bool)
    ring[:] = True
    ring[1:6, 1:6] = False
    ring[2:5, 2:5] = True
    for row, column in ((0, 0), (0, MODULES - 7), (MODULES - 7, 0)):
        r0, c0 = max(0, row - 1), max(0, column - 1)
        dark[r0 : row + 8, c0 : column + 8] = False
        dark[row : row + 7, column : column + 7] = ring
    return dark


@cache
def picture(width: int = 1280, height: int = 720) -> Image:
    """Return a picture: a hall, somebody in it, a card held up."""
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    u, v = x / width, y / height
    image = np.stack([150 + 40 * v + 20 * u, 150 + 30 * v + 12 * u, 140 + 25 * v], axis=-1)

    def paint(where: np.ndarray, colour: tuple[int, int, int]) -> None:
        soft = np.clip(where, 0, 1)[..., None]
        image[:] = image * (1 - soft) + np.array(colour, np.float32) * soft

    for centre in (0.12, 0.38, 0.64, 0.9):  # windows of the hall, far away
        inside = np.minimum(0.09 - np.abs(u - centre), 0.25 - np.abs(v - 0.28))
        paint(inside * 40, (232, 226, 214))
    across = (u - 0.5) * width / height
    paint((1 - np.hypot(across / 1.5, (v - 1.0) * 0.9) / 0.42) * 14, (92, 70, 48))
    paint((1 - np.hypot(across, (v - 0.27) * 0.86) / 0.145) * 14, (126, 156, 196))
    paint((1 - np.hypot(across, (v - 0.235) * 0.9) / 0.15) * 14 * (v < 0.21), (40, 34, 32))
    turn = math.radians(-5)
    dx, dy = x - 0.5 * width, y - 0.62 * height
    a = (dx * math.cos(turn) + dy * math.sin(turn)) / height
    b = (dy * math.cos(turn) - dx * math.sin(turn)) / height
    for finger in (-0.05, 0.005, 0.06, 0.115):  # behind the card's edge
        nail = np.hypot(np.maximum(np.abs(a + 0.34) - 0.03, 0), b - finger) * -1 + 0.026
        paint(nail * height, (122, 154, 196))
    card = np.minimum(0.345 - np.abs(a), 0.215 - np.abs(b))
    paint(card * height, (244, 246, 246))
    paint(np.minimum(card, (b < -0.15) * 1.0) * height, (122, 91, 10))
    for line, long in ((-0.09, 0.20), (-0.035, 0.26), (0.02, 0.16), (0.075, 0.23)):
        text = np.minimum(0.010 - np.abs(b - line), np.minimum(a + 0.25, -0.25 + long - a))
        paint(text * height, (150, 158, 164))
    side = 0.27
    column = np.floor((a - 0.045) / side * MODULES).astype(int)
    row = np.floor((b + 0.095) / side * MODULES).astype(int)
    on = (column >= 0) & (column < MODULES) & (row >= 0) & (row < MODULES)
    dark = np.zeros(on.shape, np.float32)
    dark[on] = pattern()[row[on], column[on]]
    paint(dark, (30, 24, 20))
    thumb = np.hypot(np.maximum(np.abs(a + 0.335) - 0.045, 0), b - 0.10) * -1 + 0.03
    paint(thumb * height, (132, 164, 206))
    grain = np.random.default_rng(3).normal(0, 3, (height, width, 1))
    made = np.clip(image + grain, 0, 255).astype(np.uint8)
    made.setflags(write=False)  # one for all
    return made


class StillSource:
    """Holds one frame for ever."""

    def __init__(self, image: Image | None = None) -> None:
        self.frame = Frame(picture() if image is None else image, at=0.0, number=1)

    def peek(self) -> Frame:
        """Return the frame."""
        return self.frame
