"""What people tell about themselves and their family: read, brought into form, or found wrong."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field

VIETNAM = dt.timezone(dt.timedelta(hours=7))
FAMILY = 5
"""People on one form: who fills it in, and four more."""

OLDEST = 120
LONGEST = {"name": 60, "address": 120, "email": 80, "nationality": 40, "passed": 300}
SYMPTOMS = ("fever", "cough", "short-breath", "pneumonia", "sore-throat", "tiredness")
CONTACTS = ("contact-case", "contact-area", "contact-symptoms")
PURPOSES = ("patient", "relative", "staff", "business", "vaccination", "test")
ASKED_PURPOSE = frozenset({"hospital", "vaccination"})
"""Kinds of place whose visitors say what they come for."""

# The 11-digit mobile prefixes of before September 2018, and what they became.
_MOVED = {f"016{last}": f"03{last}" for last in "23456789"} | {
    "0120": "070", "0121": "079", "0122": "077", "0126": "076", "0128": "078", "0123": "083",
    "0124": "084", "0125": "085", "0127": "081", "0129": "082", "0186": "056", "0188": "058",
    "0199": "059",
}  # fmt: skip
_SEXES = ("male", "female")


@dataclass(frozen=True, slots=True, repr=False)
class Person:
    """One person of a form, in the forms of the wire's ``person`` (docs/protocol.md)."""

    name: str = ""
    birth: str = ""
    sex: str = ""
    number: str = ""
    phone: str = ""
    address: str = ""

    def pack(self) -> dict[str, str]:
        """Return the known facts."""
        return {key: value for key, value in asdict(self).items() if value}

    @classmethod
    def unpack(cls, packed: Mapping[str, str]) -> Person:
        """Read them."""
        return cls(**{key: str(value) for key, value in packed.items()})

    def __repr__(self) -> str:
        return "Person(…)"


@dataclass(slots=True, repr=False)
class Form:
    """What was filled in: ``given`` as typed, ``troubles`` by field, ``people`` when right."""

    given: Mapping[str, str]
    troubles: dict[str, str] = field(default_factory=dict)
    people: list[Person] = field(default_factory=list)
    answers: dict[str, str] = field(default_factory=dict)
    summary: tuple[str, ...] = ()
    purpose: str = ""
    by_other: bool = False

    def __repr__(self) -> str:
        return f"Form({len(self.people)} people, {len(self.troubles)} troubles)"


def read(
    given: Mapping[str, str], chosen: set[str], *, declared: bool, purposes: bool, today: dt.date
) -> Form:
    """Read a form; ``chosen`` are the ticked boxes. What is wrong is a word for the pages."""
    form = Form(given)
    phone = _phone(given.get("phone", ""), form)
    address = _line(given, "address", form)
    for index in range(FAMILY):
        end = f"_{index}" if index else ""
        if index and not any(_typed(given, f"{key}{end}") for key in ("name", "year", "number")):
            continue
        form.people.append(
            Person(
                name=_name(given, f"name{end}", form),
                birth=_year(_typed(given, f"year{end}"), f"year{end}", form, today),
                sex=_sex(given.get(f"sex{end}", ""), f"sex{end}", form),
                number=_number(_typed(given, f"number{end}"), f"number{end}", form),
                phone=phone,
                address=address,
            )
        )
    if "agree" not in chosen:
        form.troubles["agree"] = "agree"
    if declared:
        _declared(form, chosen)
    if purposes:
        form.purpose = given.get("purpose", "")
        if form.purpose not in PURPOSES:
            form.troubles["purpose"] = "choose"
    return form


def _declared(form: Form, chosen: set[str]) -> None:
    given = form.given
    form.by_other = given.get("whom") == "other"
    told = [word for word in (*SYMPTOMS, *CONTACTS) if word in chosen]
    if "none" in chosen and told:
        form.troubles["health"] = "both"
    elif "none" not in chosen and not told:
        form.troubles["health"] = "choose"
    passed = _line(given, "passed", form)
    form.summary = (*told, "travelled") if passed else tuple(told)
    email = _line(given, "email", form)
    if email and not re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", email):
        form.troubles["email"] = "email"
    form.answers = {
        "whom": "other" if form.by_other else "self",
        "symptoms": " ".join(w for w in told if w in SYMPTOMS) or "none",
        "contacts": " ".join(w for w in told if w in CONTACTS) or "none",
        "nationality": _line(given, "nationality", form),
        "passed": passed,
        "email": email,
        "consent": "yes",
        "summary": " ".join(form.summary),
    }


def phone_of(text: str) -> str | None:
    """Return a Vietnamese phone number as 0 and nine digits (landlines ten); None for none."""
    digits = re.sub(r"[\s.()\-]", "", text)
    digits = re.sub(r"^(\+|00)?84(?=[1-9])", "0", digits)
    if len(digits) == 11 and digits[:4] in _MOVED:
        digits = _MOVED[digits[:4]] + digits[4:]
    return digits if re.fullmatch(r"0[35789]\d{8}|02\d{8,9}", digits, re.ASCII) else None


def _typed(given: Mapping[str, str], key: str) -> str:
    text = unicodedata.normalize("NFC", given.get(key, "").replace("\0", ""))
    return " ".join(text.split())


def _line(given: Mapping[str, str], key: str, form: Form) -> str:
    text = _typed(given, key)
    if len(text) > LONGEST[key] or not text.isprintable():
        form.troubles[key] = "long"
    return text


def _name(given: Mapping[str, str], key: str, form: Form) -> str:
    text = _typed(given, key)
    letters = sum(c.isalpha() for c in text)
    odd = any(unicodedata.category(c)[0] not in "LMZ" and c not in "'’ʼ.-" for c in text)
    if not text:
        form.troubles[key] = "empty"
    elif len(text) > LONGEST["name"] or letters < 1 or odd:
        form.troubles[key] = "name"
    return text


def _year(text: str, key: str, form: Form, today: dt.date) -> str:
    if not re.fullmatch(r"\d{4}", text, re.ASCII) or not (
        today.year - OLDEST <= int(text) <= today.year
    ):
        form.troubles[key] = "year" if text else "empty"
    return text


def _sex(text: str, key: str, form: Form) -> str:
    if text not in _SEXES:
        form.troubles[key] = "choose"
    return text


def _number(text: str, key: str, form: Form) -> str:
    number = text.replace(" ", "").upper()
    if number and not re.fullmatch(r"\d{9}|\d{12}|[A-Z]{1,2}\d{6,8}", number, re.ASCII):
        form.troubles[key] = "number"
    return number


def _phone(text: str, form: Form) -> str:
    found = phone_of(text)
    if found is None:
        form.troubles["phone"] = "phone" if text.strip() else "empty"
    return found or ""
