"""Pictures made easier to read: pure arithmetic of cv2 and numpy, grey in, grey out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

import cv2
import numpy as np

from kiosk.frames import Image

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

Box = tuple[int, int, int, int]
"""Left, top, right, bottom in pixels."""

CELL = 16
"""The side in pixels of the squares in which :func:`texture` looks for codes."""

_REACH = 4  # pixels between which a step is taken: about a module
_STEEPEST = 40  # grey levels a step counts at most: an edge of a door is no code

CODE_LIKE = 5
"""Mean step in both directions, above that of the picture's noise, from which a cell may
belong to a code: black on white gives 20 to 30, a dimmed phone 6 to 18, walls and faces
under 5; hair, leaves and patterned shirts are as high as codes."""


def grey(image: Image) -> Image:
    """Return ``image`` without its colours; itself where it has none."""
    if image.ndim == 2:
        return image
    code = cv2.COLOR_BGRA2GRAY if image.shape[2] == 4 else cv2.COLOR_BGR2GRAY
    return cast(Image, cv2.cvtColor(image, code))


def texture(picture: Image) -> Image | None:
    """Return how much each cell of ``picture`` changes both ways, from samples of its lines.

    A code has steps along rows and along columns everywhere; text has them more along
    rows, edges one way only. None when the picture is smaller than a cell.
    """
    rows, columns = picture.shape[0] // CELL, picture.shape[1] // CELL
    if not rows or not columns:
        return None
    # Half as large: half the work, and half of the grain gone.
    half = cv2.resize(
        picture[: rows * CELL, : columns * CELL],
        (columns * CELL // 2, rows * CELL // 2),
        interpolation=cv2.INTER_AREA,
    )
    reach, size = _REACH // 2, (columns, rows)
    # Each cell is judged by two of its rows and two of its columns.
    along, across = np.ascontiguousarray(half[2::4]), np.ascontiguousarray(half[:, 2::4])
    steps_x = cv2.copyMakeBorder(
        cv2.absdiff(along[:, reach:], along[:, :-reach]), 0, 0, 0, reach, cv2.BORDER_REPLICATE
    )
    steps_y = cv2.copyMakeBorder(
        cv2.absdiff(across[reach:], across[:-reach]), 0, reach, 0, 0, cv2.BORDER_REPLICATE
    )
    return cast(
        Image,
        cv2.min(
            *(
                cv2.resize(np.minimum(steps, _STEEPEST), size, interpolation=cv2.INTER_AREA)
                for steps in (steps_x, steps_y)
            )
        ),
    )


@dataclass(frozen=True, slots=True)
class Interest:
    """A part of a picture that may be a code. ``strength`` is in grey levels a pixel."""

    box: Box
    strength: float

    @property
    def centre(self) -> tuple[float, float]:
        """The middle of the box."""
        left, top, right, bottom = self.box
        return (left + right) / 2, (top + bottom) / 2

    @property
    def mass(self) -> float:
        """How much there is of it: strength times area."""
        left, top, right, bottom = self.box
        return self.strength * (right - left) * (bottom - top)


def interests(picture: Image, most: int = 2) -> list[Interest]:
    """Return the parts of ``picture`` most like a code, the likeliest first.

    0.15 ms at 1280x720 where there are none.
    """
    raw = texture(picture)
    if raw is None:
        return []
    cells = cast(Image, cv2.blur(raw, (3, 3)))
    noise = float(np.median(cells))
    found: list[Interest] = []
    while len(found) < most:
        _, peak, _, where = cv2.minMaxLoc(cells)
        if peak - noise < CODE_LIKE:
            break
        above = (cells > noise + (peak - noise) / 2).astype(np.uint8)
        likely = cv2.morphologyEx(above, cv2.MORPH_CLOSE, np.ones((3, 3), np.uint8))
        _, labels, stats, _ = cv2.connectedComponentsWithStats(likely)
        left, top, width, height, _ = (int(n) for n in stats[labels[where[1], where[0]]])
        box = (left * CELL, top * CELL, (left + width) * CELL, (top + height) * CELL)
        found.append(Interest(box, peak - noise))
        cells[max(0, top - 1) : top + height + 1, max(0, left - 1) : left + width + 1] = 0
    return found


def grown(box: Box, share: float, size: tuple[int, int]) -> Box:
    """Return ``box`` widened on each side by ``share`` of its longer side, within ``size``."""
    left, top, right, bottom = box
    more = round(max(right - left, bottom - top) * share) + CELL
    return (
        max(0, left - more),
        max(0, top - more),
        min(size[0], right + more),
        min(size[1], bottom + more),
    )


def bounds(points: Iterable[tuple[float, float]]) -> Box:
    """Return the box round ``points``."""
    xs, ys = zip(*points, strict=True)
    return int(min(xs)), int(min(ys)), int(max(xs)) + 1, int(max(ys)) + 1


def shrunk(picture: Image, longest: int) -> tuple[Image, float]:
    """Return ``picture`` with no side over ``longest`` pixels, and how much smaller it is."""
    times = max(picture.shape) / longest
    if times <= 1:
        return picture, 1.0
    size = (max(1, round(picture.shape[1] / times)), max(1, round(picture.shape[0] / times)))
    return cast(Image, cv2.resize(picture, size, interpolation=cv2.INTER_AREA)), times


def cut(picture: Image, box: Box) -> Image:
    """Return the part of ``picture`` inside ``box``."""
    left, top, right, bottom = box
    return np.ascontiguousarray(picture[top:bottom, left:right])


@dataclass(frozen=True, slots=True)
class Pass:
    """A way of making a picture easier: what ``make`` gives is ``times`` as large.

    ``contrast`` is how the decoder is to tell dark from light in it (see ``Zxing``);
    ``mended`` says that codes found in it are laid flat in what was made, not only in the
    picture that it was made from.
    """

    name: str
    make: Callable[[Image], Image]
    times: int = 1
    contrast: str = "local"
    mended: bool = False


def _sharpened(picture: Image, reach: float, amount: float) -> Image:
    soft = cv2.GaussianBlur(picture, (0, 0), reach)
    return cast(Image, cv2.addWeighted(picture, 1 + amount, soft, -amount, 0))


def _blurred(picture: Image, reach: float) -> Image:
    return cast(Image, cv2.GaussianBlur(picture, (0, 0), reach))


def enlarged(picture: Image, times: int) -> Image:
    """Return ``picture`` ``times`` as large, smooth between its pixels."""
    return cast(Image, cv2.resize(picture, None, fx=times, fy=times, interpolation=cv2.INTER_CUBIC))


def _evened(picture: Image) -> Image:
    return cast(Image, cv2.createCLAHE(4.0, (6, 6)).apply(picture))


def _opened(picture: Image) -> Image:
    return cast(Image, cv2.morphologyEx(picture, cv2.MORPH_OPEN, np.ones((3, 3), np.uint8)))


def levelled(picture: Image) -> Image:
    """Return ``picture`` with every neighbourhood equally bright and equally strong in contrast.

    For bands of a flickering lamp, stripes of shadow, a screen's edge. 15 pixels wide: of 15,
    31, 61 and 121 that one read most of such pictures.
    """
    levels = picture.astype(np.float32)
    mean = cv2.blur(levels, (15, 15))
    spread = np.sqrt(np.maximum(cv2.blur(levels * levels, (15, 15)) - mean * mean, 4.0))
    return np.clip(128 + (levels - mean) / spread * 60, 0, 255).astype(np.uint8)


PASSES = (
    # Grain, print and cloth: the median keeps edges. 0.2 ms on a code of 300 pixels.
    Pass("median", lambda p: cast(Image, cv2.medianBlur(p, 3)), contrast="global"),
    # Small codes: more pixels, sharper ones. 5 ms.
    Pass("crisp", lambda p: _sharpened(enlarged(p, 2), 2, 1.5), times=2),
    # Dim, pale, in shadow, moved: each neighbourhood lit alike. 5 ms.
    Pass("lit", lambda p: _blurred(_evened(enlarged(p, 2)), 1.5), times=2),
    # In bands, as screens are that flicker, and in stripes of shadow. 1 ms.
    Pass("levelled", levelled),
    # Out of focus. 2 ms.
    Pass("focus", lambda p: _sharpened(_blurred(p, 1), 4, 2)),
    # Noise and moiré: what is finer than a module goes, what is coarser is evened. 6 ms.
    Pass("calm", lambda p: _sharpened(_blurred(p, 2), 8, 3)),
    # Very small and out of focus. 15 ms.
    Pass("large", lambda p: _sharpened(enlarged(p, 3), 6, 2), times=3),
    # Under 1.2 pixels a module: found so, and then mended. 15 ms.
    Pass("tiny", lambda p: _sharpened(enlarged(p, 3), 3, 2), times=3, mended=True),
    # Drawn codes and outlines: thin light lines go. 2 ms.
    Pass(
        "filled",
        lambda p: cast(Image, cv2.medianBlur(enlarged(p, 2), 5)),
        times=2,
        contrast="global",
    ),
    Pass("opened", _opened),
)
"""In the order in which they are tried: what reads most for its time first, as measured on
the graded corpus (docs/reading.md)."""
