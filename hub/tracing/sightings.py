"""Entries by tag, place and time, as sightings: held ones left out, corrections applied."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from hub.intake.models import EntryFlag
from hub.tracing.asking import among, asked, plans_are_kept, uuid_of
from hub.tracing.pairing import UNKNOWN_MS, Sighting

STRONG = ("number", "qid", "bhyt")
"""What one person has alone; a phone is a family's, a name is nobody's."""

FIELDS = (*STRONG, "phone", "name")
TYPES = ("passage", "hand", "paper")
PARTS = 100
"""Parts in one statement; SQLite joins at most 500 selects."""

Part = tuple[str, list[Any]]

NEVER_ACCEPTED = (
    "SELECT id FROM intake_claim WHERE status = 'held'"
    " OR (status = 'revoked' AND length(certificate) = 0)"
)
"""Keys that no admin ever accepted: still held, or refused (their certificate was taken)."""

_COLUMNS = (
    "id", "type", "direction", "basis", "place", "gate", "trip", "chain", "seq", "at_ms",
    "error_ms", "wall_ms", "corrects", "mask", *(f"tag_{field}" for field in FIELDS),
    "kiosk_id", "claim_id",
)  # fmt: skip
_KIOSK, _CLAIM = _COLUMNS.index("kiosk_id"), _COLUMNS.index("claim_id")


@dataclass(frozen=True, slots=True)
class Seen:
    """A sighting with the tags of who it was; ``tags`` holds the known fields only."""

    sighting: Sighting
    tags: Mapping[str, str]
    mask: bytes | None

    @property
    def strong(self) -> list[str]:
        """Keys of one person alone, such as ``number:…``."""
        return [f"{field}:{self.tags[field]}" for field in STRONG if field in self.tags]

    @property
    def keys(self) -> list[str]:
        """What this sighting joins with; never the name alone."""
        if self.strong:
            return self.strong
        if "phone" in self.tags:
            return [f"phone:{self.tags['phone']}:{self.tags.get('name', '')}"]
        return [f"entry:{self.sighting.id}"]


def at_places(windows: Iterable[tuple[str, int, int]]) -> list[Seen]:
    """Return who passed at places between two times each (ms, both included).

    Entries whose time nobody vouches for count by the kiosk's wall clock: it is all there is.
    """
    wanted = list(windows)
    found: list[tuple[Any, ...]] = []
    together = len(wanted) if plans_are_kept() else PARTS
    for start in range(0, len(wanted), together or 1):
        found += _within(wanted[start : start + together])
    return _corrected([*found, *_corrections_of(found)])


def by_tags(
    tags: Mapping[str, Iterable[str]], since_ms: int, until_ms: int, *, alone: bool = False
) -> list[Seen]:
    """Return entries with any of these tags (hex by field), corrections applied.

    ``alone``: a phone or a name finds only entries that carry nothing stronger.
    """
    within = "COALESCE(at_ms, wall_ms) >= %s AND COALESCE(at_ms, wall_ms) <= %s"
    nothing = " AND ".join(f"tag_{name} IS NULL" for name in STRONG)
    parts: list[Part] = []
    for field, values in tags.items():
        wanted = [bytes.fromhex(value) for value in values]
        for among_, part in among(f"tag_{field}", "bytea", wanted):
            where = f"{among_} AND tag_{field} IS NOT NULL AND {within}"
            if alone and field not in STRONG:
                where += f" AND {nothing}"
            parts.append((where, [*part, since_ms, until_ms]))
    found = _rows(parts, TYPES)
    return _corrected([*found, *_corrections_of(found)])


def _within(windows: Sequence[tuple[str, int, int]]) -> list[tuple[Any, ...]]:
    """Return the passages in these windows, each walking the index by place and time.

    The windows are a table of their own that leads the join: a statement of hundreds of
    parts takes longer to plan than to run.
    """
    columns = ", ".join(f"e.{name}" for name in _COLUMNS)
    if plans_are_kept():
        table = "unnest(%s::text[], %s::bigint[], %s::bigint[]) AS w (place, since, until)"
        values: list[Any] = [list(column) for column in zip(*windows, strict=True)] * 2
        head = ""
    else:
        table, values = "w", [value for window in windows for value in window]
        lines = ", ".join(["(%s, %s, %s)"] * len(windows))
        head = f"WITH w (place, since, until) AS (VALUES {lines}) "
    known = "e.at_ms >= w.since AND e.at_ms <= w.until"
    unknown = "e.at_ms IS NULL AND e.wall_ms >= w.since AND e.wall_ms <= w.until"
    both = " UNION ALL ".join(
        f"SELECT {columns} FROM {table} CROSS JOIN intake_entry e"  # noqa: S608 (constants)
        f" WHERE e.place = w.place AND {when} AND {_taken('e.', TYPES)}"
        for when in (known, unknown)
    )
    return _accepted(asked(head + both, values))


def _taken(table: str, types: Sequence[str]) -> str:
    """Return what every entry must fulfil that a trace may take."""
    listed = ", ".join(f"'{name}'" for name in types)
    # What names another place than its kiosk's says nothing about that place.
    return f"{table}type IN ({listed}) AND ({table}flags & {int(EntryFlag.FOREIGN_PLACE)}) = 0"


def _rows(parts: Sequence[Part], types: Sequence[str]) -> list[tuple[Any, ...]]:
    """Return the rows that fit any part, once each; entries under a held key are left out.

    On SQLite one statement for many parts, each walking an index of its own: a time line of a
    month would otherwise spend its time on hundreds of statements.
    """
    columns, tail = ", ".join(_COLUMNS), _taken("", types)
    together = 1 if plans_are_kept() else PARTS
    rows: list[tuple[Any, ...]] = []
    for start in range(0, len(parts), together):
        some = parts[start : start + together]
        statement = " UNION ALL ".join(
            f"SELECT {columns} FROM intake_entry WHERE {where} AND {tail}"  # noqa: S608 (constants)
            for where, _ in some
        )
        rows += asked(statement, [value for _, values in some for value in values])
    return _accepted(rows)


def _accepted(rows: Iterable[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """Return each row once, those left out whose key nobody ever accepted."""
    found = {row[0]: row for row in rows}
    if not found:
        return []
    never = {claim for (claim,) in asked(NEVER_ACCEPTED, [])}
    return [_plain(row) for row in found.values() if row[_CLAIM] not in never]


def _corrections_of(rows: Sequence[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """Find the corrections of these entries (an index of this app's own leads to them)."""
    kiosks = {row[0]: row[_KIOSK] for row in rows}
    parts: list[Part] = [
        (f"{among_} AND corrects IS NOT NULL", part)
        for among_, part in among("corrects", "uuid", kiosks)
    ]
    # A kiosk takes back what is its own, and nothing else.
    return [row for row in _rows(parts, ("correction",)) if kiosks.get(row[12]) == row[_KIOSK]]


def _plain(row: tuple[Any, ...]) -> tuple[Any, ...]:
    """Return a row with its ids as such, and its chain in hex."""
    chain = row[7].hex if isinstance(row[7], uuid.UUID) else row[7]
    own = row[12] and uuid_of(row[12])
    return (uuid_of(row[0]), *row[1:7], chain, *row[8:12], own, *row[13:])


def _corrected(rows: Iterable[tuple[Any, ...]]) -> list[Seen]:
    """Apply corrections: the last one of an entry turns it round or takes it back."""
    passages: list[tuple[Any, ...]] = []
    last: dict[uuid.UUID, tuple[int, str]] = {}
    for row in rows:
        if row[1] == "correction":
            seq, direction = row[8], row[2]
            if row[12] not in last or last[row[12]][0] < seq:
                last[row[12]] = (seq, direction)
        else:
            passages.append(row)
    made = []
    for row in passages:
        direction, basis = row[2], row[3]
        if row[0] in last:
            direction, basis = last[row[0]][1], "guard"
        if direction:
            made.append(_seen(row, direction, basis))
    return made


def _seen(row: tuple[Any, ...], direction: str, basis: str) -> Seen:
    known = row[9] is not None
    sighting = Sighting(
        id=row[0],
        ms=row[9] if known else row[11],
        error_ms=(row[10] or 0) if known else UNKNOWN_MS,
        direction=direction,
        place=row[4],
        gate=row[5],
        trip=row[6],
        basis=basis,
        chain=row[7],
        seq=row[8],
    )
    tags = {
        field: bytes(tag).hex()
        for field, tag in zip(FIELDS, row[14:_KIOSK], strict=True)
        if tag is not None
    }
    return Seen(sighting, tags, row[13])
