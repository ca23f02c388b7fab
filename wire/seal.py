"""HPKE (RFC 9180): sealed for the tracing authority, unreadable where it was written.

Suite: DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, ChaCha20-Poly1305 (small boards have no
AES instructions). Base mode, single shot; the sealed bytes are ``enc ‖ ciphertext``. The
entry's header bytes are HPKE's ``info``, so a sealed part opens only under its own header.
"""

from __future__ import annotations

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite

from wire import cbor
from wire.errors import CannotOpen, Malformed
from wire.keys import OpenKey, SealKey

STEP = 256
"""Sealed contents are padded to multiples of this many bytes: length tells nothing."""

_LENGTH_BYTES = 4
_SUITE = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.CHACHA20_POLY1305)


def seal(content: dict[str, object], key: SealKey, header: bytes) -> bytes:
    """Seal ``content`` (plain CBOR types) to ``key``, bound to the entry's header bytes."""
    return _SUITE.encrypt(_pad(cbor.dumps(content)), key.load(), header)


def open_sealed(sealed: bytes, key: OpenKey, header: bytes) -> dict[str, object]:
    """Open what :func:`seal` made.

    Raises :class:`~wire.errors.CannotOpen` for another key, another header or altered
    bytes, :class:`~wire.errors.Malformed` when the content is not ours.
    """
    try:
        padded = _SUITE.decrypt(sealed, key.load(), header)
    except (InvalidTag, ValueError) as error:
        raise CannotOpen("The sealed part does not open with this key.") from error
    content = cbor.loads(_unpad(padded))
    if not isinstance(content, dict):
        raise Malformed("The sealed part holds no content of ours.")
    return content


def _pad(content: bytes) -> bytes:
    framed = len(content).to_bytes(_LENGTH_BYTES, "big") + content
    return framed + bytes(-len(framed) % STEP)


def _unpad(padded: bytes) -> bytes:
    length = int.from_bytes(padded[:_LENGTH_BYTES], "big")
    if len(padded) % STEP or length > len(padded) - _LENGTH_BYTES:
        raise Malformed("The sealed part is not padded as ours is.")
    return padded[_LENGTH_BYTES : _LENGTH_BYTES + length]
