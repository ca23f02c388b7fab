"""Keys from a keyboard, told apart: a person typing, or a hand scanner (pure).

A hand scanner types a whole code within a few milliseconds a letter. Letters are held back
for a moment; those of a scanner never reach the form that happens to be open.
"""

from __future__ import annotations

from dataclasses import dataclass

GAP_S = 0.06
"""Seconds between letters: hand scanners need 1–30 ms, quick typists more than 80 ms."""

SHORTEST = 6
"""Letters that a scanned code has at least; two keys struck at once are no scan."""

SURE = 12
"""So many letters without a pause are a scan even where no Enter ends them."""

LONGEST = 8_000
"""Letters that are held at most: no QR code holds more."""

ECHO_S = 0.5
"""An Enter alone, so soon after a scan, is the scanner's second terminator."""

_ALT_PAGE = "cp437"  # Alt and a number without a leading zero, below 256
_ANSI_PAGE = "cp1252"  # with a leading zero


@dataclass(frozen=True, slots=True)
class Heard:
    """What became clear: letters that a person typed, a code that a scanner did.

    ``enter``: a person pressed Enter (after ``typed``).
    """

    typed: str = ""
    scan: str = ""
    enter: bool = False

    def __repr__(self) -> str:
        """Show lengths: a code's text is a person's."""
        return f"Heard({len(self.typed)} typed, {len(self.scan)} scanned)"


class Keystrokes:
    """Holds letters back until it is clear who typed them. Times are monotonic seconds."""

    def __init__(self) -> None:
        self._held: list[str] = []
        self._last_at = float("-inf")
        self._scanned_at = float("-inf")
        self._alt = ""

    def add(self, text: str, at: float) -> Heard:
        """Take letters; return what the pause before them has made clear."""
        heard = Heard()
        if at - self._last_at > GAP_S or len(self._held) >= LONGEST:
            heard = self._release(at)
        self._held.append(text)
        self._last_at = at
        return heard

    def alt_digit(self, digit: str, at: float) -> Heard:
        """Take a digit of the number pad while Alt is held: part of a letter's number."""
        heard = self.add("", at) if not self._alt else Heard()
        self._alt += digit
        self._last_at = at
        return heard

    def alt_up(self, at: float) -> None:
        """Take the release of Alt, which ends a letter given by its number."""
        letter = letter_of(self._alt)
        self._alt = ""
        if letter:
            self._held.append(letter)
            self._last_at = at

    def enter(self, at: float) -> Heard:
        """Take Enter, Tab or another end of a code."""
        if not self._held and at - self._scanned_at <= ECHO_S:
            return Heard()
        quick = at - self._last_at <= GAP_S
        held = self._take()
        if quick and len(held) >= SHORTEST:
            self._scanned_at = at
            return Heard(scan=held)
        return Heard(typed=held, enter=True)

    def idle(self, at: float) -> Heard:
        """Return what is clear because nothing has followed for a moment; call often."""
        return self._release(at) if self._held and at - self._last_at > GAP_S else Heard()

    def _release(self, at: float) -> Heard:
        held = self._take()
        if len(held) >= SURE:
            self._scanned_at = at
            return Heard(scan=held)
        return Heard(typed=held)

    def _take(self) -> str:
        held = "".join(self._held)
        self._held.clear()
        return held

    def __repr__(self) -> str:
        return f"Keystrokes({len(self._held)} held)"


def letter_of(number: str) -> str:
    """Return the letter that Alt and a number type: Unicode, or the old pages below 256."""
    if not (number.isascii() and number.isdigit()) or len(number) > 6:
        return ""
    value = int(number)
    if value < 32 or value > 0x1FFFF or 0xD800 <= value < 0xE000:
        return ""
    if value > 255:
        return chr(value)
    page = _ANSI_PAGE if number.startswith("0") else _ALT_PAGE
    return bytes((value,)).decode(page, "replace").replace("\ufffd", chr(value))
