"""The SQL of each figure, by place and span of days.

An entry belongs to the day of its stated time; one whose time nobody vouches for, to the day
it came. Passages taken back by the guard count nowhere; entries under a key that is held do
not count until it is accepted, nor does what a kiosk says of another place than its own. Each
statement walks the index of a place's times.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection

from hub.tracing.pairing import VIETNAM

CHUNK = 400
GUARD, SENSOR, ESTIMATED, NOBODY = "guard", "sensor", "estimated", "nobody"


@dataclass(frozen=True, slots=True)
class Span:
    """Whole days here (UTC+7): from ``first`` to ``last``, both included."""

    first: dt.date
    last: dt.date

    @property
    def days(self) -> int:
        """How many."""
        return (self.last - self.first).days + 1

    @property
    def since_ms(self) -> int:
        """The first moment."""
        return _midnight(self.first)

    @property
    def until_ms(self) -> int:
        """The first moment that is over."""
        return _midnight(self.last + dt.timedelta(days=1))

    def before(self, days: int) -> Span:
        """Return the days before this span."""
        return Span(self.first - dt.timedelta(days=days), self.first - dt.timedelta(days=1))


@dataclass(frozen=True, slots=True)
class Figures:
    """What one place's gates recorded in a span; counts of passages, both ways together.

    ``scanned`` by code at a gate; ``self_reported`` by people on the public pages, which no
    gate saw and no share counts; ``by_hand`` typed or from the paper book; ``unscanned`` counted as
    passing without a scan, by ``counted_by``: a sensor (``by_sensor`` of them; where there is
    one the share is its alone), the guard, an estimate, or nobody.
    ``most_by_one`` is how often the most frequent code passed in one span.
    """

    scanned: int = 0
    self_reported: int = 0
    by_hand: int = 0
    unscanned: int = 0
    by_sensor: int = 0
    refused: int = 0
    people: int = 0
    most_by_one: int = 0
    counted_by: str = NOBODY
    wrong_clock: int = 0
    active_days: int = 0

    @property
    def missed(self) -> int:
        """Who passed without a scan, by the count that the share believes."""
        return max(self.by_sensor if self.counted_by == SENSOR else self.unscanned, 0)

    @property
    def share(self) -> float | None:
        """Scanned of scanned and unscanned; None where nobody counts or nobody passed."""
        passed = self.scanned + self.missed
        return self.scanned / passed if passed and self.counted_by != NOBODY else None


_WHERE = """
    e.place IN ({places})
    AND e.flags & 4 = 0
    AND ((e.at_ms >= %s AND e.at_ms < %s)
         OR (e.at_ms IS NULL AND e.day >= %s AND e.day <= %s))
    AND e.claim_id NOT IN (SELECT id FROM intake_claim WHERE status = 'held'
                           OR (status = 'revoked' AND length(certificate) = 0))
    AND NOT EXISTS (
        SELECT 1 FROM intake_entry c
        WHERE c.corrects = e.id AND c.type = 'correction' AND c.direction = ''
          AND c.kiosk_id = e.kiosk_id
          AND NOT EXISTS (SELECT 1 FROM intake_entry d WHERE d.corrects = e.id
                          AND d.chain = c.chain AND d.seq > c.seq)
    )
"""

_COUNTS = """
    SELECT e.place,
        COALESCE(SUM(CASE WHEN e.type = 'passage' AND e.trust <> 'self-reported'
                          THEN 1 ELSE 0 END), 0),
        COALESCE(SUM(CASE WHEN e.type IN ('hand', 'paper')
                          THEN COALESCE(e.count, 1) ELSE 0 END), 0),
        COALESCE(SUM(CASE WHEN e.type = 'unscanned' THEN e.count ELSE 0 END), 0),
        COALESCE(SUM(CASE WHEN e.type = 'refused' THEN 1 ELSE 0 END), 0),
        COUNT(DISTINCT e.tag_number),
        COALESCE(SUM(CASE WHEN e.flags % 16 >= 8 THEN 1 ELSE 0 END), 0),
        COALESCE(SUM(CASE WHEN e.type = 'unscanned' AND e.kind = 'sensor' THEN 1 ELSE 0 END), 0),
        COALESCE(SUM(CASE WHEN e.type = 'unscanned' AND e.basis = 'assumed'
                          THEN 1 ELSE 0 END), 0),
        COALESCE(SUM(CASE WHEN e.type = 'unscanned' THEN 1 ELSE 0 END), 0),
        COUNT(DISTINCT CASE WHEN e.type IN ('passage', 'hand', 'paper') THEN e.day END),
        COALESCE(SUM(CASE WHEN e.type = 'unscanned' AND e.kind = 'sensor'
                          THEN e.count ELSE 0 END), 0),
        COALESCE(SUM(CASE WHEN e.type = 'passage' AND e.trust = 'self-reported'
                          THEN 1 ELSE 0 END), 0)
    FROM intake_entry e WHERE {where} GROUP BY e.place
"""

_MOST = """
    SELECT place, MAX(times) FROM (
        SELECT e.place AS place, COUNT(*) AS times FROM intake_entry e
        WHERE {where} AND e.type = 'passage' AND e.tag_number IS NOT NULL
        GROUP BY e.place, e.tag_number
    ) AS codes GROUP BY place
"""


def figures(places: Iterable[str], span: Span) -> dict[str, Figures]:
    """Return the figures of each place in the span; all zeros where nothing came."""
    wanted = sorted(set(places))
    found = dict.fromkeys(wanted, Figures())
    most = dict(asked(_MOST, wanted, span))
    for row in asked(_COUNTS, wanted, span):
        found[row[0]] = Figures(
            scanned=int(row[1]),
            self_reported=int(row[12]),
            by_hand=int(row[2]),
            unscanned=int(row[3]),
            by_sensor=int(row[11]),
            refused=int(row[4]),
            people=int(row[5]),
            most_by_one=int(most.get(row[0], 0)),
            counted_by=_counted_by(int(row[7]), int(row[8]), int(row[9])),
            wrong_clock=int(row[6]),
            active_days=int(row[10]),
        )
    return found


def _counted_by(sensor: int, estimated: int, rows: int) -> str:
    if sensor:
        return SENSOR
    if not rows:
        return NOBODY
    return ESTIMATED if estimated == rows else GUARD


def asked(statement: str, places: Sequence[str], span: Span) -> Iterator[tuple[Any, ...]]:
    """Ask a statement of places in a span, some places at a time; ``{where}`` says which."""
    for start in range(0, len(places), CHUNK):
        yield from _asked(statement, places[start : start + CHUNK], span)


def _asked(statement: str, places: Sequence[str], span: Span) -> list[tuple[Any, ...]]:
    where = _WHERE.format(places=", ".join(["%s"] * len(places)))
    # In the statement's own text a per cent sign must be doubled for the driver.
    text = statement.replace("% 16", "%% 16").format(where=where)
    days = (span.first.isoformat(), span.last.isoformat())
    with connection.cursor() as cursor:
        cursor.execute(text, [*places, span.since_ms, span.until_ms, *days])
        return list(cursor.fetchall())


def _midnight(day: dt.date) -> int:
    return int(dt.datetime.combine(day, dt.time(), VIETNAM).timestamp() * 1000)
