"""The one place where the bytes of a code become text."""

from __future__ import annotations

import re
import unicodedata

_BOM = b"\xef\xbb\xbf"

_KANA = re.compile(r"[\u3040-\u30ff]|[\uff61-\uff9f]{3}")
_TWO_BYTES_EACH = re.compile(rb"(?:[\x81-\x9f\xe0-\xeb][\x40-\x7e\x80-\xfc])+")


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


def read(raw: bytes) -> str | None:
    """Return the text of a code: :func:`normalise`, else what QR's own Japanese mode holds.

    The QR standard writes Japanese as Shift-JIS and decoders hand out its bytes. Reading
    any bytes so is what garbles Vietnamese elsewhere; here only bytes that are not UTF-8
    are, that hold Japanese syllables or nothing but two-byte characters, and that are not
    fields between bars, as every Vietnamese carrier of a name is.
    """
    text = normalise(raw)
    if text is not None or b"|" in raw:
        return text
    try:
        japanese = raw.decode("shift_jis", "strict")
    except UnicodeDecodeError:
        return None
    if _KANA.search(japanese) or _TWO_BYTES_EACH.fullmatch(raw):
        return normalise(japanese.encode())
    return None
