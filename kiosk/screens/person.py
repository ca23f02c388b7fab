"""A person without a code, entered by hand: ten figures suffice, a name may follow."""

from __future__ import annotations

import unicodedata
from pathlib import Path
from typing import Any

from kivy.lang import Builder
from kivy.properties import (
    BooleanProperty,
    NumericProperty,
    ObjectProperty,
    OptionProperty,
    StringProperty,
)
from kivy.uix.behaviors import ButtonBehavior

from kiosk.codes.phone import phone
from kiosk.model import EnterPerson, Person
from kiosk.screens.field import Field
from kiosk.screens.keyboard import Keyboard  # noqa: F401 - named in person.kv
from kiosk.screens.page import PageFace, Stepper  # noqa: F401 - the same
from kiosk.screens.parts import Box
from kiosk.screens.questions import proper
from kiosk.telex import Typing
from kiosk.words import Words, load

NAME_LONGEST = 60
PHONE_LONGEST = 15
_IN_NAMES = frozenset(" '’ʼ.-")


def wrong_in_name(text: str) -> bool:
    """Whether a text holds what no name does: figures, signs, pictures."""
    return any(
        letter not in _IN_NAMES and not unicodedata.category(letter).startswith(("L", "Mn"))
        for letter in text
    )


class FieldPad(ButtonBehavior, Field):
    """A field that is chosen by touching it."""


class PersonForm(Box):
    """Two fields and a keyboard that follows the one that is chosen."""

    words: Words = ObjectProperty(load("vi"), rebind=True)
    chosen = OptionProperty("phone", options=["phone", "name"])
    phone_text = StringProperty("")
    name_text = StringProperty("")
    count = NumericProperty(1)
    households = BooleanProperty(defaultvalue=False)
    trouble = StringProperty("")

    __events__ = ("on_person",)

    def __init__(self, **kwargs: Any) -> None:
        self._name = Typing()
        super().__init__(**kwargs)

    def on_person(self, person: Person, count: int) -> None:
        """A person was entered, who can be reached."""

    def clear(self) -> None:
        """Forget what was typed."""
        self._name.clear()
        self.phone_text = self.name_text = self.trouble = ""
        self.count = 1
        self.chosen = "phone"

    def touch(self, key: str) -> None:
        """Take a key of the keyboard on glass."""
        if key == "clear":
            self.phone_text = self.trouble = ""
        elif key == "+84":
            self.type(key)
        elif len(key) > 1:
            self.press(key)
        else:
            self.type(key)

    def type(self, text: str) -> None:
        """Take letters; what does not belong is refused in plain words and nothing is lost."""
        self.trouble = ""
        if self.chosen == "phone":
            self._type_phone(text)
        else:
            self._type_name(text)

    def _type_phone(self, text: str) -> None:
        figures = "".join(letter for letter in text if letter not in " .-()")
        plus = figures.startswith("+") and not self.phone_text
        bare = figures[1:] if plus else figures
        if not (bare.isascii() and (bare.isdecimal() or (plus and not bare))):
            self.trouble = self.words["person.figures"]
        elif len(self.phone_text) + len(figures) > PHONE_LONGEST:
            self.trouble = self.words.say("entry.too_long", count=PHONE_LONGEST)
        else:
            self.phone_text += figures

    def _type_name(self, text: str) -> None:
        if wrong_in_name(text):
            self.trouble = self.words["person.letters"]
        elif len(self._name.text) + len(text) > NAME_LONGEST:
            self.trouble = self.words.say("entry.too_long", count=NAME_LONGEST)
        else:
            for key in text:
                self._name.strike(key)
            self.name_text = self._name.text

    def press(self, key: str) -> bool:
        """Take a named key; say whether it was used."""
        match key:
            case "backspace" if self.chosen == "phone":
                self.phone_text = self.phone_text[:-1]
            case "backspace":
                self._name.take_back()
                self.name_text = self._name.text
            case "tab":
                self.choose("name" if self.chosen == "phone" else "phone")
            case "enter":
                self.submit()
            case _:
                return False
        return True

    def choose(self, field: str) -> None:
        """Type into the other field."""
        self.chosen = field
        self.trouble = ""

    def submit(self) -> None:
        """Hand the person on, if the phone can be one."""
        known = phone(self.phone_text)
        if known is None:
            self.choose("phone")
            self.trouble = self.words["person.short" if self.phone_text else "person.no_phone"]
            return
        self.dispatch(
            "on_person", Person(name=proper(self.name_text), phone=known.number), int(self.count)
        )


class PersonFace(PageFace):
    """A person without a code."""

    def leave(self) -> None:
        """Forget what was typed."""
        self.ids.form.clear()

    def type(self, text: str) -> None:
        """Take what was typed on a keyboard."""
        self.ids.form.type(text)

    def press(self, key: str) -> bool:
        """Take a named key."""
        return bool(self.ids.form.press(key)) or super().press(key)

    def record(self, person: Person, count: int) -> None:
        """Give the person to the desk, and go back to see its verdict."""
        self.means.send(EnterPerson(person, count=count))
        self.means.go("home")


Builder.load_file(str(Path(__file__).with_suffix(".kv")))
