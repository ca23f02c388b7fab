"""An entry: a clear header, a sealed part, and its place in the chain.

The header is a CBOR map with integer keys (each entry lies on an SD card: bytes count);
the same bytes are stored, hashed, bound to the seal, sent and forwarded. Unknown keys are
kept and ignored, so a newer kiosk can speak to an older hub. ``docs/protocol.md`` lists
the keys; the sealed part's fields are in :data:`CONTENT`.
"""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field, fields
from typing import Any

from wire import cbor
from wire.errors import Malformed

GENESIS = bytes(32)
"""The hash "before" the first entry of a first chain."""

TYPES = frozenset({"passage", "refused", "hand", "paper", "unscanned", "correction", "chain-start"})
DIRECTIONS = frozenset({"in", "out"})
BASES = frozenset({"fixed", "guard", "auto", "assumed"})
CLOCK_STATES = frozenset({"trusted", "asserted", "untrusted"})

CONTENT = {
    "person": "name, birth, sex, number, qid, bhyt, phone, address; absent when unknown",
    "declaration": "answers of a health declaration, as the form names them",
    "reference": "the opaque id that the code carried (declaration, pass)",
    "guard": "who stood at the gate, when guards sign in",
    "note": "free text of the guard",
}
"""The sealed part: a CBOR map with these text keys, each optional."""


def _key(number: int, **more: Any) -> Any:
    return field(metadata={"key": number}, **more)


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """The clear part. Times are integer milliseconds; ``wall_ms`` since 1970 in UTC.

    ``boot_ms`` counts from boot, suspend included (CLOCK_BOOTTIME), within ``boot_id``.
    ``error_ms`` states the wall time's uncertainty where a person gave it (paper).
    """

    id: uuid.UUID = _key(1)
    kiosk: uuid.UUID = _key(2)
    place: str = _key(3)
    gate: str = _key(4, default="")
    chain: uuid.UUID = _key(5)
    seq: int = _key(6)
    prev: bytes = _key(7)
    type: str = _key(8)
    wall_ms: int = _key(9)
    boot_ms: int = _key(10)
    boot_id: uuid.UUID = _key(11)
    clock: str = _key(12)
    seal_kid: bytes = _key(13)
    direction: str | None = _key(14, default=None)
    basis: str | None = _key(15, default=None)
    kind: str = _key(16, default="")
    trust: str = _key(17, default="")
    trip: str | None = _key(18, default=None)
    purpose: str | None = _key(19, default=None)
    corrects: uuid.UUID | None = _key(20, default=None)
    count: int | None = _key(21, default=None)
    error_ms: int | None = _key(22, default=None)
    after_chain: uuid.UUID | None = _key(23, default=None)
    after_seq: int | None = _key(24, default=None)
    lost_seqs: list[list[int]] | None = _key(25, default=None)
    reason: str | None = _key(26, default=None)

    def to_bytes(self) -> bytes:
        """Encode; absent facts (None, empty text) take no room."""
        packed: dict[int, Any] = {}
        for name, number in _NUMBERS.items():
            value = getattr(self, name)
            if value is None or value == "":
                continue
            packed[number] = value.bytes if isinstance(value, uuid.UUID) else value
        return cbor.dumps(packed)

    @classmethod
    def from_bytes(cls, data: bytes) -> Header:
        """Decode and check; raises :class:`~wire.errors.Malformed` naming the field."""
        packed = cbor.loads(data)
        if not isinstance(packed, dict):
            raise Malformed("An entry's header is a map.")
        facts: dict[str, Any] = {}
        for number, value in packed.items():
            known = _READERS.get(number)
            if known is not None:
                facts[known[0]] = known[1](known[0], value)
        if not facts.keys() >= _REQUIRED:
            lacking = next(name for name in _NUMBERS if name in _REQUIRED - facts.keys())
            raise Malformed(f"An entry's header lacks “{lacking}”.")
        header = cls(**facts)
        header._check()
        return header

    def _check(self) -> None:
        for name, allowed in _ALLOWED.items():
            if getattr(self, name) not in allowed:
                raise Malformed(f"An entry's “{name}” is none that we know.")
        if self.seq < 1:
            raise Malformed("An entry's “seq” counts from 1.")
        if len(self.prev) != 32 or len(self.seal_kid) != 8:
            raise Malformed("An entry's hash has 32 bytes, its seal key id 8.")
        if not -(2**53) < self.wall_ms < 2**53 or not 0 <= self.boot_ms < 2**53:
            raise Malformed("An entry's clocks are out of range.")
        if self.type in ("passage", "hand", "paper", "refused") and self.direction is None:
            raise Malformed(f"A {self.type} entry says its direction.")


@dataclass(frozen=True, slots=True)
class Entry:
    """A header's bytes and the sealed bytes, exactly as stored and sent."""

    header_bytes: bytes
    sealed: bytes

    @property
    def header(self) -> Header:
        """The decoded header; raises :class:`~wire.errors.Malformed`."""
        return Header.from_bytes(self.header_bytes)

    @property
    def hash(self) -> bytes:
        """``SHA-256(header bytes ‖ sealed bytes)``, which the next entry names."""
        return hashlib.sha256(self.header_bytes + self.sealed).digest()


@dataclass(frozen=True, slots=True)
class Link:
    """Where the next entry of a chain goes: what the outbox tells whoever builds it."""

    chain: uuid.UUID
    seq: int
    prev: bytes


_UUIDS = frozenset({"id", "kiosk", "chain", "boot_id", "corrects", "after_chain"})
_INTEGERS = frozenset({"seq", "wall_ms", "boot_ms", "count", "error_ms", "after_seq"})
_BYTES = frozenset({"prev", "seal_kid"})
_NUMBERS = {f.name: f.metadata["key"] for f in fields(Header)}
_REQUIRED = frozenset(list(_NUMBERS)[:13]) - {"gate"}
_ALLOWED: dict[str, frozenset[str | None]] = {
    "type": frozenset(TYPES),
    "direction": frozenset(DIRECTIONS | {None}),
    "basis": frozenset(BASES | {None}),
    "clock": frozenset(CLOCK_STATES),
}
_MAX_TEXT = 200


def _uuid(name: str, value: Any) -> uuid.UUID:
    if isinstance(value, bytes) and len(value) == 16:
        return uuid.UUID(bytes=value)
    raise _wrong(name)


def _integer(name: str, value: Any) -> int:
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    raise _wrong(name)


def _bytes(name: str, value: Any) -> bytes:
    if isinstance(value, bytes):
        return value
    raise _wrong(name)


def _text(name: str, value: Any) -> str:
    if isinstance(value, str) and len(value) <= _MAX_TEXT:
        return value
    raise _wrong(name)


def _ranges(name: str, value: Any) -> list[list[int]]:
    if isinstance(value, list) and all(_is_range(item) for item in value):
        return value
    raise _wrong(name)


def _wrong(name: str) -> Malformed:
    return Malformed(f"An entry's “{name}” is not what it should be.")


def _is_range(item: Any) -> bool:
    return isinstance(item, list) and len(item) == 2 and all(type(n) is int for n in item)


def _reader(name: str) -> Callable[[str, Any], Any]:
    if name == "lost_seqs":
        return _ranges
    if name in _UUIDS:
        return _uuid
    if name in _INTEGERS:
        return _integer
    return _bytes if name in _BYTES else _text


_READERS: dict[Any, tuple[str, Callable[[str, Any], Any]]] = {
    number: (name, _reader(name)) for name, number in _NUMBERS.items()
}
"""By the number in the header: the field's name, and what reads it."""
