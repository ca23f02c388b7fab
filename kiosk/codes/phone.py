"""Vietnamese telephone numbers in one form, with the prefixes that moved in 2018.

Source: Quyết định 798/QĐ-BTTTT 2016 and the operators' notices of September 2018: mobile
numbers of eleven digits lost one, and keep their last seven.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_MOVED = {
    **{f"016{d}": f"03{d}" for d in "23456789"},
    "0120": "070", "0121": "079", "0122": "077", "0126": "076", "0128": "078",
    "0123": "083", "0124": "084", "0125": "085", "0127": "081", "0129": "082",
    "0186": "056", "0188": "058", "0199": "059",
}  # fmt: skip
_SEPARATORS = str.maketrans("", "", " \u00a0.-()/")
_MOBILE = re.compile(r"0[35789][0-9]{8}")
_LANDLINE = re.compile(r"02[0-9]{9}")
_LONGEST = 24


@dataclass(frozen=True, slots=True)
class Phone:
    """A number to call: ten digits (mobile) or eleven (landline), from ``0``.

    ``migrated`` says that the number was given with a prefix of before 2018.
    """

    number: str
    migrated: bool = False

    def __repr__(self) -> str:
        """Show no number: a representation may end in a log."""
        return "Phone(…)"


def phone(text: str) -> Phone | None:
    """Read a number as people write it (+84, 84, spaces, dots, dashes); None if it is none."""
    if len(text) > _LONGEST:
        return None
    digits = text.strip().translate(_SEPARATORS)
    if digits.startswith("+84"):
        digits = "0" + digits[3:].removeprefix("0")
    elif digits.startswith("0084"):
        digits = "0" + digits[4:].removeprefix("0")
    elif digits.startswith("84") and len(digits) >= 11:
        digits = "0" + digits[2:].removeprefix("0")
    moved = _MOVED.get(digits[:4]) if len(digits) == 11 else None
    if moved is not None:
        digits = moved + digits[4:]
    if _MOBILE.fullmatch(digits) or _LANDLINE.fullmatch(digits):
        return Phone(digits, moved is not None)
    return None
