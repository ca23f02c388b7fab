"""What carries the screens: the one in front, a strip for verdicts, the patience that ends."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from kivy.clock import Clock
from kivy.lang import Builder
from kivy.properties import BooleanProperty, NumericProperty, ObjectProperty, StringProperty

from kiosk.model import Health
from kiosk.notices import Notice
from kiosk.screens.design import DESIGN, Design
from kiosk.screens.face import Face, Means
from kiosk.screens.parts import Card, Shelf
from kiosk.words import Words, load

WARNING_S = 15
"""How long before its end a screen says that it will end."""

SLEEP_S = 900
"""After so long without touch or verdict the first screen dims."""


class Toast(Card):
    """A verdict in a strip, over a screen on which somebody is busy."""

    shape = StringProperty("")
    title = StringProperty("")
    person = StringProperty("")


class StillThere(Card):
    """The question whether somebody is still there, with the seconds left."""

    words: Words = ObjectProperty(load("vi"), rebind=True)
    seconds = NumericProperty(0)


class Stage(Shelf):
    """Shows one screen at a time.

    The first screen is kept, because it is where everybody returns to; every other one is
    made when it is gone to and let go of when it is left, with whatever was typed there.
    """

    design: Design = ObjectProperty(DESIGN, rebind=True)
    words: Words = ObjectProperty(load("vi"), rebind=True)
    health: Health = ObjectProperty(Health())
    ground = StringProperty("paper")
    narration = StringProperty("")
    narrated = BooleanProperty(defaultvalue=False)
    asking = BooleanProperty(defaultvalue=False)
    asleep = BooleanProperty(defaultvalue=False)

    def __init__(
        self, means: Means, faces: Mapping[str, type[Face]], home: str, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self._means = means
        self._faces = faces
        self._idle = 0
        self._toast_end: Any = None
        self.shelve(self.ids, "toast", "still_there", "sleep")
        self.home = home
        self.name = ""
        self.face: Face = faces[home](means)
        self._home_face = self.face
        self._show(self.face, home)
        self.fbind("words", self._tell)
        self.fbind("health", self._tell)
        for name in ("asking", "asleep"):
            self.fbind(name, self._reveal)

    def _reveal(self, *_: object) -> None:
        self.reveal(still_there=self.asking, sleep=self.asleep)

    # -- which screen ------------------------------------------------------------------------

    def go(self, name: str) -> Face:
        """Change to a screen by name; going to where one is changes nothing."""
        name = self.home if name == "home" else name
        if name == "declare" and self._means.recollection.trip:
            name = "express"
        if name == self.name:
            return self.face
        if name == self.home:
            self._means.session.end()
        self.face.leave()
        self.face.funbind("ground", self._colour)
        self.ids.front.remove_widget(self.face)
        face = self._home_face if name == self.home else self._faces[name](self._means)
        self._show(face, name)
        return face

    def go_home(self) -> Face:
        """Change to the first screen."""
        return self.go(self.home)

    def _show(self, face: Face, name: str) -> None:
        self.face, self.name = face, name
        self._tell()
        face.fbind("ground", self._colour)
        self._colour()
        self.ids.front.add_widget(face)
        self._rest()
        face.enter()

    def _tell(self, *_: object) -> None:
        self.face.words = self.words
        self.face.health = self.health

    def _colour(self, *_: object) -> None:
        self.ground = self.face.ground

    # -- verdicts ----------------------------------------------------------------------------

    def show(self, notice: Notice) -> None:
        """Show a verdict: the whole screen where it may, else a strip over what is shown."""
        self._rest(touched=False)
        if self.face.verdict(notice):
            return
        toast = self.layer("toast")
        toast.tone, toast.shape = notice.tone, notice.shape
        toast.title, toast.person = notice.title, notice.person
        self.reveal(toast=True)
        if self._toast_end is not None:
            self._toast_end.cancel()
        self._toast_end = Clock.schedule_once(self._end_toast, notice.seconds)

    def _end_toast(self, *_: object) -> None:
        toast = self.layer("toast")
        toast.title = toast.person = ""
        self.reveal(toast=False)

    # -- patience ----------------------------------------------------------------------------

    def stir(self) -> bool:
        """Somebody touched the glass; True if that touch only woke or answered the screen."""
        answered = self.asleep or self.asking
        self._rest()
        return answered

    def _rest(self, *, touched: bool = True) -> None:
        self.asleep = False
        if touched:
            self._idle = 0
            self.asking = False
        elif self.name == self.home:
            self._idle = 0

    def tick(self) -> None:
        """Once a second: the screen in front moves on, and patience ends."""
        self.face.tick()
        self._idle += 1
        patience = self.face.patience
        if patience is None:
            self.asleep = self.name == self.home and self._idle >= SLEEP_S
            return
        left = patience - self._idle
        if left <= 0:
            self._end_toast()
            self.go_home()
        self.asking = 0 < left <= WARNING_S
        self.layer("still_there").seconds = left


Builder.load_file(str(Path(__file__).with_suffix(".kv")))
