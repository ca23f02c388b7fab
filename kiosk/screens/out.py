"""The kiosk cannot record: what is wrong, what to do meanwhile, whom to call."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from kivy.lang import Builder
from kivy.properties import StringProperty

from kiosk import notices
from kiosk.screens.face import Face, Means


class OutFace(Face):
    """Out of service, without fright: the paper book takes over, nothing recorded is lost."""

    reason = StringProperty("")
    reason_text = StringProperty("")
    waiting_text = StringProperty("")
    hotline = StringProperty("")

    def __init__(self, means: Means, **kwargs: Any) -> None:
        kwargs.setdefault("ground", "stop")
        super().__init__(means, **kwargs)
        for name in ("words", "health", "reason"):
            self.fbind(name, self._refresh)
        self._refresh()

    def _refresh(self, *_: object) -> None:
        self.reason_text = notices.outage(self.reason, self.words)
        safe = [self.words["out.safe"]]
        if self.health.waiting:
            safe.append(self.words.say("out.waiting", count=self.health.waiting))
        self.waiting_text = " ".join(safe)
        number = self.means.settings.hotline
        self.hotline = self.words.say("out.hotline", number=number) if number else ""


Builder.load_file(str(Path(__file__).with_suffix(".kv")))
