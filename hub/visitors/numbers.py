"""Numbers by which people follow up what they filed: short to write down, hard to guess."""

from __future__ import annotations

import re
import secrets

_LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
"""No 0, O, 1, I, L: read aloud or from a note, each is only itself."""

_GROUPS = (4, 4, 4)


def fresh() -> str:
    """Return a new number such as ``7K3M-9QXA-2HJD`` (59 bits)."""
    return "-".join("".join(secrets.choice(_LETTERS) for _ in range(n)) for n in _GROUPS)


def tidy(text: str) -> str:
    """Return a number as it was given out, however it was typed."""
    letters = re.sub(r"[^0-9A-Z]", "", text.upper())[:16]
    return "-".join(letters[start : start + 4] for start in range(0, len(letters), 4))
