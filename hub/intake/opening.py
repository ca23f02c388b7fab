"""A row of a batch becomes what the tables hold: header read, seal opened, person boxed.

Whatever is wrong with one row stays with that row.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from hub.intake.clocks import LAST_MS, LONGEST_BOOT_MS
from hub.intake.models import EntryFlag
from hub.intake.vault import Vault, mask
from wire.entry import Entry, Header
from wire.errors import CannotOpen, Malformed
from wire.keys import OpenKey
from wire.seal import open_sealed

_LARGEST = 2**53
_NAMES = tuple(field.name for field in dataclasses.fields(Header))
_NUMBERS = tuple(
    field.name for field in dataclasses.fields(Header) if field.type in ("int", "int | None")
)


@dataclass(frozen=True)
class Row:
    """One entry of a batch with its header read, or the reason why it is refused."""

    entry: Entry
    header: Header | None
    reason: str = ""

    @cached_property
    def hash(self) -> bytes:
        """The entry's hash, by which the receipt answers it."""
        return self.entry.hash


@dataclass(frozen=True, slots=True)
class Boxed:
    """What the sealed part said, as it may lie in a database."""

    flags: EntryFlag
    content: bytes | None
    mask: bytes | None
    tags: Mapping[str, bytes | None]


_NO_TAGS: Mapping[str, bytes | None] = dict.fromkeys(("number", "phone", "qid", "bhyt", "name"))


def read(entry: Entry) -> Row:
    """Read the header; what no database of ours could take is refused here, alone."""
    try:
        header = entry.header
        if b"\0" in entry.header_bytes:  # most hold none
            for name in _NAMES:
                value = getattr(header, name)
                if isinstance(value, str) and "\0" in value:
                    raise Malformed(f"An entry's “{name}” holds a NUL.")
        for name in _NUMBERS:
            value = getattr(header, name)
            if value is not None and not -_LARGEST < value < _LARGEST:
                raise Malformed(f"An entry's “{name}” is out of range.")
        if not 0 <= header.wall_ms < LAST_MS or header.boot_ms >= LONGEST_BOOT_MS:
            raise Malformed("An entry's clocks are out of range.")
        if header.count is not None and abs(header.count) > 1_000_000:
            raise Malformed("An entry's “count” is out of range.")
    except Malformed as error:
        return Row(entry, None, str(error))
    return Row(entry, header)


def box(row: Row, keys: Mapping[bytes, OpenKey], vault: Vault) -> Boxed:
    """Open the sealed part and encrypt it for this hub's tables."""
    header = row.header
    assert header is not None
    key = keys.get(header.seal_kid)
    if key is None:
        return Boxed(EntryFlag.SEALED, None, None, _NO_TAGS)
    try:
        content = open_sealed(row.entry.sealed, key, row.entry.header_bytes)
    except (CannotOpen, Malformed):
        return Boxed(EntryFlag.ALTERED, None, None, _NO_TAGS)
    if not content:
        return Boxed(EntryFlag(0), None, None, _NO_TAGS)
    person = person_of(content)
    shown = mask(person)
    return Boxed(
        EntryFlag(0),
        vault.box(content, header.id),
        vault.box(shown, header.id) if shown else None,
        vault.tags(person),
    )


def person_of(content: Mapping[str, object]) -> dict[str, str]:
    """Return the person's facts that are text; a kiosk may send anything."""
    person = content.get("person")
    if not isinstance(person, dict):
        return {}
    return {k: v for k, v in person.items() if isinstance(k, str) and isinstance(v, str)}
