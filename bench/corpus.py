"""Pictures of codes, degraded in one way at a time, at graded strength; the same for a seed.

Each :class:`Degradation` has rising strengths, the last of which nobody should read. A
picture is a card with one code before a mottled background, as a camera at a gate sees it.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import cv2
import numpy as np
import qrcode

from bench.payloads import payload

if TYPE_CHECKING:
    from collections.abc import Callable

    from kiosk.frames import Image

SIZE = (640, 480)


@lru_cache(maxsize=16)
def modules(text: str | bytes, *, level: str = "L", mask: int | None = None) -> Image:
    """Return the code of ``text`` as ones (dark) and zeros, without its quiet zone.

    Kept for the other frames of a film: the library takes 90 ms for one.
    """
    levels = {"L": 1, "M": 0, "Q": 3, "H": 2}
    code = qrcode.QRCode(error_correction=levels[level], border=0, mask_pattern=mask)
    code.add_data(text if isinstance(text, bytes) else text.encode(), optimize=0)
    code.make()
    drawn = np.array(code.get_matrix(), np.uint8)
    drawn.flags.writeable = False
    return drawn


@dataclass(slots=True)
class Shot:
    """How one picture is taken; a degradation turns one or two of these."""

    pixels: float = 5.0  # a module's side in the picture
    roll: float = 0.0  # degrees
    yaw: float = 0.0
    pitch: float = 0.0
    black: float = 40.0  # grey levels of ink and paper
    white: float = 215.0
    blur: float = 0.5  # Gaussian sigma in pixels
    motion: float = 0.0  # length of the smear in modules
    noise: float = 3.0  # sigma in grey levels
    glare: float = 0.0  # share of the code's side that a lamp washes out
    damage: float = 0.0  # share of the code's area that is scribbled over
    moire: float = 0.0  # depth of a screen's grid, share of the contrast
    crumple: float = 0.0  # how far points wander, in modules
    bend: float = 0.0  # degrees of a cylinder that the card is bent round
    shadow: float = 0.0  # share of the light that a hard shadow takes
    copies: float = 0.0  # generations of photocopying
    jpeg: int = 0  # quality, 0: none
    inverted: bool = False


def take(text: str, shot: Shot, seed: int, *, level: str = "L", grain: int | None = None) -> Image:
    """Return a grey picture of ``text``'s code, taken as ``shot`` says.

    ``grain`` varies the noise alone: the frames of one scene.
    """
    rng = np.random.default_rng(seed)
    fine = 10
    code = np.kron(modules(text, level=level), np.ones((fine, fine), np.uint8))
    card = cv2.copyMakeBorder(1 - code, *(4 * fine,) * 4, cv2.BORDER_CONSTANT, value=1)
    card = card.astype(np.float32)
    if shot.damage:
        _scribble(card, shot.damage, fine, rng)
    if shot.copies:
        card = _photocopy(card, shot.copies, fine, rng)
    if shot.inverted:
        card = 1 - card
    card = shot.black + card * (shot.white - shot.black)
    place = _background(rng)
    placed, inside = _project(card, shot, fine, rng)
    picture = place * (1 - inside) + placed * inside
    if shot.shadow:
        picture *= _shadow(shot.shadow, rng)
    if shot.glare:
        side = card.shape[0] / fine * shot.pixels
        picture += _lamp(shot.glare * side, side, rng)
    picture = cv2.GaussianBlur(picture, (0, 0), max(shot.blur, 0.01))
    if shot.motion:
        picture = cv2.filter2D(
            picture, -1, _smear(shot.motion * shot.pixels, rng.uniform(0, np.pi))
        )
    if shot.moire:
        picture += _grid(shot.moire * (shot.white - shot.black), rng)
    if grain is not None:
        rng = np.random.default_rng((seed, grain))
    picture += rng.normal(0, shot.noise, picture.shape)
    grey = np.clip(picture, 0, 255).astype(np.uint8)
    if shot.jpeg:
        coded = cv2.imencode(".jpg", grey, [cv2.IMWRITE_JPEG_QUALITY, shot.jpeg])[1]
        grey = cv2.imdecode(coded, cv2.IMREAD_GRAYSCALE).astype(np.uint8)
    return grey


def _background(rng: np.random.Generator) -> np.ndarray:
    small = rng.uniform(70, 170, (SIZE[1] // 40, SIZE[0] // 40)).astype(np.float32)
    return cv2.resize(small, SIZE, interpolation=cv2.INTER_CUBIC)


def _project(
    card: np.ndarray, shot: Shot, fine: int, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Return the card as it stands in the picture, and where it is."""
    side = card.shape[0]
    roll, yaw, pitch = (np.radians(a) for a in (shot.roll, shot.yaw, shot.pitch))
    cz, sz, cy, sy, cx, sx = (f(a) for a in (roll, yaw, pitch) for f in (np.cos, np.sin))
    turn = (
        np.array([[1, 0, 0], [0, cx, -sx], [0, sx, cx]])
        @ np.array([[cy, 0, sy], [0, 1, 0], [-sy, 0, cy]])
        @ np.array([[cz, -sz, 0], [sz, cz, 0], [0, 0, 1]])
    )
    scale = shot.pixels / fine
    x0, y0 = SIZE[0] / 2 + rng.uniform(-9, 9), SIZE[1] / 2 + rng.uniform(-9, 9)
    far = 900.0
    flat = np.array([[scale, 0, -scale * side / 2], [0, scale, -scale * side / 2], [0, 0, 1]])
    space = np.column_stack(
        [
            [turn[0, 0], turn[1, 0], turn[2, 0] / far],
            [turn[0, 1], turn[1, 1], turn[2, 1] / far],
            [0, 0, 1],
        ]
    )
    onto = np.array([[1, 0, x0], [0, 1, y0], [0, 0, 1]]) @ space @ flat
    back = np.linalg.inv(onto)
    edges = np.array([[[0, 0], [side, 0], [side, side], [0, side]]], np.float64)
    around = cv2.perspectiveTransform(edges, onto)[0]
    margin = 3 + 1.5 * shot.crumple * shot.pixels
    left, top = (int(n) for n in np.clip(around.min(0) - margin, 0, np.array(SIZE) - 8))
    right, bottom = (int(n) for n in np.clip(around.max(0) + margin, (left + 8, top + 8), SIZE))
    # Four samples a pixel each way: a pixel sees the mean of what falls on it.
    over = 4
    xs, ys = np.meshgrid(
        left + (np.arange((right - left) * over, dtype=np.float32) + 0.5) / over - 0.5,
        top + (np.arange((bottom - top) * over, dtype=np.float32) + 0.5) / over - 0.5,
    )
    w = back[2, 0] * xs + back[2, 1] * ys + back[2, 2]
    u = ((back[0, 0] * xs + back[0, 1] * ys + back[0, 2]) / w).astype(np.float32)
    v = ((back[1, 0] * xs + back[1, 1] * ys + back[1, 2]) / w).astype(np.float32)
    if shot.bend:
        half = np.radians(shot.bend) / 2
        across = np.clip((u - side / 2) / (side / 2) * np.sin(half), -1, 1)
        u = (side / 2 + np.arcsin(across) / half * side / 2).astype(np.float32)
    if shot.crumple:
        wander = []
        for _ in range(2):
            waves = rng.normal(0, 1, (7, 7)).astype(np.float32)
            spread = cv2.resize(waves, (side, side), interpolation=cv2.INTER_CUBIC)
            moved = cv2.remap(spread, u, v, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
            wander.append(moved * shot.crumple * fine)
        u, v = u + wander[0], v + wander[1]
    seen = cv2.remap(card, u, v, cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT, borderValue=0)
    there = ((u >= 0) & (u < side) & (v >= 0) & (v < side)).astype(np.float32)
    size = (right - left, bottom - top)
    covered = cv2.resize(there, size, interpolation=cv2.INTER_AREA)
    seen = cv2.resize(seen * there, size, interpolation=cv2.INTER_AREA) / np.maximum(covered, 1e-6)
    placed, inside = np.zeros(SIZE[::-1], np.float32), np.zeros(SIZE[::-1], np.float32)
    placed[top:bottom, left:right], inside[top:bottom, left:right] = seen, covered
    return placed, inside


def _scribble(card: np.ndarray, share: float, fine: int, rng: np.random.Generator) -> None:
    """Cover ``share`` of the code with blots and strokes of ink or scratches, not its corners."""
    side = card.shape[0]
    cover = np.zeros(card.shape, np.uint8)
    low, high = 4 * fine, side - 4 * fine
    while cover[low:high, low:high].mean() < share:
        a = rng.uniform(low, high, 2)
        b = a + rng.normal(0, 6 * fine, 2)
        cv2.line(
            cover,
            tuple(int(n) for n in a),
            tuple(int(n) for n in b),
            1,
            int(rng.uniform(0.6, 2.2) * fine),
        )
        for x, y in ((low, low), (high, low), (low, high)):
            cv2.rectangle(cover, (x - 9 * fine, y - 9 * fine), (x + 8 * fine, y + 8 * fine), 0, -1)
    card[cover > 0] = float(rng.integers(2))


def _photocopy(
    card: np.ndarray, generations: float, fine: int, rng: np.random.Generator
) -> np.ndarray:
    """Blur, speckle, threshold: what a copier does, each time a little darker or lighter."""
    bias = rng.choice((-1, 1))
    for n in range(int(np.ceil(generations))):
        part = min(1.0, generations - n)
        soft = cv2.GaussianBlur(card, (0, 0), fine * 0.42 * part)
        specks = cv2.GaussianBlur(
            rng.normal(0, 1, card.shape).astype(np.float32), (0, 0), fine * 0.18
        )
        soft += specks / specks.std() * 0.13 * part
        card = (soft > 0.5 + bias * 0.09 * part).astype(np.float32)
    return card


def _lamp(radius: float, side: float, rng: np.random.Generator) -> np.ndarray:
    light = np.zeros(SIZE[::-1], np.float32)
    turn = rng.uniform(0, 2 * np.pi)
    x = SIZE[0] / 2 + np.cos(turn) * side * 0.2
    y = SIZE[1] / 2 + np.sin(turn) * side * 0.2
    axes = (max(1, int(radius * 0.62)), max(1, int(radius * 0.4)))
    cv2.ellipse(light, (int(x), int(y)), axes, float(rng.uniform(0, 180)), 0, 360, 420, -1)
    return cv2.GaussianBlur(light, (0, 0), max(radius * 0.12, 1.0))


def _shadow(depth: float, rng: np.random.Generator) -> np.ndarray:
    light = np.ones(SIZE[::-1], np.float32)
    turn = rng.uniform(0, np.pi)
    ys, xs = np.mgrid[: SIZE[1], : SIZE[0]]
    dark = (xs - SIZE[0] / 2) * np.cos(turn) + (ys - SIZE[1] / 2) * np.sin(turn) > 0
    light[dark] = 1 - depth
    return cv2.GaussianBlur(light, (0, 0), 2)


def _grid(depth: float, rng: np.random.Generator) -> np.ndarray:
    ys, xs = np.mgrid[: SIZE[1], : SIZE[0]]
    waves = np.zeros(SIZE[::-1], np.float32)
    for _ in range(2):
        turn, length = rng.uniform(0, np.pi), rng.uniform(3, 9)
        waves += np.sin((xs * np.cos(turn) + ys * np.sin(turn)) * 2 * np.pi / length)
    return waves * depth / 2


def _smear(length: float, turn: float) -> np.ndarray:
    side = int(length) // 2 * 2 + 3
    kernel = np.zeros((side, side), np.float32)
    for part in np.linspace(-length / 2, length / 2, side * 8):
        x, y = side // 2 + part * np.cos(turn), side // 2 + part * np.sin(turn)
        left, top = int(x), int(y)
        for dx in (0, 1):
            for dy in (0, 1):
                if left + dx < side and top + dy < side:
                    weight = (1 - abs(x - left - dx)) * (1 - abs(y - top - dy))
                    kernel[top + dy, left + dx] += weight
    return kernel / kernel.sum()


@dataclass(frozen=True, slots=True)
class Degradation:
    """One way in which pictures get worse, and what its strength is measured in."""

    name: str
    unit: str
    strengths: tuple[float, ...]
    turn: Callable[[Shot, float], None]
    level: str = "L"
    shape: str | None = None
    falling: bool = False
    """Whether less is harder: pixels a module, say."""


def _set(**names: float) -> Callable[[Shot, float], None]:
    """Turn the knobs ``names``, each by the strength times its factor."""

    def turn(shot: Shot, strength: float) -> None:
        for name, factor in names.items():
            setattr(shot, name, strength * factor)

    return turn


def _contrast(shot: Shot, strength: float) -> None:
    shot.black, shot.white = 128 - strength / 2, 128 + strength / 2


def _dim(shot: Shot, strength: float) -> None:
    shot.black, shot.white, shot.noise = 6.0, 6.0 + strength, 4.0


def _inverted(shot: Shot, strength: float) -> None:
    shot.inverted, shot.blur = True, strength * shot.pixels


def _tilted_small(shot: Shot, strength: float) -> None:
    shot.pixels, shot.yaw, shot.pitch, shot.blur = strength, 20.0, -14.0, 0.6


def _dense(shot: Shot, strength: float) -> None:
    shot.pixels = strength


DEGRADATIONS = (
    Degradation(
        "small", "px/module", (3, 2.3, 2, 1.7, 1.4, 1.2, 1.05, 0.9), _set(pixels=1), falling=True
    ),
    Degradation(
        "small, tilted", "px/module", (3, 2.3, 2, 1.7, 1.4, 1.2, 1.05), _tilted_small, falling=True
    ),
    Degradation("defocus", "modules", (0.3, 0.45, 0.55, 0.65, 0.75, 0.85, 1.0, 1.2), _set(blur=5)),
    Degradation("motion", "modules", (0.8, 1.2, 1.6, 1.9, 2.2, 2.6, 3.0, 3.6), _set(motion=1)),
    Degradation("noise", "grey levels", (20, 35, 50, 65, 80, 100, 120, 150), _set(noise=1)),
    Degradation(
        "low contrast", "grey levels", (60, 40, 28, 20, 14, 10, 7, 5), _contrast, falling=True
    ),
    Degradation("dim screen", "grey levels", (40, 28, 20, 15, 11, 8, 6, 4), _dim, falling=True),
    Degradation("inverted, blurred", "modules", (0.2, 0.35, 0.45, 0.55, 0.65, 0.8, 1.0), _inverted),
    Degradation(
        "glare", "share of the side", (0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.85), _set(glare=1), "M"
    ),
    Degradation(
        "damage", "share", (0.02, 0.05, 0.08, 0.11, 0.14, 0.18, 0.24, 0.3), _set(damage=1), "M"
    ),
    Degradation("tilt", "degrees", (30, 45, 55, 62, 68, 73, 77, 80), _set(yaw=1)),
    Degradation("bend", "degrees", (40, 70, 90, 110, 130, 150, 165), _set(bend=1)),
    Degradation("crumple", "modules", (0.15, 0.3, 0.45, 0.6, 0.8, 1.0, 1.3), _set(crumple=1)),
    Degradation("moiré", "share of contrast", (0.3, 0.6, 0.9, 1.2, 1.6, 2.0, 2.6), _set(moire=1)),
    Degradation("photocopy", "generations", (0.5, 1, 1.5, 2, 2.5, 3, 3.5, 4), _set(copies=1)),
    Degradation(
        "hard shadow", "share of light", (0.5, 0.7, 0.8, 0.87, 0.92, 0.95, 0.97), _set(shadow=1)
    ),
    Degradation(
        "jpeg",
        "100 - quality",
        (70, 80, 86, 90, 93, 95, 97),
        lambda s, n: setattr(s, "jpeg", int(100 - n)),
    ),
    Degradation(
        "dense (BHYT)",
        "px/module",
        (3, 2.6, 2.3, 2, 1.8, 1.6, 1.4),
        _dense,
        shape="bhyt",
        falling=True,
    ),
)


def picture(kind: Degradation, strength: float, number: int) -> tuple[str, Image]:
    """Return the text and the picture of sample ``number`` of ``kind`` at ``strength``."""
    # The same cards, hands and grain at each strength: what changes is the strength alone.
    dice = random.Random(f"{kind.name}/{number}")
    text = payload(dice, kind.shape or dice.choice(("cccd", "national")))
    shot = Shot(roll=dice.uniform(-12, 12), yaw=dice.uniform(-8, 8), pitch=dice.uniform(-8, 8))
    kind.turn(shot, strength)
    return text, take(text, shot, dice.randrange(2**31), level=kind.level)
