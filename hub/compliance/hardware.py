"""How a kiosk's board is, from what its last pulse told: judged here, never believed blindly."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

HOT_C = 80.0
"""From here a Raspberry Pi slows itself (raspberrypi.com, "Frequency management")."""
WORN_PERCENT = 80
"""Of the disk's life as its maker reckons; a card is swapped before it dies."""
LEAST_FREE_MB = 200
LEAST_MEMORY_MB = 40

WHEN = ("no", "since-start", "now")


@dataclass(frozen=True, slots=True)
class Hardware:
    """What a board told; None or "" where it told nothing. Sizes in MiB.

    ``under_voltage`` and ``throttled`` are ``now``, ``since-start``, ``no`` or "".
    """

    board: str = ""
    camera: str = ""
    temperature_c: float | None = None
    under_voltage: str = ""
    throttled: str = ""
    disk: str = ""
    disk_mb: int | None = None
    disk_free_mb: int | None = None
    disk_worn_percent: int | None = None
    disk_written_mb: int | None = None
    memory_mb: int | None = None
    memory_free_mb: int | None = None
    kiosk_memory_mb: int | None = None

    @classmethod
    def of(cls, health: Mapping[str, Any]) -> Hardware:
        """Read a pulse's health; what is of another kind than it should be is left out."""
        temperature = health.get("temperature_c")
        believable = isinstance(temperature, int | float) and -60 <= temperature <= 150
        return cls(
            board=_text(health, "board"),
            camera=_text(health, "camera"),
            temperature_c=float(temperature) if believable else None,  # type: ignore[arg-type]
            under_voltage=_when(health, "under_voltage"),
            throttled=_when(health, "throttled"),
            disk=_text(health, "disk"),
            disk_mb=_count(health, "disk_mb"),
            disk_free_mb=_count(health, "disk_free_mb"),
            disk_worn_percent=_count(health, "disk_worn_percent"),
            disk_written_mb=_count(health, "disk_written_mb"),
            memory_mb=_count(health, "memory_mb"),
            memory_free_mb=_count(health, "memory_free_mb"),
            kiosk_memory_mb=_count(health, "kiosk_memory_mb"),
        )

    @property
    def troubles(self) -> tuple[str, ...]:
        """What somebody should see to: ``voltage``, ``hot``, ``worn``, ``full``, ``memory``."""
        found = (
            ("voltage", self.under_voltage in ("now", "since-start")),
            ("hot", (self.temperature_c or 0.0) >= HOT_C or self.throttled == "now"),
            ("worn", (self.disk_worn_percent or 0) >= WORN_PERCENT),
            ("full", _less(self.disk_free_mb, LEAST_FREE_MB)),
            ("memory", _less(self.memory_free_mb, LEAST_MEMORY_MB)),
        )
        return tuple(name for name, wrong in found if wrong)


def _less(value: int | None, least: int) -> bool:
    return value is not None and value < least


def _text(health: Mapping[str, Any], name: str) -> str:
    value = health.get(name)
    return value[:80] if isinstance(value, str) else ""


def _when(health: Mapping[str, Any], name: str) -> str:
    value = health.get(name)
    return value if isinstance(value, str) and value in WHEN else ""


def _count(health: Mapping[str, Any], name: str) -> int | None:
    value = health.get(name)
    return value if type(value) is int and 0 <= value < 2**40 else None
