"""Keyboard layouts by the position of their keys: what a scanner set to one types on another.

Rows of the main block from the key left of 1 to the space bar, each string in the order of
:data:`_US`. Sources: the layouts of Windows and of xkeyboard-config. On the Vietnamese
layout the digit row types letters and combining tone marks. Characters that a layout has
only with AltGr are not here: what becomes of them on another cannot be undone.
"""

from __future__ import annotations

_US = (
    "`1234567890-=qwertyuiop[]\\asdfghjkl;'zxcvbnm,./ ",
    '~!@#$%^&*()_+QWERTYUIOP{}|ASDFGHJKL:"ZXCVBNM<>? ',
)
_OTHERS = {
    "de": (
        "^1234567890ß´qwertzuiopü+#asdfghjklöäyxcvbnm,.- ",
        "°!\"§$%&/()=?`QWERTZUIOPÜ*'ASDFGHJKLÖÄYXCVBNM;:_ ",
    ),
    "fr": (
        "²&é\"'(-è_çà)=azertyuiop^$*qsdfghjklmùwxcvbn,;:! ",
        "~1234567890°+AZERTYUIOP¨£µQSDFGHJKLM%WXCVBN?./§ ",
    ),
    "gb": (
        "`1234567890-=qwertyuiop[]#asdfghjkl;'zxcvbnm,./ ",
        '¬!"£$%^&*()_+QWERTYUIOP{}~ASDFGHJKL:@ZXCVBNM<>? ',
    ),
    "es": (
        "º1234567890'¡qwertyuiop`+çasdfghjklñ´zxcvbnm,.- ",
        'ª!"·$%&/()=?¿QWERTYUIOP^*ÇASDFGHJKLÑ¨ZXCVBNM;:_ ',
    ),
}
_VIETNAMESE = dict(
    zip("ăâêôđ₫ươĂÂÊÔĐƯƠ\u0300\u0309\u0303\u0301\u0323", "12340=[]!@#$){}56789", strict=True)
)
# A tone that was joined to a letter stays: whether it was typed before (X11) or after it
# (Windows) cannot be told any more, and a number with two digits swapped is another number.

_HOST = {  # the scanner types US keys, the machine is set to another layout
    name: str.maketrans("".join(rows), "".join(_US)) for name, rows in _OTHERS.items()
}
_SCANNER = {  # the machine is set to US, the scanner to another layout
    name: str.maketrans("".join(_US), "".join(rows)) for name, rows in _OTHERS.items()
}
_UNSHIFTED = str.maketrans("\\;", "|:")


def guesses(text: str) -> dict[str, str]:
    """Return what ``text`` may have been, by the mistake that would explain it."""
    found = {f"host-{name}": text.translate(table) for name, table in _HOST.items()}
    found |= {f"scanner-{name}": text.translate(table) for name, table in _SCANNER.items()}
    found["host-vn"] = "".join(_VIETNAMESE.get(letter, letter) for letter in text)
    found["shift"] = _shifted(text.translate(_UNSHIFTED))
    return {mistake: guess for mistake, guess in found.items() if guess != text}


def _shifted(text: str) -> str:
    """Put back the ``<`` of a national QR's last field, whose commas are none."""
    head, bar, extension = text.rpartition("|")
    return head + bar + extension.replace(",", "<") if text.count("|") == 5 else text
