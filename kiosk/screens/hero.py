"""The large half of the guard's screen: the live picture, or the verdict with it inset."""

from __future__ import annotations

from typing import Any

from kivy.animation import Animation
from kivy.properties import (
    ListProperty,
    NumericProperty,
    ObjectProperty,
    OptionProperty,
    StringProperty,
)
from kivy.uix.boxlayout import BoxLayout

from kiosk.notices import Notice
from kiosk.screens.design import DESIGN, Design
from kiosk.screens.parts import Card, Shelf
from kiosk.screens.preview import Preview
from kiosk.screens.verdict import (  # noqa: F401 - the same
    LastStrip,
    PurposeStrip,
    VerdictCard,
    WaitingCard,
)
from kiosk.words import Words, load

_HINT_SHAPES = {
    "nearer": "nearer",
    "farther": "farther",
    "hold-still": "hand",
    "brighter": "light",
    "too-dark": "light",
    "glare": "light",
    "two-codes": "two-codes",
}


class SignChip(Card):
    """A hint over the picture."""

    text = StringProperty("")
    shape = StringProperty("")
    ink = StringProperty("ink")


class CameraNote(BoxLayout):
    """Why there is no picture, and what works all the same."""

    design: Design = ObjectProperty(DESIGN, rebind=True)
    shape = StringProperty("")
    title = StringProperty("")
    detail = StringProperty("")


class Hero(Shelf):
    """Shows the picture; during a verdict, the verdict, with the picture small in a corner."""

    design: Design = ObjectProperty(DESIGN, rebind=True)
    words: Words = ObjectProperty(load("vi"), rebind=True)
    guard: Any = ObjectProperty(None, allownone=True)
    scene = OptionProperty("watch", options=["watch", "verdict"])
    tone = StringProperty("go")
    shape = StringProperty("")
    title = StringProperty("")
    person = StringProperty("")
    detail = StringProperty("")
    note = StringProperty("")
    direction = StringProperty("")
    pulse = NumericProperty(1.0)
    unit = NumericProperty(8.0)
    hint_text = StringProperty("")
    hint_shape = StringProperty("")
    camera_shape = StringProperty("camera")
    camera_title = StringProperty("")
    camera_detail = StringProperty("")
    last_title = StringProperty("")
    last_person = StringProperty("")
    last_direction = StringProperty("")
    asks = ListProperty()
    alerts = NumericProperty(0)

    def on_kv_post(self, _base: Any) -> None:
        """Take the layers off the tree, now that the rules have made them."""
        self.preview: Preview = self.ids.preview.__self__
        self.shelve(self.ids, "card", "preview", "absent", "hint", "bell", "ask", "strip")
        self.preview.fbind("live", self._reveal)
        for name in ("scene", "last_title", "hint_text", "alerts", "asks"):
            self.fbind(name, self._reveal)
        for name in ("pos", "size", "scene", "last_title", "asks", "unit"):
            self.fbind(name, self._place)
        self._place()
        self._reveal()

    def show(self, notice: Notice) -> None:
        """Show a verdict; it arrives with a short beat, so that two alike are told apart."""
        self.tone, self.shape = notice.tone, notice.shape
        self.title, self.person = notice.title, notice.person
        self.detail, self.direction = notice.detail, notice.direction
        self.note = " · ".join(part for part in (notice.time, notice.note) if part)
        self.scene = "verdict"
        Animation.cancel_all(self, "pulse")
        self.pulse = 0.7
        Animation(pulse=1.0, duration=0.2, t="out_back").start(self)

    def still(self) -> None:
        """End the arrival at once."""
        Animation.cancel_all(self, "pulse")
        self.pulse = 1.0

    def clear(self) -> None:
        """Go back to the picture; nothing of the verdict stays."""
        self.still()
        self.scene = "watch"
        self.title = self.person = self.detail = self.note = self.direction = ""

    def keep(self, notice: Notice, words: Words) -> None:
        """Offer for a while to take an entry back."""
        way = words[f"direction.{notice.direction}"] if notice.direction else ""
        first = notice.title if notice.small else words["guard.last"]
        parts = (first, way, notice.time)
        self.words = words
        self.last_title = " · ".join(part for part in parts if part)
        self.last_person, self.last_direction = notice.person, notice.direction
        self.layer("strip").can_flip = not notice.small
        self.asks = list(notice.asks)

    def drop(self) -> None:
        """Offer that no longer, and ask nothing more."""
        self.asks = []
        self.last_title = self.last_person = self.last_direction = ""

    def hint(self, word: str, words: Words) -> None:
        """Say how to hold a code better; an empty word says nothing."""
        self.hint_text = words[f"hint.{word}"] if word else ""
        self.hint_shape = _HINT_SHAPES.get(word, "code")

    def explain(self, camera: str, words: Words) -> None:
        """Say why there is no picture."""
        title, detail = f"guard.camera_{camera}", f"guard.camera_{camera}_detail"
        self.words = words
        self.camera_shape = "camera" if camera in {"ok", "starting"} else "camera-off"
        self.camera_title = words[title] if title in words else words["guard.camera_starting"]
        self.camera_detail = words.said(detail)

    def _reveal(self, *_: object) -> None:
        watching = self.scene == "watch"
        self.reveal(
            card=not watching,
            preview=self.preview.live or watching,
            absent=watching and not self.preview.live,
            hint=watching and self.hint_text,
            bell=watching and self.alerts,
            ask=self.asks,
            strip=self.last_title and not self.asks,
        )

    def _place(self, *_: object) -> None:
        unit, ids = self.unit, self.ids
        strip = 13 * unit if self.last_title else 0
        if self.asks:
            strip = unit * (13 if self.design.low else 29 if self.design.wide else 18)
            ids.ask.pos = (self.x + unit, self.y + unit)
            ids.ask.size = (self.width - 2 * unit, strip - unit)
        ids.strip.pos = (self.x + unit, self.y + unit)
        ids.strip.size = (self.width - 2 * unit, 12 * unit)
        ids.card.pos, ids.card.size = self.pos, self.size
        ids.card.padding = [unit * 3, unit * 2, unit * 3, unit * 2 + strip]
        aside = 18 * unit if self.design.low else 0  # the bell's room
        ids.absent.pos = (self.x + aside, self.y + strip)
        ids.absent.size = (self.width - 2 * aside, self.height - strip)
        ids.bell.size = (16 * unit, 10.5 * unit)
        ids.bell.right = self.right - 1.5 * unit
        ids.bell.top = self.top - 1.5 * unit
        ids.hint.size = (min(self.width - 4 * unit, 56 * unit), 9 * unit)
        ids.hint.center_x = self.center_x
        ids.hint.y = self.y + strip + 2 * unit
        if self.scene == "watch":
            ids.preview.pos, ids.preview.size = self.pos, self.size
        else:
            ids.preview.size = (25 * unit, 17 * unit)
            ids.preview.right = self.right - 2 * unit
            ids.preview.top = self.top - 2 * unit
