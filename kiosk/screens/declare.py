"""The declaration: one question a step, big choices, back always there."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

from kivy.lang import Builder
from kivy.properties import ListProperty, NumericProperty, OptionProperty, StringProperty

from kiosk.model import Declare, Person
from kiosk.notices import GATE_TIME, Notice
from kiosk.screens.face import Means
from kiosk.screens.field import Field  # noqa: F401 - named in declare.kv
from kiosk.screens.keyboard import Keyboard  # noqa: F401 - the same
from kiosk.screens.page import Choices, PageFace, Stepper  # noqa: F401 - the same
from kiosk.screens.parts import Shelf
from kiosk.screens.person import wrong_in_name
from kiosk.screens.questions import (
    LONGEST_ADDRESS,
    LONGEST_NAME,
    NONE,
    Answers,
    Question,
    declaration,
    questions,
    trouble,
)
from kiosk.telex import Typing

ANSWER_S = 8
"""Seconds after which a desk that has not answered is said to be silent."""

_LONGEST = {"phone": 15, "year": 4, "document": 12, "name": LONGEST_NAME}
_FIGURES = frozenset({"phone", "year", "document"})


class Panels(Shelf):
    """The three ways to ask: choices, a field with keys, a text to agree to."""


class DeclareFace(PageFace):
    """Walks through the questions; what was answered is kept on the way back, and only there."""

    at = NumericProperty(0)
    many = NumericProperty(1)
    kind = StringProperty("choice")
    typed = StringProperty("")
    hint_text = StringProperty("")
    options = ListProperty()
    chosen = ListProperty()
    state = OptionProperty("asking", options=["asking", "sending", "silent"])

    def __init__(self, means: Means, **kwargs: Any) -> None:
        self._answers = Answers()
        self._typing = Typing()
        self._waited = 0
        super().__init__(means, **kwargs)
        self._questions = questions(means.settings.purposes, means.settings.form)
        self.many = len(self._questions)
        self.ids.panels.shelve(self.ids, "choices", "field", "consent", "sending")
        for name in ("at", "words", "state"):
            self.fbind(name, self._ask)
        self._ask()

    @property
    def question(self) -> Question:
        """The question that is asked."""
        return self._questions[int(self.at)]

    def leave(self) -> None:
        """Forget every answer."""
        self._answers.forget()
        self._typing.clear()
        self.typed = ""
        self.chosen = []

    def _ask(self, *_: object) -> None:
        question = self.question
        words = self.words
        self.trouble = ""
        self.kind = question.kind
        self.aside = words.say("form.step", at=int(self.at) + 1, many=self.many)
        self.title = words.say(
            f"form.ask.{question.key}", days=self.means.settings.declaration_days
        )
        self.hint_text = words.said(f"form.hint.{question.key}")
        self.options = [(word, words[f"form.option.{word}"]) for word in question.options]
        self.chosen = list(self._answers.words(question.key))
        self._typing = Typing(vietnamese=question.kind in ("name", "address"))
        for key in self._answers.text(question.key):
            self._typing.strike(key)
        self.typed = self._typing.text
        choosing = question.kind in ("choice", "several")
        asking = self.state == "asking"
        self.ids.panels.reveal(
            choices=asking and choosing,
            field=asking and not choosing and question.kind != "consent",
            consent=asking and question.kind == "consent",
            sending=not asking,
        )

    # -- answering ---------------------------------------------------------------------------

    def choose(self, word: str) -> None:
        """Take a choice; a single one, and "none of these", go on at once."""
        if self.question.kind == "choice" or word == NONE:
            self._answers.given[self.question.key] = word if word != NONE else (NONE,)
            self.go_on()
            return
        chosen = [known for known in self.chosen if known not in (word, NONE)]
        if word not in self.chosen:
            chosen.append(word)
        self.chosen = chosen
        self._answers.given[self.question.key] = tuple(chosen)

    def touch(self, key: str) -> None:
        """Take a key of the keyboard on glass."""
        if key == "clear":
            self._typing.clear()
            self._typed_now()
        elif len(key) > 1 and key != "+84":
            self.press(key)
        else:
            self.type(key)

    def type(self, text: str) -> None:
        """Take letters; what does not belong is refused in plain words and nothing is lost."""
        if self.kind in ("choice", "several", "consent") or self.state != "asking":
            return
        self.trouble = self._wrong_letters(text)
        if not self.trouble:
            for key in text:
                self._typing.strike(key)
            self._typed_now()

    def _wrong_letters(self, text: str) -> str:
        longest = _LONGEST.get(self.kind, LONGEST_ADDRESS)
        if self.kind in _FIGURES and not text.replace("+", "").isascii():
            return self.words["person.figures"]
        if self.kind in _FIGURES and not (text.removeprefix("+") or "0").isdigit():
            return self.words["person.figures"]
        if self.kind == "name" and wrong_in_name(text):
            return self.words["person.letters"]
        if self.kind == "email" and not (text.isascii() and " " not in text):
            return self.words["form.trouble.email"]
        if not text.isprintable() or any(ord(letter) > 0x1EFF for letter in text if letter != "’"):
            return self.words["entry.letters"]
        if len(self._typing.text) + len(text) > longest:
            return self.words.say("entry.too_long", count=longest)
        return ""

    def _typed_now(self) -> None:
        self.typed = self._typing.text
        self._answers.given[self.question.key] = self.typed

    def press(self, key: str) -> bool:
        """Take a named key."""
        match key:
            case "backspace":
                self._typing.take_back()
                self._typed_now()
                self.trouble = ""
            case "enter":
                self.go_on()
            case "escape":
                self.back()
            case _:
                return False
        return True

    def go_on(self) -> None:
        """Go to the next question, if this one is answered."""
        question = self.question
        if question.kind == "several" and not self._answers.words(question.key)[0:1]:
            self.trouble = self.words["form.trouble.empty"]
            return
        today = self.means.now().astimezone(GATE_TIME).date()
        if question.kind not in ("choice", "several", "consent"):
            wrong = trouble(question, self.typed, today)
            if wrong:
                self.trouble = self.words[f"form.trouble.{wrong}"]
                return
        self._move(1)

    def _move(self, way: int) -> None:
        """Go to the next question (or the one before) that is asked after these answers."""
        at = int(self.at) + way
        while 0 <= at < self.many:
            when = self._questions[at].when
            if when is None or self._answers.text(when[0]) == when[1]:
                self.at = at
                return
            at += way

    def back(self) -> None:
        """Go to the question before; from the first one, leave."""
        if self.state == "asking" and self.at > 0:
            self._move(-1)
        else:
            super().back()

    def agree(self) -> None:
        """Consent is an act: this touch, and nothing else, hands the declaration on."""
        assert self.means.services.declare is not None
        self._answers.given["consent"] = "yes"
        self.means.services.declare(declaration(self._answers))
        self._waited = 0
        self.state = "sending"

    def verdict(self, notice: Notice) -> bool:
        """The desk answered; its receipt has a screen of its own, anything else a strip."""
        del notice
        return False

    def tick(self) -> None:
        """Say so when the desk does not answer."""
        if self.state == "sending":
            self._waited += 1
            if self._waited >= ANSWER_S:
                self.state = "silent"


class ExpressFace(PageFace):
    """At a bus bay: the trip on top, how many, one phone, and that nobody is ill."""

    trip = StringProperty("")
    phone_text = StringProperty("")
    count = NumericProperty(1)

    def __init__(self, means: Means, **kwargs: Any) -> None:
        super().__init__(means, **kwargs)
        self.trip = means.recollection.trip

    def leave(self) -> None:
        """Forget what was typed."""
        self.phone_text = ""

    def touch(self, key: str) -> None:
        """Take a key of the keyboard on glass."""
        if key == "clear":
            self.phone_text = self.trouble = ""
        elif len(key) > 1 and key != "+84":
            self.press(key)
        else:
            self.type(key)

    def type(self, text: str) -> None:
        """Take figures."""
        longest = _LONGEST["phone"]
        if not (text.isascii() and (text.removeprefix("+") or "0").isdigit()):
            self.trouble = self.words["person.figures"]
        elif len(self.phone_text) + len(text) > longest:
            self.trouble = self.words.say("entry.too_long", count=longest)
        else:
            self.phone_text += text
            self.trouble = ""

    def press(self, key: str) -> bool:
        """Take a named key."""
        match key:
            case "backspace":
                self.phone_text = self.phone_text[:-1]
            case "enter":
                self.agree()
            case _:
                return super().press(key)
        return True

    def agree(self) -> None:
        """Hand it on: the pad says that nobody has symptoms and that one agrees."""
        wrong = trouble(Question("phone", "phone"), self.phone_text, dt.date.min)
        if wrong:
            self.trouble = self.words[f"form.trouble.{wrong}"]
            return
        assert self.means.services.declare is not None
        asked = Answers({"phone": self.phone_text})
        person: Person = declaration(asked).person
        self.means.services.declare(
            Declare(person, answers=(("consent", "yes"),), count=int(self.count))
        )
        self.means.go("home")


Builder.load_file(str(Path(__file__).with_suffix(".kv")))
