"""Vietnamese typing: Telex keys become letters, and one backspace takes one key back (pure).

``aa ee oo`` â ê ô, ``aw ow uw w`` ă ơ ư ư, ``dd`` đ, ``s f r x j`` the five tones, ``z``
none; a key struck twice means itself. Marks and tones may follow anywhere later in the
syllable, and may come as combining characters (keys of their own, decomposed text). Where no
Vietnamese syllable can come of it, a tone's key is a letter (Garcia, Mark); marks are made in
names of the Central Highlands, too (Kbuôr, Krông). Tones stand where identity cards have them:
hòa, thúy, quý.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from itertools import pairwise

from kiosk.spelling import begun, highland

TONES = {"s": "\u0301", "f": "\u0300", "r": "\u0309", "x": "\u0303", "j": "\u0323"}
_HAT, _BREVE, _HORN, _BAR = "\u0302", "\u0306", "\u031b", "bar"
_VOWELS = frozenset("aeiouy")
_WORD = re.compile(r"(?:[^\W\d_]|[\u0300-\u036f])+")


@dataclass(slots=True)
class _Letter:
    base: str  # lower case, bare
    upper: bool
    mark: str = ""
    lone: bool = False  # a w alone, which stands for ư

    @property
    def marked(self) -> str:
        if self.mark == _BAR:
            return "đ"
        return unicodedata.normalize("NFC", self.base + self.mark)


def _has_a(letters: list[_Letter]) -> bool:
    return any(letter.base == "a" for letter in letters)


@dataclass(slots=True)
class _Syllable:
    letters: list[_Letter] = field(default_factory=list)
    tone: str = ""
    plain: bool = False  # a key was struck twice: nothing more is made of this word
    toneless: bool = False  # the tones' keys are letters

    def strike(self, key: str) -> None:
        lower = key.lower()
        if unicodedata.combining(key[:1] or "a"):
            self._accent(key)
        elif self.plain or len(lower) != 1 or not self._is_begun():
            self._append(key)
        elif (
            ((lower in TONES or lower == "z") and not self.toneless and self._tone(lower))
            or (lower in "aeow" and self._mark(lower, upper=key.isupper()))
            or (lower == "d" and self._bar())
        ):
            return
        else:
            self._append(key)

    def _append(self, key: str) -> None:
        """Take a letter; one that is whole already brings its mark and its tone."""
        base, *accents = list(unicodedata.normalize("NFD", key.lower()))
        upper = key.isupper()
        if base == "đ":
            self.letters.append(_Letter("d", upper, _BAR))
        elif base not in _VOWELS or not {*accents} <= {_HAT, _BREVE, _HORN, *TONES.values()}:
            self.letters.append(_Letter(key.lower(), upper))
        else:
            mark = "".join(accent for accent in accents if accent in (_HAT, _BREVE, _HORN))
            self.letters.append(_Letter(base, upper, mark))
            self.tone = next((a for a in accents if a in TONES.values()), self.tone)

    def _accent(self, accent: str) -> None:
        """Take a mark or a tone by itself: from a key of its own, or decomposed text."""
        vowels = [x for x in reversed(self.letters[self._onset() :]) if x.base in _VOWELS]
        if accent in TONES.values():
            self.tone = "" if self.tone == accent or not vowels else accent
        elif accent == _HAT:
            hatless = [x for x in vowels if x.base in "aeo" and x.mark != _HAT]
            if not any(self._try([(letter, _HAT)]) for letter in hatless) and hatless:
                hatless[0].mark = _HAT
        elif vowels and (accent == _HORN or (accent == _BREVE and _has_a(vowels))):
            self._hook(upper=False)
            self.plain = False
        elif self.letters:  # ĕ ŏ ŭ and the like, of the Central Highlands
            bearer = vowels[0] if vowels else self.letters[-1]
            bearer.base = unicodedata.normalize("NFC", bearer.base + accent)

    # -- what keys do ----------------------------------------------------------------------

    def _tone(self, key: str) -> bool:
        """Set a tone; False where the key is only a letter."""
        if not any(letter.base in _VOWELS for letter in self.letters[self._onset() :]):
            return False
        if not begun(*self._parts()):
            return False
        if key == "z":
            had, self.tone = self.tone, ""
            return bool(had)
        if self.tone == TONES[key]:
            self.tone, self.plain = "", True
            return False
        self.tone = TONES[key]
        return True

    def _mark(self, key: str, *, upper: bool) -> bool:
        """Set a hat, a breve or a horn; False where the key is only a letter."""
        if key == "w":
            return self._hook(upper=upper)
        for letter in reversed(self.letters[self._onset() :]):
            if letter.base != key:
                continue
            if letter.mark == _HAT:
                letter.mark, self.plain = "", True
                return False
            return self._try([(letter, _HAT)])
        return False

    def _hook(self, *, upper: bool) -> bool:
        rime = self.letters[self._onset() :]
        if not any(letter.base in _VOWELS for letter in rime):
            self.letters.append(_Letter("u", upper, _HORN, lone=True))
            return True
        hooked = [letter for letter in rime if letter.mark in (_HORN, _BREVE)]
        bare = [letter for letter in rime if letter.base in "uoa" and letter not in hooked]
        pairs = [
            [(one, _HORN), (other, _HORN)]
            for one, other in pairwise(rime)
            if one.base == "u" and other.base == "o" and one is not rime[-1]
        ]
        for change in pairs:
            open_end = change[1][0] is rime[-1]
            # "uơ" ends a syllable (thuở); with anything after it, it is "ươ".
            if open_end and hooked != [change[0][0]] and self._try(change[1:]):
                return True
            done = change[1][0].mark == _HORN if open_end else len(hooked) == len(change)
            if not done and self._try(change):
                return True
        again = any(change[1][0] in hooked for change in pairs)
        for letter in () if again else (*(x for x in bare if x.base == "u"), *bare):
            if self._try([(letter, _BREVE if letter.base == "a" else _HORN)]):
                return True
        if hooked:
            for letter in hooked:
                letter.mark = ""
            self.letters = [letter for letter in self.letters if not letter.lone]
            self.plain = True
        return False

    def _bar(self) -> bool:
        """Make the first d a đ; False where the key is only a letter."""
        first = self.letters[0] if self.letters else None
        if first is None or first.base != "d":
            return False
        if first.mark == _BAR:
            first.mark, self.plain = "", True
            return False
        return self._try([(first, _BAR)])

    def _try(self, changes: list[tuple[_Letter, str]]) -> bool:
        """Set marks if what comes of it can be Vietnamese."""
        before = [(letter, letter.mark) for letter, _ in changes]
        for letter, mark in changes:
            letter.mark = mark
        if before != changes and self._is_begun():
            return True
        for letter, mark in before:
            letter.mark = mark
        return False

    # -- what it is ------------------------------------------------------------------------

    def _onset(self) -> int:
        """Return where the rime begins: after the consonants, qu and gi among them."""
        word = [letter.base for letter in self.letters]
        at = next((n for n, base in enumerate(word) if base in _VOWELS), len(word))
        glide = word[:2] in (["q", "u"], ["g", "i"])
        if at == 1 and glide and len(word) > 2 and word[2] in _VOWELS:
            return 2
        return at

    def _parts(self) -> tuple[str, str]:
        """Return the beginning and the rime, without the tone."""
        at = self._onset()
        settled = self._settled()
        return "".join(x.marked for x in settled[:at]), "".join(x.marked for x in settled[at:])

    def _is_begun(self) -> bool:
        """Whether this can become a syllable."""
        parts = self._parts()
        return begun(*parts) or highland(*parts)

    def strays(self) -> bool:
        """Whether a tone was struck in what turned out to be no Vietnamese syllable."""
        if not self.tone or self.plain:
            return False
        onset, rime = self._parts()
        stopped = rime.endswith(("c", "ch", "p", "t", "k"))
        return not begun(onset, rime) or (stopped and self.tone not in (TONES["s"], TONES["j"]))

    def _settled(self) -> list[_Letter]:
        """Return the letters with ``uơ`` made ``ươ`` where something follows."""
        at = self._onset()
        for n in range(at, len(self.letters) - 2):
            one, other = self.letters[n : n + 2]
            pair = (one.base, other.base) == ("u", "o") and other.mark in ("", _HORN)
            if pair and _HORN in (one.mark, other.mark):
                one.mark = other.mark = _HORN
        return self.letters

    def _toned(self) -> int:
        """Return which letter bears the tone."""
        at = self._onset()
        vowels = []
        for n in range(at, len(self.letters)):
            if self.letters[n].base not in _VOWELS:
                break
            vowels.append(n)
        if not vowels:
            return -1
        marked = [n for n in vowels if self.letters[n].mark]
        if marked:
            return marked[-1]
        closed = vowels[-1] + 1 < len(self.letters)
        if closed or len(vowels) == 1:
            return vowels[-1]
        return vowels[-2]

    def text(self) -> str:
        """Return the word as written, NFC."""
        bearer = self._toned() if self.tone else -1
        written = []
        for n, letter in enumerate(self._settled()):
            shown = letter.marked + (self.tone if n == bearer else "")
            written.append(shown.upper() if letter.upper else shown)
        return unicodedata.normalize("NFC", "".join(written))


def _struck(keys: str, *, toneless: bool = False) -> _Syllable:
    syllable = _Syllable(toneless=toneless)
    for key in keys:
        syllable.strike(key)
    return syllable


def compose(keys: str) -> str:
    """Return what struck keys mean: word by word, everything else as it is."""

    def word(found: re.Match[str]) -> str:
        syllable = _struck(found[0])
        return (_struck(found[0], toneless=True) if syllable.strays() else syllable).text()

    return _WORD.sub(word, keys)


class Typing:
    """A text being typed: keys in, text out, each key can be taken back."""

    def __init__(self, *, vietnamese: bool = True) -> None:
        self.vietnamese = vietnamese
        self._keys = ""

    @property
    def text(self) -> str:
        """What has been typed, NFC."""
        plain = self._keys if not self.vietnamese else compose(self._keys)
        return unicodedata.normalize("NFC", plain)

    def strike(self, key: str) -> None:
        """Take one key, or a letter that is whole already (a long press, a paste)."""
        self._keys += unicodedata.normalize("NFC", key)

    def take_back(self) -> None:
        """Undo the last key."""
        self._keys = self._keys[:-1]

    def clear(self) -> None:
        """Forget everything."""
        self._keys = ""

    def __repr__(self) -> str:
        """Show how many keys, never which."""
        return f"Typing({len(self._keys)} keys)"
