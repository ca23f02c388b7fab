"""Person fields at rest: encrypted with a key outside the database, found through tags.

A box is ``key id (4) ‖ nonce (12) ‖ AES-256-GCM``, bound to the entry's id; its content is
padded to 64 bytes so that length tells little. A tag is ``key id (4) ‖ HMAC-SHA-256 cut to
16 bytes`` over the field's name and the folded value: equal values have equal tags, and
without the key nobody can try values out.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import uuid
from collections.abc import Mapping
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from hub.errors import HubError
from hub.keys import SECRET_KID_BYTES, KeyRing
from wire import cbor
from wire.names import fold, masked

FIELDS = ("number", "phone", "qid", "bhyt", "name")
"""What an entry can be found by; ``name`` stands for the folded name with birth year."""

_NONCE = 12
_STEP = 64
_TAG = 16


class Vault:
    """Encrypts, decrypts and tags with a hub's keys."""

    def __init__(self, ring: KeyRing) -> None:
        self._ciphers = {kid: AESGCM(raw) for kid, raw in ring.secrets("data").items()}
        self._tags = ring.secrets("tags")
        self._current = list(self._ciphers)[-1]
        self._current_tag = list(self._tags)[-1]

    def box(self, content: object, entry: uuid.UUID) -> bytes:
        """Encrypt plain CBOR types for the row ``entry``."""
        clear = cbor.dumps(content)
        padded = clear + b"\x80" + bytes(-(len(clear) + 1) % _STEP)
        nonce = os.urandom(_NONCE)
        cipher = self._ciphers[self._current]
        return self._current + nonce + cipher.encrypt(nonce, padded, entry.bytes)

    def unbox(self, box: bytes, entry: uuid.UUID) -> Any:
        """Decrypt what :meth:`box` made for the same row."""
        kid, rest = box[:SECRET_KID_BYTES], box[SECRET_KID_BYTES:]
        cipher = self._ciphers.get(kid)
        if cipher is None:
            raise HubError("The key that this row was encrypted with is not in the keys folder.")
        try:
            padded = cipher.decrypt(rest[:_NONCE], rest[_NONCE:], entry.bytes)
        except InvalidTag as error:
            raise HubError("An encrypted row was altered in the database.") from error
        return cbor.loads(padded.rstrip(b"\0")[:-1])

    def tags(self, person: Mapping[str, str]) -> dict[str, bytes | None]:
        """Return the tag of each of :data:`FIELDS` for a new row; None where unknown."""
        return {
            field: self._tag(self._current_tag, field, value) if value else None
            for field, value in _values(person).items()
        }

    def search(self, field: str, person: Mapping[str, str]) -> list[bytes]:
        """Return the tags under which rows of ``person`` may lie, one per key; may be empty."""
        value = _values(person)[field]
        return [self._tag(kid, field, value) for kid in self._tags] if value else []

    def _tag(self, kid: bytes, field: str, value: str) -> bytes:
        message = f"{field}\0{value}".encode()
        return kid + hmac.digest(self._tags[kid], message, hashlib.sha256)[:_TAG]


def mask(person: Mapping[str, str]) -> dict[str, str]:
    """Return the little that may be shown: shortened name, sex and birth year."""
    shown = {
        "name": masked(person.get("name", "")),
        "sex": person.get("sex", ""),
        "birth_year": person.get("birth", "")[:4],
    }
    return {key: value for key, value in shown.items() if value}


def _values(person: Mapping[str, str]) -> dict[str, str]:
    number = person.get("number", "")
    name, year = fold(person.get("name", "")), person.get("birth", "")[:4]
    return {
        # A masked number matches nothing: such rows are found by name and birth year.
        "number": "" if "*" in number else "".join(number.split()).upper(),
        "phone": _digits(person.get("phone", "")),
        "qid": person.get("qid", ""),
        "bhyt": "".join(person.get("bhyt", "").split()).upper(),
        "name": f"{name}\0{year}" if name and year else "",
    }


def _digits(phone: str) -> str:
    digits = "".join(c for c in phone if c in "0123456789")
    return "0" + digits[2:] if digits.startswith("84") and len(digits) >= 11 else digits
