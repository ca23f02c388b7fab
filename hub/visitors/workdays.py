"""The clock of a request: two working days; weekends and public holidays rest (pure)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

VIETNAM = dt.timezone(dt.timedelta(hours=7))
WORKING_DAYS = 2
FIXED = ((1, 1), (4, 30), (5, 1), (9, 2))
"""Day and month of the holidays that the calendar fixes (Labour Code 2019, article 112)."""


def due(made: dt.datetime, holidays: Collection[dt.date] = ()) -> dt.datetime:
    """Return the end of the second working day after ``made``, in Vietnam.

    ``holidays`` are those that each year's decision names: Tết, the Hùng Kings' day, the second
    day of the National Day, days that are moved. A day that nobody named counts as a working
    day, so nobody waits longer than is allowed.
    """
    day, left = made.astimezone(VIETNAM).date(), WORKING_DAYS
    while left:
        day += dt.timedelta(days=1)
        rests = day.weekday() >= 5 or (day.month, day.day) in FIXED or day in holidays
        left -= not rests
    return dt.datetime.combine(day, dt.time(23, 59, 59), VIETNAM)
