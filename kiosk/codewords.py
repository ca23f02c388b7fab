"""From the modules of a QR code, each with a doubt, to a code without errors.

Decoders ask of each module "dark or light?" and correct the errors they do not know the
place of. Who knows which modules are doubtful (under glare, a scratch, a fold) can correct
twice as many. This module knows where each module belongs (ISO/IEC 18004), corrects the
codewords with their doubts, and gives back a flawless code for a decoder to read.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from qrcode import base as tables
from qrcode import util

from kiosk import reedsolomon

Soft = NDArray[np.float32]
"""One number a module: above zero dark, below light, near zero doubtful."""

Bits = NDArray[np.int8]

VERSIONS = range(1, 41)

SMALLEST = 21
"""Modules a side of the smallest code; a picture needs at least as many pixels."""

_LEVELS = {1: "L", 0: "M", 3: "Q", 2: "H"}
_FORMAT_BITS = 15

LUCK = 2e-6
"""How probable it may be that a wrong code passes for a right one, at each try."""


def version_of(size: int) -> int | None:
    """Return the version whose codes have ``size`` modules a side, or None."""
    version, rest = divmod(size - 17, 4)
    return version if rest == 0 and version in VERSIONS else None


@dataclass(frozen=True, slots=True, eq=False)
class Layout:
    """Where things stand in a code of one version.

    ``known`` is 1 (dark), 0 (light) or -1 (depends on the content); ``order`` holds the
    flat positions of the content's bits in reading order; ``formats`` the two places of
    the format's fifteen bits, lowest first.
    """

    size: int
    known: Bits
    order: NDArray[np.intp]
    formats: tuple[NDArray[np.intp], NDArray[np.intp]]


@lru_cache(maxsize=40)
def layout(version: int) -> Layout:
    """Return the layout of ``version`` (1 to 40)."""
    size = 17 + 4 * version
    known = np.full((size, size), -1, np.int8)
    known[6, :] = known[:, 6] = (np.arange(size) + 1) % 2
    centres = util.pattern_position(version)
    corners = {(6, 6), (6, size - 7), (size - 7, 6)}
    for row in centres:
        for column in centres:
            if (row, column) not in corners:
                _rings(known, row, column, 2)
    for row, column in ((3, 3), (3, size - 4), (size - 4, 3)):
        _rings(known, row, column, 4)
    if version >= 7:
        number = util.BCH_type_number(version)
        for i in range(18):
            row, column = i // 3, i % 3 + size - 11
            known[row, column] = known[column, row] = number >> i & 1
    down = [(i if i < 6 else i + 1 if i < 8 else size - 15 + i, 8) for i in range(15)]
    along = [(8, size - 1 - i if i < 8 else 15 - i if i < 9 else 14 - i) for i in range(15)]
    places = tuple(np.array([r * size + c for r, c in copy]) for copy in (down, along))
    reserved = known.copy()
    reserved.flat[np.concatenate(places)] = 0
    known[size - 8, 8] = reserved[size - 8, 8] = 1
    known.flat[np.concatenate(places)] = -1
    order = []
    upwards = True
    for right in (*range(size - 1, 6, -2), 5, 3, 1):
        for row in range(size - 1, -1, -1) if upwards else range(size):
            order += [row * size + c for c in (right, right - 1) if reserved[row, c] < 0]
        upwards = not upwards
    return Layout(size, known, np.array(order), (places[0], places[1]))


def _rings(known: Bits, row: int, column: int, reach: int) -> None:
    """Draw the rings round a finder (reach 4, with its light border) or alignment pattern (2)."""
    size = known.shape[0]
    for r in range(max(0, row - reach), min(size, row + reach + 1)):
        for c in range(max(0, column - reach), min(size, column + reach + 1)):
            ring = max(abs(r - row), abs(c - column))
            dark = ring in {0, 2} if reach == 2 else ring in {0, 1, 3}
            known[r, c] = dark


@lru_cache(maxsize=8)
def _mask(number: int, size: int) -> NDArray[np.bool_]:
    flips = util.mask_func(number)
    return np.array([[flips(r, c) for c in range(size)] for r in range(size)])


def fit(soft: Soft) -> float:
    """Return how well ``soft`` agrees with what every code of its size shows, -1 to 1."""
    version = version_of(soft.shape[0])
    if version is None:
        return -1.0
    known = layout(version).known
    shown = np.clip(soft[known >= 0], -1, 1)
    return float(np.mean(shown * np.where(known[known >= 0] == 1, 1, -1)))


def mend(soft: Soft) -> Bits | None:
    """Return the flawless code nearest to ``soft`` (1: dark), or None if there is none near.

    Doubtful codewords are taken as unknown, ever more of them, but never so many that
    chance could pass for a code (:data:`LUCK`).
    """
    version = version_of(soft.shape[0])
    if version is None:
        return None
    plan = layout(version)
    for level, mask in _formats(soft, plan):
        blocks = tables.rs_blocks(version, level)
        total = sum(block.total_count for block in blocks)
        bits = np.clip(soft.flat[plan.order[: total * 8]], -1, 1)
        bits = bits * np.where(_mask(mask, plan.size).flat[plan.order[: total * 8]], -1, 1)
        words = np.packbits(bits > 0)
        # A codeword is as sure as its least sure bit; the others tell among equals.
        doubts = 1 - np.sort(np.abs(bits).reshape(-1, 8), axis=1) @ _LEAST_FIRST
        mended = _mend_blocks(words, doubts, blocks)
        if mended is not None:
            return _drawn(mended, plan, level, mask)
    return None


_LEAST_FIRST = np.array([0.7, 0.2, 0.1, 0, 0, 0, 0, 0], np.float32)


def _formats(soft: Soft, plan: Layout) -> list[tuple[int, int]]:
    """Return the formats (error correction level, mask) that fit best, the best first."""
    shown = np.clip(np.stack([soft.flat[places] for places in plan.formats]), -1, 1).sum(0)
    scores = []
    for level in _LEVELS:
        for mask in range(8):
            word = util.BCH_type_info(level << 3 | mask)
            signs = np.array([1 if word >> i & 1 else -1 for i in range(_FORMAT_BITS)])
            scores.append((float(shown @ signs), (level, mask)))
    scores.sort(reverse=True)
    best = scores[0][0]
    return [found for score, found in scores[:2] if score > 0 and score > best * 0.7]


def _spread(blocks: list[tables.RSBlock]) -> list[NDArray[np.intp]]:
    """Return, for each block, where its codewords stand in the interleaved sequence."""
    places: list[list[int]] = [[] for _ in blocks]
    at = 0
    for row in range(max(block.data_count for block in blocks)):
        for n, block in enumerate(blocks):
            if row < block.data_count:
                places[n].append(at)
                at += 1
    for _ in range(blocks[0].total_count - blocks[0].data_count):
        for n in range(len(blocks)):
            places[n].append(at)
            at += 1
    return [np.array(p) for p in places]


def alike(one: Soft, other: Soft) -> bool:
    """Return whether two looks are of the same code, and not of two that say nearly the same.

    Two people's cards may differ in a few letters only; but then the check words of the
    block that holds them differ all over. So every block's check words are compared.
    """
    version = version_of(one.shape[0])
    if version is None or one.shape != other.shape:
        return False
    plan = layout(version)
    formats = _formats(one, plan)[:1]
    if not formats or formats != _formats(other, plan)[:1]:
        return False
    blocks = tables.rs_blocks(version, formats[0][0])
    for block, places in zip(blocks, _spread(blocks), strict=True):
        bits = (places[block.data_count :, None] * 8 + np.arange(8)).ravel()
        a, b = (np.clip(soft.flat[plan.order[bits]], -1, 1) for soft in (one, other))
        length = float(np.linalg.norm(a) * np.linalg.norm(b))
        # Two codes' check words agree by 0, give or take 0.13 for the smallest code's 56 bits.
        if not length or float(a @ b) / length < ALIKE:
            return False
    return True


ALIKE = 0.42
"""From this agreement of all check words on, two looks are of one code."""


def _mend_blocks(
    words: NDArray[np.uint8], doubts: NDArray[np.float32], blocks: list[tables.RSBlock]
) -> NDArray[np.uint8] | None:
    mended = words.copy()
    for block, places in zip(blocks, _spread(blocks), strict=True):
        parity = block.total_count - block.data_count
        found = _mend_block(words[places], doubts[places], parity)
        if found is None:
            return None
        mended[places] = found
    return mended


def _mend_block(
    words: NDArray[np.uint8], doubts: NDArray[np.float32], parity: int
) -> NDArray[np.uint8] | None:
    worst = np.argsort(-doubts)
    step = max(1, parity // 6)
    for unknown in (0, *range(step, parity - 2, step)):
        found = reedsolomon.correct(words, parity, worst[:unknown])
        if found is None:
            continue
        fixed, errors = found
        if chance(len(words), parity, unknown, errors) <= LUCK:
            return fixed
    return None


def chance(length: int, parity: int, unknown: int, errors: int) -> float:
    """Return how probable it is that random codewords look like a code with that many errors."""
    ways = math.comb(length - unknown, errors) * 255.0**errors
    return ways / 256.0 ** (parity - unknown)


def _drawn(words: NDArray[np.uint8], plan: Layout, level: int, mask: int) -> Bits:
    code = plan.known.copy()
    bits = np.zeros(len(plan.order), np.uint8)
    bits[: len(words) * 8] = np.unpackbits(words)
    flips = _mask(mask, plan.size).flat[plan.order]
    code.flat[plan.order] = (bits ^ flips).astype(np.int8)
    word = util.BCH_type_info(level << 3 | mask)
    for places in plan.formats:
        code.flat[places] = [word >> i & 1 for i in range(_FORMAT_BITS)]
    return code
