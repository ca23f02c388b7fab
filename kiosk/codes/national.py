"""The national personal QR (QĐ 1405/QĐ-BTTTT of 11/09/2021), unsigned.

``SoGiayTo|HoTen|NgaySinh|LoaiDinhDanh|QID|EXT``, as PC-Covid, Sổ sức khỏe and Hue-S
cards show it. EXT is split by ``<``: proxy's QID, sex, insurance number, phone,
signature; some writers drop the empty first part. The proxy's QID and the signature
(whose keys nobody published) are dropped.
"""

from __future__ import annotations

import re

from kiosk.codes import facts
from kiosk.codes.family import Context, Family
from kiosk.codes.phone import phone
from kiosk.model import Code, Person

_QID = re.compile(r"[0-9A-Za-z-]{4,64}")
_DATE = re.compile(r"[0-9*]{1,4}(-[0-9*]{1,2}){0,2}|")


def read(text: str, _context: Context) -> Code | None:
    """Read a national personal QR; the number may be missing or masked."""
    if text.count("|") not in (4, 5):
        return None
    document, name, born, declared, qid, extension = (*text.split("|"), "")[:6]
    if declared.strip() not in ("0", "1") or not _DATE.fullmatch(born.strip()):
        return None
    number = facts.document_number(document)
    qid = qid.strip() if _QID.fullmatch(qid.strip()) else ""
    kept = facts.name(name)
    if not (number or qid or kept):
        return None
    birth = facts.dashed_date(born)
    sex, bhyt, call, warnings = _extension(extension)
    warnings = [*facts.disagreements(number, birth, sex), *warnings]
    if facts.damaged(name, kept):
        warnings.append("unreadable-name")
    person = Person(name=kept, birth=birth, sex=sex, number=number, qid=qid, bhyt=bhyt, phone=call)
    declared_by = "self" if declared.strip() == "0" else "other"
    return Code(
        kind="national-qr",
        person=person,
        warnings=tuple(warnings),
        details=(("declared-by", declared_by),),
    )


def _extension(text: str) -> tuple[str, str, str, list[str]]:
    """Return sex, insurance number, phone and warnings of the last field."""
    parts = [part.strip() for part in text.split("<", 8)]
    if len(parts[0]) == 1 and parts[0].isdigit():
        parts.insert(0, "")
    _proxy, sex, bhyt, call = (*parts, "", "", "", "")[:4]
    called = phone(call)
    warnings = ["phone-migrated"] if called is not None and called.migrated else []
    number = called.number if called is not None else ""
    return facts.sex_digit(sex), facts.bhyt_number(bhyt), number, warnings


FAMILY = Family("national-qr", ("national-qr",), read)
