"""The signers of ``HC1:`` certificates that the steward loaded from a file, and their age.

Formats: certificates as DER or PEM (any number in one file), and the JSON lists of the
national gateways: a map of key id to certificate(s), ``{"certificates": [{"kid",
"rawData"}]}`` (EU), ``{"dsc_trust_list": {"SE": {"keys": [{"kid", "x5c"}]}}}`` (SE),
``{"eu_keys": {kid: [{"subjectPk"}]}}`` (NL). A leading line with a detached signature
(DE) is passed over: the steward answers for the file.
"""

from __future__ import annotations

import base64
import binascii
import datetime as dt
import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import load_der_public_key

from kiosk.codes.cose import PublicKey
from kiosk.errors import BadInput

KID_BYTES = 8
OLD_AFTER = dt.timedelta(days=30)
"""Older lists are shown as old: issuers change keys a few times a year."""

_USES = {
    f"1.3.6.1.4.1.{root}.2021.1.{number}": use
    for root in ("1847", "0.1847")
    for number, use in ((1, "test"), (2, "vaccination"), (3, "recovery"))
}
_NAMES = {"t": "test", "v": "vaccination", "r": "recovery"}
_RSA_BITS = range(2048, 4097)
_SHORTEST_DER = 60
_DEEPEST = 8


@dataclass(frozen=True, slots=True)
class Signer:
    """Somebody who may sign certificates; ``uses`` empty means of every kind."""

    key: PublicKey
    uses: frozenset[str] = frozenset()
    country: str = ""

    def may_sign(self, use: str) -> bool:
        """Whether this signer may sign a ``vaccination``, ``test`` or ``recovery``."""
        return not self.uses or use in self.uses


@dataclass(frozen=True, slots=True)
class TrustList:
    """Signers by key id. ``as_of`` (UTC) is when the list was drawn up, as far as known."""

    signers: dict[bytes, tuple[Signer, ...]]
    as_of: dt.datetime
    unusable: int = 0

    def find(self, kid: bytes) -> tuple[Signer, ...]:
        """Return whoever signs under this key id; ids can collide, so maybe several."""
        return self.signers.get(kid, ())

    def __len__(self) -> int:
        return sum(len(signers) for signers in self.signers.values())

    def age(self, now: dt.datetime) -> dt.timedelta:
        """How old the list is at ``now`` (UTC)."""
        return max(now - self.as_of, dt.timedelta(0))

    def is_old(self, now: dt.datetime) -> bool:
        """Whether somebody should bring a newer list."""
        return self.age(now) > OLD_AFTER

    @classmethod
    def parse(cls, data: bytes, as_of: dt.datetime) -> TrustList:
        """Read a file's bytes; ``as_of`` is the file's own date.

        Raises :class:`~kiosk.errors.BadInput` when there is no usable signer in it. Single
        certificates that cannot be used are counted in ``unusable``.
        """
        found: dict[bytes, list[Signer]] = {}
        unusable = 0
        for kid, der, uses in _entries(data):
            try:
                own_kid, signer = _signer(der, uses)
            except (ValueError, UnsupportedAlgorithm):
                unusable += 1
                continue
            chosen = kid if kid is not None else own_kid
            if len(chosen) != KID_BYTES:
                unusable += 1
                continue
            same = found.setdefault(chosen, [])
            if signer not in same:
                same.append(signer)
        if not found:
            raise BadInput(
                "The trust list holds no certificate that can be used; it takes DER, PEM or "
                "JSON with ES256 or PS256 keys."
            )
        return cls({kid: tuple(signers) for kid, signers in found.items()}, as_of, unusable)


def load(path: Path) -> TrustList:
    """Read a trust list's file, as of its own date; raises :class:`~kiosk.errors.BadInput`."""
    try:
        data, written = path.read_bytes(), path.stat().st_mtime
    except OSError as error:
        raise BadInput(f"{path} cannot be read: {error.strerror}.") from error
    return TrustList.parse(data, dt.datetime.fromtimestamp(written, dt.UTC))


_Found = tuple[bytes | None, bytes, frozenset[str]]


def _entries(data: bytes) -> Iterator[_Found]:
    """Yield (key id if stated, DER, uses if stated) of everything that may be a signer."""
    if data.startswith(b"\x30"):
        yield None, data, frozenset()
    elif b"-----BEGIN CERTIFICATE-----" in data:
        for part in data.split(b"-----BEGIN CERTIFICATE-----")[1:]:
            body = part.partition(b"-----END")[0]
            yield from _der(body.decode("ascii", "replace"), None, frozenset())
    else:
        yield from _walk(_json(data), None, frozenset(), 0)


def _json(data: bytes) -> Any:
    for text in (data, data.partition(b"\n")[2]):
        try:
            return json.loads(text)
        except (ValueError, RecursionError):
            continue
    raise BadInput("The trust list is neither a certificate nor JSON.")


def _walk(value: Any, kid: bytes | None, uses: frozenset[str], depth: int) -> Iterator[_Found]:
    if depth > _DEEPEST:
        return
    if isinstance(value, str):
        yield from _der(value, kid, uses)
    elif isinstance(value, list):
        for item in value:
            yield from _walk(item, kid, uses, depth + 1)
    elif isinstance(value, dict):
        stated = value.get("kid")
        here = _kid(stated) if isinstance(stated, str) else kid
        usage = value.get("keyUsage")
        allowed = uses
        if isinstance(usage, list):
            allowed = frozenset(_NAMES[u] for u in usage if isinstance(u, str) and u in _NAMES)
        for name, item in value.items():
            if name not in ("kid", "signature", "thumbprint", "keyUsage"):
                yield from _walk(item, _kid(name) or here, allowed, depth + 1)


def _kid(text: str) -> bytes | None:
    """Return the key id that a JSON name or value is: eight bytes in base64 or hex."""
    try:
        raw = bytes.fromhex(text) if len(text) == 2 * KID_BYTES else _b64(text)
    except ValueError:
        return None
    return raw if len(raw) == KID_BYTES else None


def _b64(text: str) -> bytes:
    compact = "".join(text.split()).replace("-", "+").replace("_", "/").rstrip("=")
    return base64.b64decode(compact + "=" * (-len(compact) % 4), validate=True)


def _der(text: str, kid: bytes | None, uses: frozenset[str]) -> Iterator[_Found]:
    try:
        der = _b64(text)
    except (binascii.Error, ValueError):
        return
    if len(der) > _SHORTEST_DER and der.startswith(b"\x30"):
        yield kid, der, uses


def _signer(der: bytes, uses: frozenset[str]) -> tuple[bytes, Signer]:
    """Return the key id and signer of a certificate or a bare public key."""
    digest_kid = hashlib.sha256(der).digest()[:KID_BYTES]
    try:
        certificate = x509.load_der_x509_certificate(der)
    except ValueError:
        return digest_kid, Signer(_usable(load_der_public_key(der)), uses)
    country = certificate.subject.get_attributes_for_oid(x509.NameOID.COUNTRY_NAME)
    signer = Signer(
        _usable(certificate.public_key()),
        uses or _extended(certificate),
        str(country[0].value) if country else "",
    )
    return digest_kid, signer


def _extended(certificate: x509.Certificate) -> frozenset[str]:
    try:
        extension = certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage)
    except x509.ExtensionNotFound:
        return frozenset()
    return frozenset(_USES[o.dotted_string] for o in extension.value if o.dotted_string in _USES)


def _usable(key: object) -> PublicKey:
    if isinstance(key, ec.EllipticCurvePublicKey) and isinstance(key.curve, ec.SECP256R1):
        return key
    if isinstance(key, rsa.RSAPublicKey) and key.key_size in _RSA_BITS:
        return key
    raise ValueError("The key is neither P-256 nor RSA of 2048 to 4096 bits.")
