"""Passages by day, for a picture of the last weeks."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from hub.compliance.figures import Figures, Span, asked
from hub.intake.models import Place

# Days here since 1970, of entries whose time is known.
_DAYS = """
    SELECT (e.at_ms + 25200000) / 86400000,
        SUM(CASE WHEN e.type = 'passage' AND e.trust <> 'self-reported' THEN 1 ELSE 0 END),
        SUM(CASE WHEN e.type IN ('hand', 'paper') THEN COALESCE(e.count, 1) ELSE 0 END),
        SUM(CASE WHEN e.type = 'unscanned' THEN e.count ELSE 0 END)
    FROM intake_entry e WHERE {where} AND e.at_ms IS NOT NULL
    GROUP BY (e.at_ms + 25200000) / 86400000
"""
_EPOCH = dt.date(1970, 1, 1)


def by_day(places: Sequence[str] | None, span: Span) -> dict[dt.date, Figures]:
    """Return the sums of all places (or these) for each day of a span, in order."""
    wanted = list(Place.objects.values_list("pk", flat=True)) if places is None else list(places)
    found = {span.first + dt.timedelta(days=n): [0, 0, 0] for n in range(span.days)}
    for number, *counts in asked(_DAYS, wanted, span):
        sums = found[_EPOCH + dt.timedelta(days=int(number))]
        for n, count in enumerate(counts):
            sums[n] += int(count or 0)
    return {day: Figures(scanned=s, by_hand=h, unscanned=u) for day, (s, h, u) in found.items()}
