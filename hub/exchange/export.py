"""One run: the next part of entries, and the sheet that says what is still missing."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.db.models import Q, QuerySet

from hub.errors import BadUsage, NotAllowed
from hub.exchange import sheet
from hub.exchange.formats import FORMATS
from hub.exchange.parts import Cursor, Folder, cursor_of, write
from hub.exchange.records import VERSION, Record, record, schema
from hub.intake.audit import record as audited
from hub.intake.models import Claim, Entry, Place
from hub.intake.reveal import open_names
from hub.intake.transactions import durable, now_ms
from hub.tracing.tables import iso

MOST = 100_000
"""Entries in one part at most: a run ends, and its audit row says how many it was."""

CHUNK = 500
VIETNAM = dt.timezone(dt.timedelta(hours=7))


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to export: days (both included), whose places (None: all), and how."""

    since: dt.date
    until: dt.date
    places: tuple[str, ...] | None
    format: str
    reveal: bool

    def facts(self) -> dict[str, Any]:
        """Return what all parts of one folder must have in common."""
        scope = "" if self.places is None else "\0".join(sorted(self.places))
        return {
            "version": VERSION,
            "since": self.since.isoformat(),
            "until": self.until.isoformat(),
            "format": self.format,
            "revealed": self.reveal,
            "scope": None if self.places is None else hashlib.sha256(scope.encode()).hexdigest(),
        }


def export(
    path: Path, wanted: Wanted, *, limit: int, settled_ms: int, actor: str, reason: str
) -> dict[str, Any]:
    """Write the next part into ``path``; returns its sheet.

    Entries younger than ``settled_ms`` wait for the next run: a transaction that began before
    theirs may still end, and what the cursor has passed is not looked at again.

    Raises :class:`BadUsage` for a folder of another export, :class:`NotAllowed` without a
    reason. The audit row is on the disk before the first entry is read.
    """
    if not reason.strip():
        raise NotAllowed("An export needs a reason.")
    if not 1 <= limit <= MOST:
        raise BadUsage(f"--limit takes 1 to {MOST}.")
    if wanted.since > wanted.until:
        raise BadUsage("--since is after --until.")
    folder = Folder(path).opened()
    earlier, facts = folder.sheets(), wanted.facts()
    if earlier and {key: earlier[-1][key] for key in facts} != facts:
        raise BadUsage(f"{path} holds another export (days, format, scope): take a new folder.")
    kind, now = FORMATS[wanted.format], now_ms()
    held = _held(wanted)
    rows = list(_after(held, cursor_of(earlier), now - settled_ms)[:limit])
    number = len(earlier) + 1
    records = _records(rows, wanted, actor=actor, reason=reason, part=number)
    data = folder.data(number, kind.ending)
    write(folder.path / "schema.json", [json.dumps(schema(), indent=1).encode()])
    write(data, kind.written(records))
    counts = Counter(earlier[-1]["exported_by_day"]) if earlier else Counter[str]()
    counts.update(row.day.isoformat() for row in rows)
    cursor = _cursor(rows, cursor_of(earlier))
    made = facts | {
        "part": number,
        "file": data.name,
        "sha256": hashlib.sha256(data.read_bytes()).hexdigest(),
        "entries": len(rows),
        "made": iso(now),
        "cursor": [cursor[0], str(cursor[1])],
        "left": held.filter(_later(cursor)).count(),
        "days": sheet.days(held, counts),
        "gaps": sheet.gaps(wanted.places, min(now, _end_ms(wanted.until))),
        "withdrawn": sheet.withdrawn(folder, kind, earlier),
        "exported_by_day": dict(sorted(counts.items())),
    }
    made["complete"] = not made["left"] and not made["gaps"]
    write(folder.sheet(number), [json.dumps(made, ensure_ascii=False, indent=1).encode()])
    return made


def _held(wanted: Wanted) -> QuerySet[Entry]:
    found = Entry.objects.filter(day__gte=wanted.since, day__lte=wanted.until)
    return found if wanted.places is None else found.filter(place__in=wanted.places)


def _later(cursor: Cursor) -> Q:
    return Q(received_ms__gt=cursor[0]) | Q(received_ms=cursor[0], pk__gt=cursor[1])


def _after(held: QuerySet[Entry], cursor: Cursor, settled_ms: int) -> QuerySet[Entry]:
    rows = held.filter(_later(cursor), received_ms__gte=cursor[0], received_ms__lte=settled_ms)
    return rows.order_by("received_ms", "pk").only("day", "received_ms")


def _cursor(rows: list[Entry], before: Cursor) -> Cursor:
    return (rows[-1].received_ms, rows[-1].pk) if rows else before


def _records(
    rows: list[Entry], wanted: Wanted, *, actor: str, reason: str, part: int
) -> Iterator[Record]:
    held = set(Claim.objects.filter(status=Claim.Status.HELD).values_list("pk", flat=True))
    names = dict(Place.objects.values_list("pk", "name"))
    detail = {"entries": len(rows), "part": part, "revealed": wanted.reveal}
    with durable():
        audited("export", actor=actor, subject="entries", reason=reason, detail=detail)
    whole = _whole(rows)
    if wanted.reveal:
        opened: Iterator[tuple[Entry, dict[str, Any] | None]] = open_names(
            whole, actor=actor, reason=reason, subject="export", detail=detail
        )
    else:
        opened = ((entry, None) for entry in whole)
    for entry, content in opened:
        name, unsure = names.get(entry.place, ""), entry.claim_id in held
        yield record(entry, content, place_name=name, held=unsure)


def _whole(rows: list[Entry]) -> Iterator[Entry]:
    """Read the chosen entries in pieces, in their order."""
    for start in range(0, len(rows), CHUNK):
        ids = [row.pk for row in rows[start : start + CHUNK]]
        found = Entry.objects.filter(pk__in=ids).defer("header", "sealed").in_bulk()
        yield from (found[id_] for id_ in ids if id_ in found)


def _end_ms(day: dt.date) -> int:
    return int(
        dt.datetime.combine(day + dt.timedelta(days=1), dt.time(), VIETNAM).timestamp() * 1000
    )
