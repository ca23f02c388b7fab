"""Every code in a picture that stands alone: one try after another, the likeliest first.

A video brings another frame; of a picture that stands alone there is no other. So where the
scanner's way with a frame reads nothing, the picture is made anew as a whole (lit otherwise,
in one colour, in other sizes, turned, in a mirror) and looked at again; and what was read is
covered to see what else is there.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, cast

import cv2
import numpy as np

from kiosk import prepare
from kiosk.frames import Image

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from kiosk.decoders import Zxing
    from kiosk.effort import Effort
    from kiosk.frames import Corners, Sighting, Unread
    from kiosk.prepare import Box, Interest

STILL_S = 2.5
"""The most processor time that is spent on a picture that stands alone."""

MORE_S = 0.25
"""So long, after a code was read, further ones are looked for."""

LONG_SIDE = 1280
"""Larger pictures are also looked at as a whole in this size: codes have a best size."""

MOST_CODES = 3
"""Of codes that do not read, so many are tried in one frame."""

_TURN_DEGREES = 20
_FEWEST_CORNERS = 3
_MANY = 12  # of codes that do not read, and of parts like a code, in a picture that stands alone


def regions(
    picture: Image, unread: Sequence[Unread], likely: Sequence[Interest], most: int = MOST_CODES
) -> list[tuple[Box, list[Unread]]]:
    """Return the parts of ``picture`` worth an effort, with the codes found in each."""
    size = (picture.shape[1], picture.shape[0])
    parts = [(prepare.grown(prepare.bounds(u.corners), 0.3, size), [u]) for u in unread[:most]]
    return parts or [(prepare.grown(part.box, 0.2, size), []) for part in likely]


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


class Still:
    """One picture being read; ``read`` holds what was, each with the time it took."""

    def __init__(self, effort: Effort, first: Zxing, image: Image) -> None:
        self._effort = effort
        self._first = first
        self._image = image
        self.read: list[Sighting] = []

    def __repr__(self) -> str:
        return f"<Still with {len(self.read)} codes>"

    def look(self, *, everything: bool) -> list[Sighting]:
        """Return what is read; without ``everything`` the first step that reads is the last."""
        began = time.perf_counter()
        started = last = time.thread_time()
        self._effort.pool.clear()
        self._effort.turn = 0
        for seen in self._steps():
            fresh = [s for s in seen if not any(_same(s, known) for known in self.read)]
            ms = (time.perf_counter() - began) * 1000
            self.read += [replace(s, ms=ms) for s in fresh]
            now = time.thread_time()
            last = now if fresh else last
            if now - started > STILL_S:
                break
            if self.read and (not everything or now - last > MORE_S):
                break
        self._effort.pool.clear()
        return self.read

    def _steps(self) -> Iterator[tuple[Sighting, ...]]:
        picture = prepare.grey(self._image)
        cheap = self._effort.look(self._first, picture)
        yield cheap.read
        yield from self._parts(picture, cheap.unread)
        if self.read:
            return
        made = versions(self._image)
        first = next(made)
        yield from self._glance(first)
        yield from self._everywhere(first)
        others = []
        for version in made:
            others.append(version)
            yield from self._glance(version)
        for version in others:
            yield from self._everywhere(version)

    def _parts(self, picture: Image, unread: Sequence[Unread]) -> Iterator[tuple[Sighting, ...]]:
        """Look into the parts that may be codes, then, with those covered, for what is left."""
        while True:
            before = len(self.read)
            bare = _covered(picture, [s.corners for s in self.read])
            left = [u for u in unread if not any(_inside(u.centre, s.corners) for s in self.read)]
            likely = prepare.interests(bare, _MANY if self.read else 2)
            for box, found in regions(bare, left, likely, _MANY):
                for step in self._effort.steps(bare, box, at=0.0, found=found):
                    yield step.read
                    if step.read:
                        break
            if len(self.read) == before:
                return
            again = self._effort.look(
                self._first, _covered(picture, [s.corners for s in self.read])
            )
            yield again.read
            unread = again.unread

    def _glance(self, version: Version) -> Iterator[tuple[Sighting, ...]]:
        """Look once, and mend what is found."""
        picture = version.picture
        cheap = self._effort.look(self._first, picture)
        yield version.original(cheap.read)
        for unread in cheap.unread[:MOST_CODES]:
            for step in self._effort.mend(picture, unread):
                yield version.original(step.read)

    def _everywhere(self, version: Version) -> Iterator[tuple[Sighting, ...]]:
        """Try everything on the whole, then on the parts that are like a code."""
        picture = version.picture
        texture = prepare.texture(picture)
        if texture is not None and texture.max() < prepare.CODE_LIKE:
            return
        whole = (0, 0, picture.shape[1], picture.shape[0])
        for box in (whole, *(box for box, _ in regions(picture, (), prepare.interests(picture)))):
            for step in self._effort.steps(picture, box, at=0.0):
                yield version.original(step.read)


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


def _covered(picture: Image, codes: Sequence[Corners]) -> Image:
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


def _inside(point: tuple[float, float], corners: Corners) -> bool:
    if len(corners) < _FEWEST_CORNERS:
        return False
    hull = cv2.convexHull(np.array(corners, np.float32))
    return cv2.pointPolygonTest(hull, point, measureDist=False) >= 0


def _same(one: Sighting, other: Sighting) -> bool:
    """Whether two sightings are of one code, read in two ways."""
    return one.raw == other.raw and (
        _inside(one.centre, other.corners) or _inside(other.centre, one.corners)
    )
