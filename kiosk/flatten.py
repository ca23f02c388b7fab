"""A code that lies askew, blurred, bent or crumpled, laid flat: its modules, each with a doubt.

A decoder that found a code but could not read it says where its corners are and how many
modules it has. From there: the corners are moved until what every code shows (finders,
timing, alignment) is seen best; what blur mixes into each module from its neighbours is
learnt from the same known modules, and taken out; and what does not lie flat is followed
line by line.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import cv2
import numpy as np
from numpy.typing import NDArray

from kiosk import codewords
from kiosk.codewords import Bits, Soft
from kiosk.frames import Corners, Image

if TYPE_CHECKING:
    from collections.abc import Iterator

SCALE = 8
"""Pixels a module in the flattened picture."""

_MARGIN = 3  # modules around the code that are looked at with it
_SEEN = 7  # half-module points that are looked at around each module, each way
_MIDDLE = _SEEN // 2

Map = NDArray[np.float32]

_ENOUGH = 0.3
"""From this fit on it may be a code at all; those that could be mended had 0.5 and more."""


def views(grey: Image, corners: Corners, size: int) -> Iterator[Soft]:
    """Give the modules of the code at ``corners``, read in ever bolder ways.

    ``corners`` begin at the code's own upper left and go round by its upper right;
    ``size`` is its modules a side. Nothing is given where there is no such code.
    """
    xs, ys = _straight(refined(grey, corners, size), size)
    for flat_ones in (True, False):
        if not flat_ones:
            xs, ys = _followed(grey, xs, ys)
        soft, around, glared = _judged(_seen(grey, xs, ys), size)
        if codewords.fit(soft) < 0:  # light on dark
            soft, around = -soft, -around
        if codewords.fit(soft) < _ENOUGH:
            return
        yield soft
        even = equalised(around)
        yield even
        yield doubted(even, glared)


def mended(softs: Iterator[Soft]) -> Image | None:
    """Return a clean picture of the first of ``softs`` that is near a code, or None."""
    for soft in softs:
        code = codewords.mend(soft)
        if code is not None:
            return drawn(code)
    return None


def drawn(code: Bits, scale: int = 4) -> Image:
    """Return ``code`` as a clean picture for a decoder."""
    light = np.where(code == 1, 0, 255).astype(np.uint8)
    framed = cv2.copyMakeBorder(light, 4, 4, 4, 4, cv2.BORDER_CONSTANT, value=255)
    return np.kron(framed, np.ones((scale, scale), np.uint8)).astype(np.uint8)


def _onto(corners: Corners, size: int) -> NDArray[np.float64]:
    square = np.array([[0, 0], [size, 0], [size, size], [0, size]], np.float32)
    return cast(
        "NDArray[np.float64]", cv2.getPerspectiveTransform(square, np.array(corners, np.float32))
    )


def _put(onto: NDArray[np.float64], u: Map, v: Map) -> tuple[Map, Map]:
    """Return where points of the code (in modules) lie in the picture (in pixels)."""
    w = onto[2, 0] * u + onto[2, 1] * v + onto[2, 2]
    return (
        ((onto[0, 0] * u + onto[0, 1] * v + onto[0, 2]) / w - 0.5).astype(np.float32),
        ((onto[1, 0] * u + onto[1, 1] * v + onto[1, 2]) / w - 0.5).astype(np.float32),
    )


def refined(grey: Image, corners: Corners, size: int) -> Corners:
    """Return ``corners`` moved, each by about a module at most, to where the code fits best."""
    version = codewords.version_of(size)
    if version is None:
        return corners
    known = codewords.layout(version).known
    rows, columns = np.nonzero(known >= 0)
    wanted = np.where(known[rows, columns] == 1, -1.0, 1.0).astype(np.float32)
    wanted = (wanted - wanted.mean()) / wanted.std()
    u, v = (columns + 0.5).astype(np.float32), (rows + 0.5).astype(np.float32)
    soft = cv2.GaussianBlur(grey, (0, 0), 0.6)

    def score(places: Map) -> float:
        x, y = _put(_onto(cast(Corners, places), size), u, v)
        seen = cv2.remap(soft, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE).ravel()
        return abs(float(np.mean(wanted * seen))) / (float(seen.std()) + 1e-6)

    places = np.array(corners, np.float32)
    best = score(places)
    for step in (0.8, 0.4, 0.2, 0.1):
        for _ in range(3):
            along = (places[1] - places[0] + places[2] - places[3]) / 2 / size * step
            down = (places[3] - places[0] + places[2] - places[1]) / 2 / size * step
            before = best
            for corner in (2, 0, 1, 3):  # the one without a finder first: it is guessed
                for move in (along, -along, down, -down):
                    tried = places.copy()
                    tried[corner] += move
                    result = score(tried)
                    if result > best + 1e-4:
                        places, best = tried, result
            if best <= before:
                break
    return tuple((float(x), float(y)) for x, y in places)


def _straight(corners: Corners, size: int) -> tuple[Map, Map]:
    """Return where each module's centre lies (and those of the margin), by perspective alone."""
    centres = (np.arange(-_MARGIN, size + _MARGIN) + 0.5).astype(np.float32)
    u, v = np.meshgrid(centres, centres)
    return _put(_onto(corners, size), u, v)


def _seen(grey: Image, xs: Map, ys: Map) -> Map:
    """Return ``grey`` flattened: ``SCALE`` pixels for each of the modules at ``xs`` and ``ys``."""
    whole = (xs.shape[0] * SCALE,) * 2
    fine_x, fine_y = (
        cv2.resize(places, whole, interpolation=cv2.INTER_LINEAR) for places in (xs, ys)
    )
    seen = cv2.remap(grey, fine_x, fine_y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return cast(Map, cv2.GaussianBlur(seen.astype(np.float32), (0, 0), SCALE * 0.2))


def _followed(grey: Image, xs: Map, ys: Map) -> tuple[Map, Map]:
    """Return ``xs`` and ``ys`` moved to where the code's lines are.

    Edges between modules fall on grid lines, so the phase of the edges round a module tells
    how far the lines lie from where they are expected: up to half a module, and so from
    wide neighbourhoods to narrow ones.
    """
    for reach in (5.0, 2.6, 1.7):
        flat = _seen(grey, xs, ys)
        dx, dy = _shift(flat, reach, 0), _shift(flat, reach, 1)
        (x_down, x_along), (y_down, y_along) = (
            np.gradient(cv2.blur(places, (3, 3))) for places in (xs, ys)
        )
        xs = (xs + x_along * dx + x_down * dy).astype(np.float32)
        ys = (ys + y_along * dx + y_down * dy).astype(np.float32)
    return xs, ys


_TURNS = (np.arange(SCALE) + 0.5) * (2 * np.pi / SCALE)
_WAVES = np.stack([np.cos(_TURNS), np.sin(_TURNS)], 1).astype(np.float32)


def _shift(flat: Map, reach: float, axis: int) -> Map:
    """Return how far lines lie from where they are expected, in modules, along ``axis``."""
    size = flat.shape[0] // SCALE
    steps = np.abs(cv2.Sobel(flat, cv2.CV_32F, 1 - axis, axis))
    # A glare's rim or a card's edge is one strong line among the many of a code.
    steps = np.minimum(steps, 3 * steps.mean() + 1)
    outside = (_MARGIN - 1) * SCALE
    steps[:outside] = steps[-outside:] = 0
    steps[:, :outside] = steps[:, -outside:] = 0
    across = steps if axis == 0 else steps.T
    # The edges of each module's rows, summed by where in the module they lie.
    lanes = cv2.resize(
        np.ascontiguousarray(across), (size * SCALE, size), interpolation=cv2.INTER_AREA
    )
    waves = np.einsum("rcs,sw->rcw", lanes.reshape(size, size, SCALE), _WAVES)
    even, odd = (
        cv2.GaussianBlur(np.ascontiguousarray(waves[..., n]), (0, 0), reach) for n in (0, 1)
    )
    shift = np.arctan2(odd, even) / (2 * np.pi)
    return np.asarray(shift if axis == 0 else shift.T, np.float32)


def _judged(flat: Map, size: int) -> tuple[Soft, Map, Map]:
    """Return each module's darkness against its neighbourhood, what is round it, and glare.

    Darkness is about -1 to 1; round each module are ``_SEEN`` x ``_SEEN`` points.
    """
    points = _points(flat, size)
    values = np.ascontiguousarray(points[:, :, _MIDDLE, _MIDDLE])
    bright, dark = _extremes(values)
    spread = np.maximum(bright - dark, 1.0)
    # Where there is hardly any contrast (glare, a blot), nothing is sure.
    scale = 2 / np.maximum(spread, float(np.median(spread)) * 0.5)
    judged = np.asarray(((bright + dark) / 2)[..., None, None] - points, np.float32)
    judged *= scale[..., None, None]
    soft = np.asarray(judged[:, :, _MIDDLE, _MIDDLE], np.float32)
    if not (soft < 0).any() or not (soft > 0).any():
        return soft, judged, np.zeros_like(values)
    # Brighter than light modules usually are: that light comes from a lamp, not from paper.
    paper, ink = float(np.median(values[soft < 0])), float(np.median(values[soft > 0]))
    glared = np.clip((values - paper) / max(paper - ink, 1.0) / 0.2 - 0.5, 0, 1)
    return soft, judged, glared.astype(np.float32)


def _extremes(values: Map) -> tuple[Map, Map]:
    """Return how bright and how dark modules are in each one's neighbourhood.

    Seven modules wide, and less where less shows the same contrast: a shadow's edge.
    """
    found = []
    for side in (3, 5, 7):
        around = np.ones((side, side), np.uint8)
        bright, dark = cv2.dilate(values, around), cv2.erode(values, around)
        found.append((bright, dark, (bright - dark) / (bright + dark + 1)))
    usual = float(np.median(found[1][2])) * 0.9
    bright, dark = (cv2.blur(extreme, (5, 5)) for extreme in found[2][:2])
    for near_bright, near_dark, contrast in (found[1], found[0]):
        bright = np.where(contrast >= usual, near_bright, bright)
        dark = np.where(contrast >= usual, near_dark, dark)
    return cast(Map, bright), cast(Map, dark)


def _points(flat: Map, size: int) -> Map:
    """Return ``_SEEN`` x ``_SEEN`` points round each module's centre, half a module apart."""
    half = SCALE // 2
    # Centres fall between four pixels: a mean over two by two puts them on one.
    even = cv2.boxFilter(flat, -1, (2, 2), anchor=(0, 0))
    first = _MARGIN * SCALE + half - 1 - _MIDDLE * half
    lattice = np.ascontiguousarray(even[first::half, first::half])
    windows = np.lib.stride_tricks.sliding_window_view(lattice, (_SEEN, _SEEN))
    return cast(Map, np.ascontiguousarray(windows[: 2 * size : 2, : 2 * size : 2]))


def equalised(around: Map) -> Soft:
    """Return the modules with what blur mixes into each from its neighbours taken out again.

    The known modules teach how this picture mixes them, whatever the blur: out of focus,
    moved, small. Then the surest of the others teach again.
    """
    size = around.shape[0]
    known = codewords.layout((size - 17) // 4).known.ravel()
    seen = np.clip(around.reshape(size * size, -1), -2, 2)
    many = seen.shape[1]
    plain = np.zeros(many, np.float32)
    plain[many // 2] = 1
    wanted = np.where(known == 1, 1.0, -1.0).astype(np.float32)
    weight = (known >= 0).astype(np.float32)
    soft = seen[:, many // 2]
    for _ in range(3):
        # cv2 and not numpy's matrix product: its threads cost a hundred times the work here.
        weighted = seen * np.sqrt(weight)[:, None]
        ridge = 0.001 * float(weight.sum())
        square = cv2.mulTransposed(weighted, aTa=True) + ridge * np.eye(many, dtype=np.float32)
        right = np.einsum("ij,i->j", seen, weight * wanted) + ridge * plain
        column = right.astype(np.float32).reshape(-1, 1)
        _, kernel = cv2.solve(square.astype(np.float32), column, flags=cv2.DECOMP_CHOLESKY)
        soft = np.einsum("ij,j->i", seen, kernel.ravel())
        sure = np.clip(np.abs(soft) - 0.3, 0, 0.7)
        weight = np.where(known >= 0, 1.0, sure).astype(np.float32)
        wanted = np.where(known >= 0, wanted, np.sign(soft)).astype(np.float32)
    return np.asarray(soft.reshape(size, size), np.float32)


_UNUSUAL = ((3, 3), (4, 4), (3, 6), (6, 3), (1, 9), (9, 1))


def doubted(soft: Soft, glared: Map) -> Soft:
    """Return ``soft`` with doubt where no code looks so: under glare, in blots and strokes."""
    content = codewords.layout((soft.shape[0] - 17) // 4).known < 0
    judged = soft * (1 - 0.9 * glared)
    for colour in (soft > 0, soft <= 0):
        there = np.pad((colour & content).astype(np.uint8), 9)
        for shape in _UNUSUAL:
            blot = cv2.morphologyEx(there, cv2.MORPH_OPEN, np.ones(shape, np.uint8))
            judged[blot[9:-9, 9:-9] > 0] *= 0.5
    return np.asarray(judged, np.float32)
