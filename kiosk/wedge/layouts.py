"""Keyboard layouts by the position of their keys: what a scanner set to one types on another.

Rows of the main block from the key left of 1 to the space bar, each string in the order of
:data:`_US`. Sources: the layouts of Windows and of xkeyboard-config. On the Vietnamese
layout the digit row types letters and combining tone marks.
"""

from __future__ import annotations

import unicodedata

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
_VIETNAMESE = dict(zip("ăâêôđ₫ươĂÂÊÔĐƯƠ", "12340=[]!@#$){}", strict=True))
_TONES = {"\u0300": "5", "\u0309": "6", "\u0303": "7", "\u0301": "8", "\u0323": "9"}

_HOST = {  # the scanner types US keys, the machine is set to another layout
    name: str.maketrans("".join(rows), "".join(_US)) for name, rows in _OTHERS.items()
}
_SCANNER = {  # the machine is set to US, the scanner to another layout
    name: str.maketrans("".join(_US), "".join(rows)) for name, rows in _OTHERS.items()
}
_UNSHIFTED = str.maketrans("\\;,", "|:<")


def guesses(text: str) -> dict[str, str]:
    """Return what ``text`` may have been, by the mistake that would explain it."""
    found = {f"host-{name}": text.translate(table) for name, table in _HOST.items()}
    found |= {f"scanner-{name}": text.translate(table) for name, table in _SCANNER.items()}
    found["host-vn"] = _from_vietnamese(text, tone_first=False)
    found["host-vn-dead"] = _from_vietnamese(text, tone_first=True)
    found["shift"] = text.translate(_UNSHIFTED)
    return {mistake: guess for mistake, guess in found.items() if guess != text}


def _from_vietnamese(text: str, *, tone_first: bool) -> str:
    """Return the US keys behind what a Vietnamese layout made of them.

    Windows types the tone's mark after the letter, X11 holds it back until the next key.
    """
    keys = []
    for letter in text:
        if letter.isascii():
            keys.append(letter)
            continue
        tones = ""
        base = ""
        for part in unicodedata.normalize("NFD", letter):
            if part in _TONES:
                tones += _TONES[part]
            else:
                base += part
        whole = unicodedata.normalize("NFC", base)
        key = _VIETNAMESE.get(whole, whole)
        keys.append(tones + key if tone_first else key + tones)
    return "".join(keys)
