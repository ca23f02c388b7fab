"""Signed declarations: a code that its bearer keeps and any gate reads, network or none."""

from __future__ import annotations

import base64
import datetime as dt
import io
import uuid
from collections.abc import Sequence

from PIL import Image

from hub.intake.answers import ring
from hub.trust.signer import token_key
from hub.visitors.people import Person
from wire import tokens
from wire.claims import ID_BYTES, SUMMARY, Declaration
from wire.errors import WireError
from wire.names import masked
from wire.qr import QUIET, smallest

VALID = dt.timedelta(days=3)
"""The movement declaration of 2021 held for 72 hours."""

_PIXELS = 6


def issue(
    person: Person,
    *,
    id_: uuid.UUID,
    summary: Sequence[str] = (),
    purpose: str = "",
    by_other: bool = False,
    valid: dt.timedelta = VALID,
) -> tuple[Declaration, str]:
    """Return a declaration and the text of its code; its id is the end of the entry's."""
    now = dt.datetime.now(dt.UTC).replace(microsecond=0)
    made = Declaration(
        id=id_.bytes[-ID_BYTES:],
        name=masked(person.name),
        birth_year=int(person.birth[:4] or 0),
        last4=(person.number or person.phone)[-4:],
        issued=int(now.timestamp()),
        until=int((now + valid).timestamp()),
        summary=tuple(word for word in SUMMARY if word in summary),
        purpose=purpose,
        by_other=by_other,
    )
    return made, tokens.issue(made, token_key())


def link(text: str) -> str:
    """Return a code's text as a part of an address, under which its page can be kept."""
    return base64.urlsafe_b64encode(text.encode("ascii")).decode("ascii").rstrip("=")


def read(part: str) -> tuple[Declaration, str] | None:
    """Return the declaration behind a kept address; None for what is none of ours."""
    issuers = {key.public.kid: key.public for key in ring().signing_keys}
    try:
        text = base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)).decode("ascii")
        found = tokens.read(text, issuers).facts
    except (WireError, ValueError):
        return None
    return (found, text) if isinstance(found, Declaration) else None


def picture(text: str) -> bytes:
    """Return a code as a PNG of two colours, under two kilobytes."""
    rows = smallest(text, level="M")
    side = len(rows) + 2 * QUIET
    image = Image.new("1", (side, side), 1)
    for top, row in enumerate(rows):
        for left, dark in enumerate(row):
            if dark:
                image.putpixel((left + QUIET, top + QUIET), 0)
    target = io.BytesIO()
    image.resize((side * _PIXELS,) * 2, Image.Resampling.NEAREST).save(target, "PNG", optimize=True)
    return target.getvalue()
