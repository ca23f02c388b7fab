"""Every code in a picture that stands alone: one try after another, the likeliest first.

A video brings another frame; of a picture that stands alone there is no other. So where the
scanner's way with a frame reads nothing, the picture is made anew as a whole (lit otherwise,
in one colour, in other sizes, turned, in a mirror) and looked at again; and what was read is
covered to see what else is there.
"""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING

from kiosk import prepare
from kiosk.versions import covered, inside, versions

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from kiosk.decoders import Zxing
    from kiosk.effort import Effort
    from kiosk.frames import Image, Sighting, Unread
    from kiosk.prepare import Box, Interest
    from kiosk.versions import Version

STILL_S = 2.5
"""The most processor time that is spent on a picture that stands alone."""

MORE_S = 0.25
"""So long, after a code was read, further ones are looked for."""

MOST_CODES = 3
"""Of codes that do not read, so many are tried in one frame."""

_MANY = 12  # of codes that do not read, and of parts like a code, in a picture that stands alone


def regions(
    picture: Image, unread: Sequence[Unread], likely: Sequence[Interest], most: int = MOST_CODES
) -> list[tuple[Box, list[Unread]]]:
    """Return the parts of ``picture`` worth an effort, with the codes found in each."""
    size = (picture.shape[1], picture.shape[0])
    parts = [(prepare.grown(prepare.bounds(u.corners), 0.3, size), [u]) for u in unread[:most]]
    return parts or [(prepare.grown(part.box, 0.2, size), []) for part in likely]


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
        yield first.original(self._effort.look(self._effort.oldest, first.picture).read)
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
            bare = covered(picture, [s.corners for s in self.read])
            left = [u for u in unread if not any(inside(u.centre, s.corners) for s in self.read)]
            likely = prepare.interests(bare, _MANY if self.read else 2)
            for box, found in regions(bare, left, likely, _MANY):
                for step in self._effort.steps(bare, box, at=0.0, found=found):
                    yield step.read
                    if step.read:
                        break
            if len(self.read) == before:
                return
            again = self._effort.look(self._first, covered(picture, [s.corners for s in self.read]))
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


def _same(one: Sighting, other: Sighting) -> bool:
    """Whether two sightings are of one code, read in two ways."""
    return one.raw == other.raw and (
        inside(one.centre, other.corners) or inside(other.centre, one.corners)
    )
