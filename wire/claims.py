"""The facts inside tokens, and their claims: small integers, so that the QR stays small.

CWT's own claims (RFC 8392): 2 subject, 4 expiry, 5 not before, 6 issued, 7 id, all
integers of seconds or bytes. Ours: -65537, a map of the bearer (or of the place).
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import Any, Self

from wire.errors import Malformed

ID_BYTES = 8
_SUB, _EXP, _NBF, _IAT, _CTI, _OURS = 2, 4, 5, 6, 7, -65537
_LATEST = 253_402_300_799  # 31/12/9999
_MAX_TEXT = 300
_SEXES = ("", "male", "female")
SUMMARY = (
    "fever",
    "cough",
    "short-breath",
    "pneumonia",
    "sore-throat",
    "tiredness",
    "contact-case",
    "contact-area",
    "contact-symptoms",
    "travelled",
)
"""What a declaration's answers come to, in the order of their bits; none set is "clear"."""


@dataclass(frozen=True, slots=True)
class Bearer:
    """A person as tokens hold one; the words and forms of the kiosk's ``Person``."""

    name: str = ""
    birth: str = ""
    sex: str = ""
    number: str = ""
    qid: str = ""
    bhyt: str = ""
    phone: str = ""

    def __repr__(self) -> str:
        """Name nobody: a representation may end in a log."""
        return "Bearer(…)"

    def pack(self) -> dict[int, Any]:
        """Return the map; dates and plain numbers as integers, the unknown left out."""
        values = (
            unicodedata.normalize("NFC", self.name),
            _digits(self.birth.replace("-", "")),
            _SEXES.index(self.sex),
            int(self.number) if _is_citizen(self.number) else self.number,
            _digits(self.qid),
            self.bhyt,
            _digits(self.phone.removeprefix("0")) if self.phone.startswith("0") else self.phone,
        )
        return {key: value for key, value in enumerate(values, 1) if value not in ("", 0)}

    @classmethod
    def unpack(cls, packed: Any) -> Bearer:
        """Read the map; raises :class:`~wire.errors.Malformed`."""
        if not isinstance(packed, dict):
            raise Malformed("The token names nobody.")
        name, birth, sex, number, qid, bhyt, phone = (packed.get(key, "") for key in range(1, 8))
        if type(number) is int and 0 < number < 10**12:
            number = f"{number:012d}"
        return cls(
            _text(name),
            _birth(birth),
            _SEXES[sex] if type(sex) is int and 0 <= sex < len(_SEXES) else "",
            _text(number),
            _text(str(qid) if type(qid) is int else qid),
            _text(bhyt),
            _text(f"0{phone}" if type(phone) is int and phone > 0 else phone),
        )


@dataclass(frozen=True, slots=True)
class Pass:
    """An identity that an issuer vouches for, on a card; taken back by its ``id``.

    ``id`` has 8 bytes. Times are UTC seconds; ``until`` 0 means without end. ``purpose``
    is the bearer's (staff, patient …); ``place`` the only place it is for, if any.
    """

    id: bytes
    bearer: Bearer
    issued: int
    until: int = 0
    since: int = 0
    purpose: str = ""
    place: str = ""

    def pack(self) -> dict[int, Any]:
        """Return the claims."""
        ours = {**self.bearer.pack(), **_some({10: self.purpose, 11: self.place})}
        return _some(
            {_CTI: self.id, _IAT: self.issued, _NBF: self.since, _EXP: self.until, _OURS: ours}
        )

    @classmethod
    def unpack(cls, claims: dict[Any, Any]) -> Self:
        """Read claims; raises :class:`~wire.errors.Malformed`."""
        ours = _ours(claims)
        return cls(
            _id(claims),
            Bearer.unpack(ours),
            _time(claims, _IAT),
            _time(claims, _EXP),
            _time(claims, _NBF),
            _text(ours.get(10, "")),
            _text(ours.get(11, "")),
        )


@dataclass(frozen=True, slots=True)
class Declaration:
    """That somebody declared, and what it comes to; the answers travel elsewhere.

    ``name`` is masked, ``birth_year`` and the number's ``last4`` digits tell whose it is.
    ``summary`` holds words of :data:`SUMMARY`. ``by_other``: made by somebody else for
    the person, as one does for one's family.
    """

    id: bytes
    name: str
    birth_year: int
    last4: str
    issued: int
    until: int
    summary: tuple[str, ...] = ()
    purpose: str = ""
    by_other: bool = False

    def __repr__(self) -> str:
        """Name nobody: a representation may end in a log."""
        return "Declaration(…)"

    def pack(self) -> dict[int, Any]:
        """Return the claims."""
        bits = sum(1 << SUMMARY.index(word) for word in set(self.summary))
        ours = _some(
            {1: self.name, 2: self.birth_year, 4: self.last4, 10: self.purpose, 12: bits}
            | ({13: True} if self.by_other else {})
        )
        return _some({_CTI: self.id, _IAT: self.issued, _EXP: self.until, _OURS: ours})

    @classmethod
    def unpack(cls, claims: dict[Any, Any]) -> Self:
        """Read claims; raises :class:`~wire.errors.Malformed`."""
        ours = _ours(claims)
        year, bits = ours.get(2, 0), ours.get(12, 0)
        if type(year) is not int or not 0 <= year <= 9999 or type(bits) is not int or bits < 0:
            raise Malformed("The declaration's birth year or summary is none.")
        # Bits that a later version gave a meaning count as one unknown answer each.
        words = [word for place, word in enumerate(SUMMARY) if bits >> place & 1]
        if bits >> len(SUMMARY):
            words.append("other")
        return cls(
            _id(claims),
            _text(ours.get(1, "")),
            year,
            _text(ours.get(4, "")),
            _time(claims, _IAT),
            _time(claims, _EXP),
            tuple(words),
            _text(ours.get(10, "")),
            by_other=ours.get(13) is True,
        )


@dataclass(frozen=True, slots=True)
class Board:
    """A place's board: which place and gate, by name, and when it was drawn up.

    On a kiosk's screen it changes every minute and names the outbox's ``chain``, the ``boot``
    and the milliseconds since (``boot_ms``): a hub that knows the boot needs no right clock
    there to tell how old a photograph of it is. All empty on a board that does not change.
    """

    place: str
    name: str
    issued: int
    gate: str = ""
    until: int = 0
    chain: bytes = b""
    boot: bytes = b""
    boot_ms: int = 0

    def pack(self) -> dict[int, Any]:
        """Return the claims."""
        ours = _some({1: self.name, 14: self.gate, 15: self.chain, 16: self.boot, 17: self.boot_ms})
        return _some({_SUB: self.place, _IAT: self.issued, _EXP: self.until, _OURS: ours})

    @classmethod
    def unpack(cls, claims: dict[Any, Any]) -> Self:
        """Read claims; raises :class:`~wire.errors.Malformed`."""
        ours = _ours(claims)
        return cls(
            _text(claims.get(_SUB, "")),
            _text(ours.get(1, "")),
            _time(claims, _IAT),
            _text(ours.get(14, "")),
            _time(claims, _EXP),
            _uuid(ours.get(15, b"")),
            _uuid(ours.get(16, b"")),
            _count(ours.get(17, 0)),
        )


def _some(claims: dict[int, Any]) -> dict[int, Any]:
    return {key: value for key, value in claims.items() if value not in ("", 0, b"")}


def _ours(claims: dict[Any, Any]) -> dict[Any, Any]:
    ours = claims.get(_OURS)
    if not isinstance(ours, dict):
        raise Malformed("The token holds none of our claims.")
    return ours


def _id(claims: dict[Any, Any]) -> bytes:
    value = claims.get(_CTI)
    if not isinstance(value, bytes) or len(value) != ID_BYTES:
        raise Malformed(f"A token's id has {ID_BYTES} bytes.")
    return value


def _time(claims: dict[Any, Any], claim: int) -> int:
    value = claims.get(claim, 0)
    if type(value) is not int or not 0 <= value <= _LATEST:
        raise Malformed("A date of the token is none.")
    return value


def _uuid(value: Any) -> bytes:
    if not isinstance(value, bytes) or len(value) not in (0, 16):
        raise Malformed("The board's chain or boot is none.")
    return value


def _count(value: Any) -> int:
    if type(value) is not int or not 0 <= value < 2**53:
        raise Malformed("The board's time since boot is none.")
    return value


def _text(value: Any) -> str:
    if not isinstance(value, str) or len(value) > _MAX_TEXT:
        raise Malformed("A field of the token is no text.")
    return value


def _digits(text: str) -> int | str:
    """Return plain digits as a number where that loses nothing."""
    usable = text.isascii() and text.isdigit() and not text.startswith("0") and len(text) < 19
    return int(text) if usable else text


def _is_citizen(text: str) -> bool:
    return len(text) == 12 and text.isascii() and text.isdigit() and int(text) > 0


def _birth(value: Any) -> str:
    text = _text(str(value) if type(value) is int else value)
    if len(text) not in (0, 4, 6, 8) or (text and not text.isdigit()):
        raise Malformed("The bearer's birth date is none.")
    return "-".join(part for part in (text[:4], text[4:6], text[6:8]) if part)
