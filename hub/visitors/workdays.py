"""The clock of a request: two working days, weekends left out (pure)."""

from __future__ import annotations

import datetime as dt

VIETNAM = dt.timezone(dt.timedelta(hours=7))
WORKING_DAYS = 2


def due(made: dt.datetime) -> dt.datetime:
    """Return the end of the second working day after ``made``, in Vietnam; weekends rest.

    Public holidays count as working days: nobody waits longer than is allowed.
    """
    day, left = made.astimezone(VIETNAM).date(), WORKING_DAYS
    while left:
        day += dt.timedelta(days=1)
        left -= day.weekday() < 5
    return dt.datetime.combine(day, dt.time(23, 59, 59), VIETNAM)
