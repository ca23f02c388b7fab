"""A light barrier counts who passes; what it saw and no scan explains was unscanned (pure)."""

from __future__ import annotations

from collections import deque

MATCH_S = 15.0
"""A person scans and walks through, or walks up and scans, within this time."""


class Beam:
    """Pairs pulses of the barrier with passages. Times are monotonic seconds."""

    def __init__(self, match_s: float = MATCH_S) -> None:
        self._match_s = match_s
        self._pulses: deque[float] = deque()
        self._passages: deque[float] = deque()
        self._unscanned = 0

    def pulse(self, at: float) -> None:
        """Somebody went through the barrier."""
        self._drop(self._passages, at)
        if self._passages:
            self._passages.popleft()
        else:
            self._pulses.append(at)

    def passage(self, at: float) -> None:
        """Somebody was recorded."""
        self._unscanned += self._drop(self._pulses, at)
        if self._pulses:
            self._pulses.popleft()
        else:
            self._passages.append(at)

    def lapse(self, at: float) -> int:
        """Return how many went through whom no scan can explain any more."""
        self._drop(self._passages, at)
        count, self._unscanned = self._unscanned + self._drop(self._pulses, at), 0
        return count

    def _drop(self, times: deque[float], at: float) -> int:
        dropped = 0
        while times and at - times[0] > self._match_s:
            times.popleft()
            dropped += 1
        return dropped

    def __repr__(self) -> str:
        return f"Beam({len(self._pulses)} pulses, {len(self._passages)} passages unmatched)"
