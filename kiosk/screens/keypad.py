"""Entry of a code by hand: a number pad first, letters one touch away."""

from __future__ import annotations

from pathlib import Path

from kivy.lang import Builder
from kivy.properties import StringProperty

from kiosk.model import EnterText
from kiosk.screens.face import Face
from kiosk.screens.field import Field  # noqa: F401 - named in keypad.kv
from kiosk.screens.keyboard import Keyboard  # noqa: F401 - named in keypad.kv

LONGEST = 64
"""Letters of a code that a person would type; longer ones are scanned."""


class CodeFace(Face):
    """Takes a code letter by letter; what is wrong is said here, and nothing typed is lost."""

    text = StringProperty("")
    plan = StringProperty("numbers")
    trouble = StringProperty("")

    def leave(self) -> None:
        """Forget what was typed."""
        self.text = ""

    def touch(self, key: str) -> None:
        """Take a key of the keyboard on glass."""
        if key in {"letters", "numbers"}:
            self.plan = key
        elif key == "clear":
            self.text = ""
            self.trouble = ""
        elif len(key) > 1:
            self.press(key)
        else:
            self.type(key)

    def type(self, text: str) -> None:
        """Take letters of any length; what no code holds is refused in plain words."""
        text = text.strip("\r\n\t")
        if any(not letter.isprintable() or not letter.isascii() for letter in text):
            self.trouble = self.words["entry.letters"]
            return
        if len(self.text) + len(text) > LONGEST:
            self.trouble = self.words.say("entry.too_long", count=LONGEST)
            return
        self.trouble = ""
        self.text += text.upper()

    def press(self, key: str) -> bool:
        """Take a named key."""
        match key:
            case "backspace":
                self.text = self.text[:-1]
                self.trouble = ""
            case "enter":
                self.record()
            case "escape":
                self.means.go("home")
            case _:
                return False
        return True

    def record(self) -> None:
        """Give the code to the desk and go back to see its verdict."""
        if not self.text.strip():
            self.trouble = self.words["entry.empty"]
            return
        self.means.send(EnterText(self.text.strip()))
        self.means.go("home")


Builder.load_file(str(Path(__file__).with_suffix(".kv")))
