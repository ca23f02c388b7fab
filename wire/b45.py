"""Base45 (RFC 9285): bytes in the 45 letters of a QR code's alphanumeric mode.

The space is one of those letters, so an end that somebody trimmed is put back.
"""

from __future__ import annotations

from collections.abc import Iterator

import base45

MAX_CHARS = 4296
"""Letters in the largest QR code of alphanumeric mode."""


def encode(data: bytes) -> str:
    """Return ``data`` as base45."""
    return str(base45.b45encode(data), "ascii")


def readings(text: str) -> Iterator[bytes]:
    """Yield what ``text`` can stand for: as it is, then with spaces that its end lost.

    Nothing for a text that is no base45. A wrong guess does no harm: what is in it is
    signed, or checked for its structure.
    """
    if len(text) > MAX_CHARS or not text.isascii():
        return
    bare = text.rstrip(" ")
    for candidate in dict.fromkeys((text, bare, bare + " ", bare + "  ")):
        try:
            yield base45.b45decode(candidate)
        except ValueError:
            continue
