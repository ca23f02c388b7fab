"""Entries older than the hub may hold go for good; the ledger keeps that they were counted."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable, Sequence

from django.apps import apps
from django.db import connection
from django.db.models import QuerySet

from hub.intake import days
from hub.intake.audit import record
from hub.intake.models import Conflict, Entry
from hub.intake.transactions import durable
from hub.retention.signals import entries_gone

KEEP = dt.timedelta(days=30)
VIETNAM = dt.timezone(dt.timedelta(hours=7))
_PERSONAL = (
    "intake.Conflict", "tracing.Case", "tracing.Contact", "trust.IssuedPass", "owners.Member",
)  # fmt: skip
"""Tables besides the entries that lead to a person; none is large."""
CHUNK = 2000
"""Rows deleted in one transaction: kiosks wait no longer than that for the database."""


def first_day_kept(now: dt.datetime, keep: dt.timedelta = KEEP) -> dt.date:
    """Return the oldest day whose entries the hub still holds."""
    return (now.astimezone(VIETNAM) - keep).date()


def purge(now: dt.datetime, *, keep: dt.timedelta = KEEP, actor: str) -> int:
    """Delete entries of the days before; returns how many."""
    day = first_day_kept(now, keep)
    if days.partitioned():
        gone = _forget_days(day, over=first_day_kept(now))
    else:
        gone = forget(Entry.objects.filter(day__lt=day))
    midnight = dt.datetime.combine(day, dt.time(), VIETNAM)
    with durable():
        # A rewrite's other side holds a person too; its entry may be gone long since.
        late = Conflict.objects.filter(received_ms__lt=int(midnight.timestamp() * 1000))
        conflicts, _ = late.delete()
        if gone or conflicts:
            record("purge", actor=actor, subject=f"before {day}", detail={"entries": gone})
    wipe()
    return gone


def _forget_days(first: dt.date, *, over: dt.date) -> int:
    """Let the days before ``first`` go as a whole; no entry of one before ``over`` can come."""
    count = 0
    for day in days.listed():
        if day >= first:
            break
        rows = Entry.objects.filter(day=day)
        last: uuid.UUID = uuid.UUID(int=0)
        while ids := list(
            rows.filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[:CHUNK]
        ):
            with durable():
                leave(ids)
            count, last = count + len(ids), ids[-1]
        if not days.emptied(day):
            forget(rows)
        if day < over:
            days.dropped(day)
    return count


def forget(rows: QuerySet[Entry]) -> int:
    """Delete entries with all that hangs on them, in pieces; returns how many."""
    count = 0
    while True:
        ids = list(rows.order_by().values_list("pk", flat=True)[:CHUNK])
        if not ids:
            return count
        with durable():
            forget_now(ids)
        count += len(ids)


def forget_now(ids: Sequence[uuid.UUID]) -> None:
    """Delete these entries within the caller's transaction, here and in every other app."""
    leave(ids)
    Entry.objects.filter(pk__in=ids).delete()


def leave(ids: Sequence[uuid.UUID]) -> None:
    """Delete what hangs on these entries, within the caller's transaction."""
    entries_gone.send(sender=Entry, ids=list(ids))
    Conflict.objects.filter(entry__in=ids).delete()


def wipe(touched: Iterable[dt.date] = ()) -> None:
    """Leave nothing of deleted rows in the database's files; ``touched`` are entries' days.

    SQLite overwrites as it deletes. PostgreSQL leaves old bytes in a table's pages, so that
    those that held a person are written anew; a purged day's files are gone already.
    """
    if not days.partitioned():
        return
    days.rewrite(touched)
    with connection.cursor() as cursor:
        for label in _PERSONAL:
            table = apps.get_model(label)._meta.db_table  # noqa: SLF001 (Django's)
            cursor.execute(f"VACUUM (FULL) {table}")
