"""Base45 (RFC 9285): bytes in the 45 letters of a QR code's alphanumeric mode."""

from __future__ import annotations

import base45

from wire.errors import Malformed

MAX_CHARS = 4296
"""Letters in the largest QR code of alphanumeric mode."""


def encode(data: bytes) -> str:
    """Return ``data`` as base45."""
    return str(base45.b45encode(data), "ascii")


def decode(text: str) -> bytes:
    """Return the bytes that ``text`` stands for; raises :class:`~wire.errors.Malformed`.

    The space is one of the 45 letters, but no encoding ends with one (a last letter is at
    most 32): spaces at the end are from elsewhere.
    """
    if len(text) > MAX_CHARS:
        raise Malformed("The text is longer than any code of these letters.")
    try:
        return bytes(base45.b45decode(text.rstrip(" ")))
    except ValueError as error:
        raise Malformed("The text is cut or altered.") from error
