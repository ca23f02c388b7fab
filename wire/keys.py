"""Keys and their ids: Ed25519 to sign, X25519 to seal.

A key's id (``kid``) is the first 8 bytes of the SHA-256 of its raw public bytes; a
fingerprint, which people compare, is the first 10 bytes in groups of four hex digits.
Private keys travel nowhere; both sides keep them in files of mode 0600 (their business).
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field

from cryptography.exceptions import InvalidKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)
from cryptography.hazmat.primitives.asymmetric.x25519 import (
    X25519PrivateKey,
    X25519PublicKey,
)

from wire.errors import Malformed

KID_BYTES = 8


def kid_of(public: bytes) -> bytes:
    """Return the 8-byte id of a raw 32-byte public key."""
    return hashlib.sha256(public).digest()[:KID_BYTES]


def fingerprint(public: bytes) -> str:
    """Return what two people compare, e.g. ``1a2b 3c4d 5e6f 7081 92a3``."""
    digest = hashlib.sha256(public).digest()[:10].hex()
    return " ".join(digest[i : i + 4] for i in range(0, len(digest), 4))


def _check_length(raw: bytes) -> None:
    if len(raw) != 32:
        raise Malformed("A key has 32 bytes.")


@dataclass(frozen=True, slots=True)
class VerifyKey:
    """An Ed25519 public key."""

    raw: bytes

    def __post_init__(self) -> None:
        _check_length(self.raw)
        try:
            Ed25519PublicKey.from_public_bytes(self.raw)
        except (ValueError, InvalidKey) as error:
            raise Malformed("These bytes are no Ed25519 key.") from error

    @property
    def kid(self) -> bytes:
        """The key's id."""
        return kid_of(self.raw)


@dataclass(frozen=True, slots=True)
class SigningKey:
    """An Ed25519 private key; its representation shows only its id."""

    raw: bytes = field(repr=False)

    def __post_init__(self) -> None:
        _check_length(self.raw)

    @classmethod
    def new(cls) -> SigningKey:
        """Make a key from the system's randomness."""
        return cls(Ed25519PrivateKey.generate().private_bytes_raw())

    @property
    def public(self) -> VerifyKey:
        """The public half."""
        private = Ed25519PrivateKey.from_private_bytes(self.raw)
        return VerifyKey(private.public_key().public_bytes_raw())

    @property
    def kid(self) -> bytes:
        """The key's id."""
        return self.public.kid


@dataclass(frozen=True, slots=True)
class SealKey:
    """An X25519 public key: whoever holds it can seal, not open."""

    raw: bytes

    def __post_init__(self) -> None:
        _check_length(self.raw)

    @property
    def kid(self) -> bytes:
        """The key's id, which each sealed entry names."""
        return kid_of(self.raw)

    def load(self) -> X25519PublicKey:
        """Return the library's key object."""
        return X25519PublicKey.from_public_bytes(self.raw)


@dataclass(frozen=True, slots=True)
class OpenKey:
    """An X25519 private key: the tracing authority's."""

    raw: bytes = field(repr=False)
    _loaded: X25519PrivateKey = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        _check_length(self.raw)
        # Loading works out the public half: as dear as opening a seal, and a hub opens many.
        object.__setattr__(self, "_loaded", X25519PrivateKey.from_private_bytes(self.raw))

    @classmethod
    def new(cls) -> OpenKey:
        """Make a key from the system's randomness."""
        return cls(X25519PrivateKey.generate().private_bytes_raw())

    @property
    def public(self) -> SealKey:
        """The public half, which kiosks get."""
        return SealKey(self.load().public_key().public_bytes_raw())

    @property
    def kid(self) -> bytes:
        """The key's id."""
        return self.public.kid

    def load(self) -> X25519PrivateKey:
        """Return the library's key object."""
        return self._loaded
