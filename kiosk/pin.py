"""The steward's PIN: kept as a slow hash, guessed at ever more slowly (pure).

Whoever stores a :class:`Lock` stores it after every try, before the answer is shown:
pulling the plug does not give the tries back. A forgotten PIN is cured by showing a fresh
enrolment code of the same place, which clears the lock.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass, replace

SHORTEST, LONGEST = 4, 8

FREE_TRIES = 3
"""Slips of the finger cost nothing."""

_WORK = {"n": 2**14, "r": 8, "p": 1, "maxmem": 64 * 1024 * 1024}
"""scrypt with 16 MiB: about 50 ms on a desktop, 300 ms on a Raspberry Pi 4."""


@dataclass(frozen=True, slots=True)
class Lock:
    """A PIN's hash, and how often it was guessed wrongly since it last fitted."""

    salt: bytes
    hash: bytes
    failures: int = 0

    def __repr__(self) -> str:
        return f"Lock({self.failures} failures)"


def is_pin(text: str) -> bool:
    """Whether a text can be a PIN: four to eight figures, not one figure alone."""
    figures = text.isascii() and text.isdigit()
    return figures and SHORTEST <= len(text) <= LONGEST and len(set(text)) > 1


def lock(pin: str) -> Lock:
    """Return a lock that this PIN opens; raises ValueError for what is no PIN."""
    if not is_pin(pin):
        raise ValueError(f"A PIN has {SHORTEST} to {LONGEST} figures, not all the same.")
    salt = secrets.token_bytes(16)
    return Lock(salt, _hash(pin, salt))


def wait_after(failures: int) -> int:
    """Return the seconds before the next try: none for slips, then 30 s doubling to an hour."""
    if failures < FREE_TRIES:
        return 0
    return int(min(3600, 30 * 2 ** min(failures - FREE_TRIES, 7)))


def attempt(known: Lock, pin: str) -> tuple[Lock, bool]:
    """Return the lock after a try, and whether it opened."""
    if hmac.compare_digest(_hash(pin, known.salt), known.hash):
        return replace(known, failures=0), True
    return replace(known, failures=known.failures + 1), False


def _hash(pin: str, salt: bytes) -> bytes:
    return hashlib.scrypt(pin.encode("utf-8", "replace"), salt=salt, dklen=32, **_WORK)
