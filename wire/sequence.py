"""Reading a CBOR sequence (RFC 8742) of signed objects that may be damaged, piece by piece."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

MAX_OBJECTS = 2_000
"""Signed objects in one file."""

_BYTES, _SIGNATURE = 2, b"\x58\x40"  # CBOR's byte strings; the head of one of 64 bytes
_STARTS = re.compile(rb"\xd2\x84\x58[\x18-\xff]\xa3\x01\x27\x04\x48", re.DOTALL)
"""How each of our objects begins: COSE_Sign1's tag and array, and a header {1: -8, 4: kid …}."""


@dataclass(frozen=True, slots=True)
class Damage:
    """Bytes of a sequence that are no object; what follows them is read all the same."""

    at: int


def split(data: bytes) -> Iterator[bytes | Damage]:
    """Yield the objects of a sequence; after damaged bytes, go on at the next that may be one.

    Each object is believed or not by its own signature, so damage costs what it hit.
    Stops after :data:`MAX_OBJECTS`.
    """
    place = 0
    for _ in range(MAX_OBJECTS):
        if place >= len(data):
            return
        end = _end(data, place)
        if end is not None:
            yield data[place:end]
            place = end
            continue
        yield Damage(place)
        following = _STARTS.search(data, place + 1)
        if following is None:
            return
        place = following.start()


def _end(data: bytes, place: int) -> int | None:
    """Return where the object at ``place`` ends if it has the shape of ours, else None.

    Tag and array, a header of 24 to 255 bytes, an empty map, a payload, 64 bytes of
    signature: whatever else a damaged length would swallow has not.
    """
    if not _STARTS.match(data, place):
        return None
    at = place + 4 + data[place + 3]
    if data[at : at + 1] != b"\xa0" or data[at + 1 : at + 2] == b"":
        return None
    kind, info = data[at + 1] >> 5, data[at + 1] & 31
    width = {24: 1, 25: 2, 26: 4}.get(info, 0)
    if kind != _BYTES or (info > 23 and not width):
        return None
    size = int.from_bytes(data[at + 2 : at + 2 + width], "big") if width else info
    at += 2 + width + size
    if data[at : at + 2] != _SIGNATURE or at + 66 > len(data):
        return None
    return at + 66
