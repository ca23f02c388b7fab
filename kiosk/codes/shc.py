"""SMART Health Cards (``shc:/``): named and read, the signature not checked.

Digits in pairs are a compact JWS (RFC 7515) whose payload is raw DEFLATE of JSON
(smarthealth.cards, "Modeling Verifiable Credentials"). Kept: name and birth date of the
patient, the issuer's host. A large card is cut into chunks ``shc:/n/of/…``: one alone
says so; joined by :class:`Parts` as they are shown they are one card. Certainty A.
"""

from __future__ import annotations

import base64
import json
import re
import zlib
from collections.abc import Iterable, Mapping
from typing import Any

from kiosk.codes import facts
from kiosk.codes.family import Context, Family
from kiosk.model import Code, Person, Trust

_CARD = re.compile(r"shc:/(?:([0-9]{1,2})/([0-9]{1,2})/)?([0-9]+)", re.IGNORECASE)
_BIGGEST = 256 * 1024
_OFFSET = 45  # each pair of digits is a character's code less this
_MOST_ENTRIES = 50

TOGETHER_S = 60.0
"""Seconds within which the next part of a card is shown: people swipe and hold again."""


def join(texts: Iterable[str]) -> str | None:
    """Return the whole card that chunks make, in any order; None while some are missing."""
    parts: dict[int, str] = {}
    total = 0
    for text in texts:
        found = _CARD.fullmatch(text.strip())
        if found is None or found[1] is None or total not in (0, int(found[2])):
            return None
        total = int(found[2])
        parts[int(found[1])] = found[3]
    if not total or sorted(parts) != list(range(1, total + 1)):
        return None
    return "shc:/" + "".join(parts[number] for number in sorted(parts))


class Parts:
    """The parts of one card while its holder shows them; in memory, for seconds."""

    def __init__(self) -> None:
        self._texts: list[str] = []
        self._at = float("-inf")

    def __repr__(self) -> str:
        return f"<{len(self._texts)} parts of a card>"

    def take(self, text: str, at: float) -> str:
        """Return the whole card that ``text``, shown at ``at`` (seconds), completes, else it."""
        found = _CARD.fullmatch(text.strip())
        if found is None or found[1] is None:
            return text
        if at - self._at > TOGETHER_S:
            self._texts.clear()
        self._at = at
        total = f"/{found[2]}/"
        self._texts = [t for t in self._texts if total in t[:12] and t != text]
        self._texts.append(text)
        whole = join(self._texts)
        if whole is None:
            return text
        # Parts of two people's cards make no card: the newest is the next one's first.
        made = read(whole, Context())
        self._texts = self._texts[-1:] if made is None or made.person is None else []
        return whole if not self._texts else text


def read(text: str, _context: Context) -> Code | None:
    """Read a card's holder; a chunk alone is named with the reason ``chunk``."""
    if text[:5].lower() != "shc:/":
        return None
    found = _CARD.fullmatch(text.strip())
    if found is None:
        return _unread("malformed")
    if found[1] is not None:
        return _unread("chunk")
    try:
        claims = json.loads(_payload(found[3]))
        person, issuer = _holder(claims), claims.get("iss", "")
    except (ValueError, RecursionError, zlib.error):
        return _unread("malformed")
    if person is None:
        return _unread("malformed")
    issuer = issuer[:120] if isinstance(issuer, str) else ""
    return Code(
        kind="shc", person=person, trust=Trust.NOT_CHECKED, reason="no-trust-list", issuer=issuer
    )


def _unread(reason: str) -> Code:
    return Code(kind="shc", trust=Trust.NOT_CHECKED, reason=reason)


def _payload(digits: str) -> bytes:
    if len(digits) % 2:
        raise ValueError("The card's digits come in pairs.")
    token = bytes(int(digits[i : i + 2]) + _OFFSET for i in range(0, len(digits), 2))
    header, payload, _signature = (_b64(part) for part in token.split(b"."))
    if json.loads(header).get("zip") != "DEF":
        return payload
    inflate = zlib.decompressobj(wbits=-zlib.MAX_WBITS)
    plain = inflate.decompress(payload, _BIGGEST)
    if not inflate.eof:
        raise ValueError("The card is cut, or larger than any.")
    return plain


def _b64(part: bytes) -> bytes:
    return base64.b64decode(part + b"=" * (-len(part) % 4), altchars=b"-_", validate=True)


def _holder(claims: Any) -> Person | None:
    match claims:
        case {"vc": {"credentialSubject": {"fhirBundle": {"entry": [*entries]}}}}:
            pass
        case _:
            return None
    for entry in entries[:_MOST_ENTRIES]:
        match entry:
            case {"resource": {"resourceType": "Patient", "name": [{**name}, *_]} as patient}:
                return _person(name, patient.get("birthDate"))
            case _:
                continue
    return None


def _person(name: Mapping[Any, Any], born: object) -> Person | None:
    family, given = name.get("family"), name.get("given")
    parts = [family, *(given[:8] if isinstance(given, list) else [])]
    kept = facts.name(" ".join(part.strip() for part in parts if isinstance(part, str)))
    birth = facts.dashed_date(born) if isinstance(born, str) else ""
    return Person(name=kept, birth=birth) if kept else None


FAMILY = Family("shc", ("shc",), read)
