"""Opening hours as people write them: when a place closes, or that it never does. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass

from wire.names import fold

_TIME = r"(\d{1,2})(?:\s*(?::|h|g|gio|\.)\s*(\d{2})?)?"
_SPAN = re.compile(rf"(?<!\d){_TIME}\s*(?:-|–|—|~|to|den|toi)\s*{_TIME}(?!\d)")
_ALWAYS = re.compile(r"24\s*/\s*24|24\s*/\s*7|24\s*h|ca ngay|suot ngay")
_DAY = 24 * 60


@dataclass(frozen=True, slots=True)
class Hours:
    """``closes``: minutes after midnight, or None where midnight does not end a stay."""

    closes: int | None


def hours_of(text: str) -> Hours | None:
    """Return when a place closes that writes its hours so; None where that is not understood.

    Of several spans (``7:00–11:00, 13:30–17:00``) the last one to end counts: a stay that is
    told too long finds more contacts, one too short hides them.
    """
    plain = fold(text)
    if _ALWAYS.search(plain):
        return Hours(None)
    latest = -1
    for found in _SPAN.finditer(plain):
        opens, closes = _minutes(found[1], found[2]), _minutes(found[3], found[4])
        if opens is None or closes is None:
            return None
        if closes <= opens or closes >= _DAY:
            return Hours(None)  # 18:00–02:00: open past midnight
        latest = max(latest, closes)
    return Hours(latest) if latest >= 0 else None


def _minutes(hour: str, minute: str | None) -> int | None:
    found = int(hour) * 60 + int(minute or 0)
    return found if found <= _DAY and int(minute or 0) < 60 else None
