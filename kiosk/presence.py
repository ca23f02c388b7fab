"""Who is inside, without knowing who: tags keyed by a secret that only memory holds.

A tag is an HMAC of what identifies a person (a document number, a QID …). The key lies in
a RAM-backed folder: a restart of the service keeps it, pulling the plug forgets it, and
with it every tag on the disk becomes noise.
"""

from __future__ import annotations

import hashlib
import hmac
import logging
import os
import secrets
from dataclasses import dataclass
from pathlib import Path

_log = logging.getLogger(__name__)

PAIRING_S = 18 * 3600
"""How long a passage pairs with the next one of the same person."""

TAG_BYTES = 12


@dataclass(frozen=True, slots=True)
class Passage:
    """A person's tags and which way they went, for the outbox to note with the entry.

    ``marks`` are tags of what only makes a person likely (:mod:`kiosk.codes.same`): the
    passage is found under them, but they link nobody to anybody.
    """

    tags: tuple[bytes, ...]
    direction: str
    boot_ms: int
    marks: tuple[bytes, ...] = ()


@dataclass(frozen=True, slots=True)
class TagKey:
    """The secret of the tags; ``fresh`` says that older tags mean nothing any more."""

    raw: bytes
    fresh: bool

    def __repr__(self) -> str:
        return f"TagKey(fresh={self.fresh})"

    def tags(self, keys: tuple[str, ...]) -> tuple[bytes, ...]:
        """Return one tag per identifying key."""
        return tuple(
            hmac.new(self.raw, key.encode(), hashlib.sha256).digest()[:TAG_BYTES] for key in keys
        )


def tag_key(folder: Path) -> TagKey:
    """Return the key kept in ``folder`` (see :func:`kiosk.files.memory_folder`)."""
    path = folder / "tags.key"
    try:
        raw = path.read_bytes()
        if len(raw) == 32:
            return TagKey(raw, fresh=False)
    except FileNotFoundError:
        pass
    except OSError as error:
        _log.warning("The key of the tags cannot be read: %s", error)
    raw = secrets.token_bytes(32)
    draft = path.with_suffix(".new")
    try:
        handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(raw)
        draft.replace(path)
    except OSError as error:
        # This process pairs with a key of its own; the next one begins anew.
        _log.warning("The key of the tags cannot be kept in %s: %s", folder, error)
    return TagKey(raw, fresh=True)
