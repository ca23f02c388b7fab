"""What CBOR may look like before a library builds it: no shared references, no bombs.

Whoever shows a code or sends a request decides its bytes, and a decoder builds what they
say before any signature can be checked. Tags such as "shared reference" turn 150 bytes
into structures that take minutes to walk, others compile expressions; so the bytes are
looked over first (RFC 8949 §3), in one pass that builds nothing.
"""

from __future__ import annotations

from wire.errors import Malformed

TAGS = frozenset({0, 1, 18, 61, 55799})
"""Dates, COSE_Sign1, CWT and "this is CBOR": nothing else occurs in what we read."""

MAX_DEPTH = 16
MAX_ITEMS = 200_000
"""No message of ours has a tenth of it (a receipt for 200 rows: 1,500)."""

_BYTES, _TEXT, _ARRAY, _MAP, _TAG, _SIMPLE = 2, 3, 4, 5, 6, 7
_HOLDING = (_ARRAY, _MAP, _TAG)
_LONGER = 24
_INDEFINITE = 31
_BREAK = 0xFF
_OPEN = -1


def check(data: bytes) -> int:
    """Return where the first item of ``data`` ends; raises :class:`Malformed`."""
    place = items = 0
    size = len(data)
    left = [1]  # items still to come in each open container; _OPEN until a break
    while left:
        to_come = left[-1]
        if to_come == 0:
            left.pop()
            continue
        if place >= size:
            raise Malformed("The bytes end in the middle of the message.")
        first = data[place]
        if to_come > 0:
            left[-1] = to_come - 1
        elif first == _BREAK:
            left.pop()
            place += 1
            continue
        items += 1
        if items > MAX_ITEMS or len(left) > MAX_DEPTH + 1:
            raise Malformed("The message holds more, or deeper, than any of ours.")
        kind, short = first >> 5, first & 31
        if short < _LONGER and kind not in _HOLDING:
            # Most of an entry is small numbers and short strings: a hub reads millions.
            place += 1 + (short if kind in (_BYTES, _TEXT) else 0)
            if place > size:
                raise Malformed("The bytes end in the middle of the message.")
            continue
        place = _item(data, place, left)
    return place


def _item(data: bytes, place: int, left: list[int]) -> int:
    """Step over one item's head (and a string's content); containers are opened in ``left``."""
    kind, info = data[place] >> 5, data[place] & 31
    if info == _INDEFINITE:
        if kind in (_ARRAY, _MAP):
            left.append(_OPEN)
            return place + 1
        if kind in (_BYTES, _TEXT):
            return _chunks(data, place + 1, kind)
        raise Malformed("The bytes are not CBOR.")
    value, place = _argument(data, place, info)
    if kind in (_BYTES, _TEXT):
        if value > len(data) - place:
            raise Malformed("The bytes end in the middle of the message.")
        return place + value
    if kind in (_ARRAY, _MAP):
        if value > len(data) - place:
            raise Malformed("The message promises more than it holds.")
        left.append(value * (2 if kind == _MAP else 1))
    elif kind == _TAG:
        if value not in TAGS:
            raise Malformed("The message holds a kind of value that none of ours does.")
        left.append(1)
    return place


def _argument(data: bytes, place: int, info: int) -> tuple[int, int]:
    if info < _LONGER:
        return info, place + 1
    width = {24: 1, 25: 2, 26: 4, 27: 8}.get(info)
    if width is None or place + 1 + width > len(data):
        raise Malformed("The bytes are not CBOR.")
    return int.from_bytes(data[place + 1 : place + 1 + width], "big"), place + 1 + width


def _chunks(data: bytes, place: int, kind: int) -> int:
    while place < len(data) and data[place] != _BREAK:
        if data[place] >> 5 != kind or data[place] & 31 == _INDEFINITE:
            raise Malformed("The bytes are not CBOR.")
        size, place = _argument(data, place, data[place] & 31)
        place += size
    if place >= len(data):
        raise Malformed("The bytes end in the middle of the message.")
    return place + 1
