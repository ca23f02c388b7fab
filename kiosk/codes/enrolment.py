"""The code that joins a kiosk to a place: named, so that the screen can offer to enrol.

``GATE1:`` + base45 of a signed object (:mod:`wire.enrol`), or the ten characters that a
steward types on the enrolment screen. Nothing of it is read here.
"""

from __future__ import annotations

import re

from kiosk.codes.family import Context, Family
from kiosk.model import Code
from wire.enrol import PREFIX

_VERSIONED = re.compile(re.escape(PREFIX[:-2]) + r"[0-9]:", re.IGNORECASE)


def read(text: str, _context: Context) -> Code | None:
    """Name an enrolment code."""
    if _VERSIONED.match(text) is None:
        return None
    return Code(kind="enrolment", reason="enrolment")


FAMILY = Family("enrolment", ("enrolment",), read)
