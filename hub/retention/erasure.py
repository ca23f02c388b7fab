"""One person's entries go, and stay away: from old sticks, from retries, from old backups.

What is remembered is a tag (a keyed hash) and a time: entries of that tag up to that time
are discarded when they come. The journal beside the database outlives a restore of it.
"""

from __future__ import annotations

import datetime as dt
import json
import os
from collections.abc import Mapping, Sequence

from django.db import connection
from django.db.models import Q

from hub.errors import BadUsage, NotAllowed
from hub.home import Home
from hub.intake.answers import vault
from hub.intake.audit import record
from hub.intake.models import Entry
from hub.intake.store import as_array
from hub.intake.transactions import durable, now_ms
from hub.intake.vault import FIELDS
from hub.retention.models import Erased
from hub.retention.purge import KEEP, forget, wipe
from hub.retention.signals import person_erased
from hub.trust.models import IssuedPass

JOURNAL = "erased.jsonl"
_KEPT_MS = int((KEEP + dt.timedelta(days=60)).total_seconds() * 1000)
"""How long a tag is remembered: a kiosk may come back with entries long after its days."""


def erase(home: Home, person: Mapping[str, str], *, reason: str, actor: str) -> int:
    """Erase who is known by ``person``'s fields; returns how many entries went.

    Entries that this hub cannot open cannot be found; they go with their days.
    """
    if not reason.strip():
        raise NotAllowed("Erasing needs a reason, such as the request's number.")
    found = [(field, tag) for field in FIELDS for tag in vault().search(field, person)]
    if not found:
        raise BadUsage("Say who: --number, --phone, --qid, --bhyt, or --name with --birth.")
    until = now_ms()
    _remember(home, found, until)
    with durable():
        _note(found, until)
        _blank_passes(found)
        person_erased.send(sender=Erased, found=found)
    rows = Entry.objects.filter(_of(found))
    touched = set(rows.order_by().values_list("day", flat=True).distinct())
    gone = forget(rows)
    with durable():
        fields = sorted({field for field, _ in found})
        record("erase", actor=actor, reason=reason, detail={"entries": gone, "by": fields})
    wipe(touched)
    return gone


def discarded(tags: Mapping[str, bytes | None], at_ms: int, erased: Mapping[bytes, int]) -> bool:
    """Whether an entry with these tags is of a person who was erased after its time."""
    return any(tag is not None and erased.get(tag, -1) >= at_ms for tag in tags.values())


def erased_among(tags: Sequence[bytes]) -> dict[bytes, int]:
    """Return until when each of ``tags`` is erased."""
    # Asked for every batch that comes, with three tags of each entry: too many for the ORM.
    plain = connection.vendor == "postgresql"
    among = "= ANY(%s::bytea[])" if plain else f"IN ({', '.join(['%s'] * len(tags))})"
    values: list[object] = [as_array(tags)] if plain else list(tags)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT tag, until_ms FROM retention_erased WHERE tag {among}",  # noqa: S608 (marks)
            values,
        )
        return {bytes(tag): until for tag, until in cursor.fetchall()}


def replay(home: Home) -> int:
    """Erase again what a restored database brought back; returns how many entries went."""
    path = home.folder / JOURNAL
    if not path.exists():
        return 0
    found: list[tuple[str, bytes]] = []
    until: dict[bytes, int] = {}
    for line in path.read_text(encoding="ascii").splitlines():
        entry = json.loads(line)
        tag = bytes.fromhex(entry["tag"])
        found.append((str(entry["field"]), tag))
        until[tag] = max(until.get(tag, 0), int(entry["until"]))
    known = erased_among(list(until))
    missing = [(f, tag) for f, tag in found if known.get(tag, -1) < until[tag]]
    if not missing:
        return 0
    gone = 0
    touched: set[dt.date] = set()
    for field, tag in missing:
        with durable():
            _note([(field, tag)], until[tag])
            _blank_passes([(field, tag)])
            person_erased.send(sender=Erased, found=[(field, tag)])
        rows = Entry.objects.filter(_of([(field, tag)]), received_ms__lte=until[tag])
        touched |= set(rows.order_by().values_list("day", flat=True).distinct())
        gone += forget(rows)
    with durable():
        record("erase-again", actor="hub", reason="restored", detail={"entries": gone})
    wipe(touched)
    return gone


def forget_journal(home: Home, now: dt.datetime) -> None:
    """Drop tags that nothing can come for any more."""
    oldest = int(now.timestamp() * 1000) - _KEPT_MS
    path = home.folder / JOURNAL
    with home.locked():
        if path.exists():
            lines = path.read_text(encoding="ascii").splitlines(keepends=True)
            kept = [line for line in lines if json.loads(line)["until"] >= oldest]
            if len(kept) < len(lines):
                draft = path.with_suffix(".new")
                draft.write_text("".join(kept), encoding="ascii")
                draft.replace(path)
    with durable():
        Erased.objects.filter(until_ms__lt=oldest).delete()


def _remember(home: Home, found: Sequence[tuple[str, bytes]], until: int) -> None:
    """Write to the journal, durably, before anything is deleted."""
    with home.locked(), (home.folder / JOURNAL).open("a", encoding="ascii") as file:
        for field, tag in found:
            file.write(json.dumps({"field": field, "tag": tag.hex(), "until": until}) + "\n")
        file.flush()
        os.fsync(file.fileno())


def _note(found: Sequence[tuple[str, bytes]], until: int) -> None:
    Erased.objects.bulk_create(
        [Erased(tag=tag, field=field, until_ms=until) for field, tag in found],
        update_conflicts=True,
        unique_fields=["tag", "field"],
        update_fields=["until_ms"],
    )


def _blank_passes(found: Sequence[tuple[str, bytes]]) -> None:
    """Let passes name nobody; they still count, and can be revoked by their ids."""
    passes = Q(pk__in=[])
    for field, tag in found:
        if field in ("number", "phone", "name"):
            passes |= Q(**{f"tag_{field}": tag})
    blank = dict.fromkeys(("tag_number", "tag_phone", "tag_name"))
    IssuedPass.objects.filter(passes).update(**blank)


def _of(found: Sequence[tuple[str, bytes]]) -> Q:
    query = Q(pk__in=[])
    for field, tag in found:
        query |= Q(**{f"tag_{field}": tag})
    return query
