"""Facts of carrying by hand: what was copied, what came back, and which answers are ours (pure).

An answer is known to be to our own question without anything being kept: a carried
request's id is an HMAC, under the kiosk's key, of the very entries that it holds.
"""

from __future__ import annotations

import hashlib
import hmac
import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

Tell = Callable[[int, int], None]
"""Hears how many entries are copied, and of how many."""


@dataclass(frozen=True, slots=True)
class Copied:
    """What was copied to a stick. ``left_out`` found no room; ``of_refused`` were quarantined."""

    bundle: uuid.UUID
    entries: int
    parts: int
    size: int
    left_out: int = 0
    of_refused: int = 0


@dataclass(slots=True)
class Accepted:
    """What came back on a stick. ``foreign`` counts objects that are not our hub's to us."""

    retired: int = 0
    refused: int = 0
    sent_again: int = 0
    settings: int = 0
    claim: str = ""
    foreign: int = 0
    stale: int = 0
    stranger: str = ""
    files: list[str] = field(default_factory=list)

    @property
    def anything(self) -> bool:
        """Whether there was a word of our hub to us."""
        return bool(self.retired or self.refused or self.settings or self.claim or self.files)


class Asked:
    """Names requests so that their answers are known again; see the module's docstring."""

    def __init__(self, key: bytes, copies: bytes) -> None:
        self._secret = hashlib.sha256(b"gate carried requests v1" + key).digest() + copies

    def entries(self, hashes: Iterable[bytes]) -> uuid.UUID:
        """Return the request's id for a batch of these entries."""
        return self._name(b"batch", hashes)

    def pulse(self) -> uuid.UUID:
        """Return the request's id of a carried pulse."""
        return self._name(b"pulse", ())

    def claim(self, token: bytes) -> uuid.UUID:
        """Return the request's id of a carried claim."""
        return self._name(b"claim", (hashlib.sha256(token).digest(),))

    def _name(self, kind: bytes, parts: Iterable[bytes]) -> uuid.UUID:
        made = hmac.new(self._secret, kind, "sha256")
        for part in parts:
            made.update(part)
        return uuid.UUID(bytes=made.digest()[:16], version=4)
