"""The citizen card: CCCD with chip (2021) and Căn cước (2024), unsigned.

``id12|old id|Họ tên|ddmmyyyy|Nam or Nữ|address|ddmmyyyy issued``, in the 2024 card up to
four more fields (a cancelled number, the parents' names), which are dropped unread, as
are the old number and the day of issue. Certainty A for seven fields, ? for the rest.
"""

from __future__ import annotations

from kiosk.codes import facts
from kiosk.codes.family import Context, Family
from kiosk.model import Code, Person

_FEWEST, _USUAL, _MOST = 4, 7, 11


def read(text: str, _context: Context) -> Code | None:
    """Read a citizen card; a card may lack address, sex, or day and month of birth."""
    if text.count("|") >= _MOST:
        return None
    fields = text.split("|")
    number = fields[0].strip()
    if len(fields) < _FEWEST or not facts.is_citizen_number(number):
        return None
    birth = facts.compact_date(fields[3])
    if len(fields) < _USUAL and not birth:
        return None
    if len(fields) >= _USUAL and fields[3].strip() and not birth:
        return None
    given = (*fields, "", "")
    name, home = facts.name(fields[2]), facts.address(given[5])
    sex = facts.sex(given[4])
    warnings = list(facts.disagreements(number, birth, sex))
    if facts.damaged(fields[2], name):
        warnings.append("unreadable-name")
    person = Person(name=name, birth=birth, sex=sex, number=number, address=home)
    return Code(kind="cccd", person=person, warnings=tuple(warnings))


FAMILY = Family("cccd", ("cccd",), read)
