"""A citizen's number alone: typed by the guard, or printed bare."""

from __future__ import annotations

from kiosk.codes import facts
from kiosk.codes.family import Context, Family
from kiosk.model import Code, Person

_LONGEST = 20
_PROVINCES = range(1, 97)
"""Numbers among which provinces have theirs; what begins otherwise is a bank's code cut
short, a ticket's or an article's number."""


def read(text: str, _context: Context) -> Code | None:
    """Read twelve digits, which people also write in groups.

    Year of birth and sex come from the number itself; nothing else contradicts them.
    """
    if len(text) > _LONGEST:
        return None
    number = "".join(text.replace(".", " ").replace("-", " ").split())
    if not facts.is_citizen_number(number) or int(number[:3]) not in _PROVINCES:
        return None
    year = facts.number_birth_year(number)
    person = Person(number=number, birth=str(year), sex=facts.number_sex(number))
    warnings = facts.disagreements(number, "", "")
    return Code(kind="citizen-number", person=person, warnings=warnings)


FAMILY = Family("citizen-number", ("citizen-number",), read)
