"""Kiosks that are silent, behind, or whose clock is wrong; from what they last said."""

from __future__ import annotations

from dataclasses import dataclass, field

from hub.compliance.hardware import Hardware
from hub.intake.models import Kiosk

QUIET_MS = 15 * 60 * 1000
"""A kiosk says that it lives about once a minute."""
BEHIND = 50
"""So many waiting entries are more than one busy minute."""
CLOCK_OFF_MS = 60_000


@dataclass(frozen=True, slots=True)
class Gate:
    """A kiosk with what is wrong: ``never``, ``silent``, ``behind``, ``clock``, ``camera``,
    ``differs`` (its count of entries is not ours), ``outbox`` (its file was gone or damaged),
    and what :class:`Hardware` has of its board.
    """

    kiosk: str
    place: str
    place_name: str
    gate: str
    last_ms: int | None
    waiting: int
    clock_off_ms: int | None
    troubles: tuple[str, ...]
    version: str = ""
    settings: int = 0
    hardware: Hardware = field(default_factory=Hardware)
    since_ms: int = 0


def gates(*, now_ms: int, places: list[str] | None = None) -> list[Gate]:
    """Return every kiosk in service, those with troubles first."""
    found = Kiosk.objects.select_related("place").exclude(
        status__in=(Kiosk.Status.REVOKED, Kiosk.Status.WEB)
    )
    if places is not None:
        found = found.filter(place__in=places)
    made = [gate_of(kiosk, now_ms=now_ms) for kiosk in found]
    return sorted(made, key=lambda g: (not g.troubles, g.last_ms or 0, g.place_name, g.gate))


def gate_of(kiosk: Kiosk, *, now_ms: int) -> Gate:
    """Return a kiosk with what is wrong with it."""
    last = None if kiosk.last_seen is None else int(kiosk.last_seen.timestamp() * 1000)
    told = kiosk.health.get("waiting", 0)
    waiting = told if isinstance(told, int) else 0
    troubles = []
    if last is None:
        troubles.append("never")
    elif now_ms - last > QUIET_MS:
        troubles.append("silent")
    if waiting >= BEHIND:
        troubles.append("behind")
    if kiosk.clock_off_ms is not None and abs(kiosk.clock_off_ms) > CLOCK_OFF_MS:
        troubles.append("clock")
    if kiosk.health.get("camera") == "gone":
        troubles.append("camera")
    if kiosk.health.get("differs"):
        troubles.append("differs")
    if kiosk.health.get("outbox", "ok") != "ok":
        troubles.append("outbox")
    hardware = Hardware.of(kiosk.health)
    troubles += hardware.troubles
    return Gate(
        str(kiosk.pk),
        kiosk.place_id,
        kiosk.place.name,
        kiosk.gate or "?",
        last,
        waiting,
        kiosk.clock_off_ms,
        tuple(troubles),
        kiosk.version,
        kiosk.settings_version,
        hardware,
        int(kiosk.created.timestamp() * 1000),
    )
