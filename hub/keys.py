"""The hub's private keys: files of mode 0600 beside the database, never inside it.

Kinds, each numbered, the highest number in use and the older ones kept for what was made
with them: ``signing`` (Ed25519: receipts, settings, certificates), ``opening`` (X25519: what
kiosks seal to), ``data`` (AES-256: person fields at rest), ``tags`` (HMAC-SHA-256: finding
them again) and ``session`` (Django's). A file is one line of hex. Losing the folder means
losing every sealed entry: docs/security.md describes the escrow copy.
"""

from __future__ import annotations

import hashlib
import os
import re
import secrets
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from hub.errors import BadUsage
from hub.home import Home
from wire.keys import OpenKey, SigningKey

KINDS = ("signing", "opening", "data", "tags", "session")
SECRET_KID_BYTES = 4
_NAME = re.compile(r"(signing|opening|data|tags|session)-([0-9]{4})\.key")


def secret_kid(kind: str, secret: bytes) -> bytes:
    """Return the 4-byte id of a symmetric key, which stands before what was made with it."""
    return hashlib.sha256(kind.encode() + b"\0" + secret).digest()[:SECRET_KID_BYTES]


@dataclass(frozen=True, eq=False)
class KeyRing:
    """All private keys of a hub, by kind, oldest first; its representation shows none."""

    raw: dict[str, tuple[bytes, ...]] = field(repr=False)

    @cached_property
    def signing(self) -> SigningKey:
        """The key that signs from now on."""
        return SigningKey(self.raw["signing"][-1])

    @cached_property
    def signing_keys(self) -> tuple[SigningKey, ...]:
        """Every signing key, oldest first."""
        return tuple(SigningKey(raw) for raw in self.raw["signing"])

    @cached_property
    def sealing(self) -> OpenKey:
        """The key whose public half kiosks get from now on."""
        return OpenKey(self.raw["opening"][-1])

    @cached_property
    def opening(self) -> dict[bytes, OpenKey]:
        """Every key that opens, by its id."""
        keys = [OpenKey(raw) for raw in self.raw["opening"]]
        return {key.kid: key for key in keys}

    @cached_property
    def session(self) -> str:
        """Django's secret key."""
        return self.raw["session"][-1].hex()

    def secrets(self, kind: str) -> dict[bytes, bytes]:
        """Symmetric keys of ``kind`` by their ids, oldest first."""
        return {secret_kid(kind, raw): raw for raw in self.raw[kind]}

    @cached_property
    def ids(self) -> dict[str, list[str]]:
        """The ids (hex) of all keys that records depend on, by kind."""
        return {
            "signing": [SigningKey(raw).kid.hex() for raw in self.raw["signing"]],
            "opening": [kid.hex() for kid in self.opening],
            "data": [kid.hex() for kid in self.secrets("data")],
            "tags": [kid.hex() for kid in self.secrets("tags")],
        }


def load(home: Home) -> KeyRing:
    """Read the keys in ``home``, making the first ones where there are none."""
    found = read_folder(home.keys)
    if set(found) != set(KINDS):
        with home.locked():
            found = read_folder(home.keys)
            for kind in KINDS:
                if kind not in found:
                    add(home, kind)
            found = read_folder(home.keys)
    return KeyRing({kind: tuple(raw for _, raw in sorted(found[kind])) for kind in KINDS})


def stamp(home: Home) -> int:
    """Return a number that changes when a key is added or taken away."""
    try:
        return home.keys.stat().st_mtime_ns
    except FileNotFoundError:
        return 0


def add(home: Home, kind: str) -> None:
    """Make a new key of ``kind``, in use at once: a running hub sees the folder change."""
    home.keys.mkdir(mode=0o700, exist_ok=True)
    number = max([n for n, _ in read_folder(home.keys).get(kind, [])], default=0) + 1
    if kind == "signing":
        raw = SigningKey.new().raw
    elif kind == "opening":
        raw = OpenKey.new().raw
    else:
        raw = secrets.token_bytes(32)
    write_private(home.keys / f"{kind}-{number:04}.key", raw.hex() + "\n")


def remove(home: Home, kind: str, raw: bytes) -> None:
    """Take a key away for good."""
    with home.locked():
        for path in home.keys.glob(f"{kind}-*.key"):
            if path.read_text(encoding="ascii").strip() == raw.hex():
                path.unlink()


def read_folder(folder: Path) -> dict[str, list[tuple[int, bytes]]]:
    """Return the keys in a folder by kind, each with its number."""
    found: dict[str, list[tuple[int, bytes]]] = {}
    if not folder.is_dir():
        return found
    for path in folder.iterdir():
        match = _NAME.fullmatch(path.name)
        if match is None:
            continue
        try:
            if path.stat().st_mode & 0o077:
                raise BadUsage(f"The key {path} can be read by others; run chmod 600 on it.")
            raw = bytes.fromhex(path.read_text(encoding="ascii").strip())
        except OSError as error:
            raise BadUsage(f"The key {path} cannot be read: {error.strerror}.") from error
        except ValueError as error:
            raise BadUsage(
                f"The key {path} is damaged; put it back from the escrow copy."
            ) from error
        if len(raw) != 32:
            raise BadUsage(f"The key {path} is cut; put it back from the escrow copy.")
        found.setdefault(match[1], []).append((int(match[2]), raw))
    return found


def write_private(path: Path, text: str) -> None:
    """Write a file of mode 0600, whole or not at all, and durably."""
    draft = path.with_suffix(".new")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    draft.rename(path)
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
