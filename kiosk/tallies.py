"""The day's counts, recounted from the headers on the disk when the kiosk starts (pure)."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable

from kiosk.clock import wall_ms_of, wall_time
from kiosk.model import Tally
from wire.entry import Header
from wire.errors import Malformed

LOCAL = dt.timezone(dt.timedelta(hours=7), "ICT")
"""Vietnam: UTC+7 all year."""


def midnight_ms(wall_ms: int) -> int:
    """Return the wall time of the last local midnight."""
    local = wall_time(wall_ms).astimezone(LOCAL)
    return wall_ms_of(local.replace(hour=0, minute=0, second=0, microsecond=0))


def recount(newest_first: Iterable[bytes]) -> Tally:
    """Return the tally that these headers amount to, corrections applied."""
    directions: dict[uuid.UUID, str] = {}
    unscanned = refused = 0
    for data in reversed(list(newest_first)):
        try:
            header = Header.from_bytes(data)
        except Malformed:
            continue  # counted by fsck, which names it
        if header.type in ("passage", "hand", "paper"):
            directions[header.id] = header.direction or "in"
        elif header.type == "refused":
            refused += 1
        elif header.type == "unscanned":
            unscanned += header.count or 0
        elif header.type == "correction" and header.corrects in directions:
            if header.direction is None:
                del directions[header.corrects]
            else:
                directions[header.corrects] = header.direction
    values = list(directions.values())
    return Tally(
        entered=values.count("in"),
        left=values.count("out"),
        unscanned=max(0, unscanned),
        refused=refused,
    )
