"""What one page hands to the next: signed (tickets, forms) or encrypted (who one is).

Nothing of it is kept at the hub: a person whom a phone remembers is remembered by the phone
alone, as bytes that only the hub can read.
"""

from __future__ import annotations

import base64
import hmac
import os
import time
import uuid
from dataclasses import dataclass
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.core import signing

from hub.intake.answers import ring
from hub.intake.transactions import now_ms
from hub.visitors.people import Person
from wire import cbor
from wire.errors import Malformed
from wire.ids import uuid7

BOARD_S = 2 * 3600
MINUTE_S = 30 * 60
"""How long a page that was opened from a code lets one check in."""

REMEMBERED_S = 30 * 24 * 3600
RECEIPT_S = 18 * 3600
_NONCE = 12


@dataclass(frozen=True, slots=True)
class Ticket:
    """That somebody opened a place's code: which, how (``board`` or ``minute``), and when.

    ``leaving``: of a receipt, by which one can only leave, but all day.
    """

    place: str
    gate: str
    how: str
    opened_ms: int
    leaving: bool = False

    def pack(self) -> str:
        """Return it as a part of an address."""
        facts = [self.place, self.gate, self.how, self.opened_ms, self.leaving]
        return signing.dumps(facts, salt="visitors.ticket")

    @classmethod
    def unpack(cls, text: str) -> Ticket | None:
        """Read it; None for one that is forged or too old."""
        try:
            ticket = cls(*signing.loads(text, salt="visitors.ticket"))
        except (signing.BadSignature, TypeError):
            return None
        longest = MINUTE_S if ticket.how == "minute" else BOARD_S
        longest = RECEIPT_S if ticket.leaving else longest
        return ticket if now_ms() - ticket.opened_ms < longest * 1000 else None


def form_id() -> str:
    """Return a fresh form's id, signed: sent twice, a form counts once."""
    return signing.dumps(uuid7(now_ms()).hex, salt="visitors.form")


def form_uuid(text: str) -> uuid.UUID | None:
    """Return the id in a form that was made here within a day, else None."""
    try:
        return uuid.UUID(signing.loads(text, salt="visitors.form", max_age=24 * 3600))
    except (signing.BadSignature, TypeError, ValueError):
        return None


def age_s(form: uuid.UUID) -> float:
    """Return how long ago a form was made."""
    return (now_ms() - (form.int >> 80)) / 1000


def hide(people: list[Person]) -> str:
    """Return people as text that only this hub can read."""
    clear = cbor.dumps([int(time.time()), [person.pack() for person in people]])
    padded = clear + b"\x80" + bytes(-(len(clear) + 1) % 64)
    nonce = os.urandom(_NONCE)
    box = nonce + _cipher().encrypt(nonce, padded, b"")
    return base64.urlsafe_b64encode(box).decode("ascii").rstrip("=")


def shown(text: str, *, within_s: int = REMEMBERED_S) -> list[Person]:
    """Return the people that :func:`hide` hid, or none for anything else."""
    try:
        box = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
        clear = _cipher().decrypt(box[:_NONCE], box[_NONCE:], b"")
        made, people = _pair(cbor.loads(clear.rstrip(b"\0")[:-1]))
    except (ValueError, InvalidTag, Malformed):
        return []
    if not 0 <= time.time() - made + 60 <= within_s:
        return []
    return [Person.unpack(packed) for packed in people]


def _pair(value: Any) -> tuple[int, list[dict[str, str]]]:
    if not isinstance(value, list) or len(value) != 2:
        raise Malformed("This is nobody whom a phone remembers.")
    return value[0], value[1]


def _cipher() -> AESGCM:
    return AESGCM(hmac.digest(ring().raw["session"][-1], b"visitors", "sha256"))
