"""How often people may write here: enough for a bus behind one carrier's address."""

from __future__ import annotations

from functools import cache

from hub.guard.limits import Limit
from hub.visitors.office import office

TOO_QUICK_S = 2.0
"""Nobody reads and fills in a report faster; a robot is asked to send it again."""

WRITES = Limit(600, 600)
"""Check-ins of one address in ten minutes: a bus station behind one carrier's address."""
FILED = Limit(30, 3600)
"""Reports, requests and applications of one address in an hour."""
READ = Limit(600, 3600)
"""Numbers of reports and requests that one address looks up in an hour."""

_HOUR_S = 3600


@cache
def _places() -> Limit:
    return Limit(int(office()["checkins"]), _HOUR_S)


def crowded(place: str, people: int) -> bool:
    """Count people who check themselves in or out; whether the place has had its hour's share."""
    return _places().over(place, count=people)
