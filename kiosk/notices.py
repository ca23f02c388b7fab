"""Facts become words, colours, shapes and sounds, in each language (pure).

A :class:`Notice` is all that a screen needs to show a verdict. Nothing here is remembered.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from kiosk.model import Basis, Outcome, Person, Verdict
from kiosk.words import Words

GATE_TIME = dt.timezone(dt.timedelta(hours=7))
"""Vietnam's time, without daylight saving: what people at the gate read."""

_TONES = {
    Outcome.RECORDED: ("go", "tick", "ok", 2.5),
    Outcome.DUPLICATE: ("again", "double-tick", "ok", 2.5),
    Outcome.REFUSED: ("stop", "cross", "stop", 5.0),
    Outcome.NOT_FOR_US: ("look", "other-code", "look", 4.0),
    Outcome.TWO_CODES: ("look", "two-codes", "look", 3.0),
    Outcome.OUT_OF_SERVICE: ("stop", "bars", "stop", 8.0),
}


LONGEST_TITLE = 40
"""Letters of a title that fit on every screen in the size of a verdict."""

_WAITING_FOR_MORE = frozenset(
    {"declaration-needed", "declaration-of-another", "declaration-too-old", "person-needed"}
)
"""Reasons that ask the same visitor for one more code."""


@dataclass(frozen=True, slots=True)
class Notice:
    """A verdict as it is shown and heard.

    ``tone`` names a colour of the palette (its ink is ``on_`` + tone), ``shape`` a shape,
    ``sound`` a sound, ``phrase`` the slot of a recorded prompt. ``person`` is masked.
    ``seconds`` is how long it fills the screen. ``entry`` is the id that undo and flip name.
    ``small`` ones do not fill the screen: the guard's own counting, seen where it was touched;
    ``quiet`` ones besides make no sound, which is for people who pass. ``asks`` are purposes
    to choose from, each a word and its text; ``signed_in`` says that a guard took over.
    """

    tone: str
    shape: str
    sound: str
    phrase: str
    title: str
    detail: str = ""
    person: str = ""
    direction: str = ""
    time: str = ""
    note: str = ""
    seconds: float = 2.5
    entry: str | None = None
    small: bool = False
    quiet: bool = False
    signed_in: bool = False
    asks: tuple[tuple[str, str], ...] = ()


def notice(verdict: Verdict, words: Words) -> Notice:
    """Return what to show and sound for a verdict."""
    tone, shape, sound, seconds = _TONES[verdict.outcome]
    if verdict.outcome is Outcome.RECORDED and verdict.reason == "undone":
        tone, shape = "again", "undo"
    elif verdict.reason == "guard-signed-in":
        tone, shape = "again", "person"
    elif verdict.outcome is Outcome.NOT_FOR_US and verdict.reason in _WAITING_FOR_MORE:
        shape = "plus-code"
    return Notice(
        tone=tone,
        shape=shape,
        sound=sound,
        phrase=_phrase(verdict),
        title=_title(verdict, words),
        detail=_detail(verdict, words),
        person=masked(verdict.person, words) if verdict.person else "",
        direction=verdict.direction.value if verdict.direction else "",
        time=clock_time(verdict.at),
        note=_note(verdict, words),
        seconds=seconds,
        entry=verdict.id if _can_be_taken_back(verdict) else None,
        small=verdict.kind == "unscanned" or verdict.reason == "purpose",
        quiet=verdict.reason == "purpose",
        signed_in=verdict.reason == "guard-signed-in",
        asks=tuple((word, purpose(word, words)) for word in verdict.ask),
    )


def purpose(word: str, words: Words) -> str:
    """Return what somebody came for in words; a place's own word is shown as it is."""
    key = f"purpose.{word}"
    return words[key] if key in words else word.replace("-", " ")


def stick(text: str, word: str, *, ok: bool) -> Notice:
    """Return what to show of a stick: what is being copied, that it can be pulled, what is wrong.

    It stands longer than a verdict, for nobody stands before it; the next person's verdict
    takes its place at once.
    """
    tone = "again" if ok else "look"
    title, detail = _in_two(text)
    return Notice(
        tone, "usb", "ok" if ok else "look", "", title, detail,
        seconds=8.0 if word != "copying" else 4.0,
    )  # fmt: skip


def _in_two(text: str) -> tuple[str, str]:
    """Cut what is too long for letters as large as a verdict's after its first clause."""
    if len(text) > LONGEST_TITLE:
        for end in (". ", "; ", ": "):
            head, found, rest = text.partition(end)
            if found:
                return head + end[0], rest
    return text, ""


def _can_be_taken_back(verdict: Verdict) -> bool:
    done = verdict.outcome is Outcome.RECORDED
    return done and verdict.kind != "unscanned" and verdict.reason != "undone"


def _phrase(verdict: Verdict) -> str:
    if verdict.outcome is Outcome.RECORDED and verdict.direction:
        return f"recorded-{verdict.direction.value}"
    return verdict.outcome.value.replace("_", "-")


def _title(verdict: Verdict, words: Words) -> str:
    direction = verdict.direction or "none"
    if verdict.outcome is not Outcome.RECORDED:
        default = f"verdict.{verdict.outcome.value}.title"
        return words.either(f"title.{verdict.reason}", default)
    match verdict.reason:
        case "flipped":
            return words[f"verdict.flipped.{direction}"]
        case "purpose":
            return words["verdict.purpose.title"]
        case "undone" | "unscanned":
            return words[f"verdict.{verdict.reason}.title"]
    return words[f"verdict.recorded.{direction}"]


def _detail(verdict: Verdict, words: Words) -> str:
    match verdict.outcome:
        case Outcome.RECORDED:
            return words["verdict.undone.detail"] if verdict.reason == "undone" else ""
        case Outcome.DUPLICATE:
            if verdict.previous_at is None or verdict.direction is None:
                return words["verdict.duplicate.detail"]
            key = f"verdict.duplicate.detail_{verdict.direction.value}"
            return words.say(key, time=clock_time(verdict.previous_at))
        case Outcome.TWO_CODES:
            return words["verdict.two_codes.detail"]
        case Outcome.OUT_OF_SERVICE:
            return f"{outage(verdict.reason, words)} {words['out.paper']}"
    return reason(verdict.reason, words)


def _note(verdict: Verdict, words: Words) -> str:
    if verdict.outcome is not Outcome.RECORDED:
        return ""
    parts = [words[f"kind.{verdict.kind}"]] if f"kind.{verdict.kind}" in words else []
    if verdict.basis is Basis.AUTO:
        parts.append(words["direction.from_auto"])
    elif verdict.basis is Basis.ASSUMED:
        parts.append(words["direction.assumed"])
    return " · ".join(parts)


def reason(word: str, words: Words) -> str:
    """Return the sentence for a reason; an unknown one says what to show instead."""
    return words.either(f"reason.{word}", "reason.other")


def outage(word: str, words: Words) -> str:
    """Return the sentence for what keeps the kiosk from recording."""
    return words.either(f"out.{word}", "out.other")


def alert(word: str, words: Words) -> str:
    """Return the sentence for an alert in the tray."""
    return words.either(f"alert.{word}", "alert.other")


def masked(person: Person, words: Words) -> str:
    """Return what a gate may show of a person: ``N. T. H. Nhung · Nữ · 1990``."""
    sex = words[f"sex.{person.sex}"] if person.sex else ""
    return " · ".join(part for part in (person.masked_name, sex, person.birth_year) if part)


def clock_time(moment: dt.datetime) -> str:
    """Return ``14:05`` in the gate's time."""
    return moment.astimezone(GATE_TIME).strftime("%H:%M")


def calendar_day(moment: dt.datetime) -> str:
    """Return ``24/11/2025`` in the gate's time."""
    return moment.astimezone(GATE_TIME).strftime("%d/%m/%Y")
