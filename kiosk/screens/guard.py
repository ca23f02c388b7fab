"""The guard's screen: the live picture, the verdict, direction, counts, and what waits."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from kivy.clock import Clock
from kivy.lang import Builder
from kivy.properties import (
    BooleanProperty,
    NumericProperty,
    ObjectProperty,
    OptionProperty,
    StringProperty,
)
from kivy.uix.boxlayout import BoxLayout

from kiosk import condition, notices
from kiosk.condition import Sign
from kiosk.model import CountUnscanned, DirectionMode, Flip, SetDirection, SetPurpose, Undo
from kiosk.notices import Notice
from kiosk.screens.design import DESIGN, Design
from kiosk.screens.face import Face, Means
from kiosk.screens.hero import Hero  # noqa: F401 - named in guard.kv
from kiosk.words import Words, load

REGRET_S = 10
"""How long the last entry can be undone or turned round by one touch."""

ASK_S = 6
"""How long it is asked what the last person came for; unanswered, the entry says nothing."""


class TopBar(BoxLayout):
    """Where this gate is, how camera and clock are, and the time."""

    design: Design = ObjectProperty(DESIGN, rebind=True)
    place = StringProperty("")
    gate = StringProperty("")
    camera: Sign = ObjectProperty(Sign("camera", "quiet", ""), rebind=True)
    time: Sign = ObjectProperty(Sign("clock", "quiet", ""), rebind=True)
    clock_text = StringProperty("")
    loud = BooleanProperty(defaultvalue=False)
    ink = StringProperty("ink")
    quiet = StringProperty("quiet")


class DirectionSwitch(BoxLayout):
    """Which way people are passing; it stays as it was set."""

    design: Design = ObjectProperty(DESIGN, rebind=True)
    words: Words = ObjectProperty(load("vi"), rebind=True)
    mode = StringProperty("in")

    __events__ = ("on_choose",)

    def on_choose(self, mode: str) -> None:
        """A direction was touched."""


class GuardFace(Face):
    """Watches, and for a few seconds after each verdict is nothing but that verdict."""

    patience = None
    scene = OptionProperty("watch", options=["watch", "verdict"])
    mode = StringProperty("in")
    clock_text = StringProperty("")
    place = StringProperty("")
    gate = StringProperty("")
    hub: Sign = ObjectProperty(Sign("hub", "quiet", ""), rebind=True)
    waiting: Sign = ObjectProperty(Sign("waiting", "quiet", ""), rebind=True)
    waiting_text = StringProperty("")
    camera: Sign = ObjectProperty(Sign("camera", "quiet", ""), rebind=True)
    time: Sign = ObjectProperty(Sign("clock", "quiet", ""), rebind=True)
    alerts = NumericProperty(0)
    unscanned_text = StringProperty("")
    footnote: Sign = ObjectProperty(Sign("hub-off", "quiet", ""), rebind=True)

    def __init__(self, means: Means, **kwargs: Any) -> None:
        super().__init__(means, **kwargs)
        self.last: Notice | None = None
        self._regret_left = 0
        self._taking_back = 0
        self._purposed: str | None = None
        self._purpose_text = ""
        self._back: Any = None
        self.place = means.settings.place
        self.mode = means.settings.direction.value
        preview = self.ids.hero.preview
        preview.source = means.source
        preview.guide = list(means.settings.guide)
        self.fbind("words", self._refresh)
        self.fbind("health", self._refresh)
        self._refresh()

    def enter(self) -> None:
        """Follow the camera."""
        here = (self.means.settings.gate, self.means.recollection.trip)
        self.gate = " · ".join(part for part in here if part)
        self.ids.hero.preview.start()
        self.tick()

    def leave(self) -> None:
        """Stop following, and forget whom we saw."""
        self.ids.hero.preview.stop()
        self._forget()
        self.watch()

    def verdict(self, notice: Notice) -> bool:
        """Fill the screen with it; a new one takes the old one's place at once."""
        if notice.quiet:
            self._answered()
            return True
        if notice.small:
            self._counted(notice)
            return True
        self.scene = "verdict"
        self.ground = notice.tone
        self.ids.hero.show(notice)
        if self._back is not None:
            self._back.cancel()
        self._back = Clock.schedule_once(self.watch, notice.seconds)
        if notice.entry:
            self._offer_regret(notice)
        else:
            self._forget()
        return True

    def _counted(self, notice: Notice) -> None:
        """One was counted without a code, or taken back from the count."""
        if self._taking_back:
            self._taking_back -= 1
            self._forget()
        else:
            self._offer_regret(notice)

    def choose_purpose(self, word: str) -> None:
        """Add what the last person came for; the next scan never waits for this."""
        self.ids.hero.asks = []
        if self.last and self.last.entry:
            self._purposed = self.last.entry
            self._purpose_text = dict(self.last.asks).get(word, word)
            self.means.send(SetPurpose(self.last.entry, word))

    def _answered(self) -> None:
        """The purpose is on the disk: say so where its entry is still shown."""
        if self.last and self.last.entry == self._purposed:
            self.ids.hero.last_title += f" · {self._purpose_text}"

    def _offer_regret(self, notice: Notice) -> None:
        self.last = notice
        self._regret_left = REGRET_S
        self.ids.hero.keep(notice, self.words)

    def watch(self, *_: object) -> None:
        """Go back to the picture."""
        if self._back is not None:
            self._back.cancel()
            self._back = None
        self.scene = "watch"
        self.ground = "paper"
        self.ids.hero.clear()

    def _forget(self) -> None:
        self.last = None
        self._regret_left = 0
        self.ids.hero.drop()

    def hint(self, word: str) -> None:
        """Show a hint over the picture."""
        self.ids.hero.hint(word, self.words)

    def tick(self) -> None:
        """Move the clock and the time left for regret."""
        self.clock_text = notices.clock_time(self.means.now())
        self.footnote = condition.footnote(self.health, self.means.now(), self.words)
        self.alerts = len(self.means.recollection.alerts)
        if self._regret_left:
            self._regret_left -= 1
            if not self._regret_left:
                self._forget()
            elif self._regret_left <= REGRET_S - ASK_S:
                self.ids.hero.asks = []

    def choose(self, mode: str) -> None:
        """Keep a direction until told otherwise."""
        self.mode = mode
        self.means.send(SetDirection(DirectionMode(mode)))

    def flip(self) -> None:
        """Turn the last entry's direction round."""
        if self.last and self.last.entry:
            self.means.send(Flip(self.last.entry))
            self._forget()

    def undo(self) -> None:
        """Take the last entry back."""
        if self.last and self.last.entry:
            self.means.send(Undo(self.last.entry))
            self._forget()
        elif self.last:
            self._taking_back += 1
            self.means.send(CountUnscanned(-1))
            self._forget()

    def count_unscanned(self) -> None:
        """One person passed without a scan."""
        self.means.send(CountUnscanned(1))

    def _refresh(self, *_: object) -> None:
        self.hub = condition.hub_sign(self.health, self.words)
        self.waiting = condition.waiting_sign(self.health, self.words)
        parts = (self.waiting.text, self.waiting.detail)
        self.waiting_text = " · ".join(part for part in parts if part)
        self.camera = condition.camera_sign(self.health, self.words)
        self.time = condition.clock_sign(self.health, self.words)
        self.footnote = condition.footnote(self.health, self.means.now(), self.words)
        self.ids.hero.explain(self.health.camera, self.words)


Builder.load_file(str(Path(__file__).with_suffix(".kv")))
