"""Behind a PIN: who may set the kiosk up, and the way to each setting."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from kivy.lang import Builder
from kivy.properties import NumericProperty, OptionProperty, StringProperty

from kiosk import pin
from kiosk.screens.face import Means
from kiosk.screens.keyboard import Keyboard  # noqa: F401 - named in steward.kv
from kiosk.screens.page import PageFace, Tile
from kiosk.screens.services import Answer

_TILES = (
    ("network", "hub", "steward.network"),
    ("rows", "waiting", "steward.rows"),
    ("camera", "camera", "steward.camera"),
    ("looks", "light", "steward.looks"),
    ("enrol", "code", "steward.enrol"),
    ("trip", "bus", "menu.trip"),
    ("venue", "language", "steward.venue"),
    ("clock", "clock", "menu.clock"),
    ("about", "list", "steward.about"),
    ("device", "restart", "steward.device"),
    ("help", "help", "menu.help"),
)
_OF_A_PLACE = frozenset({"network", "rows", "enrol", "clock", "about"})
"""What has no meaning at a kiosk that belongs to no place yet."""


class PinFace(PageFace):
    """Asks for the PIN, ever more slowly; where there is none yet, for a new one, twice."""

    typed = NumericProperty(0)
    step = OptionProperty("ask", options=["ask", "choose", "repeat"])
    wait = NumericProperty(0)
    prompt = StringProperty("")

    def __init__(self, means: Means, **kwargs: Any) -> None:
        self._digits = ""
        self._chosen = ""
        super().__init__(means, **kwargs)
        assert means.services.safe is not None
        self._safe = means.services.safe
        lock = self._safe.load()
        self.step = "ask" if lock else "choose"
        self.wait = pin.wait_after(lock.failures) if lock else 0
        for name in ("step", "wait", "words"):
            self.fbind(name, self._say)
        self._say()

    def enter(self) -> None:
        """Watch for a fresh enrolment code, which cures a forgotten PIN."""
        self._watch(watching=self.step == "ask")

    def _watch(self, *, watching: bool) -> None:
        if self.means.services.watch_for_enrolment is not None:
            self.means.services.watch_for_enrolment(watching)

    def scan(self, text: str) -> bool:
        """Take an enrolment code from a hand scanner; other codes are the desk's."""
        if self.means.services.enrol is None or not text.startswith("GATE"):
            return False
        self.means.services.enrol(text)
        return True

    def answer(self, errand: str, answer: Answer) -> None:
        """A fresh code of this place lets a new PIN be chosen."""
        if errand != "enrol" or self.step != "ask":
            return
        if self._safe.load() is None:
            self.wait = 0
            self.trouble = ""
            self.aside = self.words["steward.cured"]
            self._digits, self.typed = "", 0
            self.step = "choose"
            return
        word = "code_foreign" if answer.word in ("another_place", "rows_wait") else answer.word
        self.trouble = self.words[f"answer.{word}"]

    def _say(self, *_: object) -> None:
        if self.wait > 0:
            self.prompt = self.words.say("steward.wait", seconds=int(self.wait))
        else:
            self.prompt = self.words[f"steward.{self.step}"]

    def leave(self) -> None:
        """Forget the figures."""
        self._watch(watching=False)
        self._digits = self._chosen = ""
        self.typed = 0

    def touch(self, key: str) -> None:
        """Take a key of the keyboard on glass."""
        if key == "clear":
            self._digits = ""
            self.typed = 0
        elif len(key) > 1:
            self.press(key)
        else:
            self.type(key)

    def type(self, text: str) -> None:
        """Take figures."""
        if self.wait > 0:
            return
        if not (text.isascii() and text.isdigit()):
            self.trouble = self.words["person.figures"]
        elif len(self._digits) + len(text) > pin.LONGEST:
            self.trouble = self.words.say("entry.too_long", count=pin.LONGEST)
        else:
            self._digits += text
            self.typed = len(self._digits)
            self.trouble = ""

    def press(self, key: str) -> bool:
        """Take a named key."""
        match key:
            case "backspace":
                self._digits = self._digits[:-1]
                self.typed = len(self._digits)
            case "enter" if self.wait <= 0:
                self._submit()
            case _:
                return super().press(key)
        return True

    def _submit(self) -> None:
        digits, self._digits, self.typed = self._digits, "", 0
        if self.step == "ask":
            self._attempt(digits)
        elif not pin.is_pin(digits):
            self.trouble = self.words["steward.no_pin"]
        elif self.step == "choose":
            self._chosen = digits
            self.step = "repeat"
        elif digits == self._chosen:
            self._safe.save(pin.lock(digits))
            self._open()
        else:
            self.trouble = self.words["steward.differ"]
            self._chosen = ""
            self.step = "choose"

    def _attempt(self, digits: str) -> None:
        lock = self._safe.load()
        assert lock is not None
        lock, opened = pin.attempt(lock, digits)
        self._safe.save(lock)  # before the answer: pulling the plug gives no try back
        if opened:
            self._open()
            return
        self.trouble = self.words["steward.wrong"]
        self.wait = pin.wait_after(lock.failures)

    def _open(self) -> None:
        self.means.session.open = True
        self.means.go("settings")

    def tick(self) -> None:
        """Let the wait pass."""
        if self.wait > 0:
            self.wait -= 1


class StewardFace(PageFace):
    """A page that only an opened session shows."""

    patience: int | None = 180

    def enter(self) -> None:
        """Turn away whoever did not come through the PIN."""
        if not self.means.session.open:
            self.means.go("steward")


class SettingsFace(StewardFace):
    """The way to each setting."""

    def __init__(self, means: Means, **kwargs: Any) -> None:
        super().__init__(means, **kwargs)
        self.fbind("words", self._build)
        self._build()

    def _build(self, *_: object) -> None:
        grid = self.ids.grid
        grid.clear_widgets()
        nowhere = self.means.settings.home == "welcome"
        for name, shape, key in _TILES:
            if self.means.offers(name) and not (nowhere and name in _OF_A_PLACE):
                tile = Tile(value=name, shape=shape, text=self.words[key])
                tile.bind(on_release=lambda tile: self.means.go(tile.value))
                grid.add_widget(tile)


Builder.load_file(str(Path(__file__).with_suffix(".kv")))
