"""The one place where the bytes of a code become text."""

from __future__ import annotations

import unicodedata

_BOM = b"\xef\xbb\xbf"


def normalise(raw: bytes) -> str | None:
    """Return the text that ``raw`` encodes, or None where it is not exact text.

    Strict UTF-8 (wrong text is worse than no text), then a leading BOM, NULs at either
    end and trailing line ends are dropped, then NFC, in which names are stored. What is
    empty after that is no text. Total: never raises. Idempotent on its own output.
    """
    try:
        text = raw.removeprefix(_BOM).decode("utf-8", "strict")
    except UnicodeDecodeError:
        return None
    text = text.strip("\0").removeprefix("\ufeff").rstrip("\0\r\n")
    return unicodedata.normalize("NFC", text) or None
