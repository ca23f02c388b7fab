"""What the screens must be told once, when they are made."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from kiosk.model import DirectionMode


@dataclass(frozen=True, slots=True)
class ScreenSettings:
    """The screens' part of the configuration.

    ``size`` is the window's in pixels, ignored when ``fullscreen``. ``text`` enlarges the
    letters (1.0 to 1.5), ``reach`` keeps every control in the lower half. ``guide`` is the
    part of the picture in which codes count: x, y, width, height as shares, y downwards.
    """

    place: str = ""
    gate: str = ""
    hotline: str = ""
    language: str = "vi"
    size: tuple[int, int] = (1024, 600)
    fullscreen: bool = False
    dark: bool = False
    text: float = 1.0
    reach: bool = False
    guide: tuple[float, float, float, float] = (0.2, 0.1, 0.6, 0.8)
    direction: DirectionMode = DirectionMode.IN
    volume: float = 0.8
    phrases: Path | None = None
    mirror: bool = False
    self_service: bool = False
    purposes: tuple[str, ...] = ()
    form: tuple[str, ...] = ()
    trip: str = ""
    home: str = ""
    """The first screen, where it is neither the guard's nor the visitors'."""
    authority: str = ""
    keep_days: int = 30
