"""The completeness sheet: what a receiver has of what the hub holds, and what nobody has yet."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import Count, QuerySet

from hub.exchange.formats import Format
from hub.exchange.parts import Folder
from hub.intake.models import Entry, Kiosk
from hub.tracing.completeness import reported
from hub.tracing.tables import iso

CHUNK = 500


def days(held: QuerySet[Entry], exported: Counter[str]) -> list[dict[str, Any]]:
    """Return per day how many entries the hub holds and how many the parts so far bear."""
    counted = {
        str(day): count
        for day, count in held.order_by().values_list("day").annotate(count=Count("pk"))
    }
    return [
        {"day": day, "held": counted.get(day, 0), "exported": exported[day]}
        for day in sorted({*counted, *exported})
    ]


def gaps(places: Sequence[str] | None, until_ms: int) -> list[dict[str, Any]]:
    """Return the gates whose data are not whole up to ``until_ms``, and since when."""
    kiosks = Kiosk.objects.exclude(status__in=(Kiosk.Status.REVOKED, Kiosk.Status.WEB))
    if places is not None:
        kiosks = kiosks.filter(place__in=places)
    found = reported(kiosks.select_related("place").prefetch_related("chains").order_by("pk"))
    return [
        {
            "kiosk": one.kiosk,
            "place": one.place,
            "place_name": one.place_name,
            "gate": one.gate,
            "complete_until": None if one.until_ms is None else iso(one.until_ms),
        }
        for one in sorted(found, key=lambda one: (one.place_name, one.gate))
        if one.until_ms is None or one.until_ms < until_ms
    ]


def withdrawn(folder: Folder, kind: Format, earlier: Iterable[dict[str, Any]]) -> list[str]:
    """Return ids in earlier parts whose entries the hub holds no more: delete them, too."""
    told = {id_ for sheet in earlier for id_ in sheet["withdrawn"]}
    found: list[str] = []
    for sheet in earlier:
        path = folder.data(sheet["part"], kind.ending)
        ids = kind.ids(path.read_bytes()) if path.exists() else []
        for start in range(0, len(ids), CHUNK):
            some = ids[start : start + CHUNK]
            rows = Entry.objects.filter(pk__in=[uuid.UUID(one) for one in some])
            present = {str(pk) for pk in rows.values_list("pk", flat=True)}
            found += [one for one in some if one not in present and one not in told]
    return found
