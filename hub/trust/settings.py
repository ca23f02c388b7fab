"""The settings in force: a new version whenever what kiosks should believe has changed."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import Q

from hub.carry.models import Courier
from hub.intake.answers import ring
from hub.trust.models import GateSetting, IssuedPass, SettingsVersion
from wire import signed
from wire.batch import Settings
from wire.keys import SigningKey

Facts = dict[str, Any]
_BEGINNING = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
_MINUTE = dt.timedelta(minutes=1)


def publish() -> SettingsVersion:
    """Return the newest version, made now where the facts changed; call in a transaction."""
    facts = _facts()
    newest = SettingsVersion.objects.select_for_update().order_by("-version").first()
    if newest is not None and newest.facts == facts:
        return newest
    now = dt.datetime.now(dt.UTC)
    # Minutes, not a count: a hub put back from yesterday's copy goes on above what kiosks have.
    version = max(newest.version + 1 if newest else 1, (now - _BEGINNING) // _MINUTE)
    return SettingsVersion.objects.create(version=version, facts=facts, made=now)


def newest_version() -> int:
    """Return the number of the settings in force; 0 before the first."""
    found = SettingsVersion.objects.order_by("-version").values_list("version", flat=True).first()
    return int(found or 0)


def signed_settings(key: SigningKey, *, place: str, newer_than: int = -1) -> bytes | None:
    """Return the settings in force for a kiosk of ``place``, signed with ``key``.

    None where there are no newer ones. What other places are set to is left out.
    """
    newest = SettingsVersion.objects.order_by("-version").first()
    if newest is None or newest.version <= newer_than:
        return None
    facts = newest.facts
    settings = Settings(
        version=newest.version,
        revoked=tuple(facts["revoked"]),
        issuers=tuple(map(bytes.fromhex, facts["issuers"])),
        hub_keys=tuple(map(bytes.fromhex, facts["hub_keys"])),
        seal_key=bytes.fromhex(facts["seal_key"]),
        profile={
            scope: values
            for scope, values in facts.get("profile", {}).items()
            if not scope.startswith("place:") or scope == f"place:{place}"
        },
    )
    return signed.sign(settings.pack(), key, "settings")


def _facts() -> Facts:
    keys = ring()
    public = [key.public.raw.hex() for key in keys.signing_keys]
    facts: Facts = {
        "revoked": _revoked(),
        "issuers": public,
        "hub_keys": public,
        "seal_key": keys.sealing.public.raw.hex(),
    }
    if set_here := _set():
        facts["profile"] = set_here
    return facts


def _set() -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for row in GateSetting.objects.order_by("scope", "key"):
        found.setdefault(row.scope, {})[row.key] = row.value
    return found


def _revoked() -> list[str]:
    # A day longer than it was valid: clocks at gates differ.
    still = dt.datetime.now(dt.UTC) - dt.timedelta(days=1)
    rows = IssuedPass.objects.filter(revoked__isnull=False)
    rows = rows.filter(Q(until__isnull=True) | Q(until__gt=still))
    couriers = Courier.objects.filter(revoked__isnull=False, expires__gt=still)
    gone = [row.pk.hex for row in couriers]
    return sorted([*rows.values_list("id", flat=True), *gone])
