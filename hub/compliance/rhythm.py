"""What a place usually records at each hour of each weekday, and what it recorded today.

What is usual is the mean of the same weekday in the four weeks before, of the days since the
place's first entry there. Hours are those of here (UTC+7), of entries whose time is known.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from hub.compliance.figures import Span, asked

WEEKS = 4
_EPOCH = dt.date(1970, 1, 1)

# Whole hours of here since 1970, each with the passages, scanned or by hand.
_HOURS = """
    SELECT e.place, (e.at_ms + 25200000) / 3600000,
        SUM(CASE WHEN e.type = 'passage' THEN 1 ELSE COALESCE(e.count, 1) END)
    FROM intake_entry e
    WHERE {where} AND e.at_ms IS NOT NULL AND e.type IN ('passage', 'hand', 'paper')
    GROUP BY e.place, (e.at_ms + 25200000) / 3600000
"""

# How much came between two moments, and when the first entry did.
_BETWEEN = """
    SELECT e.place, SUM(CASE WHEN e.type = 'passage' THEN 1 ELSE COALESCE(e.count, 1) END)
    FROM intake_entry e
    WHERE {where} AND e.at_ms < {until} AND e.type IN ('passage', 'hand', 'paper')
    GROUP BY e.place
"""
_FIRST = """
    SELECT e.place, MIN(e.at_ms) FROM intake_entry e
    WHERE {where} AND e.at_ms IS NOT NULL AND e.type IN ('passage', 'hand', 'paper')
    GROUP BY e.place
"""


@dataclass(frozen=True, slots=True)
class Rhythm:
    """Passages of one day by hour, and what is usual; ``samples`` counts the days behind it.

    ``week`` is what is usual at each weekday (Monday first) and hour; zeros where unknown.
    """

    seen: tuple[int, ...]
    expected: tuple[float, ...]
    samples: int
    week: tuple[tuple[float, ...], ...]

    def so_far(self, hours: int) -> tuple[int, float]:
        """Return what was seen and what was to be expected in the day's first ``hours``."""
        return sum(self.seen[:hours]), sum(self.expected[:hours])


def rhythms(places: Iterable[str], day: dt.date) -> dict[str, Rhythm]:
    """Return the rhythm of each place on a day."""
    wanted = sorted(set(places))
    counts: dict[str, dict[dt.date, dict[int, int]]] = {place: {} for place in wanted}
    span = Span(day - dt.timedelta(weeks=WEEKS), day)
    for place, hour, number in asked(_HOURS, wanted, span):
        date = _EPOCH + dt.timedelta(days=int(hour) // 24)
        counts[place].setdefault(date, defaultdict(int))[int(hour) % 24] += int(number)
    return {place: _rhythm(counts[place], day) for place in wanted}


def expected(places: Iterable[str], day: dt.date, hours: int = 24) -> dict[str, float]:
    """Return what is usual in a day's first ``hours``, of places that had such a weekday before.

    The same figure as :class:`Rhythm` gives, for many places without their hours.
    """
    wanted = sorted(set(places))
    span = Span(day - dt.timedelta(weeks=WEEKS), day - dt.timedelta(days=1))
    first = {
        place: _EPOCH + dt.timedelta(days=(int(ms) + 25_200_000) // 86_400_000)
        for place, ms in asked(_FIRST, wanted, span)
    }
    sums: dict[str, int] = defaultdict(int)
    dates = [day - dt.timedelta(weeks=week) for week in range(1, WEEKS + 1)]
    for date in dates:
        one = Span(date, date)
        until = str(one.since_ms + hours * 3_600_000)
        for place, number in asked(_BETWEEN.replace("{until}", until), wanted, one):
            sums[place] += int(number or 0)
    found = {}
    for place, began in first.items():
        samples = sum(date >= began for date in dates)
        if samples:
            found[place] = sums[place] / samples
    return found


def _rhythm(counts: dict[dt.date, dict[int, int]], day: dt.date) -> Rhythm:
    today = counts.get(day, {})
    seen = tuple(int(today.get(hour, 0)) for hour in range(24))
    past = [date for date in counts if date < day]
    if not past:
        nothing = (0.0,) * 24
        return Rhythm(seen, nothing, 0, (nothing,) * 7)
    dates = [min(past) + dt.timedelta(days=n) for n in range((day - min(past)).days)]
    week, samples = [], []
    for weekday in range(7):
        same = [date for date in dates if date.weekday() == weekday]
        samples.append(len(same))
        week.append(
            tuple(
                sum(counts.get(date, {}).get(hour, 0) for date in same) / max(len(same), 1)
                for hour in range(24)
            )
        )
    here = day.weekday()
    return Rhythm(seen, week[here], samples[here], tuple(week))
