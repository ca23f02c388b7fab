"""With which of the hub's keys a kiosk is spoken to: the newest that it believes.

A kiosk believes the key of its enrolment code, and those in the settings that it said it has.
"""

from __future__ import annotations

import datetime as dt
from functools import lru_cache

from hub.intake.answers import ring
from hub.intake.models import Kiosk
from hub.trust.models import SettingsVersion
from wire.keys import SigningKey, kid_of


def signing_key(kiosk: Kiosk) -> SigningKey:
    """Return the key whose word this kiosk takes."""
    keys = ring().signing_keys
    if len(keys) == 1:
        return keys[0]
    believed = {kiosk.invited_under or keys[0].kid.hex()}
    if kiosk.settings_version:
        believed |= _introduced(kiosk.settings_version)
    known = [key for key in keys if key.kid.hex() in believed]
    return known[-1] if known else keys[0]


def _introduced(version: int) -> frozenset[str]:
    row = SettingsVersion.objects.filter(pk=version).values_list("facts", flat=True).first()
    return _kids(tuple(row["hub_keys"])) if row else frozenset()


@lru_cache(maxsize=32)
def _kids(raw: tuple[str, ...]) -> frozenset[str]:
    return frozenset(kid_of(bytes.fromhex(key)).hex() for key in raw)


def token_key() -> SigningKey:
    """Return the key for passes and boards: the newest that the gates in use all know.

    A gate that was not heard for a month does not hold a new key back.
    """
    keys = ring().signing_keys
    if len(keys) == 1:
        return keys[0]
    lately = dt.datetime.now(dt.UTC) - dt.timedelta(days=30)
    gates = Kiosk.objects.filter(status=Kiosk.Status.ACTIVE, last_seen__gte=lately)
    order = [key.kid for key in keys]
    oldest = min((order.index(signing_key(kiosk).kid) for kiosk in gates), default=len(keys) - 1)
    return keys[oldest]
