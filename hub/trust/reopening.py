"""Entries that came while this hub had no key for them, opened once the key is here.

What is opened late is treated as what comes late: whoever was erased meanwhile stays erased.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.db.models import F, QuerySet

from hub.intake.answers import ring, vault
from hub.intake.audit import record
from hub.intake.models import Entry, EntryFlag
from hub.intake.opening import Boxed, box, read
from hub.intake.transactions import durable
from hub.retention.gone import Gone
from hub.retention.purge import forget_now
from wire.entry import Entry as Sent

CHUNK = 200
"""Entries in one transaction, as many as a batch brings: kiosks wait no longer for it."""


@dataclass(slots=True)
class Reopened:
    """What became of entries that lay sealed; ``left`` are sealed to keys that are not here."""

    opened: int = 0
    altered: int = 0
    gone: int = 0
    left: int = 0


def sealed() -> QuerySet[Entry]:
    """Return the entries that nobody has opened yet."""
    bit = F("flags").bitand(int(EntryFlag.SEALED))
    return Entry.objects.annotate(unopened=bit).filter(unopened__gt=0)


def reopen(*, actor: str) -> Reopened:
    """Open what the keys that are here open; each piece in a transaction of its own."""
    done = Reopened()
    for rows in _pages(sealed().filter(seal_kid__in=list(ring().opening))):
        boxes = {row.pk: _box(row) for row in rows}
        with durable():
            _settle(rows, boxes, done)
    done.left = sealed().count()
    if done.opened or done.altered or done.gone:
        with durable():
            detail = {"opened": done.opened, "altered": done.altered, "gone": done.gone}
            record("key-open", actor=actor, detail=detail)
    return done


def _pages(rows: QuerySet[Entry]) -> Iterator[list[Entry]]:
    after = uuid.UUID(int=0)
    while page := list(rows.filter(pk__gt=after).order_by("pk")[:CHUNK]):
        yield page
        after = page[-1].pk


def _box(row: Entry) -> Boxed:
    sent = Sent(bytes(row.header), bytes(row.sealed))
    return box(read(sent), ring().opening, vault())


def _settle(rows: Sequence[Entry], boxes: dict[uuid.UUID, Boxed], done: Reopened) -> None:
    gone = Gone.now([boxed.tags for boxed in boxes.values()], dt.datetime.now(dt.UTC))
    unwanted = []
    for row in rows:
        boxed = boxes[row.pk]
        if gone.status(row.day, boxed.tags, row.wall_ms, row.at_ms):
            unwanted.append(row.pk)
            continue
        flags = row.flags & ~int(EntryFlag.SEALED) | int(boxed.flags)
        tags = {f"tag_{name}": tag for name, tag in boxed.tags.items()}
        Entry.objects.filter(pk=row.pk).update(
            flags=flags, content=boxed.content, mask=boxed.mask, **tags
        )
        done.altered += bool(boxed.flags)
        done.opened += not boxed.flags
    forget_now(unwanted)
    done.gone += len(unwanted)
