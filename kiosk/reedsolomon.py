"""Reed-Solomon correction over GF(256) as QR codes use it, with errors and known gaps."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Words = NDArray[np.uint8]

_FIELD = 0x11D  # x^8 + x^4 + x^3 + x^2 + 1, ISO/IEC 18004 section 7.5.2


def _tables() -> tuple[list[int], list[int]]:
    powers, logs = [0] * 512, [0] * 256
    value = 1
    for n in range(255):
        powers[n], logs[value] = value, n
        value <<= 1
        if value & 0x100:
            value ^= _FIELD
    powers[255:510] = powers[:255]
    return powers, logs


_POWERS, _LOGS = _tables()
_POWERS_ARRAY = np.array(_POWERS, np.uint8)
_LOGS_ARRAY = np.array(_LOGS, np.int32)


def _product(a: int, b: int) -> int:
    return _POWERS[_LOGS[a] + _LOGS[b]] if a and b else 0


def _inverse(a: int) -> int:
    return _POWERS[255 - _LOGS[a]]


def _polynomial_product(p: list[int], q: list[int]) -> list[int]:
    product = [0] * (len(p) + len(q) - 1)
    for i, a in enumerate(p):
        for j, b in enumerate(q):
            product[i + j] ^= _product(a, b)
    return product


def syndromes(words: Words, parity: int) -> list[int]:
    """Return the ``parity`` syndromes of a block; all are zero when it has no error."""
    exponents = (np.arange(len(words))[::-1][None, :] * np.arange(parity)[:, None]) % 255
    terms = np.where(
        words == 0, 0, _POWERS_ARRAY[(_LOGS_ARRAY[words][None, :] + exponents) % 255]
    ).astype(np.uint8)
    return [int(s) for s in np.bitwise_xor.reduce(terms, axis=1)]


def correct(words: Words, parity: int, gaps: NDArray[np.intp]) -> tuple[Words, int] | None:
    """Return ``words`` without errors, and how many there were outside of ``gaps``.

    ``words`` ends with ``parity`` check words; what stands at the indices ``gaps`` is not
    trusted. None when there are more errors than can be corrected.
    """
    found = syndromes(words, parity)
    if not any(found):
        return words.copy(), 0
    if len(gaps) > parity:
        return None
    last = len(words) - 1
    locator = [1]  # lowest power first throughout
    for gap in gaps:
        locator = _polynomial_product(locator, [1, _POWERS[(last - int(gap)) % 255]])
    locator = _berlekamp_massey(found, locator, len(gaps))
    degree = len(locator) - 1
    if 2 * degree - len(gaps) > parity:
        return None
    places = _roots(locator, len(words))
    if len(places) != degree:
        return None
    fixed = _forney(words, found, locator, places)
    if any(syndromes(fixed, parity)):
        return None
    trusted = set(places) - {int(gap) for gap in gaps}
    return fixed, len(trusted)


def _berlekamp_massey(found: list[int], start: list[int], gaps: int) -> list[int]:
    """Return the locator of errors and gaps, grown from the gaps' locator ``start``."""
    current, previous = list(start), list(start)
    length = gaps
    for step in range(gaps, len(found)):
        previous = [0, *previous]
        discrepancy = 0
        for i, coefficient in enumerate(current):
            if i <= step:
                discrepancy ^= _product(coefficient, found[step - i])
        if not discrepancy:
            continue
        if 2 * length <= step + gaps:
            grown = [_product(discrepancy, c) for c in previous]
            shrunk = [_product(_inverse(discrepancy), c) for c in current]
            current, previous = _sum(current, grown), shrunk
            length = step + 1 + gaps - length
        else:
            current = _sum(current, [_product(discrepancy, c) for c in previous])
    while len(current) > 1 and current[-1] == 0:
        current.pop()
    return current


def _sum(p: list[int], q: list[int]) -> list[int]:
    if len(p) < len(q):
        p, q = q, p
    return [a ^ b for a, b in zip(p, [*q, *([0] * (len(p) - len(q)))], strict=True)]


def _roots(locator: list[int], length: int) -> list[int]:
    """Return the indices of the words at which ``locator`` is zero."""
    powers = np.arange(length)[::-1]  # of the word at each index
    value = np.zeros(length, np.uint8)
    for n, coefficient in enumerate(locator):
        if coefficient:
            value ^= _POWERS_ARRAY[(_LOGS[coefficient] - powers * n) % 255]
    return [int(i) for i in np.flatnonzero(value == 0)]


def _forney(words: Words, found: list[int], locator: list[int], places: list[int]) -> Words:
    fixed = words.copy()
    evaluator = _polynomial_product(found, locator)[: len(found)]
    for place in places:
        power = len(words) - 1 - place
        inverse = _POWERS[(255 - power) % 255]
        numerator, denominator, at = 0, 0, 1
        for n in range(max(len(evaluator), len(locator))):
            if n < len(evaluator):
                numerator ^= _product(evaluator[n], at)
            if n % 2 and n < len(locator):
                # The formal derivative keeps the odd powers, one lower.
                denominator ^= _product(locator[n], _product(at, _POWERS[power % 255]))
            at = _product(at, inverse)
        if not denominator:
            continue
        error = _product(_product(_POWERS[power % 255], numerator), _inverse(denominator))
        fixed[place] ^= error
    return fixed
