"""The declaration form as questions and answers, apart from how they are shown (pure).

The questions are those of the national form of 2022: who, how to be reached, residence,
symptoms, contacts. One question a step; nobody is asked what does not matter here.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from kiosk.codes.phone import phone
from kiosk.model import Declare, Person

SYMPTOMS = ("fever", "cough", "short-breath", "pneumonia", "sore-throat", "tiredness")
CONTACTS = ("contact-case", "contact-area", "contact-symptoms")
PURPOSES = ("patient", "relative", "staff", "business", "vaccination", "test")
NONE = "none"

OLDEST = 120
LONGEST_NAME = 60
LONGEST_ADDRESS = 120
DOCUMENTS = {9, 12}
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s.]{2,}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Question:
    """One step. ``kind``: ``choice, several, consent``, or what is typed: ``phone, name, year,
    document, address, email``.

    ``options`` are stable words; where ``none`` is among those of ``several`` it excludes
    the others and goes on at once. ``when`` names the answer to an earlier question without
    which this one is not asked.
    """

    key: str
    kind: str
    options: tuple[str, ...] = ()
    optional: bool = False
    when: tuple[str, str] | None = None


FURTHER: Mapping[str, tuple[Question, ...]] = {
    "nationality": (
        Question("nationality", "choice", ("vietnam", "abroad")),
        Question("country", "name", when=("nationality", "abroad")),
    ),
    "email": (Question("email", "email", optional=True),),
    "places": (Question("places", "address", optional=True),),
}
"""What a gate's profile may ask besides, by the word in its ``form``."""


def questions(purposes: tuple[str, ...] = (), form: tuple[str, ...] = ()) -> tuple[Question, ...]:
    """Return the steps of the form; ``purposes`` are asked for where the place has any.

    ``form`` names the questions of :data:`FURTHER` that this place asks.
    """
    further = [question for word, asked in FURTHER.items() if word in form for question in asked]
    asked: tuple[Question, ...] = (
        Question("whom", "choice", ("self", "other")),
        Question("phone", "phone"),
        Question("name", "name"),
        Question("year", "year"),
        Question("sex", "choice", ("male", "female")),
        Question("document", "document", optional=True),
        Question("address", "address", optional=True),
        *further,
    )
    if purposes:
        asked += (Question("purpose", "choice", purposes),)
    return (
        *asked,
        Question("symptoms", "several", (NONE, *SYMPTOMS)),
        Question("contacts", "several", (NONE, *CONTACTS)),
        Question("consent", "consent"),
    )


@dataclass(slots=True)
class Answers:
    """What was answered so far. Held by one form, and gone with it."""

    given: dict[str, str | tuple[str, ...]] = field(default_factory=dict)

    def text(self, key: str) -> str:
        """Return a typed or single answer."""
        value = self.given.get(key, "")
        return value if isinstance(value, str) else ""

    def words(self, key: str) -> tuple[str, ...]:
        """Return the chosen words of a question with several."""
        value = self.given.get(key, ())
        return value if isinstance(value, tuple) else (value,)

    def forget(self) -> None:
        """Keep nothing."""
        self.given.clear()

    def __repr__(self) -> str:
        return f"Answers({len(self.given)} given)"


def trouble(question: Question, answer: str, today: dt.date) -> str:
    """Return the word for what is wrong with a typed answer, or nothing.

    The words are sentences of ``form.trouble`` in the languages' files.
    """
    if not answer.strip():
        return "" if question.optional else "empty"
    match question.kind:
        case "phone":
            return "" if phone(answer) else "phone"
        case "year":
            known = len(answer) == 4 and today.year - OLDEST <= int(answer) <= today.year
            return "" if known else "year"
        case "document":
            return "" if len(answer) in DOCUMENTS or not answer.isdigit() else "document"
        case "email":
            return "" if _EMAIL.fullmatch(answer.strip()) else "email"
    return ""


def proper(name: str) -> str:
    """Return a name with single spaces, each word's first letter large, as names are written."""
    return " ".join(word[0].upper() + word[1:] for word in name.split())


def declaration(answers: Answers) -> Declare:
    """Return what is given to the desk."""
    known = phone(answers.text("phone"))
    person = Person(
        name=proper(answers.text("name")),
        birth=answers.text("year"),
        sex=answers.text("sex"),
        number=answers.text("document"),
        phone=known.number if known else "",
        address=" ".join(answers.text("address").split()),
    )
    summary = tuple(
        word for word in (*answers.words("symptoms"), *answers.words("contacts")) if word != NONE
    )
    return Declare(
        person,
        summary=summary,
        answers=tuple(_flat(answers.given)),
        purpose=answers.text("purpose"),
        by_other=answers.text("whom") == "other",
    )


def _flat(given: Mapping[str, str | tuple[str, ...]]) -> list[tuple[str, str]]:
    """Return the answers that are no part of the person."""
    asked = (
        *("whom", "nationality", "country", "email", "places"),
        *("purpose", "symptoms", "contacts", "consent"),
    )
    return [
        (key, value if isinstance(value, str) else " ".join(value))
        for key, value in given.items()
        if key in asked and value
    ]
