"""States times for entries that came without one, once there is enough to bound them by."""

from __future__ import annotations

import datetime as dt
import uuid

from hub.carry.between import Copy, Link, between
from hub.intake import store
from hub.intake.models import Boot, Entry, Kiosk
from hub.intake.transactions import durable
from hub.retention.purge import first_day_kept

VIETNAM = dt.timezone(dt.timedelta(hours=7))
BASIS = "between"
LONGEST_SEARCH = 200_000
CHUNK = 2000
"""Entries stated in one transaction: kiosks wait no longer than that for the database."""


def bound(kiosk: Kiosk, copies: list[Copy]) -> int:
    """State times for a kiosk's entries that have none; returns how many it stated."""
    open_rows = Entry.objects.filter(kiosk=kiosk, at_ms=None)
    stated: list[tuple[uuid.UUID, int, int]] = []
    heard = dict(Boot.objects.filter(kiosk=kiosk).values_list("boot_id", "last_ms"))
    for chain in open_rows.order_by().values_list("chain", flat=True).distinct():
        rows = Entry.objects.filter(kiosk=kiosk, chain=chain).exclude(type="paper")
        found = rows.order_by("seq").values_list(
            "pk", "seq", "boot_id", "boot_ms", "at_ms", "error_ms", "basis_of_time"
        )[:LONGEST_SEARCH]
        links = [
            Link(pk, s, b, ms, at, e or 0, basis == BASIS) for pk, s, b, ms, at, e, basis in found
        ]
        first_ms = int(kiosk.created.timestamp() * 1000)
        stated += between(links, copies, first_ms=first_ms, heard=heard)
    oldest = first_day_kept(dt.datetime.now(dt.UTC))
    moved = [(pk, at, error, BASIS, max(_day(at), oldest)) for pk, at, error in stated]
    for start in range(0, len(moved), CHUNK):
        with durable():
            store.state_times(moved[start : start + CHUNK])
    return len(stated)


def _day(at_ms: int) -> dt.date:
    return dt.datetime.fromtimestamp(at_ms / 1000, VIETNAM).date()
