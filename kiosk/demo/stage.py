"""The made video's stage: the place, the people, the hands, and what light and lens do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np
from numpy.typing import NDArray

from kiosk.demo.carriers import PIXELS_A_MM, Carrier, Colour, write

if TYPE_CHECKING:
    from kiosk.frames import Image

SIZE = (1280, 720)

_SKIN: tuple[Colour, ...] = ((132, 168, 208), (116, 152, 196), (146, 182, 220), (98, 134, 180))


@dataclass(frozen=True, slots=True, eq=False)
class Sprite:
    """A picture with transparency, its colours already multiplied by their opacity."""

    colours: Image  # BGR
    clear: Image  # one channel: how much of what lies behind shows through, 0 to 255

    @classmethod
    def of(cls, face: Image, cover: Image) -> Sprite:
        """Make a sprite of colours and opacity."""
        colours = cv2.multiply(face, cv2.merge([cover] * 3), scale=1 / 255)
        return cls(colours.astype(np.uint8), 255 - cover)


def scenery(seed: int) -> Image:
    """Return the entrance behind the people, out of focus: a hospital's hall in the morning."""
    rng = np.random.default_rng(seed)
    width, height = SIZE
    place = np.empty((height, width, 3), np.uint8)
    place[:430] = np.linspace((226, 214, 196), (238, 236, 228), 430)[:, None]
    place[430:] = np.linspace((150, 164, 170), (196, 204, 206), height - 430)[:, None]
    for x in range(-200, width + 200, 150):  # floor tiles run to the vanishing point
        cv2.line(
            place, (640 + (x - 640) // 4, 430), (640 + (x - 640) * 2, height), (150, 160, 164), 3
        )
    for y in (452, 486, 536, 610):
        cv2.line(place, (0, y), (width, y), (156, 166, 170), 3)
    # glass front with daylight and trees
    cv2.rectangle(place, (300, 96), (980, 430), (248, 244, 232), -1)
    for _ in range(60):
        centre = (int(rng.uniform(310, 970)), int(rng.uniform(230, 400)))
        green = (
            70 + int(rng.integers(60)),
            150 + int(rng.integers(60)),
            90 + int(rng.integers(60)),
        )
        cv2.circle(place, centre, int(rng.uniform(14, 44)), green, -1)
    cv2.rectangle(place, (300, 372), (980, 430), (206, 210, 208), -1)
    for x in (300, 470, 640, 810, 980):
        cv2.rectangle(place, (x - 6, 90), (x + 6, 432), (120, 112, 104), -1)
    cv2.rectangle(place, (300, 84), (980, 100), (120, 112, 104), -1)
    # sign, reception desk, plants, seats
    cv2.rectangle(place, (330, 14), (950, 76), (110, 92, 14), -1)
    write(place, "BỆNH VIỆN ĐA KHOA", (376, 60), (255, 255, 255), 46)
    cv2.rectangle(place, (0, 300), (230, 520), (196, 176, 140), -1)
    cv2.rectangle(place, (0, 300), (236, 322), (110, 92, 14), -1)
    for x, y in ((1090, 350), (262, 392)):
        cv2.rectangle(place, (x - 26, y + 50), (x + 26, y + 120), (64, 84, 120), -1)
        for turn in np.linspace(-2.6, -0.5, 9):
            tip = (round(x + 74 * np.cos(turn)), round(y + 40 + 90 * np.sin(turn)))
            cv2.line(place, (x, y + 46), tip, (58, 120, 64), 14, cv2.LINE_AA)
    for x in (1120, 1190, 1260):
        cv2.rectangle(place, (x - 30, 400), (x + 30, 470), (150, 100, 40), -1)
        cv2.rectangle(place, (x - 30, 470), (x + 30, 486), (110, 76, 30), -1)
    place = cv2.GaussianBlur(place, (0, 0), 7).astype(np.uint8)
    for _ in range(7):  # lamps, out of focus
        lamp = np.zeros_like(place)
        cv2.circle(
            lamp, (int(rng.uniform(0, width)), int(rng.uniform(0, 90))), 22, (60, 70, 74), -1
        )
        place = cv2.add(place, cv2.GaussianBlur(lamp, (0, 0), 3)).astype(np.uint8)
    return place


def visitor(seed: int) -> Sprite:
    """Return a masked person from the chest up, 620x640 pixels, a little out of focus."""
    rng = np.random.default_rng(seed)
    width, height = 620, 640
    face = np.zeros((height, width, 3), np.uint8)
    cover = np.zeros((height, width), np.uint8)
    skin = _SKIN[int(rng.integers(len(_SKIN)))]
    shirts = ((178, 120, 60), (86, 92, 190), (120, 150, 90), (200, 196, 190), (130, 90, 130))
    shirt = shirts[int(rng.integers(len(shirts)))]
    hair = (34, 30, 30) if rng.random() < 0.8 else (130, 130, 134)
    long_hair = bool(rng.integers(2)) and hair[0] < 60

    def ellipse(centre: tuple[int, int], axes: tuple[int, int], colour: Colour) -> None:
        for target, value in ((face, colour), (cover, 255)):
            cv2.ellipse(target, centre, axes, 0, 0, 360, value, -1, cv2.LINE_AA)

    if long_hair:
        ellipse((310, 250), (122, 190), hair)
    ellipse((310, 640), (270, 230), shirt)
    cv2.rectangle(face, (262, 300), (358, 430), tuple(int(c * 0.86) for c in skin), -1)
    cv2.ellipse(face, (310, 424), (60, 36), 0, 0, 180, tuple(int(c * 0.86) for c in skin), -1)
    cv2.rectangle(cover, (262, 300), (358, 430), 255, -1)
    ellipse((310, 210), (104, 136), skin)
    cv2.ellipse(face, (310, 176), (112, 116), 0, 180, 360, hair, -1, cv2.LINE_AA)
    cv2.ellipse(cover, (310, 176), (112, 116), 0, 180, 360, 255, -1, cv2.LINE_AA)
    cv2.ellipse(face, (310, 190), (90, 44), 0, 180, 360, skin, -1, cv2.LINE_AA)
    for side in (-1, 1):
        cv2.ellipse(
            face, (310 + side * 42, 204), (15, 8), 0, 0, 360, (244, 244, 244), -1, cv2.LINE_AA
        )
        cv2.circle(face, (310 + side * 42, 204), 7, (40, 36, 36), -1, cv2.LINE_AA)
        cv2.ellipse(face, (310 + side * 42, 184), (24, 9), 0, 200, 340, hair, 5, cv2.LINE_AA)
    mask = (228, 214, 186) if rng.random() < 0.7 else (240, 240, 240)
    around = np.array([[214, 236], [310, 222], [406, 236], [392, 312], [310, 350], [228, 312]])
    cv2.fillPoly(face, [around.astype(np.int32)], mask, cv2.LINE_AA)
    for y in (262, 284, 306):
        cv2.ellipse(
            face, (310, y - 10), (82, 14), 0, 20, 160, tuple(c - 22 for c in mask), 2, cv2.LINE_AA
        )
    shade = np.linspace(1.04, 0.86, width)[None, :, None]
    face = np.clip(face * shade, 0, 255).astype(np.uint8)
    blurred = [cv2.GaussianBlur(layer, (0, 0), 2.6).astype(np.uint8) for layer in (face, cover)]
    return Sprite.of(blurred[0], blurred[1])


def held(carrier: Carrier, seed: int, below: int) -> tuple[Sprite, tuple[float, float]]:
    """Return ``carrier`` in a hand, with its shadow, and where its code's centre lies.

    The arm reaches ``below`` pixels under the carrier.
    """
    margin = round(14 * PIXELS_A_MM)
    height, width = carrier.face.shape[:2]
    full = (height + margin + below, width + 2 * margin)
    face = np.zeros((*full, 3), np.uint8)
    cover = np.zeros(full, np.uint8)
    skin = _SKIN[seed % len(_SKIN)]
    inner = (slice(margin, margin + height), slice(margin, margin + width))
    # shadow: the card's shape, soft and a little lower
    small = np.zeros((full[0] // 8, full[1] // 8), np.uint8)
    step = margin // 8
    small[step + 6 : step + 6 + height // 8, step : step + width // 8] = 110
    cover = cv2.resize(cv2.GaussianBlur(small, (0, 0), 6), full[::-1]).astype(np.uint8)
    # forearm, palm and fingers behind, at the lower edge
    middle = margin + width // 2
    bottom = margin + height
    thick = round(9 * PIXELS_A_MM)
    palm = (middle + thick, bottom + round(2.6 * thick))
    end = (palm[0] + round(0.25 * (full[0] - palm[1])), full[0] + thick)
    cuff = tuple(round(a + 0.4 * (b - a)) for a, b in zip(palm, end, strict=True))
    _finger(face, cover, (palm[0], palm[1] + thick), end, round(3.4 * thick), skin)
    sleeve = tuple((90, 70, 60, 120, 80)[(seed + n) % 5] for n in range(3))
    _finger(face, cover, cuff, end, round(4.4 * thick), sleeve)
    for n in range(4):
        start = (palm[0] - round(1.5 * thick) + n * round(1.02 * thick), palm[1])
        tip = (start[0] - round((1.6 - 0.5 * n) * 20), bottom - 2 * thick)
        _finger(face, cover, start, tip, thick, tuple(c - 10 * (3 - n) for c in skin))
    _finger(face, cover, palm, (palm[0], palm[1] + 8), round(4.2 * thick), skin)
    opaque = carrier.cover[..., None] > 127
    face[inner] = np.where(opaque, carrier.face, face[inner])
    cover[inner] = np.maximum(cover[inner], carrier.cover)
    # thumb in front
    thumb = (middle + round(1.2 * thick), bottom - round(0.5 * thick))
    root = (palm[0] + round(1.7 * thick), palm[1])
    _finger(face, cover, root, thumb, round(thick * 1.2), skin)
    cv2.ellipse(
        face,
        (thumb[0] + 10, thumb[1] + 4),
        (thick // 3, thick // 2),
        -24,
        0,
        360,
        (206, 214, 238),
        -1,
        cv2.LINE_AA,
    )
    return Sprite.of(face, cover), (carrier.code[0] + margin, carrier.code[1] + margin)


def _finger(
    face: Image,
    cover: Image,
    start: tuple[int, ...],
    end: tuple[int, ...],
    thick: int,
    skin: Colour,
) -> None:
    dark = tuple(round(c * 0.82) for c in skin)
    for colour, wide in ((dark, thick), (skin, round(thick * 0.86))):
        cv2.line(face, start, end, colour, wide, cv2.LINE_AA)
    cv2.line(cover, start, end, 255, thick, cv2.LINE_AA)


def put(frame: Image, sprite: Sprite, onto: NDArray[np.float32], blur: tuple[float, float]) -> None:
    """Draw ``sprite`` into ``frame`` through the 3x3 matrix ``onto``, smeared by ``blur``."""
    height, width = sprite.clear.shape
    edges = np.array([[[0, 0], [width, 0], [width, height], [0, height]]], np.float32)
    around = cv2.perspectiveTransform(edges, onto)[0]
    reach = int(max(abs(blur[0]), abs(blur[1]))) + 2
    left, top = np.maximum(np.floor(around.min(0)).astype(int) - reach, 0)
    right, bottom = np.minimum(np.ceil(around.max(0)).astype(int) + reach, frame.shape[1::-1])
    if right - left < 2 or bottom - top < 2:
        return
    shift = np.array([[1, 0, -left], [0, 1, -top], [0, 0, 1]], np.float32)
    size = (int(right - left), int(bottom - top))
    where = (shift @ onto).astype(np.float32)
    colours = cv2.warpPerspective(sprite.colours, where, size, flags=cv2.INTER_LINEAR)
    clear = cv2.warpPerspective(sprite.clear, where, size, flags=cv2.INTER_LINEAR, borderValue=255)
    if max(abs(blur[0]), abs(blur[1])) >= 2:
        kernel = smear(blur)
        colours, clear = cv2.filter2D(colours, -1, kernel), cv2.filter2D(clear, -1, kernel)
    part = frame[top:bottom, left:right]
    behind = cv2.multiply(part, cv2.merge([clear] * 3), scale=1 / 255)
    cv2.add(behind, colours, dst=part)


def smear(blur: tuple[float, float]) -> NDArray[np.float32]:
    """Return the kernel of a movement by ``blur`` pixels during the exposure."""
    side = int(max(abs(blur[0]), abs(blur[1]))) // 2 * 2 + 3
    kernel = np.zeros((side, side), np.float32)
    middle = side // 2
    for part in np.linspace(-0.5, 0.5, side * 2):
        kernel[round(middle + part * blur[1]), round(middle + part * blur[0])] += 1
    return np.asarray(kernel / kernel.sum(), np.float32)


class Lens:
    """Light, noise and glare over a finished frame; the same for the same seed."""

    def __init__(self, seed: int, *, light: float, noise: float) -> None:
        rng = np.random.default_rng(seed)
        self._light = light
        self._rng = rng
        grain = rng.normal(0, max(noise, 0.1), (SIZE[1] + 64, SIZE[0] + 64)).astype(np.int16)
        self._grain = np.repeat(grain[..., None], 3, axis=2)
        self._vignette: Image | None = None

    def take(self, frame: Image, glare: tuple[float, float, float] | None = None) -> Image:
        """Return ``frame`` as the camera sees it; ``glare`` is x, y and radius in pixels."""
        if self._light != 1.0:
            frame = cv2.convertScaleAbs(frame, alpha=self._light).astype(np.uint8)
        if glare:
            frame = _shine(frame, glare)
        x, y = (int(n) for n in self._rng.integers(0, 64, 2))
        grain = self._grain[y : y + SIZE[1], x : x + SIZE[0]]
        return cv2.add(frame, grain, dtype=cv2.CV_8U).astype(np.uint8)


def _shine(frame: Image, glare: tuple[float, float, float]) -> Image:
    x, y, radius = (round(n) for n in glare)
    light = np.zeros((SIZE[1] // 4, SIZE[0] // 4), np.uint8)
    cv2.ellipse(light, (x // 4, y // 4), (radius // 4, radius // 9), -32, 0, 360, 255, -1)
    soft = cv2.GaussianBlur(light, (0, 0), max(radius / 28, 1))
    full = cv2.resize(soft, SIZE, interpolation=cv2.INTER_LINEAR)
    return cv2.add(frame, cv2.merge([full] * 3)).astype(np.uint8)
