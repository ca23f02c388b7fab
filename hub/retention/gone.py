"""Entries that come and may not be kept: their days are over, or their person was erased."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from hub.retention.erasure import discarded, erased_among
from hub.retention.purge import first_day_kept
from wire.batch import DISCARD, EXPIRED

Tags = Mapping[str, bytes | None]


@dataclass(frozen=True, slots=True)
class Gone:
    """What may not be kept at this moment."""

    first_day: dt.date
    erased: Mapping[bytes, int]

    @classmethod
    def now(cls, tags: Iterable[Tags], now: dt.datetime) -> Gone:
        """Look up, for entries with these tags; call inside the transaction that stores them."""
        wanted = {tag for each in tags for tag in each.values() if tag is not None}
        return cls(first_day_kept(now), erased_among(sorted(wanted)) if wanted else {})

    def status(self, day: dt.date, tags: Tags, wall_ms: int, at_ms: int | None) -> str:
        """Return ``expired``, ``discard``, or nothing for what is kept.

        An entry whose time nobody knows counts as earlier than any erasure: of two mistakes,
        keeping what was to be erased is the worse.
        """
        if day < self.first_day:
            return EXPIRED
        known = at_ms if at_ms is not None else min(wall_ms, 0)
        return DISCARD if discarded(tags, known, self.erased) else ""
