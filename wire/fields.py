"""Reading facts out of a decoded map, with one plain sentence when they are not there."""

from __future__ import annotations

import uuid
from typing import Any, TypeVar

from wire.errors import Malformed

T = TypeVar("T")


def get(payload: Any, name: str, kind: type[T]) -> T:
    """Return ``payload[name]`` if it is a ``kind``; raises :class:`Malformed` otherwise."""
    if not isinstance(payload, dict):
        raise Malformed("The message is no map.")
    value = payload.get(name)
    if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
        raise Malformed(f"The message's “{name}” is missing or not what it should be.")
    return value


def get_or(payload: Any, name: str, kind: type[T], default: T) -> T:
    """Return ``payload[name]``, or ``default`` where it is absent or null."""
    if isinstance(payload, dict) and payload.get(name) is None:
        return default
    return get(payload, name, kind)


def get_uuid(payload: Any, name: str) -> uuid.UUID:
    """Return the 16 bytes at ``name`` as a UUID."""
    raw = get(payload, name, bytes)
    if len(raw) != 16:
        raise Malformed(f"The message's “{name}” is no UUID.")
    return uuid.UUID(bytes=raw)


LAST_MS = 253_402_300_800_000 - 86_400_000
"""The last day that dates can name (31 December 9999), in milliseconds since 1970."""


def get_time(payload: Any, name: str) -> int:
    """Return the milliseconds since 1970 at ``name``; a time that no date can name is refused."""
    value = get(payload, name, int)
    if not 0 <= value < LAST_MS:
        raise Malformed(f"The message's “{name}” is no time.")
    return value


def version_of(payload: Any, known: int) -> None:
    """Check the message's version; a newer one is refused with that sentence."""
    found = get(payload, "v", int)
    if found != known:
        raise Malformed(f"The message is of version {found}; this program knows {known}.")
