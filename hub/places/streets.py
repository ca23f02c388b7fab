"""An address's street and house, for walking along it. Pure."""

from __future__ import annotations

import re

from wire.names import fold

_HOUSE = re.compile(
    r"^(?:(?:số\s+nhà|số|nhà|lô|kiốt|ki-ốt|ki ốt)\s+)?"
    r"(?P<house>\d+[a-z]?(?:\s*(?:/|-|bis)\s*\d*[a-z]?)*|[a-z]?\d+[a-z]?(?:/\d+[a-z]?)*)"
    r"[\s,]+(?P<street>\D.*)$",
    re.IGNORECASE,
)
_WORD = re.compile(r"^(?:đường|đ\.|phố)\s+", re.IGNORECASE)


def parts(address: str) -> tuple[str, str]:
    """Return house and street of an address: ``12A Lê Lợi, P. Phú Hội`` → ``12A``, ``Lê Lợi``.

    The street is what stands before the first comma, without a leading “đường”.
    """
    text = " ".join(address.split())
    found = _HOUSE.match(text)
    house, rest = (found["house"], found["street"]) if found else ("", text)
    first = rest.split(",")[0].strip()
    return house.replace(" ", ""), _WORD.sub("", first)


def street(address: str) -> tuple[str, int, str]:
    """Return what sorts addresses as one walks: street, house as a number, house."""
    house, name = parts(address)
    digits = re.match(r"\D*(\d+)", house)
    return fold(name), int(digits[1]) if digits else 0, house
