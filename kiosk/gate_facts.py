"""What a running kiosk leaves in memory for other programs, and what it reckons with (pure)."""

from __future__ import annotations

from typing import Any

from kiosk.model import Health, Tally

STATUS_FILE = "status.json"

ROW_BYTES = 1_000
"""What an entry takes of the disk, with room to spare: 640 bytes were measured over 450,000."""

ENTRIES_A_DAY = 2_000
"""A busy gate's day."""


def days_left(free: int) -> float:
    """Return for how many busy days ``free`` bytes take entries."""
    return free / (ROW_BYTES * ENTRIES_A_DAY)


def live_facts(health: Health) -> dict[str, Any]:
    """Return what only a running kiosk knows, for ``kiosk status``; nothing personal."""
    return {
        "camera": health.camera,
        "clock": health.clock.value,
        "hub": health.hub,
        "hub_detail": health.hub_detail,
        "hub_differs": health.differs,
        "trust_list": None if health.trust_list is None else health.trust_list.isoformat(),
        "tally": {name: getattr(health.tally, name) for name in Tally.__slots__},
    }
