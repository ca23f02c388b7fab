"""Couriers: tokens that let a stick be written to by being plugged in, with an end."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable

from hub.carry.models import Courier
from hub.errors import BadUsage
from hub.intake.audit import record
from hub.intake.models import Kiosk, Place
from hub.intake.registry import find_kiosk
from hub.intake.transactions import durable
from hub.trust.settings import publish
from hub.trust.signer import token_key
from wire import bundle as wire
from wire import signed


def issue(
    name: str, *, days: float, kiosks: Iterable[str] = (), places: Iterable[str] = (), actor: str
) -> tuple[Courier, bytes]:
    """Make a courier's token for these kiosks and places (none named: for all)."""
    if not name.strip() or len(name) > 80:
        raise BadUsage("A courier needs a name of 1 to 80 letters.")
    if not 0 < days <= 366:
        raise BadUsage("--days takes more than 0 and at most 366.")
    found = [find_kiosk(text) for text in kiosks]
    wanted = list(places)
    known = set(Place.objects.filter(pk__in=wanted).values_list("pk", flat=True))
    for place in wanted:
        if place not in known:
            raise BadUsage(f"There is no place “{place}”; hub place list shows them.")
    now = dt.datetime.now(dt.UTC).replace(microsecond=0)
    row = Courier(
        id=uuid.uuid4(),
        name=" ".join(name.split()),
        issued=now,
        expires=now + dt.timedelta(days=days),
        scope={"kiosks": [str(kiosk.pk) for kiosk in found], "places": wanted},
    )
    with durable():
        row.save(force_insert=True)
        record("courier-issue", actor=actor, subject=str(row.pk), detail=row.scope)
    return row, token(row)


def token(row: Courier) -> bytes:
    """Return the signed token."""
    made = wire.Courier(
        row.pk,
        row.name,
        int(row.issued.timestamp() * 1000),
        int(row.expires.timestamp() * 1000),
        tuple(uuid.UUID(text) for text in row.scope.get("kiosks", [])),
        tuple(row.scope.get("places", [])),
    )
    return signed.sign(made.pack(), token_key(), "courier")


def revoke(text: str, *, reason: str, actor: str) -> Courier:
    """Take a courier's token back: gates learn it with their next settings."""
    wanted = text.replace("-", "").lower()
    found = [row for row in Courier.objects.all() if row.pk.hex.startswith(wanted)]
    if len(found) != 1 or not wanted:
        raise BadUsage(
            f"{'No courier' if not found else 'More than one courier'} begins with “{text}”; "
            "hub courier list shows them."
        )
    with durable():
        Courier.objects.filter(pk=found[0].pk).update(revoked=dt.datetime.now(dt.UTC))
        record("courier-revoke", actor=actor, subject=str(found[0].pk), reason=reason)
        publish()
    return found[0]


def covered(row: Courier) -> Iterable[Kiosk]:
    """Return the kiosks in use for which a courier's token speaks."""
    kiosks = Kiosk.objects.exclude(status=Kiosk.Status.REVOKED).select_related("place")
    scope = row.scope
    if scope.get("kiosks") or scope.get("places"):
        return [
            kiosk
            for kiosk in kiosks
            if str(kiosk.pk) in scope["kiosks"] or kiosk.place_id in scope["places"]
        ]
    return kiosks
