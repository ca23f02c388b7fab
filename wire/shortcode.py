"""The ten characters that a steward types where no code can be shown to the camera (pure).

Nine random characters of 32 (Crockford's: no I, L, O, U) and one that checks them, so that
a slip of the finger is found before anybody is asked. Who has them, and a TLS connection to
the hub, gets the whole enrolment code: :class:`Asking` goes out, :class:`Invited` comes back.
"""

from __future__ import annotations

import secrets
import uuid
from dataclasses import dataclass
from typing import Any

from wire import signed
from wire.batch import VERSION
from wire.errors import Malformed
from wire.fields import get, get_uuid, version_of
from wire.keys import VerifyKey

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 10
_ALIKE = str.maketrans("ILOU", "110V")
_WEIGHTS = (1, 3, 5, 7, 9, 11, 13, 15, 17)
"""Odd, so that one wrong character always shows; different, so that most swapped ones do."""


def new() -> str:
    """Return a fresh code of 45 random bits."""
    body = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH - 1))
    return body + _check(body)


def shown(code: str) -> str:
    """Return a code as people read it: ``AB3DE-6GH9K``."""
    return f"{code[:5]}-{code[5:]}"


def read(text: str) -> str:
    """Return the code in what somebody typed; raises :class:`~wire.errors.Malformed`."""
    code = "".join(text.upper().split()).replace("-", "").translate(_ALIKE)
    if len(code) != LENGTH or not set(code) <= set(ALPHABET):
        raise Malformed("The code has ten letters and figures.")
    if _check(code[:-1]) != code[-1]:
        raise Malformed("One character of the code is wrong.")
    return code


def _check(body: str) -> str:
    total = sum(w * ALPHABET.index(c) for w, c in zip(_WEIGHTS, body, strict=True))
    return ALPHABET[total % len(ALPHABET)]


@dataclass(frozen=True, slots=True)
class Asking:
    """Kind ``asking``: a kiosk's steward typed ten characters.

    Signed by a key made for the question, which ``key`` names: nobody is known yet.
    """

    request: uuid.UUID
    code: str
    key: bytes

    def pack(self) -> dict[str, Any]:
        """Return the payload."""
        return {"v": VERSION, "request": self.request.bytes, "code": self.code, "key": self.key}

    @classmethod
    def unpack(cls, payload: Any) -> Asking:
        """Read a payload."""
        version_of(payload, VERSION)
        return cls(
            get_uuid(payload, "request"),
            get(payload, "code", str),
            VerifyKey(get(payload, "key", bytes)).raw,
        )


def read_asking(data: bytes) -> Asking:
    """Return the question in ``data``, its signature checked."""
    asking = Asking.unpack(signed.peek_payload(data))
    signed.verify(data, [VerifyKey(asking.key)], "asking")
    return asking


@dataclass(frozen=True, slots=True)
class Invited:
    """Kind ``invited``: the whole enrolment code as text, in answer to an :class:`Asking`."""

    request: uuid.UUID
    text: str

    def pack(self) -> dict[str, Any]:
        """Return the payload."""
        return {"v": VERSION, "request": self.request.bytes, "text": self.text}

    @classmethod
    def unpack(cls, payload: Any) -> Invited:
        """Read a payload."""
        version_of(payload, VERSION)
        return cls(get_uuid(payload, "request"), get(payload, "text", str))
