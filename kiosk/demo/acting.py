"""The made video's actors: what the script says becomes pictures, one frame after the other."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import cv2
import numpy as np

from kiosk.demo import carriers, stage
from kiosk.demo.script import FPS, Scene, Show

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray

    from kiosk.frames import Image


def pictures(scene: Scene, *, seed: int) -> Iterator[Image]:
    """Give the frames of ``scene``, one at a time."""
    return (take() for take in _takes(scene, seed))


def _takes(scene: Scene, seed: int) -> list[Callable[[], Image]]:
    place = stage.scenery(1)
    lens = stage.Lens(seed, light=scene.light, noise=scene.noise)
    who = stage.visitor(seed + 40)
    side = (1 if seed % 2 else -1) * 0.17
    standing = place.copy()
    stage.put(standing, who, _person_at(0.5 + side), (0, 0))
    actors = [_Actor(show, seed * 10 + n) for n, show in enumerate(scene.shows)]

    def take(number: int) -> Image:
        second = number / FPS
        arriving = min(second / 0.45, (scene.seconds - second) / 0.35, 1.0)
        if arriving >= 1.0:
            frame = standing.copy()
        else:
            frame = place.copy()
            way = (1 - _ease(max(arriving, 0.0))) * 0.75 * math.copysign(1, side)
            stage.put(frame, who, _person_at(0.5 + side + way), (0, 0))
        for actor in actors:
            actor.draw(frame, second)
        glare = None
        if scene.glare:
            # The glare wanders off the code as the hand turns: at first it hides half of it.
            x = 0.56 + 0.2 * _ease(min(1.0, max(0.0, (second - 1.0) / 1.4)))
            glare = (x * stage.SIZE[0], 0.40 * stage.SIZE[1], 210.0)
        return lens.take(frame, glare)

    return [lambda n=n: take(n) for n in range(scene.frames)]  # type: ignore[misc]


def _person_at(x: float) -> NDArray[np.float32]:
    return np.array([[1, 0, x * stage.SIZE[0] - 310], [0, 1, 92], [0, 0, 1]], np.float32)


def _ease(share: float) -> float:
    return share * share * (3 - 2 * share)


class _Actor:
    """A show in motion: comes up from below, is held, goes down again."""

    _COMING, _GOING = 0.5, 0.35

    def __init__(self, show: Show, seed: int) -> None:
        carrier = show.carrier()
        scale = show.module / carrier.module
        below = max(60 * carriers.PIXELS_A_MM, round(420 / scale))
        sprite, code = stage.held(carrier, seed, below)
        # Drawn once at about the size in which it will be seen: quicker, and no moiré.
        ready = min(1.0, scale * 1.15)
        size = (round(sprite.clear.shape[1] * ready), round(sprite.clear.shape[0] * ready))
        self._sprite = stage.Sprite(
            cv2.resize(sprite.colours, size, interpolation=cv2.INTER_AREA).astype(np.uint8),
            cv2.resize(sprite.clear, size, interpolation=cv2.INTER_AREA).astype(np.uint8),
        )
        self._code = (code[0] * ready, code[1] * ready)
        self._scale = scale / ready
        self._show = show
        self._phase = np.random.default_rng(seed).uniform(0, 6, 4)

    def draw(self, frame: Image, second: float) -> None:
        """Draw it as it is at ``second`` of the scene."""
        show = self._show
        if not show.start <= second <= show.end:
            return
        x, y = self._place(second)
        exposure = 0.5 / FPS
        x1, y1 = self._place(second + exposure)
        blur = ((x1 - x) * stage.SIZE[0], (y1 - y) * stage.SIZE[1])
        stage.put(frame, self._sprite, self._onto(x, y, second), blur)

    def _place(self, second: float) -> tuple[float, float]:
        show = self._show
        coming = _ease(min(1.0, max(0.0, (second - show.start) / self._COMING)))
        going = _ease(min(1.0, max(0.0, (show.end - second) / self._GOING)))
        a, b, c, d = self._phase
        tremble = show.shake / stage.SIZE[0]
        x = show.x + tremble * (math.sin(second * 5.1 + a) + 0.6 * math.sin(second * 11.3 + b))
        y = show.y + tremble * (math.sin(second * 4.3 + c) + 0.6 * math.sin(second * 9.7 + d))
        return x, y + 1.05 * (1 - coming) + 1.05 * (1 - going)

    def _onto(self, x: float, y: float, second: float) -> NDArray[np.float32]:
        """Return the matrix from the sprite to the frame: turned in space, then projected."""
        show = self._show
        sway = 1.2 * math.sin(second * 2.2 + self._phase[0])
        roll, yaw, pitch = (math.radians(n) for n in (show.roll + sway, show.yaw, show.pitch))
        turn_z = np.array(
            [[math.cos(roll), -math.sin(roll), 0], [math.sin(roll), math.cos(roll), 0], [0, 0, 1]]
        )
        turn_y = np.array(
            [[math.cos(yaw), 0, math.sin(yaw)], [0, 1, 0], [-math.sin(yaw), 0, math.cos(yaw)]]
        )
        turn_x = np.array(
            [
                [1, 0, 0],
                [0, math.cos(pitch), -math.sin(pitch)],
                [0, math.sin(pitch), math.cos(pitch)],
            ]
        )
        turn = turn_x @ turn_y @ turn_z
        far = 1400.0
        cx, cy = self._code
        scale = self._scale * (1 + 0.02 * math.sin(second * 1.7 + self._phase[1]))
        flat = np.array([[scale, 0, -scale * cx], [0, scale, -scale * cy], [0, 0, 1]])
        space = np.array([turn[0, :2], turn[1, :2], turn[2, :2] / far])
        project = np.column_stack([space, [0, 0, 1]])
        place = np.array([[1, 0, x * stage.SIZE[0]], [0, 1, y * stage.SIZE[1]], [0, 0, 1]])
        return np.asarray(place @ project @ flat, np.float32)
