"""The shift: what happened since it began, and who is on duty from now."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from kivy.lang import Builder
from kivy.properties import BooleanProperty, ListProperty, StringProperty

from kiosk.model import AwaitGuard, ChangeGuard
from kiosk.notices import Notice
from kiosk.screens.face import Means
from kiosk.screens.field import Field  # noqa: F401 - named in shift.kv
from kiosk.screens.keyboard import Keyboard  # noqa: F401 - the same
from kiosk.screens.page import Fact, PageFace

LONGEST = 8


class ShiftFace(PageFace):
    """The slip at hand-over; handing over begins the counts anew and never blocks the gate."""

    guard = StringProperty("")
    facts = ListProperty()
    done = BooleanProperty(defaultvalue=False)

    def __init__(self, means: Means, **kwargs: Any) -> None:
        super().__init__(means, **kwargs)
        for name in ("words", "health"):
            self.fbind(name, self._read)
        self._read()

    def _read(self, *_: object) -> None:
        shift, words = self.means.recollection.shift, self.words
        share = "" if shift.share is None else f"{shift.share}%"
        grid = self.ids.grid
        grid.clear_widgets()
        for shape, key, value in (
            ("tick", "shift.scanned", str(shift.scanned)),
            ("keyboard", "shift.by_hand", str(shift.by_hand)),
            ("people", "shift.unscanned", str(shift.unscanned)),
            ("code", "shift.share", share or "–"),
            ("bell", "shift.alerts", str(shift.alerts)),
            ("waiting", "shift.waiting", str(self.health.waiting)),
        ):
            grid.add_widget(Fact(shape=shape, text=words[key], value=value))

    def enter(self) -> None:
        """From now on the pass of somebody of the staff takes over; others pass as ever."""
        self.means.send(AwaitGuard(on=True))

    def leave(self) -> None:
        """Passes are passes again."""
        self.guard = ""
        self.means.send(AwaitGuard(on=False))

    def verdict(self, notice: Notice) -> bool:
        """A guard who signed in by pass begins the new shift; the strip says so."""
        if notice.signed_in:
            self._begin()
        return False

    def hand_over(self) -> None:
        """Begin a new shift with the number that was typed, or without one."""
        if self.means.services.change_guard is not None:
            self.means.services.change_guard(ChangeGuard(self.guard))
        self._begin()

    def _begin(self) -> None:
        self.means.recollection.hand_over()
        self.guard = ""
        self._read()
        self.done = True

    def touch(self, key: str) -> None:
        """Take a key of the keyboard on glass."""
        if key == "clear":
            self.guard = self.trouble = ""
        elif len(key) > 1:
            self.press(key)
        else:
            self.type(key)

    def type(self, text: str) -> None:
        """Take figures of the guard's own number."""
        if not (text.isascii() and text.isdigit()):
            self.trouble = self.words["person.figures"]
        elif len(self.guard) + len(text) > LONGEST:
            self.trouble = self.words.say("entry.too_long", count=LONGEST)
        else:
            self.guard += text
            self.trouble = ""

    def press(self, key: str) -> bool:
        """Take a named key."""
        if key == "backspace":
            self.guard, self.trouble = self.guard[:-1], ""
            return True
        if key == "enter":
            self.hand_over()
            return True
        return super().press(key)


Builder.load_file(str(Path(__file__).with_suffix(".kv")))
