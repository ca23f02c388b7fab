"""``hub entries``: what was recorded, masked unless the audit was told why not."""

from __future__ import annotations

import argparse
import datetime as dt
from collections.abc import Iterator
from typing import Any

from django.db.models import F, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from hub import database
from hub.commands.output import actor, iso, local, print_json, print_line
from hub.errors import BadUsage
from hub.home import Home
from hub.intake.masked import masked_line, masked_person
from hub.intake.models import Claim, Entry, EntryFlag, Place
from hub.intake.models.records import EPOCH
from hub.intake.opening import person_of
from hub.intake.pulses import plain_json
from hub.intake.reveal import open_names

VIETNAM = dt.timezone(dt.timedelta(hours=7))
CHUNK = 500


def entries(args: argparse.Namespace, home: Home) -> int:
    """Print a line per entry, in the order of their times."""
    database.ready(home)
    found = _selected(args)
    held = set(Claim.objects.filter(status=Claim.Status.HELD).values_list("pk", flat=True))
    for row, content in _contents(found, args):
        facts = _facts(row, content, held)
        if args.json:
            print_json(facts)
        else:
            print_line(_line(row, facts))
    return 0


def _selected(args: argparse.Namespace) -> QuerySet[Entry]:
    asked_later = (
        Entry.objects.filter(corrects=OuterRef("id"), type="correction")
        .exclude(purpose="")
        .order_by("-seq")
        .values("purpose")[:1]
    )
    found = Entry.objects.annotate(
        time=Coalesce("at_ms", "wall_ms"), asked_later=Subquery(asked_later)
    )
    if args.place:
        known = Place.objects.filter(pk=args.place).exists()
        if not (known or found.filter(place=args.place).exists()):
            raise BadUsage(f"There is no place “{args.place}”; hub place list shows them.")
        found = found.filter(place=args.place)
    if args.since:
        try:
            since = dt.datetime.fromisoformat(args.since)
        except ValueError as error:
            raise BadUsage("--since takes a date such as 2026-01-31 or 2026-01-31T08:00.") from (
                error
            )
        since = since if since.tzinfo else since.replace(tzinfo=VIETNAM)
        found = found.filter(time__gte=int(since.timestamp() * 1000))
    if args.limit is not None:
        if args.limit < 1:
            raise BadUsage("--limit takes a number from 1 up.")
        newest = found.order_by(F("time").desc(), "-chain", "-seq").values("id")[: args.limit]
        found = found.filter(id__in=list(newest.values_list("id", flat=True)))
    return found.order_by("time", "chain", "seq")


def _contents(
    found: QuerySet[Entry], args: argparse.Namespace
) -> Iterator[tuple[Entry, dict[str, Any] | None]]:
    rows = found.defer("header", "sealed").iterator(chunk_size=CHUNK)
    if not args.reveal:
        return ((row, None) for row in rows)
    return open_names(
        rows,
        actor=actor(),
        reason=args.reason,
        subject="entries",
        detail={"place": args.place, "since": args.since, "count": found.count()},
    )


def _facts(row: Entry, content: dict[str, Any] | None, held: set[int]) -> dict[str, Any]:
    facts: dict[str, Any] = {
        "id": str(row.pk),
        "kiosk": str(row.kiosk_id),
        "chain": str(row.chain),
        "seq": row.seq,
        "place": row.place,
        "gate": row.gate,
        "type": row.type,
        "direction": row.direction or None,
        "direction_basis": row.basis or None,
        "kind": row.kind,
        "trust": row.trust,
        "at": iso(row.at or row.wall),
        "at_error_s": None if row.error_ms is None else row.error_ms / 1000,
        "at_basis": row.basis_of_time,
        "wall": iso(row.wall),
        "clock": row.clock,
        "received": iso(EPOCH + dt.timedelta(milliseconds=row.received_ms)),
        "trip": row.trip or None,
        "purpose": row.asked_later or row.purpose or None,
        "reason": row.reason or None,
        "corrects": str(row.corrects) if row.corrects else None,
        "count": row.count,
        "held": row.claim_id in held,
        "flags": [str(flag.name).lower() for flag in EntryFlag(row.flags)],
    }
    if content is None:
        facts["person"] = masked_person(row.pk, row.mask)
    else:
        facts["person"] = person_of(content) or None
        facts["content"] = plain_json({k: v for k, v in content.items() if k != "person"})
    return facts


def _line(row: Entry, facts: dict[str, Any]) -> str:
    person = facts["person"] or {}
    if "content" in facts:
        who = " · ".join(str(value) for value in person.values() if value)
    else:
        who = masked_line(row.pk, row.mask)
    error = facts["at_error_s"]
    time = local(row.at or row.wall) + (f" ±{error:.0f}s" if error is not None else " ±?")
    marks = " ".join([*facts["flags"], *(["held"] if facts["held"] else [])])
    way, gate = f"{row.direction or row.type:5}", row.gate or "–"
    return f"{time}  {row.place}  {gate}  {way}  {row.kind}  {who}  {marks}".rstrip()
