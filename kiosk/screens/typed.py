"""Joining by touch: the hub's address and the ten characters beside its code."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from kivy.lang import Builder
from kivy.properties import BooleanProperty, OptionProperty, StringProperty

from kiosk.screens.face import Means
from kiosk.screens.field import Field  # noqa: F401 - named in typed.kv
from kiosk.screens.keyboard import Keyboard  # noqa: F401 - the same
from kiosk.screens.services import Answer
from kiosk.screens.steward import StewardFace

LONGEST_ADDRESS, LONGEST_CODE = 100, 11


class TypedFace(StewardFace):
    """Two fields; what is wrong is said beside the title, and nothing typed is lost."""

    at = OptionProperty("address", options=["address", "code"])
    address = StringProperty("")
    code = StringProperty("")
    asking = BooleanProperty(defaultvalue=False)

    def __init__(self, means: Means, **kwargs: Any) -> None:
        super().__init__(means, **kwargs)
        self.back_to = "home" if means.settings.home == "welcome" else "enrol"

    def touch(self, key: str) -> None:
        """Take a key of the keyboard on glass."""
        if len(key) > 1:
            self.press(key)
        else:
            self.type(key)

    def type(self, text: str) -> None:
        """Take letters where one is typing; what neither holds is refused with a word."""
        text = text.strip()
        if not text.isascii() or not text.isprintable() or " " in text:
            self.trouble = self.words["entry.letters"]
            return
        self.trouble = ""
        bare = (self.code + text.upper()).replace("-", "")
        if self.at == "address" and len(self.address) + len(text) > LONGEST_ADDRESS:
            self.trouble = self.words.say("entry.too_long", count=LONGEST_ADDRESS)
        elif self.at == "address":
            self.address += text.lower()
        elif len(bare) > LONGEST_CODE - 1:
            self.trouble = self.words["typed.short"]
        else:
            self.code = bare if len(bare) <= 5 else f"{bare[:5]}-{bare[5:]}"

    def press(self, key: str) -> bool:
        """Take a named key."""
        match key:
            case "backspace" if self.at == "address":
                self.address = self.address[:-1]
            case "backspace":
                self.code = self.code[:-1].rstrip("-")
            case "enter" if self.at == "address" and self.address:
                self.at = "code"
            case "enter":
                self.submit()
            case _:
                return super().press(key)
        return True

    def submit(self) -> None:
        """Ask the hub."""
        enrol = self.means.services.enrol_typed
        if enrol is None or self.asking:
            return
        if not self.address:
            self.at, self.trouble = "address", self.words["typed.no_address"]
        elif len(self.code) < LONGEST_CODE:
            self.at, self.trouble = "code", self.words["typed.short"]
        else:
            self.asking, self.trouble = True, ""
            self.aside = self.words["answer.working"]
            enrol(self.address, self.code)

    def scan(self, text: str) -> bool:
        """Take the whole code from a hand scanner all the same; others are the desk's."""
        nowhere = self.means.settings.home == "welcome"
        if self.means.services.enrol is None or not (nowhere or text.startswith("GATE")):
            return False
        self.means.services.enrol(text)
        return True

    def answer(self, errand: str, answer: Answer) -> None:
        """Say what came of it."""
        if errand != "enrol":
            return
        self.asking = False
        said = self.words.say(f"answer.{answer.word}", **dict(answer.facts))
        if answer.ahead is not None:
            said = self.words["typed.show_it"]
        self.aside, self.trouble = (said, "") if answer.ok else ("", said)


Builder.load_file(str(Path(__file__).with_suffix(".kv")))
