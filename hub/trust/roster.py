"""Rosters of staff, workers or pupils: one pass for each row, or every problem by cell."""

from __future__ import annotations

import re
import tempfile
import unicodedata
from pathlib import Path

from hub.errors import BadUsage
from hub.lists import BadList, Problem
from hub.lists import read as read_sheet
from hub.trust.passes import Wish
from wire.claims import Bearer
from wire.names import fold

FIELDS = {
    "name": ("Họ và tên", "Họ tên", "Full name"),
    "number": ("Số CCCD", "CCCD", "Số định danh", "Số định danh cá nhân", "CMND", "ID number"),
    "birth": ("Ngày sinh", "Năm sinh", "Birth date", "Date of birth"),
    "sex": ("Giới tính",),
    "phone": ("Điện thoại", "Số điện thoại", "SĐT"),
    "bhyt": ("Mã BHYT", "Số thẻ BHYT"),
    "purpose": ("Mục đích", "Vai trò"),
    "place": ("Mã địa điểm", "Place id"),
}
LOST_ZERO = "a citizen number has 12 digits: a cell formatted as a number lost its first 0"

_SEXES = {"nu": "female", "female": "female", "f": "female", "nam": "male", "male": "male",
          "m": "male", "": ""}  # fmt: skip
_BIRTH = re.compile(r"(?:(?:(\d{1,2})[/.-])?(\d{1,2})[/.-])?(\d{4})")


class BadCell(BadUsage):
    """A value that cannot be used: the field, and why."""

    def __init__(self, field: str, words: str) -> None:
        super().__init__(f"--{field}: {words}.")
        self.field = field
        self.words = words


def read(path: Path, *, purpose: str = "", place: str = "") -> list[Wish]:
    """Return what a roster asks for; raises :class:`BadUsage` naming the cells that are wrong."""
    wishes: list[Wish] = []
    problems: list[Problem] = []
    seen: dict[str, int] = {}
    for row in read_sheet(path, FIELDS, ("name",)):
        values = {field: row.get(field) for field in FIELDS}
        number = values["number"].replace(" ", "")
        if number and number in seen:
            problems.append(row.problem("number", f"the same as in row {seen[number]}"))
            continue
        seen[number] = row.number
        try:
            wishes.append(
                wish(
                    Bearer(
                        name=values["name"], birth=values["birth"], sex=values["sex"],
                        number=number, bhyt=values["bhyt"], phone=values["phone"],
                    ),
                    purpose=values["purpose"] or purpose,
                    place=values["place"] or place,
                )
            )  # fmt: skip
        except BadCell as error:
            problems.append(row.problem(error.field, error.words))
    if problems:
        raise BadList(f"No pass was issued; {path.name} has problems:", problems)
    return wishes


def read_bytes(data: bytes, *, place: str = "") -> list[Wish]:
    """Return what a list that was sent asks for; its bytes lie in memory alone, then are gone."""
    memory = Path("/dev/shm")  # noqa: S108 (names must not reach the disk)
    with tempfile.TemporaryDirectory(dir=memory if memory.is_dir() else None) as folder:
        path = Path(folder) / "roster"
        path.write_bytes(data)
        return read(path, place=place)


def wish(given: Bearer, *, purpose: str, place: str) -> Wish:
    """Return a wish with the bearer's facts in our forms; raises :class:`BadCell`."""
    name = " ".join(unicodedata.normalize("NFC", given.name).split())
    if not name or len(name) > 100 or not name.isprintable():
        raise BadCell("name", "a name of 1 to 100 letters is needed")
    number = given.number.replace(" ", "").upper()
    if number.isdigit() and len(number) not in (9, 12):
        if len(number) == 11:
            raise BadCell("number", LOST_ZERO)
        raise BadCell("number", "a citizen number has 12 digits")
    if len(number) > 20 or not number.isascii():
        raise BadCell("number", "this is no number of a card or passport")
    phone = given.phone.replace(" ", "").replace(".", "")
    if phone and not re.fullmatch(r"\+?\d{9,15}", phone):
        raise BadCell("phone", "a phone number has 9 to 15 digits")
    sex = _SEXES.get(fold(given.sex).strip().lower())
    if sex is None:
        raise BadCell("sex", "write Nam or Nữ")
    if len(given.bhyt) > 20 or len(purpose) > 40:
        raise BadCell("bhyt" if len(purpose) <= 40 else "purpose", "too long")
    bearer = Bearer(name, _birth(given.birth), sex, number, "", given.bhyt.upper(), phone)
    return Wish(bearer, purpose, place)


def _birth(text: str) -> str:
    if not text or re.fullmatch(r"\d{4}(-\d{2}){0,2}", text):
        parts = text.split("-")
    else:
        found = _BIRTH.fullmatch(text)
        if found is None:
            raise BadCell("birth", "write it as 31/01/1990, 1990-01-31 or 1990")
        parts = [part.zfill(2) for part in reversed(found.groups()) if part]
    if text and not (
        1880 <= int(parts[0]) <= 2100
        and (len(parts) < 2 or 1 <= int(parts[1]) <= 12)
        and (len(parts) < 3 or 1 <= int(parts[2]) <= 31)
    ):
        raise BadCell("birth", "there is no such date")
    return "-".join(parts)
