"""``HC1:`` health certificates: the EU's DCC, and Vietnam's vaccine passport.

base45, zlib, COSE_Sign1, CWT {1 issuer, 4 expiry, 6 issued, -260: {1: certificate}}
(eHealth Network, "Electronic Health Certificate Specification"; QĐ 5772/QĐ-BYT). Kept:
holder, birth date, issuing country, validity, certificate id. What the certificate says
about health is dropped: the gate records who passed and judges nobody's health.
"""

from __future__ import annotations

import datetime as dt
import math
import re
import zlib
from typing import Any

from kiosk.codes import facts
from kiosk.codes.cose import Sign1
from kiosk.codes.family import Context, Family
from kiosk.model import Code, Person, Trust
from wire import b45
from wire.errors import BadSignature, Malformed

_PREFIX = re.compile(r"HC([0-9]):", re.IGNORECASE)
_BIGGEST = 64 * 1024
_ISSUER, _EXPIRY, _ISSUED, _HEALTH = 1, 4, 6, -260
_GROUPS = {"v": "vaccination", "t": "test", "r": "recovery"}
_LONGEST_ID = 120
_EU = frozenset({
    "AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "EL", "ES", "FI", "FR", "GR", "HR", "HU", "IE",
    "IS", "IT", "LI", "LT", "LU", "LV", "MT", "NL", "NO", "PL", "PT", "RO", "SE", "SI", "SK",
})  # fmt: skip
"""Whose certificates must be compressed by their own specification; others come raw too."""


def read(text: str, context: Context) -> Code | None:
    """Read a certificate; one that cannot be read names the reason and nobody."""
    prefix = _PREFIX.match(text)
    if prefix is None:
        return None
    if prefix[1] != "1":
        return _unread("future-version")
    try:
        data = b45.decode(text[prefix.end() :])
        plain = _inflate(data)
        sign1 = Sign1.parse(plain)
        return _certificate(sign1, sign1.claims(), context, compressed=plain is not data)
    except Malformed:
        return _unread("malformed")


def _unread(reason: str) -> Code:
    return Code(kind="hc1", trust=Trust.NOT_CHECKED, reason=reason)


def _inflate(data: bytes) -> bytes:
    if data[:1] != b"\x78":
        return data
    inflate = zlib.decompressobj()
    try:
        plain = inflate.decompress(data, _BIGGEST)
    except zlib.error as error:
        raise Malformed("The certificate does not decompress.") from error
    if not inflate.eof:
        raise Malformed("The certificate is cut, or larger than any.")
    return plain


def _certificate(
    sign1: Sign1, claims: dict[Any, Any], context: Context, *, compressed: bool
) -> Code:
    body = claims.get(_HEALTH)
    body = body.get(1) if isinstance(body, dict) else None
    holder = _holder(body) if isinstance(body, dict) else None
    if not isinstance(body, dict) or holder is None:
        raise Malformed("The claims hold no certificate with a name.")
    group, record = _record(body)
    country = claims.get(_ISSUER)
    country = country[:8] if isinstance(country, str) else ""
    issued, expires = _moment(claims.get(_ISSUED)), _moment(claims.get(_EXPIRY))
    trust, reason = _trust(sign1, group, context)
    if trust is Trust.SIGNED and (not group or (not compressed and country in _EU)):
        trust, reason = Trust.NOT_CHECKED, "not-compressed" if group else "malformed"
    elif trust is Trust.SIGNED:
        trust, reason = context.dates(issued, expires)
    return Code(
        kind="hc1",
        person=holder,
        trust=trust,
        reason=reason,
        reference=record,
        valid_from=issued,
        valid_until=expires,
        issuer=country,
        warnings=() if compressed else ("not-compressed",),
    )


def _record(body: dict[Any, Any]) -> tuple[str, str]:
    """Return what the one record is and its id; empty unless the schema is kept to.

    The schema (1.0 to 1.3) asks for version, name, birth date and exactly one record.
    """
    groups = [name for name in _GROUPS if body.get(name) is not None]
    whole = isinstance(body.get("ver"), str) and isinstance(body.get("dob"), str)
    if len(groups) != 1 or not whole or not isinstance(body.get("nam"), dict):
        return "", ""
    match body[groups[0]]:
        case [{"ci": str() as record, "co": str(), "is": str(), "tg": str()}]:
            return _GROUPS[groups[0]], record[:_LONGEST_ID]
        case _:
            return "", ""


def _holder(body: dict[Any, Any]) -> Person | None:
    """Return the holder, family name first as the names of Vietnam go."""
    names, born = body.get("nam"), body.get("dob")
    if not isinstance(names, dict):
        return None
    parts = []
    for written, machine in (("fn", "fnt"), ("gn", "gnt")):
        part = names.get(written)
        if not isinstance(part, str) or not part.strip():
            part = names.get(machine)
            part = part.replace("<", " ") if isinstance(part, str) else ""
        parts.append(part.strip())
    name = facts.name(" ".join(part for part in parts if part))
    birth = facts.dashed_date(born[:10]) if isinstance(born, str) else ""
    return Person(name=name, birth=birth) if name else None


def _trust(sign1: Sign1, group: str, context: Context) -> tuple[Trust, str]:
    if context.trust_list is None:
        return Trust.NOT_CHECKED, "no-trust-list"
    signers = context.trust_list.find(sign1.kid or b"")
    if not signers:
        return Trust.NOT_CHECKED, "unknown-key"
    for signer in signers:
        try:
            sign1.verify(signer.key)
        except BadSignature:
            continue
        if group and not signer.may_sign(group):
            return Trust.BAD_SIGNATURE, "signer-not-allowed"
        return Trust.SIGNED, ""
    return Trust.BAD_SIGNATURE, "bad-signature"


def _moment(seconds: object) -> dt.datetime | None:
    """Return the time (UTC) of a CWT date, which may be a float; None if it is none."""
    if isinstance(seconds, bool) or not isinstance(seconds, (int, float)):
        return None
    if not math.isfinite(seconds) or not 0 <= seconds < 253_402_300_800:  # the year 10000
        return None
    return dt.datetime.fromtimestamp(int(seconds), dt.UTC)


FAMILY = Family("hc1", ("hc1",), read)
