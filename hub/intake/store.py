"""The SQL of the bulk way in, each statement with its purpose; the rest is Django's ORM."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable, Sequence
from typing import Any

from django.db import DatabaseError, connection

from hub.intake import days
from hub.intake.clocks import Sample

LEDGER = ("id", "kiosk_id", "chain", "seq", "hash", "prev", "received_ms")
ENTRY = (
    "id", "kiosk_id", "claim_id", "place", "gate", "chain", "seq", "type", "direction", "basis",
    "kind", "trust", "trip", "purpose", "reason", "corrects", "count", "wall_ms", "boot_ms",
    "boot_id", "clock", "at_ms", "error_ms", "basis_of_time", "received_ms", "day", "flags",
    "seal_kid", "header", "sealed", "content", "mask", "tag_number", "tag_phone", "tag_qid",
    "tag_bhyt", "tag_name",
)  # fmt: skip
_ENTRY_COLUMNS = ", ".join(f'"{name}"' for name in ENTRY)
_TYPES = {
    "uuid": ("id", "kiosk_id", "chain", "corrects", "boot_id"),
    "int8": ("claim_id", "seq", "wall_ms", "boot_ms", "at_ms", "error_ms", "received_ms"),
    "int4": ("count",),
    "int2": ("flags",),
    "date": ("day",),
    "bytea": (
        "seal_kid", "header", "sealed", "content", "mask", "tag_number", "tag_phone", "tag_qid",
        "tag_bhyt", "tag_name",
    ),
}  # fmt: skip
_ENTRY_TYPES = [
    next((kind for kind, names in _TYPES.items() if name in names), "varchar") for name in ENTRY
]
_DAY = ENTRY.index("day")
_DAY_OF = {
    "postgresql": (
        "LEAST(GREATEST((to_timestamp((boot_ms + %s + 25200000) / 1000) AT TIME ZONE 'UTC')::date,"
        " %s::date), %s::date)"
    ),
    "sqlite": "min(max(date((boot_ms + %s + 25200000) / 1000, 'unixepoch'), %s), %s)",
}
"""The day here (UTC+7) of a boot's entry: the boot's offset, the first and the last day kept."""
_LEDGER_TYPES = ("uuid", "uuid", "uuid", "bigint", "bytea", "bytea", "bigint")


def known_hashes(ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, bytes]:
    """Which of ``ids`` the ledger holds, with the hash each came with."""
    if not ids:
        return {}
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT id, hash FROM intake_ledger WHERE id = ANY(%s::uuid[])", [as_array(ids)]
            )
        else:
            marks = ", ".join(["%s"] * len(ids))
            cursor.execute(
                f"SELECT id, hash FROM intake_ledger WHERE id IN ({marks})",  # noqa: S608 (marks)
                [_plain(value) for value in ids],
            )
        return {_uuid(key): bytes(found) for key, found in cursor.fetchall()}


def enter_ledger(rows: Sequence[tuple[Any, ...]]) -> set[uuid.UUID]:
    """Add rows of :data:`LEDGER` and return the ids that were new.

    The unique id decides, not an earlier look: two requests with one id cannot both be new.
    Rows come sorted by id, so that two transactions never wait for each other.
    """
    if not rows:
        return set()
    columns = ", ".join(LEDGER)
    tail = "ON CONFLICT (id) DO NOTHING RETURNING id"
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            arrays = ", ".join(f"%s::{kind}[]" for kind in _LEDGER_TYPES)
            cursor.execute(
                f"INSERT INTO intake_ledger ({columns}) SELECT * FROM unnest({arrays}) {tail}",  # noqa: S608 (constants)
                [as_array(column) for column in zip(*rows, strict=True)],
            )
        else:
            line = "(" + ", ".join(["%s"] * len(LEDGER)) + ")"
            cursor.execute(
                f"INSERT INTO intake_ledger ({columns}) VALUES "  # noqa: S608 (constants)
                f"{', '.join([line] * len(rows))} {tail}",
                [_plain(value) for row in rows for value in row],
            )
        return {_uuid(found) for (found,) in cursor.fetchall()}


def add_entries(rows: Sequence[tuple[Any, ...]]) -> None:
    """Add rows of :data:`ENTRY`, whose ids the ledger has just found new."""
    days.ready({row[_DAY] for row in rows})
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            try:
                with cursor.copy(
                    f"COPY intake_entry ({_ENTRY_COLUMNS}) FROM STDIN (FORMAT BINARY)"
                ) as copy:
                    copy.set_types(_ENTRY_TYPES)
                    for row in rows:
                        copy.write_row(row)
            except DatabaseError:
                days.forget_known()  # perhaps a copy without today was put back: look again
                raise
        else:
            line = ", ".join(["%s"] * len(ENTRY))
            cursor.executemany(
                f"INSERT INTO intake_entry ({_ENTRY_COLUMNS}) VALUES ({line})",  # noqa: S608 (constants)
                [[_plain(value) for value in row] for row in rows],
            )


def correct_boot(
    kiosk: uuid.UUID,
    boot_id: uuid.UUID,
    measured: Sample,
    *,
    delay_ms: int,
    kept: tuple[dt.date, dt.date],
) -> None:
    """State the time of entries that came before their boot was first measured.

    Times that a person wrote down (paper), and trusted ones, stay as they are. Each moves to
    the day of its time, within the days that are ``kept`` (first and last).
    """
    plain = connection.vendor == "postgresql"
    ids = (kiosk, boot_id) if plain else (kiosk.hex, boot_id.hex)
    moved = _DAY_OF["postgresql" if plain else "sqlite"]
    where = (
        " WHERE kiosk_id = %s AND boot_id = %s AND type <> 'paper'"
        " AND (basis_of_time IN ('none', 'between')"
        " OR (basis_of_time = 'guard' AND clock = 'asserted'))"
    )
    bounds = (measured.offset_ms, *(day.isoformat() for day in kept))
    with connection.cursor() as cursor:
        if plain:
            found = f"SELECT DISTINCT {moved} FROM intake_entry{where}"  # noqa: S608 (constants)
            cursor.execute(found, [*bounds, *ids])
            days.ready(day for (day,) in cursor.fetchall())
        cursor.execute(
            "UPDATE intake_entry SET at_ms = boot_ms + %s, basis_of_time = 'hub',"  # noqa: S608 (constants)
            f" error_ms = %s + abs(boot_ms - %s) / 10000, day = {moved}{where}",
            [measured.offset_ms, delay_ms, measured.at_ms, *bounds, *ids],
        )


def state_times(rows: Sequence[tuple[uuid.UUID, int, int, str, dt.date]]) -> None:
    """State time, error, basis and day of entries (by their ids, which come first)."""
    days.ready({row[4] for row in rows})
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "UPDATE intake_entry e SET at_ms = v.at_ms, error_ms = v.error_ms,"
                " basis_of_time = v.basis, day = v.day FROM unnest(%s::uuid[], %s::bigint[],"
                " %s::bigint[], %s::text[], %s::date[]) AS v (id, at_ms, error_ms, basis, day)"
                " WHERE e.id = v.id",
                [as_array(column) for column in zip(*rows, strict=True)],
            )
        else:
            cursor.executemany(
                "UPDATE intake_entry SET at_ms = %s, error_ms = %s, basis_of_time = %s, day = %s"
                " WHERE id = %s",
                [[*(_plain(value) for value in row[1:]), row[0].hex] for row in rows],
            )


def as_array(values: Iterable[Any]) -> str:
    """Return uuids, bytes, numbers, days or plain words as PostgreSQL writes an array of them.

    The driver looks at each value of a list; a batch has thousands.
    """
    some = list(values)
    if some and isinstance(some[0], bytes):
        return "{" + ",".join([f'"\\\\x{value.hex()}"' for value in some]) + "}"
    return "{" + ",".join([str(value) for value in some]) + "}"


def _plain(value: Any) -> Any:
    """Return a value as SQLite takes it; asked for every column of every entry."""
    if isinstance(value, uuid.UUID):
        return value.hex
    if isinstance(value, dt.date):
        return value.isoformat()
    return value


def _uuid(value: Any) -> uuid.UUID:
    return value if isinstance(value, uuid.UUID) else uuid.UUID(hex=value)
