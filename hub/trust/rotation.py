"""New keys for the hub, and when an old one is no longer needed by any gate."""

from __future__ import annotations

from dataclasses import dataclass

from hub import database, keys
from hub.errors import BadUsage, NotAllowed
from hub.home import Home
from hub.intake.answers import ring
from hub.intake.audit import record
from hub.intake.models import HubKey, Kiosk
from hub.intake.transactions import durable
from hub.trust.models import SettingsVersion
from hub.trust.reopening import sealed
from wire.keys import kid_of

KINDS = {"sign": "signing", "seal": "opening"}


@dataclass(frozen=True, slots=True)
class KeyState:
    """A key of the hub: ``needed`` says in words what still depends on it."""

    kid: str
    kind: str
    current: bool
    needed: tuple[str, ...]


def rotate(home: Home, kind: str, *, actor: str) -> str:
    """Make a new key of ``kind`` ("sign" or "seal") and return its id; old ones stay.

    Kiosks learn it with their next settings, signed by a key they believe already.
    """
    with home.locked():
        keys.add(home, KINDS[kind])
    database.note_keys()
    kid = ring().ids[KINDS[kind]][-1]
    with durable():
        record("key-rotate", actor=actor, subject=kid, detail={"kind": kind})
    return kid


def states() -> list[KeyState]:
    """Return the keys that sign and open, oldest first."""
    found = []
    for name, kind in KINDS.items():
        kids = ring().ids[kind]
        for kid in kids:
            current = kid == kids[-1]
            needed = ("in use",) if current else _needs(kid) if name == "seal" else ("old cards",)
            found.append(KeyState(kid, name, current, needed))
    return found


def drop(home: Home, kid: str, *, actor: str) -> None:
    """Destroy an old seal key; raises :class:`NotAllowed` while anything may be sealed to it."""
    state = next((s for s in states() if s.kid == kid), None)
    if state is None:
        raise BadUsage(f"There is no key {kid}; hub key list shows them.")
    if state.kind != "seal" or state.current:
        raise NotAllowed("Only a seal key that is no longer in use can be dropped.")
    if state.needed:
        raise NotAllowed(f"This key is still needed: {'; '.join(state.needed)}.")
    with durable():
        HubKey.objects.filter(pk=kid).delete()
        record("key-drop", actor=actor, subject=kid)
    keys.remove(home, "opening", ring().opening[bytes.fromhex(kid)].raw)


def _needs(kid: str) -> tuple[str, ...]:
    """What may still come in sealed to ``kid``: gates that seal to it, or hold rows back."""
    needs = []
    replaced = _replaced_in(kid)
    for kiosk in Kiosk.objects.exclude(status=Kiosk.Status.INVITED).prefetch_related("chains"):
        if kiosk.status == Kiosk.Status.ACTIVE and kiosk.settings_version < replaced:
            needs.append(f"{str(kiosk.pk)[:8]} has not heard of a newer key")
        elif _lacks(kiosk):
            needs.append(f"{str(kiosk.pk)[:8]} has entries that are not here")
    if sealed().filter(seal_kid=bytes.fromhex(kid)).exists():
        needs.append("entries sealed to it are not opened yet (hub key open)")
    return tuple(needs)


def _replaced_in(kid: str) -> int:
    """Return the first version of the settings that names a newer seal key than ``kid``."""
    seen = False
    for row in SettingsVersion.objects.order_by("version"):
        named = kid_of(bytes.fromhex(row.facts["seal_key"])).hex()
        if seen and named != kid:
            return int(row.version)
        seen = seen or named == kid
    newest = SettingsVersion.objects.order_by("-version").first()
    return int(newest.version) if newest else 0


def _lacks(kiosk: Kiosk) -> bool:
    held = {str(chain.chain): chain.ranges for chain in kiosk.chains.all()}
    for chain, ranges in held.items():
        last = max(kiosk.heads.get(chain, [0])[0], ranges[-1][1] if ranges else 0)
        if ranges != [[1, last]] and last:
            return True
    return any(head[0] and chain not in held for chain, head in kiosk.heads.items())
