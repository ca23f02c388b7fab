"""Which trip people pass for from now on, named by whoever stands at the gate."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from kivy.lang import Builder
from kivy.properties import StringProperty

from kiosk.model import SetTrip
from kiosk.screens.face import Means
from kiosk.screens.field import Field  # noqa: F401 - named in trip.kv
from kiosk.screens.keyboard import Keyboard  # noqa: F401 - the same
from kiosk.screens.page import PageFace
from kiosk.screens.questions import proper
from kiosk.telex import Typing

LONGEST_TRIP = 80
LAST_LETTER = 0x1EFF
"""The last of the Vietnamese letters; behind it come signs and pictures."""


class TripFace(PageFace):
    """One field; the trip is kept over a restart, until another is named or it has ended."""

    now = StringProperty("")
    typed = StringProperty("")

    def __init__(self, means: Means, **kwargs: Any) -> None:
        self._typing = Typing()
        super().__init__(means, **kwargs)
        self.now = means.recollection.trip

    def leave(self) -> None:
        """Forget what was typed and not given."""
        self._typing.clear()
        self.typed = ""

    def touch(self, key: str) -> None:
        """Take a key of the keyboard on glass."""
        if len(key) > 1:
            self.press(key)
        else:
            self.type(key)

    def type(self, text: str) -> None:
        """Take letters; what no trip is called by is refused in plain words."""
        if not text.isprintable() or any(
            ord(letter) > LAST_LETTER for letter in text if letter not in "–’"
        ):
            self.trouble = self.words["entry.letters"]
        elif len(self._typing.text) + len(text) > LONGEST_TRIP:
            self.trouble = self.words.say("entry.too_long", count=LONGEST_TRIP)
        else:
            self.trouble = ""
            for key in text:
                self._typing.strike(key)
            self.typed = self._typing.text

    def press(self, key: str) -> bool:
        """Take a named key."""
        match key:
            case "backspace":
                self._typing.take_back()
                self.typed, self.trouble = self._typing.text, ""
            case "enter":
                self.submit()
            case _:
                return super().press(key)
        return True

    def submit(self) -> None:
        """Write this trip into every entry from now on."""
        trip = proper(self.typed)
        if trip:
            self._set(trip)
        else:
            self.trouble = self.words["trip.empty"]

    def end(self) -> None:
        """The trip is over: the next people pass for none."""
        self._set("")

    def _set(self, trip: str) -> None:
        self.means.send(SetTrip(trip))
        self.means.recollection.trip = trip
        self.means.looks.keep("trip", trip)
        self.means.go("home")


Builder.load_file(str(Path(__file__).with_suffix(".kv")))
