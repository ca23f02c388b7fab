"""What may be seen without opening a name: shortened name, sex, birth year."""

from __future__ import annotations

import uuid

from hub.intake.answers import vault


def masked_person(entry: uuid.UUID, box: bytes | None) -> dict[str, str] | None:
    """Return the mask of an entry from ``Entry.mask``; None where nobody is named."""
    if box is None:
        return None
    shown = vault().unbox(bytes(box), entry)
    return {str(key): str(value) for key, value in shown.items()}


def masked_line(entry: uuid.UUID, box: bytes | None) -> str:
    """Return the mask as one line, e.g. ``N. T. H. Nhung · Nữ · 1990``."""
    shown = masked_person(entry, box) or {}
    sex = {"female": "Nữ", "male": "Nam"}.get(shown.get("sex", ""), "")
    parts = (shown.get("name", ""), sex, shown.get("birth_year", ""))
    return " · ".join(part for part in parts if part)
