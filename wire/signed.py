"""COSE_Sign1 with Ed25519: the only thing that one side believes of the other.

An object's protected header holds the algorithm (1: -8), the signer's key id (4) and the
object's kind (16, "typ", RFC 9596), so that a receipt can never pass as settings. The
payload is deterministic CBOR; kinds in :data:`COMPRESSED` are zlib-compressed below the
signature. Nothing is decoded beyond the shell before the signature was checked.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import cbor2
from cwt import COSE, COSEKey
from cwt.cose_key_interface import COSEKeyInterface
from cwt.exceptions import CWTError

from wire import cbor
from wire.errors import BadSignature, Malformed, UnknownKey, WrongKind
from wire.keys import SigningKey, VerifyKey

MEDIA_TYPE = "application/cose"
COMPRESSED = frozenset({"batch", "settings"})
"""Kinds whose payload is zlib-compressed before it is signed."""

_ALG, _KID, _TYP = 1, 4, 16
_EDDSA = -8
_SIGN1_TAG = 18
_PREFIX = "gate-"
_SUFFIX = "-v1"


@dataclass(frozen=True, slots=True)
class Signed:
    """A verified object: its payload, the id of the key that signed it, its kind."""

    payload: Any
    kid: bytes
    kind: str


def sign(payload: Any, key: SigningKey, kind: str) -> bytes:
    """Sign ``payload`` (plain types) as an object of ``kind``; returns tagged COSE bytes."""
    return sign_bytes(_pack(payload, kind), key, kind)


def sign_bytes(body: bytes, key: SigningKey, kind: str) -> bytes:
    """Sign a body that is encoded already (see :func:`verify_bytes`)."""
    protected = {_ALG: _EDDSA, _KID: key.kid, _TYP: f"{_PREFIX}{kind}{_SUFFIX}"}
    signer = _private(key.raw)
    made = COSE.new(deterministic_header=True).encode_and_sign(body, signer, protected=protected)
    assert isinstance(made, bytes)
    return made


def verify(data: bytes, keys: Mapping[bytes, VerifyKey] | Iterable[VerifyKey], kind: str) -> Signed:
    """Return what a signed object of ``kind`` says.

    ``keys`` are those believed, by id or as a plain collection. Raises
    :class:`~wire.errors.Malformed`, :class:`~wire.errors.WrongKind`,
    :class:`~wire.errors.UnknownKey` or :class:`~wire.errors.BadSignature`.
    """
    body, kid = verify_bytes(data, keys, kind)
    return Signed(_unpack(body, kind), kid, kind)


def verify_bytes(
    data: bytes, keys: Mapping[bytes, VerifyKey] | Iterable[VerifyKey], kind: str
) -> tuple[bytes, bytes]:
    """Verify like :func:`verify` and return the body undecoded, with the signer's id."""
    known = keys if isinstance(keys, Mapping) else {key.kid: key for key in keys}
    shell, kid, found = _shell(data)
    if found != kind:
        raise WrongKind(f"This is a {found or 'foreign'} object, not a {kind}.")
    key = known.get(kid)
    if key is None:
        raise UnknownKey("The signer's key is not known here.")
    try:
        COSE.new().decode(shell, _public(key.raw))
    except (CWTError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise BadSignature("The signature does not fit.") from error
    body = shell.value[2]
    assert isinstance(body, bytes)
    return body, kid


def peek(data: bytes) -> tuple[str, bytes]:
    """Return ``(kind, signer's key id)`` without believing anything; for routing only."""
    _, kid, kind = _shell(data)
    return kind, kid


def peek_payload(data: bytes) -> Any:
    """Return what an object claims, unverified: to find the key it must be verified with."""
    shell, _, kind = _shell(data)
    return _unpack(shell.value[2], kind)


def _pack(payload: Any, kind: str) -> bytes:
    body = cbor.dumps(payload)
    return zlib.compress(body, 6) if kind in COMPRESSED else body


def _unpack(body: bytes, kind: str) -> Any:
    if kind in COMPRESSED:
        inflate = zlib.decompressobj()
        try:
            body = inflate.decompress(body, cbor.MAX_BYTES)
        except zlib.error as error:
            raise Malformed("The message does not decompress.") from error
        if not inflate.eof or inflate.unused_data:
            raise Malformed("The message does not decompress to a message of ours.")
    return cbor.loads(body)


def _shell(data: bytes) -> tuple[cbor2.CBORTag, bytes, str]:
    shell = cbor.loads_tagged(data)
    if not isinstance(shell, cbor2.CBORTag) or shell.tag != _SIGN1_TAG:
        raise Malformed("This is no signed object.")
    parts = shell.value
    if (
        not isinstance(parts, (list, tuple))
        or len(parts) != 4
        or not all(isinstance(parts[i], bytes) for i in (0, 2, 3))
    ):
        raise Malformed("This is no signed object.")
    header = cbor.loads(parts[0])
    if not isinstance(header, dict) or header.get(_ALG) != _EDDSA:
        raise Malformed("The object is not signed with Ed25519.")
    kid, typ = header.get(_KID), header.get(_TYP)
    if not isinstance(kid, bytes) or not isinstance(typ, str):
        raise Malformed("The object does not say who signed it or what it is.")
    ours = typ.startswith(_PREFIX) and typ.endswith(_SUFFIX)
    return shell, kid, typ[len(_PREFIX) : -len(_SUFFIX)] if ours else ""


@lru_cache(maxsize=512)
def _public(raw: bytes) -> COSEKeyInterface:
    return COSEKey.new({1: 1, 3: _EDDSA, -1: 6, -2: raw, 2: VerifyKey(raw).kid, 4: [2]})


@lru_cache(maxsize=64)
def _private(raw: bytes) -> COSEKeyInterface:
    public = SigningKey(raw).public
    return COSEKey.new({1: 1, 3: _EDDSA, -1: 6, -2: public.raw, -4: raw, 2: public.kid, 4: [1, 2]})
