"""The copy of the keys that is locked away: one file, useless without its passphrase.

scrypt (RFC 7914) makes the key of the passphrase, ChaCha20-Poly1305 encrypts; the file is
one line of base64. Whoever restores a database needs it too: the database holds no key.
"""

from __future__ import annotations

import base64
import os
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from hub.errors import BadUsage, NotAllowed
from hub.home import Home
from hub.keys import KINDS, read_folder, write_private
from wire import cbor
from wire.errors import Malformed

SHORTEST = 16
"""Letters of a passphrase: the file may lie for years where nobody counts attempts."""

_COST = {"n": 2**17, "r": 8, "p": 1}  # 128 MiB and half a second on a small computer
_BOUND = b"hub-escrow-1"


def export(home: Home, target: Path, passphrase: str) -> int:
    """Write the escrow copy, mode 0600; returns how many keys it holds."""
    if len(passphrase) < SHORTEST:
        raise NotAllowed(f"The passphrase needs at least {SHORTEST} letters: several plain words.")
    found = read_folder(home.keys)
    names = {f"{kind}-{number:04}": raw for kind in found for number, raw in found[kind]}
    salt, nonce = os.urandom(16), os.urandom(12)
    box = _cipher(passphrase, salt, _COST).encrypt(nonce, cbor.dumps(names), _BOUND)
    packed = cbor.dumps({"v": 1, "salt": salt, "nonce": nonce, "box": box, **_COST})
    if target.exists():
        raise BadUsage(f"{target} exists already; name another file.")
    try:
        write_private(target, base64.b64encode(packed).decode("ascii") + "\n")
    except OSError as error:
        raise BadUsage(f"{target} cannot be written: {error.strerror}.") from error
    return len(names)


def opened(source: Path, passphrase: str) -> dict[str, bytes]:
    """Return the keys in an escrow copy by their files' names."""
    try:
        packed = cbor.loads(base64.b64decode(source.read_bytes(), validate=False))
        cost = {name: _small(packed[name]) for name in _COST}
        cipher = _cipher(passphrase, packed["salt"], cost)
        names = cbor.loads(cipher.decrypt(packed["nonce"], packed["box"], _BOUND))
    except OSError as error:
        raise BadUsage(f"{source} cannot be read: {error.strerror}.") from error
    except InvalidTag as error:
        raise BadUsage("The passphrase is wrong, or the escrow copy is damaged.") from error
    except (Malformed, ValueError, KeyError, TypeError) as error:
        raise BadUsage(f"{source} is no escrow copy.") from error
    kinds = {name.partition("-")[0] for name in names}
    if not kinds <= set(KINDS) or not all(len(raw) == 32 for raw in names.values()):
        raise BadUsage(f"{source} holds no keys of a hub.")
    return dict(names)


def restore(home: Home, names: dict[str, bytes], *, known: set[str], present: set[str]) -> int:
    """Put the keys of an escrow copy into the folder; returns how many.

    ``known`` are the ids that the database depends on, ``present`` those in the folder: keys
    that something depends on are never replaced; those a start has just made up are. Where the
    folder is the database's own, only seal keys that it lacks come in, as old ones.
    """
    if known & present:
        missing = _missing(home, names)
        if not missing:
            raise NotAllowed("The keys of this database are here already; nothing was changed.")
        names = missing
    with home.locked():
        home.keys.mkdir(mode=0o700, exist_ok=True)
        if known & present:
            names = _below(home, list(names.values()))
        else:
            for path in home.keys.glob("*.key"):
                path.unlink()
        for name, raw in sorted(names.items()):
            write_private(home.keys / f"{name}.key", raw.hex() + "\n")
    return len(names)


def _missing(home: Home, names: dict[str, bytes]) -> dict[str, bytes]:
    """Return the copy's seal keys that the folder lacks."""
    here = {raw for _, raw in read_folder(home.keys).get("opening", [])}
    return {
        name: raw for name, raw in names.items() if name.startswith("opening-") and raw not in here
    }


def _below(home: Home, old: list[bytes]) -> dict[str, bytes]:
    """Name old seal keys so that the one in use stays the newest, moved up where need be."""
    taken = {number for number, _ in read_folder(home.keys)["opening"]}
    newest = max(taken)
    free = [number for number in range(newest) if number not in taken]
    if len(free) < len(old):
        above = newest + len(old)
        (home.keys / f"opening-{newest:04}.key").rename(home.keys / f"opening-{above:04}.key")
        free += range(newest, above)
    return {f"opening-{number:04}": raw for number, raw in zip(free[-len(old) :], old, strict=True)}


def _cipher(passphrase: str, salt: bytes, cost: dict[str, int]) -> ChaCha20Poly1305:
    key = Scrypt(salt=salt, length=32, **cost).derive(passphrase.encode())
    return ChaCha20Poly1305(key)


def _small(value: Any) -> int:
    # A forged file must not ask for a machine's whole memory.
    if type(value) is not int or not 1 <= value <= 2**20:
        raise ValueError(value)
    return value
