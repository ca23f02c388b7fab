"""The self-service start: where to hold the code, what else one can do, in each language."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from kivy.animation import AnimationTransition
from kivy.clock import Clock
from kivy.lang import Builder
from kivy.properties import BooleanProperty, NumericProperty, StringProperty
from kivy.uix.behaviors import ButtonBehavior
from kivy.uix.boxlayout import BoxLayout

from kiosk import notices
from kiosk.notices import Notice
from kiosk.screens.face import Face, Means
from kiosk.screens.hero import Hero  # noqa: F401 - named in attract.kv
from kiosk.screens.page import Tile
from kiosk.screens.parts import Box
from kiosk.screens.qrview import QrView  # noqa: F401 - the same
from kiosk.words import languages, load

EVERY_S = 10
"""Seconds between two runs of the animation: it shows, then stands still and costs nothing."""


MOVES_S = 0.9
"""Seconds that the card takes on its way."""

STEPS = 13
"""Pictures of that way. Each redraws the whole window: more are hardly seen and cost as much."""

SIDE_BY_SIDE = 2
"""Languages that have a pad each; more of them share one that leads to their list."""


class ShowHow(Box):
    """A card that moves into a frame: where to hold the code, without a word."""

    way = NumericProperty(1.0)
    _stepping: Any = None
    _step = 0

    def play(self) -> None:
        """Move the card into the frame once."""
        self.rest()
        self.way, self._step = 0.0, 0
        self._stepping = Clock.schedule_interval(self._move, MOVES_S / STEPS)

    def rest(self) -> None:
        """Stand still."""
        if self._stepping is not None:
            self._stepping.cancel()
            self._stepping = None
        self.way = 1.0

    def _move(self, _: float) -> None:
        self._step += 1
        if self._step >= STEPS:
            self.rest()
        else:
            self.way = AnimationTransition.out_cubic(self._step / STEPS)


class Enlarging(ButtonBehavior, BoxLayout):
    """What is shown larger when it is touched."""


class AttractFace(Face):
    """The picture, the way to hold a code, and big pads for everybody who has none."""

    patience = None
    clock_text = StringProperty("")
    place = StringProperty("")
    board_text = StringProperty("")
    declares = BooleanProperty(defaultvalue=False)

    def __init__(self, means: Means, **kwargs: Any) -> None:
        super().__init__(means, **kwargs)
        self.place = means.settings.place
        self.declares = means.offers("declare")
        self._seconds = 0
        self._back: Any = None
        hero = self.ids.hero
        hero.preview.source = means.source
        hero.preview.guide = list(means.settings.guide)
        hero.preview.mirrored = means.settings.mirror
        for name in ("words", "health"):
            self.fbind(name, self._refresh)
        self._refresh()

    def enter(self) -> None:
        """Follow the camera and begin to show how."""
        self.ids.hero.preview.start()
        self._seconds = 0
        self.tick()

    def leave(self) -> None:
        """Stop, and forget whom we saw."""
        self.ids.hero.preview.stop()
        self.ids.how.rest()
        self.watch()

    def verdict(self, notice: Notice) -> bool:
        """Fill the screen; visitors take nothing back."""
        self.ground = notice.tone
        self.ids.hero.show(notice)
        if self._back is not None:
            self._back.cancel()
        self._back = Clock.schedule_once(self.watch, notice.seconds)
        return True

    def watch(self, *_: object) -> None:
        """Go back to the picture."""
        if self._back is not None:
            self._back.cancel()
            self._back = None
        self.ground = "paper"
        self.ids.hero.clear()

    def flip(self) -> None:
        """A visitor's touch on the verdict changes nothing."""

    def undo(self) -> None:
        """Neither does this."""

    def hint(self, word: str) -> None:
        """Show a hint over the picture."""
        self.ids.hero.hint(word, self.words)

    def tick(self) -> None:
        """Show how, now and then; keep clock and place code fresh."""
        now = self.means.now()
        if self.clock_text != notices.clock_time(now):
            self.clock_text = notices.clock_time(now)
            self._board()
        if self._seconds % EVERY_S == 0 and self.ground == "paper":
            self.ids.how.play()
        self._seconds += 1

    def _board(self) -> None:
        """Show the place's own code anew each minute: a photograph of it grows old."""
        board = self.means.services.board
        self.board_text = board() if board is not None else ""

    def say(self, language: str) -> None:
        """Speak another language."""
        self.means.speak(language)

    def _refresh(self, *_: object) -> None:
        self.ids.hero.explain(self.health.camera, self.words)
        grid = self.ids.languages
        grid.clear_widgets()
        if len(languages()) > SIDE_BY_SIDE:
            tile = Tile(value="language", shape="language", text=self.words["language.name"])
            tile.beside = True
            tile.bind(on_release=lambda _: self.means.go("language"))
            grid.add_widget(tile)
            return
        for language in languages():
            tile = Tile(value=language, text=load(language)["language.name"])
            if language == self.words.language:
                tile.tone, tile.ink = "accent", "on_accent"
            tile.bind(on_release=lambda tile: self.say(tile.value))
            grid.add_widget(tile)


Builder.load_file(str(Path(__file__).with_suffix(".kv")))
