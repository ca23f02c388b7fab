"""Codes that are nobody's: banks, Wi-Fi, address books and other things phones open.

They are named so that the guard hears what was shown; nothing of them is kept.
"""

from __future__ import annotations

import re

from kiosk.codes.family import Context, Family
from kiosk.model import Code

_BEGINNINGS = (
    ("000201", "bank"),  # EMVCo merchant-presented QR, VietQR among them
    ("2|99|", "bank"),  # MoMo's own transfer code
    ("wifi:", "wifi"),
    ("begin:vcard", "contact"),
    ("mecard:", "contact"),
    ("bizcard:", "contact"),
    ("begin:vevent", "calendar"),
    ("begin:vcalendar", "calendar"),
    ("geo:", "map"),
    ("tel:", "phone"),
    ("sms:", "phone"),
    ("smsto:", "phone"),
    ("mmsto:", "phone"),
    ("facetime:", "phone"),
    ("mailto:", "mail"),
    ("matmsg:", "mail"),
    ("smtp:", "mail"),
    ("zalo:", "zalo"),
    ("otpauth:", "secret"),
    ("bitcoin:", "bank"),
    ("ethereum:", "bank"),
    ("upi:", "bank"),
)
_LONGEST = max(len(beginning) for beginning, _ in _BEGINNINGS)
_URL = re.compile(r"[a-z][a-z0-9+.-]{1,20}://|urlto:|www\.", re.IGNORECASE)
_BARE = re.compile(r"[a-z0-9-]{1,63}(\.[a-z0-9-]{1,63}){0,4}\.[a-z]{2,12}([/?#]|$)", re.IGNORECASE)


def read(text: str, _context: Context) -> Code | None:
    """Name a code that is no person's by how it begins."""
    begin = text[:_LONGEST].lower()
    for beginning, kind in _BEGINNINGS:
        if begin.startswith(beginning):
            return Code(kind=kind, reason=kind)
    if _URL.match(text) or _BARE.match(text):
        return Code(kind="unknown-url", reason="unknown-url")
    return None


FAMILY = Family(
    "foreign",
    (*dict.fromkeys(kind for _, kind in _BEGINNINGS), "unknown-url"),
    read,
)
