"""Names of people: folded for comparing, shortened for showing. The same on both sides."""

from __future__ import annotations

import unicodedata


def fold(text: str) -> str:
    """Return ``text`` for comparing: no diacritics, đ as d, case folded, spaces single.

    Old and new tone placement (hoà, hòa) fold alike; the result is never shown.
    """
    plain = unicodedata.normalize("NFD", text.replace("đ", "d").replace("Đ", "D"))
    kept = "".join(c for c in plain if unicodedata.category(c) != "Mn")
    return " ".join(kept.casefold().split())


def masked(name: str) -> str:
    """Initials and the given name, which Vietnamese people are called by.

    ``Nguyễn Thị Hồng Nhung`` becomes ``N. T. H. Nhung``.
    """
    words = name.split()
    if not words:
        return ""
    given = words[-1]
    if given.isupper() and len(given) > 1:
        given = given.capitalize()
    return " ".join([f"{word[0]}." for word in words[:-1]] + [given])
