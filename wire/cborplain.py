"""The plain part of CBOR, built in one pass: what almost every message of ours is made of.

Definite lengths, whole numbers, text, bytes, lists, maps, true, false and null. Anything else,
and anything wrong, is left to the careful way (:mod:`wire.cbor`), which says the same of the
same bytes; a hub that takes in thousands of entries a second spends its time here.
"""

from __future__ import annotations

from typing import Any

from wire.cborscan import MAX_DEPTH

_LONGER = 24
_WIDTHS = {24: 1, 25: 2, 26: 4, 27: 8}
_SIMPLE = {0xF4: False, 0xF5: True, 0xF6: None}
_UNSIGNED, _NEGATIVE, _BYTES, _TEXT, _ARRAY, _MAP = range(6)
_SMALLEST = 2**63


class NotPlain(Exception):
    """These bytes need a closer look."""


def item(data: bytes, place: int, depth: int) -> tuple[Any, int]:
    """Return the item at ``place`` and where it ends.

    Raises :class:`NotPlain`, ``IndexError`` or ``UnicodeDecodeError`` for whatever is not plain.
    """
    first = data[place]
    place += 1
    kind, value = first >> 5, first & 31
    if value >= _LONGER:
        width = _WIDTHS.get(value)
        if width is None or kind > _MAP or place + width > len(data):
            raise NotPlain
        value = int.from_bytes(data[place : place + width], "big")
        place += width
    if kind == _UNSIGNED:
        return value, place
    if kind in (_BYTES, _TEXT):
        end = place + value
        if end > len(data):
            raise NotPlain
        part = data[place:end]
        return (part if kind == _BYTES else str(part, "utf-8")), end
    if kind == _MAP:
        return _map(data, place, value, depth + 1)
    if kind == _ARRAY:
        return _array(data, place, value, depth + 1)
    if kind == _NEGATIVE and value < _SMALLEST:
        return -1 - value, place
    if first in _SIMPLE:
        return _SIMPLE[first], place
    raise NotPlain


def _array(data: bytes, place: int, count: int, depth: int) -> tuple[list[Any], int]:
    if depth > MAX_DEPTH or count > len(data) - place:
        raise NotPlain
    found = []
    for _ in range(count):
        value, place = item(data, place, depth)
        found.append(value)
    return found, place


def _map(data: bytes, place: int, count: int, depth: int) -> tuple[dict[Any, Any], int]:
    if depth > MAX_DEPTH or count > len(data) - place:
        raise NotPlain
    found: dict[Any, Any] = {}
    for _ in range(count):
        key: Any = data[place]
        if key < _LONGER:  # an entry's header: small numbers
            place += 1
        elif key >> 5 > _TEXT:
            raise NotPlain
        else:
            key, place = item(data, place, depth)
        found[key], place = item(data, place, depth)
    return found, place
