"""What hand scanners do to a code, undone where the result can be proved.

Proof is a signature, a checksum, or facts that agree: a citizen's number with its birth
date and sex, hex that is a name. What cannot be proved stays as it came, with a hint on
how to set the scanner. A name that lost letters is given up: wrong text is worse than none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from kiosk.codes import Context, classify, facts
from kiosk.codes.shc import Parts
from kiosk.model import Code, Person, Trust
from kiosk.wedge.keystrokes import letter_of
from kiosk.wedge.layouts import guesses

HINTS = (
    "scanner-layout",
    "scanner-caps",
    "scanner-encoding",
    "scanner-shift",
    "scanner-cut",
    "scanner-alt",
)
"""What to say about the scanner's settings, as stable words:

its keyboard country is not the kiosk's; Caps Lock is on; it does not send UTF-8 or
Unicode; it types too fast for Shift; it ends codes too early; it types Alt codes.
"""

PIECES_S = 2.0
"""Seconds within which the next piece of a code arrives."""

_MOST_PIECES = 6
_LONGEST = 2500  # longer texts are taken as they come: no card's is
_AIM = re.compile(r"\][A-Za-z][0-9A-Za-z]")  # a symbology identifier: ]Q1, ]Q3
_EDGES = "\0\x02\x03\x04\r\n\t\ufeff"
_GLUED = re.compile(r"(?<=[^\W\d])0?[0-9]{3,4}(?![0-9])|(?<![0-9])0?[0-9]{3,4}(?=[^\W\d])")
_TOKENS = re.compile(r"(HC1|VG[0-9]|GATE[0-9]|shc):", re.IGNORECASE)
_VOWELS = frozenset("aeiouy")
_LONE = frozenset({"h", "k", "b", "r"})  # H' and K' stand before names of the Highlands
_CHECKED = frozenset({Trust.SIGNED, Trust.EXPIRED, Trust.REVOKED, Trust.VALIDITY_NOT_CHECKED})


@dataclass(frozen=True, slots=True)
class Reading:
    """A scanned text as it was meant, as far as provable; give ``text`` to the desk.

    ``repaired`` says whether it was changed; ``hint`` is a word of :data:`HINTS` or empty.
    """

    text: str
    code: Code
    hint: str = ""
    repaired: bool = False

    def __repr__(self) -> str:
        """Show nothing of the text."""
        return f"Reading({self.code!r}, hint={self.hint!r})"


class Scans:
    """Joins codes that arrive in pieces, each ended as if it were whole."""

    def __init__(self) -> None:
        self._pieces: list[str] = []
        self._known: Person | None = None
        self._at = float("-inf")
        self._parts = Parts()

    def take(self, text: str, at: float, context: Context) -> Reading:
        """Return what a scan at ``at`` (monotonic seconds) means, with those just before."""
        if at - self._at > PIECES_S:
            self._pieces.clear()
            self._known = None
        self._at = at
        bare = _bare(text)
        card = self._parts.take(bare, at)
        if card != bare:
            return Reading(card, classify(card, context))
        alone = repair(text, context)
        self._pieces = [*self._pieces, text.strip(_EDGES)][-_MOST_PIECES:]
        for first in range(len(self._pieces) - 1):
            for between in ("", "\n", " "):
                whole = repair(between.join(self._pieces[first:]), context)
                # A bank's code right after a whole card is no piece of it.
                more = whole.code.person != self._known or alone.code.kind == "unknown"
                if more and _proved(whole.code):
                    self._known = whole.code.person
                    return Reading(whole.text, whole.code, "scanner-cut", repaired=True)
        if alone.code.personal:
            self._pieces = self._pieces[-1:]
            self._known = alone.code.person
        return alone

    def __repr__(self) -> str:
        return f"Scans({len(self._pieces)} pieces)"


def repair(text: str, context: Context | None = None) -> Reading:
    """Return the code that a hand scanner meant by ``text``; total, and never slow."""
    bare = _bare(text)
    plain = classify(bare, context)
    if plain.personal and _is_clean(bare, plain):
        return Reading(bare, plain, "", bare != text)
    for hint, guess in _guesses(bare) if len(bare) <= _LONGEST else ():
        code = classify(guess, context)
        if code.personal and _proved(code) and _is_clean(guess, code):
            # Letters that came some other way may have been taken for keys.
            mixed = code.kind == "cccd" and hint == "scanner-layout" and not guess.isascii()
            sure = _without(guess, 5) if mixed else guess
            return Reading(sure, classify(sure, context), hint, repaired=True)
    if plain.personal:
        # The number stands; a name that cannot be trusted is given up.
        kept = _without(bare, 2, 5) if plain.kind == "cccd" else _without(bare, 1)
        return Reading(kept, classify(kept, context), "scanner-encoding", repaired=True)
    return Reading(bare, plain, _hint(bare, plain), bare != text)


def _bare(text: str) -> str:
    """Drop what scanners put around a code, and a code that was typed twice."""
    bare = text.strip(_EDGES)
    bare = bare[3:] if _AIM.match(bare) else bare
    for between in ("", "\r\n", "\n", "\r", "\t"):
        half, odd = divmod(len(bare) - len(between), 2)
        if half >= 12 and not odd and bare == f"{bare[:half]}{between}{bare[:half]}":
            return bare[:half]
    return bare


def _guesses(text: str) -> Iterator[tuple[str, str]]:
    """Yield what the text may have been, the likeliest mistakes first, with their hints."""
    yield from _single(text)
    yield "scanner-caps", text.swapcase()
    for mistake, guess in guesses(text).items():
        hint = "scanner-shift" if mistake == "shift" else "scanner-layout"
        yield hint, guess
        yield hint, guess.swapcase()


def _single(text: str) -> Iterator[tuple[str, str]]:
    for page in ("cp1252", "cp437", "cp1258"):
        mended = _remade(text, page)
        if mended is not None:
            yield "scanner-encoding", mended
    mended = _GLUED.sub(_alt_letter, text)
    if mended != text:
        yield "scanner-alt", mended


def _remade(text: str, page: str) -> str | None:
    """Return the UTF-8 text whose bytes were typed as letters of an old page."""
    raw = bytearray()
    for letter in text:
        try:
            raw += letter.encode(page)
        except UnicodeEncodeError:
            if ord(letter) > 255:
                return None
            raw.append(ord(letter))  # what the page leaves open is typed as it is
    try:
        mended = raw.decode("utf-8", "strict")
    except UnicodeDecodeError:
        return None
    return mended if mended != text else None


def _alt_letter(found: re.Match[str]) -> str:
    """Return the Vietnamese letter whose number stands between letters, else the digits."""
    letter = letter_of(found[0])
    return letter if letter.isalpha() and ord(letter) > 127 else found[0]


def _proved(code: Code) -> bool:
    """Whether what was read cannot be an accident."""
    person = code.person
    if person is None:
        return False
    if code.trust in _CHECKED or code.kind in ("hcmc-declaration", "declaration-link"):
        return True
    if code.kind in ("hc1", "pass", "declaration", "shc", "vds-nc"):
        # A checksum or a whole structure held; only the signer is not known here.
        return code.reason in ("no-trust-list", "unknown-key")
    if code.kind == "bhyt":
        return bool(person.bhyt or person.number) and bool(person.name) and bool(person.birth)
    numbered = facts.is_citizen_number(person.number)
    return numbered and bool(person.birth) and not any("number-" in w for w in code.warnings)


def _is_clean(text: str, code: Code) -> bool:
    """Whether the words came through as well as the numbers."""
    person = code.person
    if person is None or "unreadable-name" in code.warnings:
        return False
    if code.kind not in ("cccd", "national-qr"):
        return True
    words = person.name.split()
    swapped = [w for w in words if len(w) > 1 and w[0].islower() and w[1:].isupper()]
    if swapped or (code.kind == "national-qr" and person.name.islower()):
        return False
    plain = code.kind == "cccd" and text.isascii()
    return not (plain and any(_is_gutted(word) for word in words))


def _is_gutted(word: str) -> bool:
    """Whether a word of a name has lost its vowels, as when a scanner leaves out what is new."""
    letters = [c for c in word.casefold() if c.isalpha()]
    return bool(letters) and _VOWELS.isdisjoint(letters) and "".join(letters) not in _LONE


def _without(text: str, *places: int) -> str:
    """Give up fields of a card."""
    fields = text.split("|")
    for place in places:
        if place < len(fields):
            fields[place] = "\ufffd"
    return "|".join(fields)


def _hint(text: str, code: Code) -> str:
    """Return what the refused text tells of the scanner's settings, if anything."""
    if code.kind in ("hc1", "pass", "enrolment", "shc") and code.reason == "malformed":
        return "scanner-cut"
    if "\ufffd" in text or "????" in text:
        return "scanner-encoding"
    azerty = sum(text.count(letter) for letter in "&é\"'(-è_çà")
    vietnamese = sum(text.count(letter) for letter in "ăâêôđ\u0300\u0309\u0303\u0301\u0323")
    if max(azerty, vietnamese) > max(6, len(text) // 4):
        return "scanner-layout"
    if _TOKENS.match(text.replace(";", ":")) and ":" not in text:
        return "scanner-shift"
    return ""
