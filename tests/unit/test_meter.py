"""The camera meter: light and focus from the picture itself."""

from __future__ import annotations

import time

import cv2
import numpy as np
import pytest

from kiosk.frames import Image, image_of
from kiosk.screens import meter
from tests.ui.sample import picture


def lit(share: float) -> Image:
    """Return the sample picture with its light changed."""
    return image_of(np.clip(picture().astype(np.float32) * share, 0, 255).astype(np.uint8))


def test_a_card_in_good_light_and_focus_is_good() -> None:
    assert meter.read(picture()).word == "good"


def test_the_dark_and_the_glaring_are_told() -> None:
    assert meter.read(lit(0.1)).word == "dark"
    assert meter.read(image_of(np.full((720, 1280, 3), 250, np.uint8))).word == "bright"


@pytest.mark.parametrize("blur", [9, 15, 31])
def test_focus_falls_with_blur(blur: int) -> None:
    soft = image_of(cv2.GaussianBlur(picture(), (0, 0), blur))
    assert meter.read(soft).word == "blurred"
    assert meter.read(soft).focus < meter.read(picture()).focus


def test_grey_pictures_and_tiny_ones_are_measured_too() -> None:
    assert meter.read(image_of(np.full((720, 1280), 128, np.uint8))).word == "blurred"
    assert meter.read(image_of(np.zeros((8, 8, 3), np.uint8))).word == "dark"


def test_measuring_takes_no_share_of_a_frame() -> None:
    image = picture()
    began = time.process_time()
    for _ in range(5):
        meter.read(image)
    assert (time.process_time() - began) / 5 < 0.05
