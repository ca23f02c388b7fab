"""What lies in the outbox, as values."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import IntEnum
from typing import ClassVar

from wire import cbor
from wire.entry import Entry

Ranges = tuple[tuple[int, int], ...]
"""Inclusive ranges of seq, ascending."""


class State(IntEnum):
    """Where a row is on its way."""

    WAITING = 0
    ACKED = 1
    REFUSED = 2


@dataclass(frozen=True, slots=True)
class Row:
    """An entry as it lies in the outbox.

    ``seq`` is its number in this file: its place in the chain, or, for a row rescued from
    a damaged file, a number below 0 (its header keeps its own chain and seq).
    """

    seq: int
    entry: Entry


@dataclass(frozen=True, slots=True)
class Settled:
    """What a receipt says of the row ``seq``."""

    seq: int
    state: State
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Stock:
    """What lies in the outbox."""

    waiting: int
    acked: int
    refused: int
    oldest_waiting_ms: int | None
    last_receipt_ms: int | None
    head_seq: int
    head_hash: bytes


@dataclass(frozen=True, slots=True)
class Refusal:
    """A row that the hub does not take, and why."""

    seq: int
    reason: str


@dataclass(frozen=True, slots=True)
class Rescued:
    """A row read out of a damaged file, in the state it was in as far as that is sure."""

    chain: uuid.UUID
    seq: int
    entry: Entry
    state: State
    wall_ms: int
    receipt_ms: int | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Before:
    """The chain that a salvaged file held: its last known head, and what of it is lost.

    ``lost`` are inclusive ranges of seq that can be read nowhere any more.
    """

    chain: uuid.UUID
    seq: int
    hash: bytes
    lost: Ranges = ()

    @property
    def lost_count(self) -> int:
        """How many entries are lost."""
        return sum(last - first + 1 for first, last in self.lost)

    def to_bytes(self) -> bytes:
        """Pack for the outbox."""
        lost = [list(pair) for pair in self.lost]
        return cbor.dumps([self.chain.bytes, self.seq, self.hash, lost])

    @classmethod
    def from_bytes(cls, data: bytes | None) -> Before | None:
        """Unpack; raises :class:`~wire.errors.Malformed` or ``ValueError``."""
        if data is None:
            return None
        chain, seq, hash_, lost = cbor.loads(data)
        return cls(uuid.UUID(bytes=chain), seq, hash_, tuple((a, b) for a, b in lost))


@dataclass(frozen=True, slots=True)
class Older:
    """A chain of an earlier file whose rescued rows lie at ``base + seq``, below 0.

    ``purged``: up to where rows were dropped on purpose; ``lost``: ranges that were already
    told to be lost. What is damaged once more must not be counted twice.
    """

    ROOM: ClassVar[int] = 2**40
    """Numbers kept for each such chain."""

    chain: uuid.UUID
    base: int
    seq: int
    hash: bytes
    purged: int = 0
    lost: Ranges = ()

    @classmethod
    def slot(cls, number: int) -> int:
        """Return the base of slot ``number`` (below 2**21; drawn by lot, so none meets another)."""
        return -(2**62) + number * cls.ROOM

    def without(self, numbers: Iterable[int]) -> Older:
        """Return it once the rows at ``numbers`` were dropped on purpose."""
        seqs = [n - self.base for n in numbers if 0 < n - self.base < self.ROOM]
        return replace(self, purged=max([self.purged, *seqs]))

    @classmethod
    def all_from(cls, data: bytes | None) -> tuple[Older, ...]:
        """Unpack what :meth:`all_to` packed."""
        if data is None:
            return ()
        found = cbor.loads(data)
        if found and isinstance(found[0], bytes):  # before it was marked it was the list alone
            found = cbor.loads(marked(found[0]))
        return tuple(
            # What was kept before these were told apart ends after the hash.
            cls(uuid.UUID(bytes=c), base, seq, hash_, *(rest[:1]), *(_ranges(r) for r in rest[1:2]))
            for c, base, seq, hash_, *rest in found
        )

    @staticmethod
    def all_to(older: Sequence[Older]) -> bytes:
        """Pack for the outbox."""
        packed = [
            [one.chain.bytes, one.base, one.seq, one.hash, one.purged, list(map(list, one.lost))]
            for one in older
        ]
        return cbor.dumps([mark(cbor.dumps(packed))])


_MARK_BYTES = 8


def mark(fact: bytes) -> bytes:
    """Return a fact with the first bytes of its hash before it: a flipped bit is found."""
    return hashlib.sha256(fact).digest()[:_MARK_BYTES] + fact


def marked(data: bytes) -> bytes:
    """Return the fact that :func:`mark` marked; ``ValueError`` where a bit flipped."""
    fact = data[_MARK_BYTES:]
    if mark(fact) != data:
        raise ValueError("The fact is not what was written.")
    return fact


def _ranges(pairs: Sequence[Sequence[int]]) -> Ranges:
    return tuple((first, last) for first, last in pairs)
