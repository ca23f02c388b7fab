"""Minutes in front of what is no code: nothing may be read out of it."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from kiosk.frames import Frame
from kiosk.scanner import scanner

SIZE = (1280, 720)
FPS = 30
FIELD = 2200  # pixels a side of the fields from which frames are cut
EVERY_EFFORT = 60  # of so many frames, one is looked at as a picture that stands alone


def grain(dice):
    """Give what a sensor shows in the dark, turned up."""
    return dice.normal(110, 60, (FIELD, FIELD))


def clouds(dice):
    """Give soft patches: foliage out of focus, a patterned curtain."""
    soft = cv2.GaussianBlur(dice.normal(0, 1, (FIELD, FIELD)).astype(np.float32), (0, 0), 3)
    return 120 + soft / soft.std() * 70


def salt(dice):
    """Give single bright and dark pixels on grey."""
    field = np.full((FIELD, FIELD), 120.0)
    field[dice.random(field.shape) < 0.05] = 255
    field[dice.random(field.shape) < 0.05] = 0
    return field


def tiles(dice):
    """Give black and white squares at random, as large as a code's modules."""
    few = dice.integers(0, 2, (FIELD // 5, FIELD // 5)).astype(np.uint8) * 200 + 25
    return np.kron(few, np.ones((5, 5))) + dice.normal(0, 6, (FIELD, FIELD))


def finders(dice):
    """Give squares at random with a code's finder patterns strewn among them."""
    few = dice.integers(0, 2, (FIELD // 5, FIELD // 5)).astype(np.uint8)
    eye = np.pad(np.pad(np.pad(np.ones((3, 3), np.uint8), 1), 1, constant_values=1), 1)
    for _ in range(900):
        top, left = dice.integers(0, len(few) - 9, 2)
        few[top : top + 9, left : left + 9] = eye
    return np.kron(225 - few * 200, np.ones((5, 5))) + dice.normal(0, 6, (FIELD, FIELD))


def print_(dice):
    """Give rows of letters and bars, as on a poster or a parcel."""
    field = np.full((FIELD, FIELD), 230, np.uint8)
    for row in range(30, FIELD, 40):
        letters = "".join(chr(n) for n in dice.integers(33, 126, 140))
        cv2.putText(field, letters, (0, row), cv2.FONT_HERSHEY_SIMPLEX, 0.8, 20, 2)
        if row % 3 == 0:
            field[row - 25 : row] = np.where(dice.random(FIELD) < 0.5, 20, 230)
    return field.astype(np.float64)


KINDS = (grain, clouds, salt, tiles, finders, print_)


def look_for(make, many: int, seed: int) -> None:
    """Let the scanner look at ``many`` frames."""
    dice = np.random.default_rng(seed)
    field = np.clip(make(dice), 0, 255).astype(np.uint8)
    reader = scanner(who=lambda _: None)
    for number in range(many):
        left, top = dice.integers(0, FIELD - SIZE[0]), dice.integers(0, FIELD - SIZE[1])
        frame = field[top : top + SIZE[1], left : left + SIZE[0]]
        look = reader.look(Frame(np.ascontiguousarray(frame), number / FPS, number))
        assert (look.seen, look.presented, look.ambiguous) == ((), None, False)
        if number % EVERY_EFFORT == 0:
            assert reader.read_image(frame[::2, ::2]) == []


@pytest.mark.parametrize("make", KINDS)
def test_nothing_is_read_out_of_a_moment_of_noise(make):
    look_for(make, 10, seed=1)


@pytest.mark.slow
@pytest.mark.parametrize("make", KINDS)
def test_nothing_is_read_out_of_two_minutes_of_noise(make):
    look_for(make, 3600, seed=2)
