"""VDS-NC, ICAO's visible digital seal: named and read, the signature not checked.

JSON with ``data.hdr.t`` beginning ``icao.`` (ICAO, "Visible Digital Seals for
Non-Constrained Environments"). Kept: name, birth date, sex and travel document number
of ``data.msg.pid``, the issuing state. What it says about health is dropped. Certainty A.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from kiosk.codes import facts
from kiosk.codes.family import Context, Family
from kiosk.model import Code, Person, Trust

_SEXES = {"M": "male", "F": "female"}


def read(text: str, _context: Context) -> Code | None:
    """Read a seal's holder."""
    if not text.startswith("{") or '"icao.' not in text:
        return None
    try:
        seal = json.loads(text)
    except (ValueError, RecursionError):
        return _unread()
    match seal:
        case {"data": {"hdr": {"t": str() as kind, **header}, "msg": {"pid": {**pid}}}}:
            if not kind.startswith("icao."):
                return None
        case _:
            return _unread()
    person = _person(pid)
    if person is None:
        return _unread()
    state = header.get("is")
    return Code(
        kind="vds-nc",
        person=person,
        trust=Trust.NOT_CHECKED,
        reason="no-trust-list",
        issuer=state[:3] if isinstance(state, str) else "",
    )


def _unread() -> Code:
    return Code(kind="vds-nc", trust=Trust.NOT_CHECKED, reason="malformed")


def _person(pid: Mapping[Any, Any]) -> Person | None:
    # Vaccination writes the document's number as "i", a test as "dn".
    name, born, sex, document = (
        _text(pid, *keys) for keys in (("n",), ("dob",), ("sex",), ("dn", "i"))
    )
    kept, number = facts.name(name), facts.document_number(document)
    if not kept and not number:
        return None
    return Person(
        name=kept, birth=facts.dashed_date(born), sex=_SEXES.get(sex.upper(), ""), number=number
    )


def _text(pid: Mapping[Any, Any], *keys: str) -> str:
    for key in keys:
        value = pid.get(key)
        if isinstance(value, str) and value:
            return value
    return ""


FAMILY = Family("vds-nc", ("vds-nc",), read)
