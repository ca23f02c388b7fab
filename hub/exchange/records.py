"""The columns of an exported entry, their JSON Schema, and an entry as a record."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from hub.intake.masked import masked_person
from hub.intake.models import Entry, EntryFlag
from hub.intake.models.records import EPOCH
from hub.intake.opening import person_of

VERSION = 1

_TIME = {"type": ["string", "null"], "format": "date-time"}
_TEXT = {"type": "string"}
COLUMNS: dict[str, tuple[dict[str, Any], str]] = {
    "id": ({"type": "string", "format": "uuid"}, "the entry's own, made at the gate"),
    "place": (_TEXT, "the place's id, as on its board"),
    "place_name": (_TEXT, ""),
    "gate": (_TEXT, ""),
    "kiosk": ({"type": "string", "format": "uuid"}, "the device"),
    "type": (_TEXT, "passage, hand, paper, correction, count or refused"),
    "direction": (_TEXT, "in, out or empty"),
    "kind": (_TEXT, "what was shown, such as cccd"),
    "trust": (_TEXT, "signed, unsigned, …"),
    "day": ({"type": "string", "format": "date"}, "in Vietnam (UTC+7)"),
    "at": (_TIME, "UTC; null: no clock vouches for any time"),
    "at_error_s": ({"type": ["number", "null"]}, "the time's error, in seconds"),
    "wall": (_TIME, "UTC; what the gate's clock showed"),
    "received": (_TIME, "UTC; when the hub stored it"),
    "corrects": (_TEXT, "the id of the entry that this one corrects, or empty"),
    "count": ({"type": ["integer", "null"]}, "people, in a count"),
    "flags": (_TEXT, "words with spaces: held, late, clock, foreign_place, sealed, altered"),
    "name": (_TEXT, "shortened unless revealed"),
    "birth": (_TEXT, "the year alone unless revealed"),
    "sex": (_TEXT, ""),
    "number": (_TEXT, "empty unless revealed; so are the columns that follow"),
    "phone": (_TEXT, ""),
    "qid": (_TEXT, ""),
    "bhyt": (_TEXT, "health insurance"),
    "address": (_TEXT, ""),
}
"""Name, JSON Schema and meaning of each column, in the order of CSV's."""

_PERSON = ("name", "birth", "sex", "number", "phone", "qid", "bhyt", "address")

Record = dict[str, Any]


def schema() -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of a record."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "entry",
        "version": VERSION,
        "type": "object",
        "additionalProperties": False,
        "required": list(COLUMNS),
        "properties": {
            name: kind | ({"description": text} if text else {})
            for name, (kind, text) in COLUMNS.items()
        },
    }


def record(
    entry: Entry, content: Mapping[str, Any] | None, *, place_name: str, held: bool
) -> Record:
    """Return an entry as a record; ``content`` is what it says in full, None: masked."""
    flags = [str(flag.name).lower() for flag in EntryFlag(entry.flags)]
    if content is None:
        shown = masked_person(entry.pk, entry.mask) or {}
        person = {**shown, "birth": shown.get("birth_year", "")}
    else:
        person = person_of(content)
    return {
        "id": str(entry.pk),
        "place": entry.place,
        "place_name": place_name,
        "gate": entry.gate,
        "kiosk": str(entry.kiosk_id),
        "type": entry.type,
        "direction": entry.direction,
        "kind": entry.kind,
        "trust": entry.trust,
        "day": entry.day.isoformat(),
        "at": _iso(entry.at_ms),
        "at_error_s": None if entry.error_ms is None else entry.error_ms / 1000,
        "wall": _iso(entry.wall_ms),
        "received": _iso(entry.received_ms),
        "corrects": str(entry.corrects) if entry.corrects else "",
        "count": entry.count,
        "flags": " ".join([*flags, *(["held"] if held else [])]),
        **{name: str(person.get(name, "")) for name in _PERSON},
    }


def _iso(ms: int | None) -> str | None:
    if ms is None:
        return None
    text = (EPOCH + dt.timedelta(milliseconds=ms)).isoformat(timespec="milliseconds")
    return text.replace("+00:00", "Z")
