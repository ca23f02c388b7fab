"""What somebody who declared takes away: a signed declaration of their own."""

from __future__ import annotations

import uuid

from kiosk.model import Declare, Verdict
from wire.claims import ID_BYTES, Declaration

DAY_S = 86_400


def declaration_of(ask: Declare, verdict: Verdict, *, days: int) -> Declaration:
    """Return the declaration of the entry that ``verdict`` tells of, good for ``days``.

    It names the bearer as a gate may (initials, birth year, last four figures); the answers
    travel in the entry.
    """
    assert verdict.id is not None
    person, issued = ask.person, int(verdict.at.timestamp())
    return Declaration(
        id=uuid.UUID(verdict.id).bytes[-ID_BYTES:],
        name=person.masked_name,
        birth_year=int(person.birth_year or 0),
        last4=(person.number or person.phone)[-4:],
        issued=issued,
        until=issued + days * DAY_S,
        summary=ask.summary,
        purpose=ask.purpose,
        by_other=ask.by_other,
    )
