"""The clock: one big time to confirm, or to set right, when nothing else knows it."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

from kivy.lang import Builder
from kivy.properties import NumericProperty

from kiosk.model import AssertClock
from kiosk.notices import GATE_TIME
from kiosk.screens.face import Means
from kiosk.screens.page import PageFace, Stepper  # noqa: F401 - named in clockset.kv


class ClockFace(PageFace):
    """Pads that cannot name an impossible date."""

    day = NumericProperty(1)
    month = NumericProperty(1)
    year = NumericProperty(2026)
    hour = NumericProperty(0)
    minute = NumericProperty(0)
    longest = NumericProperty(31)

    def __init__(self, means: Means, **kwargs: Any) -> None:
        super().__init__(means, **kwargs)
        now = means.now().astimezone(GATE_TIME)
        self.year, self.month, self.day = max(2026, now.year), now.month, now.day
        self.hour, self.minute = now.hour, now.minute
        for name in ("month", "year"):
            self.fbind(name, self._limit)
        self._limit()

    def _limit(self, *_: object) -> None:
        after = dt.date(int(self.year) + self.month // 12, int(self.month) % 12 + 1, 1)
        self.longest = (after - dt.timedelta(days=1)).day
        self.day = min(self.day, self.longest)

    def confirm(self) -> None:
        """Assert what is shown."""
        date = dt.date(int(self.year), int(self.month), int(self.day))
        wall = dt.datetime.combine(date, dt.time(int(self.hour), int(self.minute)), GATE_TIME)
        self.means.send(AssertClock(wall.astimezone(dt.UTC)))
        self.means.go("home")


Builder.load_file(str(Path(__file__).with_suffix(".kv")))
