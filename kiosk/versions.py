"""A picture made anew as a whole, in the ways that read what it does not read as it is."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, cast

import cv2
import numpy as np

from kiosk import prepare
from kiosk.frames import Image

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from kiosk.frames import Corners, Sighting

LONG_SIDE = 1280
"""Larger pictures are also looked at as a whole in this size: codes have a best size."""

_TURN_DEGREES = 20
_FEWEST_CORNERS = 3


@dataclass(frozen=True, slots=True)
class Version:
    """A picture made anew as a whole; the original is ``times`` as large."""

    picture: Image
    times: float
    turned: bool = False
    mirrored: bool = False

    def original(self, seen: Sequence[Sighting]) -> tuple[Sighting, ...]:
        """Return ``seen`` with their corners where they lie in the original."""
        return tuple(replace(s, corners=self._back(s.corners)) for s in seen)

    def _back(self, corners: Corners) -> Corners:
        if self.turned and corners:
            back = cv2.invertAffineTransform(_turn(self.picture))
            points = np.array(corners) @ back[:, :2].T + back[:, 2]
            corners = tuple((float(x), float(y)) for x, y in points)
        if self.mirrored:
            width = self.picture.shape[1]
            corners = tuple((width - 1 - x, y) for x, y in corners)
        return tuple((x * self.times, y * self.times) for x, y in corners)


def versions(image: Image) -> Iterator[Version]:
    """Give ``image`` made anew: itself no larger than is good for it, then ever odder ones."""
    small, times = prepare.shrunk(image, LONG_SIDE)
    grey = prepare.grey(small)
    yield Version(grey, times)
    yield Version(_lit(grey), times)
    yield Version(prepare.levelled(grey), times)
    if small.ndim > grey.ndim:
        for channel in (2, 1, 0):
            yield Version(np.ascontiguousarray(small[..., channel]), times)
    for longest in (900, 640, 400):
        less, more = prepare.shrunk(grey, longest)
        if more > 1:
            yield Version(less, times * more)
    yield Version(cast(Image, cv2.equalizeHist(grey)), times)
    yield Version(_turned(grey), times, turned=True)
    yield Version(np.ascontiguousarray(grey[:, ::-1]), times, mirrored=True)
    yield Version(cast(Image, cv2.bitwise_not(grey)), times)


def _lit(grey: Image) -> Image:
    """Return ``grey`` with its levels spread, and as much of it dark as light."""
    low, high = np.percentile(grey[::4, ::4], (0.5, 99.5))
    levels = np.clip((np.arange(256) - low) / max(high - low, 1.0), 0, 1)
    middle = float(np.clip(levels[grey[::4, ::4]].mean(), 0.02, 0.95))
    table = (255 * levels ** (np.log(0.5) / np.log(middle))).astype(np.uint8)
    return cast(Image, cv2.LUT(grey, table))


def _turn(picture: Image) -> NDArray[np.float64]:
    height, width = picture.shape[:2]
    return cast(
        "NDArray[np.float64]", cv2.getRotationMatrix2D((width / 2, height / 2), _TURN_DEGREES, 1)
    )


def _turned(grey: Image) -> Image:
    """Return ``grey`` turned a little: decoders go by rows, and miss some codes upright."""
    size = grey.shape[1], grey.shape[0]
    return cast(Image, cv2.warpAffine(grey, _turn(grey), size, borderMode=cv2.BORDER_REPLICATE))


def covered(picture: Image, codes: Sequence[Corners]) -> Image:
    """Return ``picture`` with ``codes`` painted over in the grey that is about them."""
    if not codes:
        return picture
    bare = picture.copy()
    for corners in codes:
        if len(corners) < _FEWEST_CORNERS:
            continue
        left, top, right, bottom = prepare.bounds(corners)
        around = picture[max(0, top) : bottom, max(0, left) : right]
        grey = float(around.mean()) if around.size else 128.0
        cv2.fillConvexPoly(bare, cv2.convexHull(np.array(corners, np.int32)), grey)
    return bare


def inside(point: tuple[float, float], corners: Corners) -> bool:
    """Whether ``point`` lies in the code with these corners."""
    if len(corners) < _FEWEST_CORNERS:
        return False
    hull = cv2.convexHull(np.array(corners, np.float32))
    return cv2.pointPolygonTest(hull, point, measureDist=False) >= 0
