"""Facts as cards write them: numbers, dates, sexes, names; and where two of them disagree."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata

from kiosk.model import fold

HANOI = dt.timezone(dt.timedelta(hours=7))
"""Vietnam's time: UTC+7, no daylight saving."""

PROVINCES = frozenset({
    "001", "002", "004", "006", "008", "010", "011", "012", "014", "015", "017", "019", "020",
    "022", "024", "025", "026", "027", "030", "031", "033", "034", "035", "036", "037", "038",
    "040", "042", "044", "045", "046", "048", "049", "051", "052", "054", "056", "058", "060",
    "062", "064", "066", "067", "068", "070", "072", "074", "075", "077", "079", "080", "082",
    "083", "084", "086", "087", "089", "091", "092", "093", "094", "095", "096",
})  # fmt: skip
"""The 63 provinces of registration of 2016 (Thông tư 07/2016/TT-BCA), in numbers for ever."""

_MAX_NAME = 120
_MAX_ADDRESS = 300
_NAME_SIGNS = frozenset(" .,-'’ʼ`*()/·")
_CITIZEN = re.compile(r"[0-9]{12}")
_MASKED = re.compile(r"[0-9A-Z]*\*[0-9A-Z*]*")
_DOCUMENT = re.compile(r"[0-9A-Z]{5,20}")
_BHYT = re.compile(r"[A-Z]{2}[0-9]{13}|[0-9]{10}")
_SEXES = {"nam": "male", "nu": "female", "male": "male", "female": "female"}


def is_citizen_number(text: str) -> bool:
    """Whether this has the shape of a citizen's number: twelve digits."""
    return _CITIZEN.fullmatch(text) is not None


def document_number(text: str) -> str:
    """Return an identity document's number (12, 9 digits, passport, masked), else empty."""
    compact = text.replace(" ", "").upper()
    if not compact.isascii() or not 5 <= len(compact) <= 20:
        return ""
    shaped = _DOCUMENT.fullmatch(compact) or _MASKED.fullmatch(compact)
    return compact if shaped else ""


def bhyt_number(text: str) -> str:
    """Return a health insurance number (15 characters or 10 digits), else empty."""
    compact = text.replace(" ", "").upper()
    return compact if _BHYT.fullmatch(compact) else ""


def name(text: str) -> str:
    """Return a name exactly as written but for outer space; empty if it cannot be one.

    A text with a replacement or control character was damaged on the way: wrong text is
    worse than no text.
    """
    return _line(text, _MAX_NAME, letters=True)


def address(text: str) -> str:
    """Return an address exactly as written but for outer space; empty if damaged."""
    return _line(text, _MAX_ADDRESS, letters=False)


def _line(text: str, longest: int, *, letters: bool) -> str:
    # Once more NFC: what lay inside hex, CBOR or JSON was not text until now.
    line = unicodedata.normalize("NFC", text[: 4 * longest].strip())
    if not line or len(line) > longest or "\ufffd" in line:
        return ""
    kinds = [unicodedata.category(c)[0] for c in line]
    if "C" in kinds:
        return ""
    if letters and ("L" not in kinds or not _is_name(line, kinds)):
        return ""
    return line


def _is_name(line: str, kinds: list[str]) -> bool:
    """Whether there are only letters, their marks, digits and the few signs that names have.

    A question mark or a quotation mark in a name is a name that was damaged; a digit is
    kept as it was encoded, and warned of (:func:`damaged`).
    """
    return all(k in "LMN" or c in _NAME_SIGNS for c, k in zip(line, kinds, strict=True))


def damaged(text: str, kept: str) -> bool:
    """Whether a field said something that could not be kept, or that names do not hold."""
    return bool(text.strip()) and (not kept or any(c.isdigit() for c in kept))


def sex(text: str) -> str:
    """Return ``male``, ``female`` or empty from ``Nam``/``Nữ`` in any case."""
    return _SEXES.get(fold(text), "") if len(text) <= 10 else ""


def sex_digit(text: str) -> str:
    """Return the sex that ``1`` (male) or ``2`` (female) stands for, else empty."""
    return {"1": "male", "2": "female"}.get(text.strip(), "")


def compact_date(text: str) -> str:
    """Return ISO from ``ddmmyyyy`` or ``yyyy`` (the citizen card), else empty."""
    digits = text.strip()
    if not (digits.isascii() and digits.isdigit()):
        return ""
    if len(digits) == 8:
        return _iso(digits[4:], digits[2:4], digits[:2])
    return _iso(digits, "", "") if len(digits) == 4 else ""


def slashed_date(text: str) -> str:
    """Return ISO from ``dd/mm/yyyy``, ``mm/yyyy`` or ``yyyy`` (the insurance card)."""
    parts = text.strip().split("/")
    if len(parts) > 3 or not all(p.isascii() and p.isdigit() and len(p) <= 4 for p in parts):
        return ""
    year, month, day = (*reversed(parts), "", "")[:3]
    return _iso(year, month.zfill(2) if month else "", day.zfill(2) if day else "")


def dashed_date(text: str) -> str:
    """Return ISO from ``YYYY-MM-DD`` whose parts may be ``*`` or absent (the national QR)."""
    parts = text.strip().split("-")
    if len(parts) > 3 or any(len(p) > 4 for p in parts):
        return ""
    year, month, day = (*parts, "", "")[:3]
    return _iso(year, month, day)


def _iso(year: str, month: str, day: str) -> str:
    """Join known parts; what is masked or impossible is dropped, and all after it."""
    if not _number_between(year, 1, 9999, width=4):
        return ""
    if not _number_between(month, 1, 12, width=2):
        return year
    if not _number_between(day, 1, 31, width=2):
        return f"{year}-{month}"
    try:
        dt.date(int(year), int(month), int(day))
    except ValueError:
        return f"{year}-{month}"
    return f"{year}-{month}-{day}"


def _number_between(text: str, low: int, high: int, *, width: int) -> bool:
    usable = len(text) == width and text.isascii() and text.isdigit()
    return usable and low <= int(text) <= high


def day_start(iso: str) -> dt.datetime | None:
    """Return the first moment (UTC) of a full ISO day in Vietnam, else None."""
    if len(iso) != 10 or not iso.startswith(("19", "20", "21")):
        return None
    return dt.datetime.fromisoformat(iso).replace(tzinfo=HANOI).astimezone(dt.UTC)


def number_birth_year(number: str) -> int | None:
    """Return the year of birth that a citizen's number holds, else None."""
    if not is_citizen_number(number):
        return None
    return 1900 + 100 * (int(number[3]) // 2) + int(number[4:6])


def number_sex(number: str) -> str:
    """Return the sex that a citizen's number holds, else empty."""
    if not is_citizen_number(number):
        return ""
    return "female" if int(number[3]) % 2 else "male"


def disagreements(number: str, birth: str, stated_sex: str) -> tuple[str, ...]:
    """Return warnings where a document number is masked or contradicts the other facts.

    ``masked-number``, ``number-unknown-province``, ``number-birth-mismatch``,
    ``number-sex-mismatch``: reasons to look twice, never to refuse.
    """
    if "*" in number:
        return ("masked-number",)
    if not is_citizen_number(number):
        return ()
    found = []
    if number[:3] not in PROVINCES:
        found.append("number-unknown-province")
    if birth and int(birth[:4]) != number_birth_year(number):
        found.append("number-birth-mismatch")
    if stated_sex and stated_sex != number_sex(number):
        found.append("number-sex-mismatch")
    return tuple(found)
