"""The smallest QR code that holds a text, as modules: who draws it decides how."""

from __future__ import annotations

import qrcode
from qrcode.constants import ERROR_CORRECT_H, ERROR_CORRECT_L, ERROR_CORRECT_M, ERROR_CORRECT_Q
from qrcode.exceptions import DataOverflowError

QUIET = 4
"""Modules of white that a reader needs around the code (ISO/IEC 18004)."""

_LEVELS = {"L": ERROR_CORRECT_L, "M": ERROR_CORRECT_M, "Q": ERROR_CORRECT_Q, "H": ERROR_CORRECT_H}


def smallest(text: str, *, level: str = "L") -> tuple[tuple[bool, ...], ...]:
    """Return the rows of modules (True is dark, no quiet zone) of the smallest code.

    Error correction is at least ``level`` and as high as costs no larger code. Raises
    ValueError for a text that no QR code holds.
    """
    try:
        best = _make(text, level)
    except (DataOverflowError, ValueError) as error:
        raise ValueError("The text is longer than any QR code holds.") from error
    for higher in list(_LEVELS)[list(_LEVELS).index(level) + 1 :]:
        try:
            code = _make(text, higher)
        except (DataOverflowError, ValueError):
            break
        if code.version > best.version:
            break
        best = code
    best.make(fit=False)
    return tuple(tuple(bool(module) for module in row) for row in best.modules)


def _make(text: str, level: str) -> qrcode.QRCode:
    code = qrcode.QRCode(version=None, error_correction=_LEVELS[level], border=0)
    code.add_data(text, optimize=0)
    code.best_fit()
    return code
