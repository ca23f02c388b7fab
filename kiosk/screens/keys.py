"""Keys from a keyboard, told apart: a person typing, or a hand scanner (pure).

A hand scanner is a keyboard that types a whole code within a few milliseconds a letter and
ends with Enter. Letters are therefore held back for a moment; those of a scanner never
reach the form that happens to be open.
"""

from __future__ import annotations

GAP_S = 0.06
"""Seconds between letters: hand scanners need 1–30 ms, quick typists more than 80 ms."""

SHORTEST = 6
"""Letters that a scanned code has at least; two keys struck at once are no scan."""

LONGEST = 8_000
"""Letters that are held at most: no QR code holds more."""


class Keys:
    """Holds letters back until it is clear who typed them."""

    def __init__(self) -> None:
        self._held: list[str] = []
        self._last_at = float("-inf")

    def add(self, text: str, at: float) -> str:
        """Take letters at ``at`` (monotonic seconds); return what a person typed before."""
        typed = ""
        if at - self._last_at > GAP_S or len(self._held) >= LONGEST:
            typed = self._release()
        self._held.append(text)
        self._last_at = at
        return typed

    def enter(self, at: float) -> tuple[str, str]:
        """Take Enter; return what a person typed, and what a hand scanner did."""
        quick = at - self._last_at <= GAP_S
        held = self._release()
        if quick and len(held) >= SHORTEST:
            return "", held
        return held, ""

    def idle(self, at: float) -> str:
        """Return what a person typed, once no letter has followed for a moment."""
        return self._release() if at - self._last_at > GAP_S else ""

    def _release(self) -> str:
        held = "".join(self._held)
        self._held.clear()
        return held

    def __repr__(self) -> str:
        return f"Keys({len(self._held)} held)"
