"""What a visitor can show: one module per family, and :func:`classify`.

A family is a module with a ``FAMILY`` and one line in :data:`_MODULES`; docs/codes.md
lists them all. Whatever the text, the answer is a :class:`~kiosk.model.Code`.
"""

from __future__ import annotations

import importlib
import logging
import unicodedata

from kiosk.codes.family import Context, Family
from kiosk.model import Code

__all__ = ["FAMILIES", "Context", "Family", "classify"]

_MODULES = (
    "own",
    "enrolment",
    "hc1",
    "shc",
    "vdsnc",
    "cccd",
    "national",
    "bhyt",
    "number",
    "hcmc",
    "hosts",
    "foreign",
)
"""The families in the order in which they are asked; the first that knows a text reads it."""

FAMILIES: tuple[Family, ...] = tuple(
    importlib.import_module(f"kiosk.codes.{module}").FAMILY for module in _MODULES
)

KINDS = frozenset({kind for family in FAMILIES for kind in family.kinds} | {"empty", "unknown"})
"""Every kind that :func:`classify` can answer."""

LONGEST = 7089
"""Digits in the largest QR code (version 40-L); no code holds more characters."""
_LONGEST_TEXT = 2953
"""Bytes in the largest QR code, so characters beyond ASCII."""

_log = logging.getLogger(__name__)


def classify(text: str, context: Context | None = None) -> Code:
    """Return what ``text`` means; total: any text gets an answer, in linear time.

    A code that is no person's has a ``reason`` (``bank``, ``wifi``, ``unknown-url``,
    ``empty``, ``unknown``, ``too-long`` …). ``context`` brings clock, keys, revocations
    and trust list; without it nothing signed is checked.
    """
    try:
        return read(text, context or Context())
    except Exception as error:  # noqa: BLE001 - one odd code must not stop the gate
        # Named by type alone: an error's message may quote the code.
        _log.error("A code could not be classified: %s", type(error).__name__)
        return Code(kind="unknown", reason="unreadable")


def read(text: str, context: Context) -> Code:
    """Classify without the net beneath it: for :func:`classify`, and for fuzzing."""
    if len(text) > (LONGEST if text.isascii() else _LONGEST_TEXT):
        return Code(kind="unknown", reason="too-long")
    text = unicodedata.normalize("NFC", text.strip("\ufeff\0\r\n\t"))
    if not text.strip():
        return Code(kind="empty", reason="empty")
    for family in FAMILIES:
        code = family.read(text, context)
        if code is not None:
            return code
    return Code(kind="unknown", reason="unknown")
