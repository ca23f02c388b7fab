"""The paper book, entered afterwards: when it was, how sure that is, who it was."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

from kivy.lang import Builder
from kivy.properties import NumericProperty, OptionProperty, StringProperty

from kiosk import notices
from kiosk.model import Direction, EnterPaper, Person
from kiosk.notices import GATE_TIME
from kiosk.screens.face import Means
from kiosk.screens.page import Choices, PageFace, Stepper  # noqa: F401 - named in paper.kv
from kiosk.screens.person import PersonForm  # noqa: F401 - the same

DOUBTS_S = {"minutes": 300, "hour": 1800, "half-day": 7200}
"""What "about then" can mean, in seconds either way."""


class PaperFace(PageFace):
    """First the time, from pads that cannot name an impossible one; then the person."""

    days_ago = NumericProperty(0)
    hour = NumericProperty(0)
    minute = NumericProperty(0)
    doubt = StringProperty("hour")
    direction = StringProperty("in")
    step = OptionProperty("when", options=["when", "who"])
    entered = NumericProperty(0)
    moment_text = StringProperty("")
    note = StringProperty("")

    def __init__(self, means: Means, **kwargs: Any) -> None:
        super().__init__(means, **kwargs)
        now = means.now().astimezone(GATE_TIME)
        self.hour, self.minute = now.hour, now.minute // 5 * 5
        if means.settings.direction.value in ("in", "out"):
            self.direction = means.settings.direction.value
        self._panels = {"when": self.ids.when.__self__, "who": self.ids.who.__self__}
        self.fbind("step", self._show)
        self._show()

    def _show(self, *_: object) -> None:
        """Lay out the step that is due."""
        self.ids.body.clear_widgets()
        self.ids.body.add_widget(self._panels[self.step])

    def go_on(self) -> None:
        """Take the time, unless it is still to come."""
        self.note = ""
        if self.moment() > self.means.now():
            self.note = self.words["paper.future"]
            return
        way = self.words[f"direction.{self.direction}"]
        self.moment_text = f"{way} · {notices.clock_time(self.moment())}"
        self.step = "who"

    def back(self) -> None:
        """Go back to the time first."""
        if self.step == "who":
            self.step = "when"
        else:
            super().back()

    def leave(self) -> None:
        """Forget what was typed."""
        self.ids.who.clear()

    def type(self, text: str) -> None:
        """Take what was typed on a keyboard."""
        if self.step == "who":
            self.ids.who.type(text)

    def press(self, key: str) -> bool:
        """Take a named key."""
        used = self.step == "who" and bool(self.ids.who.press(key))
        return used or super().press(key)

    def record(self, person: Person, count: int) -> None:
        """Give the line to the desk; the next line begins with the same time."""
        assert self.means.services.paper is not None
        at = self.moment().astimezone(dt.UTC)
        self.means.services.paper(
            EnterPaper(person, at, DOUBTS_S[self.doubt], Direction(self.direction), count)
        )
        self.entered += 1
        self.ids.who.clear()

    def moment(self) -> dt.datetime:
        """Return the time that is set, in the gate's time."""
        day = self.means.now().astimezone(GATE_TIME) - dt.timedelta(days=int(self.days_ago))
        return day.replace(hour=int(self.hour), minute=int(self.minute), second=0, microsecond=0)


Builder.load_file(str(Path(__file__).with_suffix(".kv")))
