"""The daily partitions of the entries on PostgreSQL: a day that is over goes as a whole.

A partition is made when the first entry of its day comes, beside its neighbours' indexes, and
nobody waits for it. SQLite keeps one table; these functions do nothing there.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.db import OperationalError, connection, transaction

TABLE = "intake_entry"
AHEAD = 2
"""Days made beforehand, so that midnight finds its partition."""

PATIENCE = "5s"
"""How long a day's end waits for readers of that day before it is taken row by row."""

_LOCK = 0x6861797A
_known: set[dt.date] = set()


def partitioned() -> bool:
    """Whether this database keeps a table for each day."""
    return connection.vendor == "postgresql"


def ready(days: Iterable[dt.date]) -> None:
    """Make the partitions of these days where they are missing; call inside a transaction."""
    if not partitioned():
        return
    missing = set(days) - _known
    if not missing:
        return
    today = dt.datetime.now(dt.UTC).date()
    missing |= {today + dt.timedelta(days=n) for n in range(AHEAD + 1)}
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
        for day in sorted(missing - set(listed())):
            name = _name(day)
            cursor.execute(f"CREATE TABLE {name} (LIKE {TABLE} INCLUDING DEFAULTS)")
            # Attached, not made as a part: readers and writers of other days go on meanwhile.
            cursor.execute(
                f"ALTER TABLE {TABLE} ATTACH PARTITION {name}"
                f" FOR VALUES FROM ('{day}') TO ('{day + dt.timedelta(days=1)}')"
            )
    transaction.on_commit(lambda: _known.update(missing))


def forget_known() -> None:
    """Look again next time: somebody else put back or took away a day."""
    _known.clear()


def listed() -> list[dt.date]:
    """Return the days that have a partition, oldest first."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid"
            " WHERE i.inhparent = to_regclass(%s)",
            [TABLE],
        )
        names = [str(name) for (name,) in cursor.fetchall()]
    return sorted(dt.datetime.strptime(n[-8:], "%Y%m%d").date() for n in names)  # noqa: DTZ007 (a day)


def emptied(day: dt.date) -> bool:
    """Let a day's files go, indexes included; False where a reader held on to it for too long."""
    return _briefly(f"TRUNCATE {_name(day)}")


def dropped(day: dt.date) -> bool:
    """Take an empty day's partition away; False where somebody was reading just then."""
    _known.discard(day)
    return _briefly(f"DROP TABLE {_name(day)}")


def rewrite(days: Iterable[dt.date]) -> None:
    """Write these days anew, so that no page of theirs keeps what was deleted."""
    with connection.cursor() as cursor:
        for day in sorted(set(days) & set(listed())):
            cursor.execute(f"VACUUM (FULL) {_name(day)}")


def _briefly(statement: str) -> bool:
    try:
        with transaction.atomic(durable=True), connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL lock_timeout = '{PATIENCE}'")
            cursor.execute(statement)
    except OperationalError as error:
        if type(error.__cause__).__name__ != "LockNotAvailable":
            raise
        return False
    return True


def _name(day: dt.date) -> str:
    return f"{TABLE}_{day:%Y%m%d}"
