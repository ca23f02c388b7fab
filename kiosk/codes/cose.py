"""COSE_Sign1 (RFC 9052) as other issuers write it: any tags, headers in either place."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import cbor2
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

from wire import cbor
from wire.errors import BadSignature, Malformed

ES256, PS256 = -7, -37
_ALG, _KID = 1, 4
_TAGS = frozenset({18, 61})  # COSE_Sign1, CWT
_DEEPEST_TAGS = 4
_HALF = 32

PublicKey = ec.EllipticCurvePublicKey | rsa.RSAPublicKey


@dataclass(frozen=True, slots=True)
class Sign1:
    """A signed object, taken apart and not yet believed."""

    protected: bytes
    payload: bytes
    signature: bytes
    alg: int | None
    kid: bytes | None

    @classmethod
    def parse(cls, data: bytes) -> Sign1:
        """Take ``data`` apart; tags 18 and 61 may wrap it in any order, or be missing.

        A protected header wins over an unprotected one. Raises
        :class:`~wire.errors.Malformed`.
        """
        parts = cbor.loads_tagged(data)
        for _ in range(_DEEPEST_TAGS):
            if isinstance(parts, cbor2.CBORTag) and parts.tag in _TAGS:
                parts = parts.value
        match parts:
            case [bytes() as protected, dict() as loose, bytes() as payload, bytes() as signature]:
                header = cbor.loads_tagged(protected) if protected else {}
            case _:
                raise Malformed("This is no COSE_Sign1.")
        if not isinstance(header, dict):
            raise Malformed("The protected header is no map.")
        alg, kid = (header.get(label, loose.get(label)) for label in (_ALG, _KID))
        return cls(
            protected,
            payload,
            signature,
            alg if type(alg) is int else None,
            kid if isinstance(kid, bytes) else None,
        )

    def verify(self, key: PublicKey) -> None:
        """Check the signature with ``key``; raises :class:`~wire.errors.BadSignature`."""
        signed = cbor2.dumps(["Signature1", self.protected, b"", self.payload])
        try:
            _verify(key, self.alg, self.signature, signed)
        except InvalidSignature as error:
            raise BadSignature("The signature does not fit.") from error

    def claims(self) -> dict[Any, Any]:
        """Return the payload as a map; raises :class:`~wire.errors.Malformed`."""
        claims = cbor.loads_tagged(self.payload)
        if not isinstance(claims, dict):
            raise Malformed("The payload is no map of claims.")
        return claims


def _verify(key: PublicKey, alg: int | None, signature: bytes, signed: bytes) -> None:
    if alg == ES256 and isinstance(key, ec.EllipticCurvePublicKey):
        if len(signature) != 2 * _HALF:
            raise InvalidSignature
        r, s = (int.from_bytes(part) for part in (signature[:_HALF], signature[_HALF:]))
        key.verify(encode_dss_signature(r, s), signed, ec.ECDSA(SHA256()))
    elif alg == PS256 and isinstance(key, rsa.RSAPublicKey):
        pss = padding.PSS(padding.MGF1(SHA256()), salt_length=padding.PSS.DIGEST_LENGTH)
        key.verify(signature, signed, pss, SHA256())
    else:
        raise InvalidSignature
