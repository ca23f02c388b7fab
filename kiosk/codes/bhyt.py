"""The health insurance card (BHYT), old and new, unsigned.

``number|name|dd/mm/yyyy|sex|address|facility|from|to|issued|managing code|parent|…|$``
with name, address and parent as hex of UTF-8; old cards have a number of 15 characters
and 10 or 15 fields, new ones one of 10 digits and 17 fields. Since 2025 the citizen's
number can stand in its place. Kept: number, name, birth, sex, address, validity. Dropped:
facility, codes, the parent's name, the check string. Certainty B.
"""

from __future__ import annotations

import datetime as dt
import re

from kiosk.codes import facts
from kiosk.codes.family import Context, Family
from kiosk.model import Code, Person

_NUMBER_ONLY = re.compile(r"[A-Z]{2}[0-9]{13}", re.IGNORECASE)
_DATE = re.compile(r"([0-9]{1,2}/){0,2}[0-9]{4}|-?")
_FEWEST, _MOST = 5, 25


def read(text: str, _context: Context) -> Code | None:
    """Read a card; hex that does not decode loses that field alone."""
    if _NUMBER_ONLY.fullmatch(text.strip()):
        return Code(kind="bhyt", person=Person(bhyt=facts.bhyt_number(text)))
    if not _FEWEST <= text.count("|") + 1 <= _MOST:
        return None
    fields = [field.strip() for field in text.split("|")]
    bhyt, number = facts.bhyt_number(fields[0]), ""
    if not bhyt and facts.is_citizen_number(fields[0]):
        number = fields[0]
    shaped = _DATE.fullmatch(fields[2]) and fields[3] in ("0", "1", "2", "-", "")
    if not (bhyt or number) or not shaped:
        return None
    padded = (*fields, "", "", "", "")
    name, home = facts.name(_unhex(fields[1])), facts.address(_unhex(padded[4]))
    birth, sex = facts.slashed_date(fields[2]), facts.sex_digit(fields[3])
    warnings = list(facts.disagreements(number, birth, sex))
    if fields[1] not in ("", "-") and not name:
        warnings.append("unreadable-name")
    person = Person(name=name, birth=birth, sex=sex, number=number, bhyt=bhyt, address=home)
    until = facts.day_start(facts.slashed_date(padded[7]))
    return Code(
        kind="bhyt",
        person=person,
        warnings=tuple(warnings),
        valid_from=facts.day_start(facts.slashed_date(padded[6])),
        valid_until=until + dt.timedelta(days=1) if until is not None else None,
    )


def _unhex(text: str) -> str:
    """Return the text that hex of UTF-8 in either case stands for, else empty."""
    try:
        return bytes.fromhex(text).decode("utf-8", "strict").strip("\0\ufeff")
    except ValueError:
        return ""


FAMILY = Family("bhyt", ("bhyt",), read)
