"""How tracing asks for entries: few statements, whose plans a database keeps.

A province's entries lie in a table for each day, and to plan a statement over all of them
takes PostgreSQL longer than to run it. So each statement is prepared once for a connection,
with arrays where others have lists. SQLite plans at once, and takes lists in pieces.
"""

from __future__ import annotations

import sys
import uuid
from collections.abc import Iterable, Sequence
from typing import Any
from weakref import WeakSet

from django.db import connection

from hub.intake.models import Entry
from hub.intake.store import as_array

CHUNK = 400
"""Values in one IN list; SQLite's oldest limit on parameters is 999."""

Row = tuple[Any, ...]
_prepared: WeakSet[Any] = WeakSet()


def plans_are_kept() -> bool:
    """Whether this database prepares statements (PostgreSQL)."""
    return connection.vendor == "postgresql"


def asked(statement: str, values: Sequence[Any]) -> list[Row]:
    """Run one statement and return its rows."""
    if not plans_are_kept():
        with connection.cursor() as cursor:
            cursor.execute(statement, values)
            return list(cursor.fetchall())
    from psycopg import Cursor  # at its door: a commune's hub has no PostgreSQL

    connection.ensure_connection()
    raw = connection.connection
    with connection.wrap_database_errors:
        if raw not in _prepared:
            raw.prepare_threshold = sys.maxsize  # what asks for it, and nothing else
            raw.execute("SET plan_cache_mode = force_generic_plan")
            _prepared.add(raw)
        with Cursor(raw) as found:
            return list(found.execute(statement, values, prepare=True).fetchall())


def among(column: str, kind: str, values: Iterable[Any]) -> list[tuple[str, list[Any]]]:
    """Return conditions, each with its values, under which ``column`` is one of ``values``.

    One for PostgreSQL, where ``kind`` is the column's type; for SQLite as many as it takes.
    """
    wanted = sorted(set(values))
    if plans_are_kept():
        return [(f"{column} = ANY(%s::{kind}[])", [as_array(wanted)])] if wanted else []
    plain = [one.hex if isinstance(one, uuid.UUID) else one for one in wanted]
    return [
        (f"{column} IN ({', '.join(['%s'] * len(part))})", part)
        for start in range(0, len(plain), CHUNK)
        for part in [plain[start : start + CHUNK]]
    ]


def contents(ids: Iterable[uuid.UUID]) -> list[Entry]:
    """Return these entries with place, content and times alone, in the order they came."""
    rows = _of_ids("id, place, content, received_ms, at_ms, wall_ms", ids)
    return [
        Entry(
            id=uuid_of(row[0]), place=row[1], content=row[2], received_ms=row[3], at_ms=row[4],
            wall_ms=row[5],
        )
        for row in sorted(rows, key=lambda row: (row[3], str(row[0])))
    ]  # fmt: skip


def with_phone(numbers: Iterable[bytes]) -> list[tuple[uuid.UUID, bytes]]:
    """Return id and number's tag of entries that carry a phone besides, in the order they came."""
    rows = [
        row
        for where, values in among("tag_number", "bytea", numbers)
        for row in asked(
            "SELECT id, tag_number, received_ms FROM intake_entry"  # noqa: S608 (constants)
            f" WHERE {where} AND tag_number IS NOT NULL AND tag_phone IS NOT NULL",
            values,
        )
    ]
    return [(uuid_of(r[0]), bytes(r[1])) for r in sorted(rows, key=lambda row: row[2])]


def uuid_of(value: Any) -> uuid.UUID:
    """Return an id as such, whatever a database keeps it as."""
    return value if isinstance(value, uuid.UUID) else uuid.UUID(hex=value)


def _of_ids(columns: str, ids: Iterable[uuid.UUID]) -> list[Row]:
    return [
        row
        for where, values in among("id", "uuid", ids)
        for row in asked(f"SELECT {columns} FROM intake_entry WHERE {where}", values)  # noqa: S608
    ]
