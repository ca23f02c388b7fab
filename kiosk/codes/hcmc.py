"""Ho Chi Minh City's health declaration: a URL whose fragment holds an opaque id.

``https://kbyt.khambenh.gov.vn/#tokhai_yte/ketqua?id=<UUID>``. Whose it is can only be
asked online, so the id stands for the person. Certainty B.
"""

from __future__ import annotations

import re

from kiosk.codes.family import Context, Family
from kiosk.model import Code, Person, Trust

_URL = re.compile(
    r"https?://(?:www\.)?kbyt\.khambenh\.gov\.vn/{0,2}#/?tokhai_yte/ketqua/?\?id="
    r"([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})(?:&[^\s]{0,200})?",
    re.IGNORECASE,
)


def read(text: str, _context: Context) -> Code | None:
    """Read the id of a declaration."""
    found = _URL.fullmatch(text.strip())
    if found is None:
        return None
    return Code(
        kind="hcmc-declaration",
        person=Person(),
        trust=Trust.UNSIGNED,
        reference=found[1].lower(),
    )


FAMILY = Family("hcmc-declaration", ("hcmc-declaration",), read)
