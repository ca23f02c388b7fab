"""One strict CBOR for everything that crosses: deterministic out, plain types in.

Encoding follows RFC 8949 §4.2 (core deterministic encoding: shortest forms, sorted map
keys), so equal facts are equal bytes. Decoding refuses trailing bytes, and every type
other than int, float, str, bytes, bool, None, list and dict.
"""

from __future__ import annotations

import io
from typing import Any

import cbor2

from wire import cborplain, cborscan
from wire.errors import Malformed

MAX_BYTES = 4 * 1024 * 1024
"""No message of ours comes near this; larger input is refused unread."""

_PLAIN = (int, float, str, bytes, bool, type(None))
_MAX_DEPTH = cborscan.MAX_DEPTH


def dumps(value: Any) -> bytes:
    """Return the deterministic CBOR encoding of ``value`` (plain types only)."""
    return cbor2.dumps(value, canonical=True)


def loads(data: bytes) -> Any:
    """Decode exactly one CBOR item of plain types.

    Raises :class:`~wire.errors.Malformed` for anything else: cut or trailing bytes, tags,
    exotic types, nesting deeper than 16, more than :data:`MAX_BYTES`.
    """
    if len(data) <= cborscan.MAX_ITEMS:  # so many bytes hold no more items than may be
        try:
            value, end = cborplain.item(data, 0, 0)
        except (cborplain.NotPlain, IndexError, UnicodeDecodeError):
            pass  # unusual or wrong: the careful way says which
        else:
            if end == len(data):
                return value
    value = loads_tagged(data)
    _check(value, 0)
    return value


def loads_tagged(data: bytes) -> Any:
    """Decode one CBOR item that may be a tag; the content is not checked.

    For the outer shell of COSE objects only, whose parts :mod:`wire.signed` checks.
    """
    if len(data) > MAX_BYTES:
        raise Malformed("The message is larger than any message of ours.")
    if cborscan.check(data) != len(data):
        raise Malformed("There are bytes after the end of the message.")
    stream = io.BytesIO(data)
    try:
        value = cbor2.CBORDecoder(stream).decode()
    except (
        cbor2.CBORDecodeError, ValueError, TypeError, KeyError, IndexError, AttributeError,
        ArithmeticError, RecursionError, MemoryError,
    ) as error:  # fmt: skip
        # cbor2 lets the errors of its value constructors through (dates, regular
        # expressions, big numbers); from our side all of them are bytes not of ours.
        raise Malformed("The bytes are not CBOR of ours.") from error
    return value


def _check(value: Any, depth: int) -> None:
    if depth > _MAX_DEPTH:
        raise Malformed("The message is nested too deeply.")
    if isinstance(value, list):
        for item in value:
            _check(item, depth + 1)
    elif isinstance(value, dict):
        for key, item in value.items():
            if not isinstance(key, (int, str, bytes)):
                raise Malformed("A map of the message has an unusable key.")
            _check(item, depth + 1)
    elif type(value) is int and not -(2**63) <= value < 2**64:
        raise Malformed("The message holds a number that is too large.")
    elif not isinstance(value, _PLAIN):
        raise Malformed(f"The message holds a {type(value).__name__}, which none of ours does.")
