"""What travels by stick: a CBOR sequence (RFC 8742) of the same signed objects as the network's.

A **part** is a file of one ``bundle`` object and what the kiosk would have posted (claim,
pulse, batches); the **manifest**, written last, says which parts belong together. A
**return** is a file of the hub's answers. A **courier** token lets a stick be written to by
being plugged in. Nothing here does I/O; a stick's content is a stranger's until verified.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from wire.batch import MAX_BYTES, Clocks
from wire.errors import Malformed
from wire.fields import get, get_or, get_time, get_uuid, version_of

VERSION = 1
FOLDER = "gate"
"""The folder on a stick in which everything of ours lies; lower case, as FAT may show it."""

COURIER_FILE = "courier.cose"
BATCHES_A_PART = 32
MAX_PART = BATCHES_A_PART * MAX_BYTES + 1024 * 1024
"""Bytes of a part: 32 batches, and what stands before them (FAT32 would take 4 GiB)."""

MAX_RETURN = 32 * 1024 * 1024
"""Bytes of a file of answers: an answer to 200 entries has 9 KB, and some tell of many gaps."""

MAX_SMALL = 1024 * 1024
"""Bytes of a manifest or a token."""

MAX_PARTS = 10_000
"""Parts of one bundle: two million batches are more than any gate's life."""


def part_name(kiosk: uuid.UUID, bundle: uuid.UUID, number: int) -> str:
    """Return a part's file name, which FAT takes as it is."""
    return f"{_stem(kiosk, bundle)}-{number:05}.part"


def manifest_name(kiosk: uuid.UUID, bundle: uuid.UUID) -> str:
    """Return a manifest's file name."""
    return f"{_stem(kiosk, bundle)}.list"


def return_name(kiosk: uuid.UUID, number: int) -> str:
    """Return the name of a file of answers to ``kiosk``."""
    return f"{kiosk.hex[-12:]}-{number:05}.back"


def parts_of(kiosk: uuid.UUID) -> re.Pattern[str]:
    """Return what the names of a kiosk's parts, manifests and drafts look like."""
    return re.compile(rf"{kiosk.hex[-12:]}-[0-9a-f]{{12}}(-[0-9]{{5}}\.part|\.list)(\.new)?")


def returns_of(kiosk: uuid.UUID) -> re.Pattern[str]:
    """Return what the names of files of answers to ``kiosk`` look like."""
    return re.compile(rf"{kiosk.hex[-12:]}-[0-9]{{5}}\.back")


PART = re.compile(r"[0-9a-f]{12}-[0-9a-f]{12}-[0-9]{5}\.part")
LIST = re.compile(r"[0-9a-f]{12}-[0-9a-f]{12}\.list")


def _stem(kiosk: uuid.UUID, bundle: uuid.UUID) -> str:
    # The last figures of an id of version 7 are the random ones.
    return f"{kiosk.hex[-12:]}-{bundle.hex[-12:]}"


@dataclass(frozen=True, slots=True)
class Span:
    """Entries of one chain in a bundle: the first and last ``seq``, and how many."""

    chain: uuid.UUID
    first: int
    last: int
    count: int

    def pack(self) -> list[Any]:
        """Return plain types."""
        return [self.chain.bytes, self.first, self.last, self.count]


@dataclass(frozen=True, slots=True)
class Bundle:
    """Kind ``bundle``: what stands first in a part, signed by the kiosk.

    ``key`` is the kiosk's, ``certificate`` the hub's word for it (empty before the claim was
    answered). ``heard_ms`` is the newest time that a hub's signature told this kiosk, 0 for
    none: the part was written after it. ``chains`` are the entries in this part.
    """

    kiosk: uuid.UUID
    bundle: uuid.UUID
    part: int
    key: bytes
    certificate: bytes
    clocks: Clocks
    heard_ms: int
    chains: tuple[Span, ...]

    def pack(self) -> dict[str, Any]:
        """Return the payload."""
        return {
            "v": VERSION,
            "kiosk": self.kiosk.bytes,
            "bundle": self.bundle.bytes,
            "part": self.part,
            "key": self.key,
            "certificate": self.certificate,
            "clocks": self.clocks.pack(),
            "heard": self.heard_ms,
            "chains": [span.pack() for span in self.chains],
        }

    @classmethod
    def unpack(cls, payload: Any) -> Bundle:
        """Read a payload."""
        version_of(payload, VERSION)
        part = get(payload, "part", int)
        if not 1 <= part <= MAX_PARTS:
            raise Malformed("The part of the bundle has no number that can be.")
        return cls(
            get_uuid(payload, "kiosk"),
            get_uuid(payload, "bundle"),
            part,
            get(payload, "key", bytes),
            get_or(payload, "certificate", bytes, b""),
            Clocks.unpack(payload.get("clocks")),
            get_time(payload, "heard"),
            _spans(payload),
        )


@dataclass(frozen=True, slots=True)
class Part:
    """A part as its manifest knows it."""

    name: str
    size: int
    sha256: bytes
    entries: int

    def pack(self) -> list[Any]:
        """Return plain types."""
        return [self.name, self.size, self.sha256, self.entries]


@dataclass(frozen=True, slots=True)
class Manifest:
    """Kind ``manifest``: the parts that belong together; signed by the kiosk, written last.

    ``left_out`` counts entries that wait at the kiosk and found no room on the stick.
    """

    kiosk: uuid.UUID
    bundle: uuid.UUID
    parts: tuple[Part, ...]
    chains: tuple[Span, ...]
    left_out: int
    clocks: Clocks

    def pack(self) -> dict[str, Any]:
        """Return the payload."""
        return {
            "v": VERSION,
            "kiosk": self.kiosk.bytes,
            "bundle": self.bundle.bytes,
            "parts": [part.pack() for part in self.parts],
            "chains": [span.pack() for span in self.chains],
            "left_out": self.left_out,
            "clocks": self.clocks.pack(),
        }

    @classmethod
    def unpack(cls, payload: Any) -> Manifest:
        """Read a payload."""
        version_of(payload, VERSION)
        parts = []
        for row in get(payload, "parts", list):
            fits = isinstance(row, list) and len(row) == 4
            if not fits or not PART.fullmatch(str(row[0])) or not isinstance(row[2], bytes):
                raise Malformed("The manifest names a part that is none.")
            if not all(type(n) is int and n >= 0 for n in (row[1], row[3])):
                raise Malformed("The manifest names a part that is none.")
            parts.append(Part(row[0], row[1], row[2], row[3]))
        if len(parts) > MAX_PARTS:
            raise Malformed("The manifest names more parts than there can be.")
        return cls(
            get_uuid(payload, "kiosk"),
            get_uuid(payload, "bundle"),
            tuple(parts),
            _spans(payload),
            get(payload, "left_out", int),
            Clocks.unpack(payload.get("clocks")),
        )


@dataclass(frozen=True, slots=True)
class Courier:
    """Kind ``courier``, signed by the hub: a stick that may be written to without a PIN.

    ``kiosks`` and ``places`` say where; both empty: everywhere. ``issued_ms`` is the hub's
    time, which a kiosk without network is told by it.
    """

    id: uuid.UUID
    name: str
    issued_ms: int
    expires_ms: int
    kiosks: tuple[uuid.UUID, ...] = ()
    places: tuple[str, ...] = ()

    def pack(self) -> dict[str, Any]:
        """Return the payload."""
        return {
            "v": VERSION,
            "id": self.id.bytes,
            "name": self.name,
            "issued": self.issued_ms,
            "expires": self.expires_ms,
            "kiosks": [kiosk.bytes for kiosk in self.kiosks],
            "places": list(self.places),
        }

    @classmethod
    def unpack(cls, payload: Any) -> Courier:
        """Read a payload."""
        version_of(payload, VERSION)
        kiosks, places = get(payload, "kiosks", list), get(payload, "places", list)
        if not all(isinstance(raw, bytes) and len(raw) == 16 for raw in kiosks):
            raise Malformed("The courier's kiosks are no ids.")
        return cls(
            get_uuid(payload, "id"),
            get(payload, "name", str)[:80],
            get_time(payload, "issued"),
            get_time(payload, "expires"),
            tuple(uuid.UUID(bytes=raw) for raw in kiosks),
            tuple(str(place) for place in places),
        )

    def covers(self, kiosk: uuid.UUID, place: str) -> bool:
        """Whether the token speaks for this kiosk of this place."""
        return not (self.kiosks or self.places) or kiosk in self.kiosks or place in self.places


def spans(numbers: Sequence[tuple[uuid.UUID, int]]) -> tuple[Span, ...]:
    """Return the spans of entries given by their chain and ``seq``."""
    found: dict[uuid.UUID, list[int]] = {}
    for chain, seq in numbers:
        found.setdefault(chain, []).append(seq)
    return tuple(Span(c, min(s), max(s), len(s)) for c, s in found.items())


def joined(several: Sequence[Span]) -> tuple[Span, ...]:
    """Return the spans of a bundle from those of its parts."""
    whole: dict[uuid.UUID, Span] = {}
    for one in several:
        before = whole.get(one.chain, one)
        whole[one.chain] = Span(
            one.chain,
            min(before.first, one.first),
            max(before.last, one.last),
            one.count + (before.count if one.chain in whole else 0),
        )
    return tuple(whole.values())


def _spans(payload: Any) -> tuple[Span, ...]:
    found = []
    for row in get(payload, "chains", list):
        if not isinstance(row, list) or len(row) != 4:
            raise Malformed("A chain of the bundle is not what it should be.")
        if not all(type(number) is int and number >= 0 for number in row[1:]):
            raise Malformed("A chain of the bundle is not what it should be.")
        found.append(Span(get_uuid({"chain": row[0]}, "chain"), *row[1:]))
    return tuple(found)
