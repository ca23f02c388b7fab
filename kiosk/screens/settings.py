"""What the screens must be told once, when they are made."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kiosk.config import Config
from kiosk.model import DirectionMode
from kiosk.view import Guide


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
    rotation: int = 0
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
    trips: bool = False
    """Whether people pass here for a trip, which the guard names."""
    home: str = ""
    """The first screen, where it is neither the guard's nor the visitors'."""
    authority: str = ""
    keep_days: int = 30
    declaration_days: int = 14
    """How far back the declaration asks about symptoms and contacts."""


def screen_settings(config: Config, **more: Any) -> ScreenSettings:
    """Return what the configuration says of the screens, and ``more`` that it does not."""
    screen, guide = config.screen, Guide()
    return ScreenSettings(
        hotline=screen.hotline,
        language=screen.language,
        size=(screen.width, screen.height),
        fullscreen=screen.fullscreen,
        rotation=screen.rotation,
        dark=screen.theme == "dark",
        text=screen.text_scale,
        volume=config.sound.volume,
        phrases=Path(config.sound.phrases) if config.sound.phrases else None,
        mirror=config.camera.mirror,
        reach=screen.reach,
        self_service=screen.self_service,
        purposes=config.policy.purposes,
        form=config.policy.form,
        trip=config.gate.trip,
        trips=config.gate.trips,
        authority=screen.authority,
        keep_days=screen.notice_days,
        declaration_days=config.policy.declaration_days,
        guide=(guide.left, guide.top, guide.right - guide.left, guide.bottom - guide.top),
        **more,
    )
