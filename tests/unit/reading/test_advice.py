"""What a person is told whose code does not read."""

from __future__ import annotations

import numpy as np
import pytest

from kiosk.advice import PATIENCE_S, WORDS, Advice
from kiosk.frames import Unread
from kiosk.words import load


def code(side: float, x: float = 600, y: float = 350, size: int = 41) -> Unread:
    return Unread(((x, y), (x + side, y), (x + side, y + side), (x, y + side)), size)


def picture(level: int = 120) -> np.ndarray:
    shown = np.full((720, 1280), level, np.uint8)
    shown[::2] = min(255, level * 2)
    return shown


def shown(advice, unread, image, seconds, *, start=0.0):
    word = ""
    for n in range(round(seconds * 10)):
        word = advice.update(image, [unread] if unread else [], None, start + n / 10, read=False)
    return word


@pytest.mark.parametrize("language", ["vi", "en"])
def test_every_word_is_known_in_each_language(language):
    words = load(language)
    assert all(words[f"hint.{word}"] for word in WORDS)


def test_nothing_is_said_at_once():
    assert shown(Advice(), code(60), picture(), PATIENCE_S - 0.2) == ""


@pytest.mark.parametrize(
    ("unread", "image", "word"),
    [
        (code(60), picture(), "nearer"),
        (code(300), picture(), "hold-still"),
        (code(640, 300, 40), picture(), "farther"),
        (code(300), picture(10), "too-dark"),
    ],
)
def test_what_is_wrong_is_said(unread, image, word):
    assert shown(Advice(), unread, image, 2) == word


def test_a_dim_phone_in_a_bright_room_is_told_apart_from_a_dark_room():
    image = picture()
    image[340:660, 590:910] = 12
    assert shown(Advice(), code(300), image, 2) == "brighter"


def test_glare_on_the_code_is_said():
    image = picture(60)
    image[400:520, 650:800] = 255
    assert shown(Advice(), code(300), image, 2) == "glare"


def test_a_code_that_was_read_needs_no_word():
    advice = Advice()
    assert shown(advice, code(60), picture(), 2) == "nearer"
    assert advice.update(picture(), [], None, 2.1, read=True) == ""


def test_the_word_goes_when_the_code_went():
    advice = Advice()
    assert shown(advice, code(60), picture(), 2) == "nearer"
    assert shown(advice, None, picture(), 2, start=2.0) == ""
