"""Entries by tag, place and time, as sightings: held ones left out, corrections applied."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet

from hub.intake.models import Claim, Entry
from hub.tracing.pairing import UNKNOWN_MS, Sighting

STRONG = ("number", "qid", "bhyt")
"""What one person has alone; a phone is a family's, a name is nobody's."""

FIELDS = (*STRONG, "phone", "name")
TYPES = ("passage", "hand", "paper")
CHUNK = 400
"""Values in one IN list; SQLite's oldest limit on parameters is 999."""

_COLUMNS = (
    "id", "type", "direction", "basis", "place", "gate", "trip", "chain", "seq", "at_ms",
    "error_ms", "wall_ms", "corrects", "mask", *(f"tag_{field}" for field in FIELDS),
)  # fmt: skip


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


def at_place(place: str, since_ms: int, until_ms: int) -> list[Seen]:
    """Return who passed at a place between two times (and whoever no clock vouches for)."""
    known = Entry.objects.filter(place=place, at_ms__gte=since_ms, at_ms__lte=until_ms)
    # Times nobody vouches for: the kiosk's wall clock is all there is.
    unknown = Entry.objects.filter(
        place=place, at_ms=None, wall_ms__gte=since_ms, wall_ms__lte=until_ms
    )
    found = [*_rows(known), *_rows(unknown)]
    return _corrected([*found, *_corrections_of(found)])


def by_tags(
    tags: Mapping[str, Iterable[str]], since_ms: int, until_ms: int, *, alone: bool = False
) -> list[Seen]:
    """Return entries with any of these tags (hex by field), corrections applied.

    ``alone``: a phone or a name finds only entries that carry nothing stronger.
    """
    rows: dict[uuid.UUID, Any] = {}
    for field, values in tags.items():
        wanted = sorted(set(values))
        for start in range(0, len(wanted), CHUNK):
            part = [bytes.fromhex(value) for value in wanted[start : start + CHUNK]]
            query = Entry.objects.filter(**{f"tag_{field}__in": part})
            if alone and field not in STRONG:
                query = query.filter(**{f"tag_{name}": None for name in STRONG})
            for row in _rows(query.filter(_within(since_ms, until_ms))):
                rows[row[0]] = row
    found = list(rows.values())
    return _corrected([*found, *_corrections_of(found)])


def _within(since_ms: int, until_ms: int) -> Q:
    known = Q(at_ms__gte=since_ms, at_ms__lte=until_ms)
    return known | Q(at_ms=None, wall_ms__gte=since_ms, wall_ms__lte=until_ms)


def _rows(query: QuerySet[Entry]) -> Iterator[tuple[Any, ...]]:
    held = list(Claim.objects.filter(status=Claim.Status.HELD).values_list("pk", flat=True))
    if held:
        query = query.exclude(claim__in=held)
    wanted = query.filter(type__in=TYPES)
    yield from wanted.values_list(*_COLUMNS).iterator(chunk_size=2000)


def _corrections_of(rows: Sequence[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """Find the corrections of these entries (an index of this app's own leads to them)."""
    ids = [row[0] for row in rows]
    found: list[tuple[Any, ...]] = []
    for start in range(0, len(ids), CHUNK):
        part = ids[start : start + CHUNK]
        found += Entry.objects.filter(corrects__in=part).values_list(*_COLUMNS)
    return [row for row in found if row[1] == "correction"]


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
        chain=row[7].hex,
        seq=row[8],
    )
    tags = {
        field: bytes(tag).hex()
        for field, tag in zip(FIELDS, row[14:], strict=True)
        if tag is not None
    }
    return Seen(sighting, tags, row[13])
