"""Damaged codes are mended exactly or not at all."""

from __future__ import annotations

import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from qrcode import base

from bench.corpus import modules
from bench.payloads import payload
from kiosk import codewords, reedsolomon
from kiosk.codewords import Bits, Soft

LEVELS = "LMQH"


def code_of(seed: int, level: str) -> Bits:
    dice = random.Random(seed)
    text = payload(dice, dice.choice(("cccd", "national", "bhyt")))
    return modules(text, level=level).astype(np.int8)


def soft_of(code: Bits) -> Soft:
    return np.where(code == 1, 1.0, -1.0).astype(np.float32)


@pytest.mark.parametrize("version", codewords.VERSIONS)
def test_every_version_has_room_for_exactly_its_codewords(version):
    blocks = base.rs_blocks(version, 1)
    bits = 8 * sum(block.total_count for block in blocks)
    assert 0 <= len(codewords.layout(version).order) - bits < 8


@pytest.mark.parametrize("level", LEVELS)
def test_a_code_without_fault_stays_as_it_is(level):
    for seed in range(10):
        code = code_of(seed, level)
        mended = codewords.mend(soft_of(code))
        assert mended is not None
        assert (mended == code).all()
        assert codewords.fit(soft_of(code)) == 1.0


@pytest.mark.parametrize(("level", "share"), [("L", 0.05), ("M", 0.1), ("Q", 0.2), ("H", 0.28)])
def test_what_is_hidden_is_restored_when_its_place_is_known(level, share):
    for seed in range(10):
        code = code_of(seed, level)
        size = code.shape[0]
        side = round(size * share**0.5)
        left = (size - side) // 2
        soft = soft_of(code)
        soft[size - side - 2 : size - 2, left : left + side] = 0.0
        mended = codewords.mend(soft)
        assert mended is not None
        assert (mended == code).all()


@given(st.integers(0, 10**6), st.sampled_from(LEVELS), st.floats(0, 1.4))
@settings(max_examples=150)
def test_noise_of_any_strength_gives_the_right_code_or_none(seed, level, noise):
    code = code_of(seed % 50, level)
    soft = soft_of(code)
    soft += np.random.default_rng(seed).normal(0, noise, soft.shape).astype(np.float32)
    mended = codewords.mend(soft)
    assert mended is None or (mended == code).all()


@given(st.integers(0, 10**6), st.sampled_from([21, 25, 37, 45]))
@settings(max_examples=150)
def test_pure_chance_is_no_code(seed, size):
    soft = np.random.default_rng(seed).normal(0, 1, (size, size)).astype(np.float32)
    assert codewords.mend(soft) is None


@pytest.mark.parametrize("size", [0, 1, 20, 22, 181, 200])
def test_a_size_that_no_code_has_is_no_code(size):
    assert codewords.version_of(size) is None
    soft = np.ones((size, size), np.float32)
    assert codewords.mend(soft) is None
    assert codewords.fit(soft) == -1.0


def block(dice: np.random.Generator, length: int, parity: int) -> np.ndarray:
    """Return a block without error: its check words are what gaps there are filled with."""
    words = dice.integers(0, 256, length).astype(np.uint8)
    filled = reedsolomon.correct(words, parity, np.arange(length - parity, length))
    assert filled is not None
    return filled[0]


@given(st.data())
@settings(max_examples=200)
def test_errors_and_gaps_up_to_the_capacity_are_corrected(data):
    parity = data.draw(st.integers(2, 30))
    length = data.draw(st.integers(parity + 1, 200))
    dice = np.random.default_rng(data.draw(st.integers(0, 2**32)))
    words = block(dice, length, parity)
    gaps = data.draw(st.integers(0, parity))
    errors = data.draw(st.integers(0, min((parity - gaps) // 2, length - gaps)))
    places = dice.permutation(length)[: gaps + errors]
    broken = words.copy()
    broken[places[:gaps]] = dice.integers(0, 256, gaps)
    broken[places[gaps:]] ^= dice.integers(1, 256, errors).astype(np.uint8)
    corrected = reedsolomon.correct(broken, parity, places[:gaps])
    assert corrected is not None
    assert (corrected[0] == words).all()
    assert corrected[1] == errors


def test_more_gaps_than_check_words_are_not_filled():
    words = block(np.random.default_rng(1), 40, 10)
    words[3] ^= 1
    assert reedsolomon.correct(words, 10, np.arange(11)) is None


def test_luck_is_never_taken_for_a_code():
    assert codewords.chance(67, 24, 0, 0) < codewords.LUCK
    assert codewords.chance(67, 24, 22, 0) > codewords.LUCK
    assert codewords.chance(67, 24, 16, 3) < codewords.LUCK
    assert codewords.chance(67, 24, 16, 4) > codewords.LUCK
