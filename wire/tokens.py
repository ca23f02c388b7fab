"""What people and walls carry: passes, declarations and place boards, checkable offline.

Each is a CWT (RFC 8392: integer claims) in a signed object of :mod:`wire.signed`, whose
key id lets an issuer change keys while old cards stay valid to their date. Personal ones
are written ``VG1:`` + base45, zlib-compressed where that is shorter; boards as an
upper-case URL that any phone opens, ending in ``/B/`` + base32 (both fit a QR code's
alphanumeric mode). A kiosk's own tokens carry the certificate that the hub gave it.
Dates are only read here; whoever knows the time judges them. docs/codes.md lists claims.
"""

from __future__ import annotations

import base64
import re
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from wire import b45, signed
from wire.claims import Bearer, Board, Declaration, Pass
from wire.enrol import KioskCertificate
from wire.errors import BadSignature, Malformed, UnknownKey, WireError, WrongKind
from wire.keys import SigningKey, VerifyKey

__all__ = [
    "Bearer",
    "Board",
    "Declaration",
    "FutureVersion",
    "Pass",
    "Token",
    "is_board",
    "issue",
    "issue_board",
    "peek",
    "read",
]

PREFIX = "VG1:"
VERSION = 1
_ANY_VERSION = re.compile(r"VG([0-9]):", re.IGNORECASE)
_BOARD = re.compile(r"https?://[^/?#\s]+(?:/[^?#\s]*)?/b/([a-z2-7]{80,4000})", re.IGNORECASE)
_BIGGEST = 8 * 1024
_CERTIFICATE_CLAIM, _VERSION_CLAIM = -65538, 0
_KINDS: dict[str, type[Pass | Declaration | Board]] = {
    "pass": Pass,
    "declaration": Declaration,
    "board": Board,
}
_SCOPES = {"declaration": "declaration", "board": "minute-code"}
"""What a kiosk may issue, and the scope that its certificate must name for it."""


class FutureVersion(WireError):
    """The token is of a newer version than this program knows."""


@dataclass(frozen=True, slots=True)
class Token:
    """A token that was read: its facts, and who stands behind them.

    ``kid`` is the issuing hub's key; ``certificate`` the issuing kiosk's, if a kiosk did.
    """

    facts: Pass | Declaration | Board
    kind: str
    kid: bytes
    certificate: KioskCertificate | None = None


def issue(token: Pass | Declaration, key: SigningKey, certificate: bytes = b"") -> str:
    """Return the text of a personal token's QR code, signed with ``key``.

    A kiosk passes the ``certificate`` (a signed object) that the hub gave it for ``key``.
    """
    data = _sign(token, key, certificate)
    packed = zlib.compress(data, 9)
    return PREFIX + b45.encode(packed if len(packed) < len(data) else data)


def issue_board(board: Board, key: SigningKey, url: str, certificate: bytes = b"") -> str:
    """Return the URL on a place's board; ``url`` is how phones reach the hub.

    Scheme and host are written in capitals (they mean the same), a path is kept.
    """
    parts = urlsplit(url)
    if parts.scheme.lower() not in ("http", "https") or not parts.netloc:
        raise ValueError("A board needs the hub's address, such as https://hub.example.vn.")
    token = base64.b32encode(_sign(board, key, certificate)).decode("ascii").rstrip("=")
    return f"{parts.scheme}://{parts.netloc}".upper() + parts.path.rstrip("/") + "/B/" + token


def is_board(text: str) -> bool:
    """Whether a text has the shape of a board's URL, of whichever hub."""
    return _BOARD.fullmatch(text) is not None


def read(text: str, issuers: Mapping[bytes, VerifyKey]) -> Token:
    """Read and verify a token; ``issuers`` are the hubs' keys by id, old ones included.

    Raises :class:`~wire.errors.Malformed` (cut, altered, none of ours),
    :class:`FutureVersion`, :class:`~wire.errors.UnknownKey` and
    :class:`~wire.errors.BadSignature`.
    """
    data, kind = _open(text)
    payload = _map(signed.peek_payload(data))
    certificate = payload.get(_CERTIFICATE_CLAIM)
    if certificate is None:
        kid = signed.verify(data, issuers, kind).kid
        return Token(_unpack(payload, kind), kind, kid)
    if not isinstance(certificate, bytes):
        raise Malformed("The token's certificate is none.")
    behind = signed.verify(certificate, issuers, "kiosk-certificate")
    kiosk = KioskCertificate.unpack(behind.payload)
    if _SCOPES.get(kind) not in kiosk.scope:
        raise BadSignature("The kiosk that issued this may not issue such tokens.")
    try:
        signed.verify(data, [VerifyKey(kiosk.key)], kind)
    except UnknownKey as error:
        raise BadSignature(
            "The token is not signed by the kiosk that its certificate names."
        ) from error
    return Token(_unpack(payload, kind), kind, behind.kid, kiosk)


def peek(text: str) -> Token:
    """Return what a token claims, believing nothing; raises like :func:`read`."""
    data, kind = _open(text)
    return Token(_unpack(_map(signed.peek_payload(data)), kind), kind, signed.peek(data)[1])


def _sign(token: Pass | Declaration | Board, key: SigningKey, certificate: bytes) -> bytes:
    kind = next(name for name, made in _KINDS.items() if made is type(token))
    claims: dict[int, Any] = token.pack()
    if certificate:
        claims[_CERTIFICATE_CLAIM] = certificate
    return signed.sign(claims, key, kind)


def _open(text: str) -> tuple[bytes, str]:
    """Return the signed object in a text and the kind it claims, unverified."""
    data = _bytes(text)
    kind, _ = signed.peek(data)
    if kind not in _KINDS:
        raise WrongKind("This is a signed object, but no token.")
    return data, kind


def _bytes(text: str) -> bytes:
    board = _BOARD.fullmatch(text)
    if board is not None:
        token = board[1].upper()
        try:
            return base64.b32decode(token + "=" * (-len(token) % 8))
        except ValueError as error:
            raise Malformed("The board's address is cut or altered.") from error
    prefix = _ANY_VERSION.match(text)
    if prefix is None:
        raise Malformed("This is no token of ours.")
    if prefix[1] != str(VERSION):
        raise FutureVersion(f"The token is of version {prefix[1]}; this program knows {VERSION}.")
    return _inflate(b45.decode(text[prefix.end() :]))


def _inflate(data: bytes) -> bytes:
    if data[:1] != b"\x78":
        return data
    inflate = zlib.decompressobj()
    try:
        plain = inflate.decompress(data, _BIGGEST)
    except zlib.error as error:
        raise Malformed("The token does not decompress.") from error
    if not inflate.eof or inflate.unused_data:
        raise Malformed("The token is cut, or larger than any.")
    return plain


def _map(payload: Any) -> dict[Any, Any]:
    if not isinstance(payload, dict):
        raise Malformed("The token holds no claims.")
    return payload


def _unpack(payload: dict[Any, Any], kind: str) -> Pass | Declaration | Board:
    version = payload.get(_VERSION_CLAIM, VERSION)
    if type(version) is not int or version < 1:
        raise Malformed("The token's version is none.")
    if version > VERSION:
        raise FutureVersion(f"The token is of version {version}; this program knows {VERSION}.")
    return _KINDS[kind].unpack(payload)
