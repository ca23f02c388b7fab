"""Ids: UUIDs of version 7 (RFC 9562), born with the scan and sorted by its time."""

from __future__ import annotations

import secrets
import uuid


def uuid7(wall_ms: int) -> uuid.UUID:
    """Return a version 7 UUID for ``wall_ms`` (milliseconds since 1970, UTC).

    74 random bits follow the time, so two kiosks (or a clock that jumps) never meet.
    """
    value = (wall_ms & (2**48 - 1)) << 80 | secrets.randbits(80)
    value = value & ~(0xF << 76) | 7 << 76
    value = value & ~(0x3 << 62) | 2 << 62
    return uuid.UUID(int=value)
