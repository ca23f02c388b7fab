"""What kiosks are set to, by place and by kind of venue; they take it with their next pulse."""

from __future__ import annotations

from typing import Any

from hub.errors import BadUsage
from hub.intake.audit import record
from hub.intake.models import Place
from hub.intake.transactions import durable
from hub.trust.models import GateSetting
from hub.trust.settings import publish
from wire import gate_settings as wire
from wire.errors import Malformed

MOST = 5_000
"""Settings in all: with every place's own they still make short answers."""


def change(scope: str, key: str, value: Any, *, actor: str) -> int:
    """Set ``key`` in ``scope``; None takes it back. Returns the settings' version."""
    try:
        wire.check_scope(scope)
        if value is not None or key not in wire.KEYS:
            wire.checked(key, value)
    except Malformed as error:
        raise BadUsage(str(error)) from error
    kind, _, place = scope.partition(":")
    if kind == "place" and not Place.objects.filter(pk=place).exists():
        raise BadUsage(f"There is no place “{place}”.")
    with durable():
        if value is None:
            if not GateSetting.objects.filter(scope=scope, key=key).delete()[0]:
                raise BadUsage("Nothing of this key is set there; hub settings list shows all.")
        else:
            if GateSetting.objects.count() >= MOST:
                raise BadUsage(f"A hub keeps at most {MOST} settings of kiosks; take some back.")
            GateSetting.objects.update_or_create(scope=scope, key=key, defaults={"value": value})
        record("settings", actor=actor, subject=scope or "all", detail={"key": key, "value": value})
        return int(publish().version)
