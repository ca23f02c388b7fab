"""One picture from a camera: the fact that passes from camera to scanner and screen."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Image = NDArray[np.uint8]
"""Pixels as rows, columns and (for colour) blue, green, red: what cv2 gives."""


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """A picture in memory; it never touches the disk.

    ``at`` is monotonic seconds: when it was taken. ``number`` counts the frames of its
    camera from 1; dropped ones leave gaps. ``still`` marks a picture that stands alone (an
    image file), so that the scanner may take its time over it and nobody may skip it.
    ``luma`` is the same picture in grey and of the same size, where the camera gives both.
    """

    image: Image
    at: float
    number: int
    still: bool = False
    luma: Image | None = None

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels."""
        height, width = self.image.shape[:2]
        return int(width), int(height)

    def __repr__(self) -> str:
        width, height = self.size
        return f"Frame(#{self.number}, {width}x{height}, at {self.at:.3f} s)"


Corners = tuple[tuple[float, float], ...]
"""The four corners of a code in frame pixels, in order around it; may be empty."""


@dataclass(frozen=True, slots=True)
class Unread:
    """A code that was found and not read: its corners, and its modules a side (0: unknown)."""

    corners: Corners
    size: int = 0

    @property
    def centre(self) -> tuple[float, float]:
        """The middle in frame pixels."""
        many = max(len(self.corners), 1)
        return sum(x for x, _ in self.corners) / many, sum(y for _, y in self.corners) / many


@dataclass(frozen=True, slots=True)
class Sighting:
    """One code that a decoder read in one picture.

    ``raw`` is what the code holds, ``text`` the same as exact text (see
    :mod:`kiosk.codes.text`) or None. ``decoder`` names what read it, passes included
    (``zxing``, ``zbar``, ``zxing+clahe``), ``ms`` how long after the start of that look.
    """

    raw: bytes
    text: str | None
    corners: Corners = ()
    decoder: str = ""
    ms: float = 0.0

    @property
    def area(self) -> float:
        """Area in square pixels."""
        around = zip(self.corners, self.corners[1:] + self.corners[:1], strict=True)
        return abs(sum(x0 * y1 - x1 * y0 for (x0, y0), (x1, y1) in around)) / 2

    @property
    def centre(self) -> tuple[float, float]:
        """The middle in frame pixels; (0, 0) where the corners are unknown."""
        many = max(len(self.corners), 1)
        return sum(x for x, _ in self.corners) / many, sum(y for _, y in self.corners) / many

    def __repr__(self) -> str:
        """Tell where and how, never what: the content may be a person's."""
        x, y = self.centre
        return f"Sighting({self.decoder} at {x:.0f},{y:.0f}, {len(self.raw)} bytes)"


def image_of(pixels: Any) -> Image:
    """Return ``pixels`` as an image: 8 bits, grey or BGR, nothing transparent.

    :raises ValueError: when its shape is no picture's.
    """
    array = np.asarray(pixels)
    grey, channels = 2, (1, 3, 4)
    if array.ndim == grey + 1 and array.shape[2] == 1:
        array = array[:, :, 0]
    if array.size == 0 or not (
        array.ndim == grey or (array.ndim == grey + 1 and array.shape[2] in channels)
    ):
        raise ValueError(f"an array of shape {array.shape} is no picture")
    if array.dtype == np.uint16 or array.dtype.kind == "f":
        array = _eight_bits(array)
    if array.ndim == grey + 1 and array.shape[2] == channels[-1]:
        array = _opaque(array)
    return np.ascontiguousarray(array, dtype=np.uint8)


def _eight_bits(array: NDArray[Any]) -> Image:
    """Return deeper pixels in 8 bits; the brightest is white, as ten bits come in sixteen."""
    brightest = float(array.max())
    if not brightest > 0 or not math.isfinite(brightest):
        return np.zeros(array.shape, np.uint8)
    return np.clip(array * (255 / brightest), 0, 255).astype(np.uint8)


def _opaque(array: Image) -> Image:
    """Return BGRA pixels on the ground on which what is drawn there shows: white or black."""
    if array[..., 3].min() == 255:
        return array[..., :3]
    share = array[..., 3:].astype(np.float32) / 255
    drawn = float((array[..., :3] * share).sum()) / max(float(share.sum()) * 3, 1.0)
    ground = 255 if drawn < 128 else 0
    return (array[..., :3] * share + ground * (1 - share)).astype(np.uint8)
