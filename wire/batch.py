"""Batch and receipt, pulse and answer: the conversation between a kiosk and a hub.

Each is the payload of a signed object of the kind named in its docstring. The same bytes
go over HTTPS and on a stick. Sizes: a batch holds at most :data:`MAX_ENTRIES` entries and
:data:`MAX_BYTES` bytes once signed.
"""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from wire.entry import Entry
from wire.errors import Malformed
from wire.fields import get, get_or, get_time, get_uuid, version_of
from wire.hanging import Hanging

VERSION = 1
MAX_ENTRIES = 200
MAX_BYTES = 256 * 1024
MAX_RANGES = 1_000
MAX_HELD = 200
MAX_SEQ = 2**53
MAX_REASON = 200

STORED = "stored"  # committed and synced by this very request
KNOWN = "known"  # the ledger has had this id; the hub holds the same bytes
REFUSED = "refused"  # not taken, with a reason; the kiosk keeps the row
EXPIRED = "expired"  # older than the hub may hold; the kiosk may drop it
DISCARD = "discard"  # the authority does not want it (erased, of a closed place)
STATUSES = frozenset({STORED, KNOWN, REFUSED, EXPIRED, DISCARD})


@dataclass(frozen=True, slots=True)
class Clocks:
    """A sender's clocks at the moment of sending; the hub corrects whole boots by them."""

    wall_ms: int
    boot_ms: int
    boot_id: uuid.UUID
    state: str

    def pack(self) -> dict[str, Any]:
        """Return plain types."""
        return {
            "wall": self.wall_ms,
            "boot": self.boot_ms,
            "boot_id": self.boot_id.bytes,
            "state": self.state,
        }

    @classmethod
    def unpack(cls, packed: Any) -> Clocks:
        """Read plain types."""
        return cls(
            get(packed, "wall", int),
            get(packed, "boot", int),
            get_uuid(packed, "boot_id"),
            get(packed, "state", str),
        )


@dataclass(frozen=True, slots=True)
class Batch:
    """Kind ``batch``: entries of one kiosk, oldest first.

    ``request`` is new for each attempt, so that an old receipt answers nothing.
    """

    kiosk: uuid.UUID
    request: uuid.UUID
    entries: tuple[Entry, ...]
    clocks: Clocks

    def pack(self) -> dict[str, Any]:
        """Return the payload."""
        return {
            "v": VERSION,
            "kiosk": self.kiosk.bytes,
            "request": self.request.bytes,
            "clocks": self.clocks.pack(),
            "entries": [[entry.header_bytes, entry.sealed] for entry in self.entries],
        }

    @classmethod
    def unpack(cls, payload: Any) -> Batch:
        """Read a payload; entries stay undecoded, so that one bad row stops nothing."""
        version_of(payload, VERSION)
        rows = get(payload, "entries", list)
        if len(rows) > MAX_ENTRIES:
            raise Malformed(f"A batch holds at most {MAX_ENTRIES} entries.")
        entries = []
        for row in rows:
            if (
                not isinstance(row, list)
                or len(row) != 2
                or not all(isinstance(part, bytes) for part in row)
            ):
                raise Malformed("An entry of the batch is not a pair of byte strings.")
            entries.append(Entry(row[0], row[1]))
        return cls(
            get_uuid(payload, "kiosk"),
            get_uuid(payload, "request"),
            tuple(entries),
            Clocks.unpack(payload.get("clocks")),
        )


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of one entry, by its position's hash (an unreadable row has no id)."""

    hash: bytes
    status: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Held:
    """What the hub holds of one chain: inclusive ranges of ``seq``, ascending.

    At most 1,000 ranges; ``complete_to`` is the highest seq up to which the ranges tell
    everything (rows above it are not judged). A pulse's answer has one for each chain
    that the pulse names, without ranges where the hub knows nothing of it, complete to
    the seq that the pulse named; a receipt has one for each chain of the batch.
    """

    chain: uuid.UUID
    ranges: tuple[tuple[int, int], ...]
    complete_to: int

    def holds(self, seq: int) -> bool:
        """Whether the hub holds ``seq``."""
        return any(first <= seq <= last for first, last in self.ranges)

    def gaps(self) -> list[tuple[int, int]]:
        """Return the inclusive ranges up to ``complete_to`` that the hub does not hold."""
        found, following = [], 1
        for first, last in self.ranges:
            if first > following:
                found.append((following, min(first - 1, self.complete_to)))
            following = max(following, last + 1)
        if following <= self.complete_to:
            found.append((following, self.complete_to))
        return [gap for gap in found if gap[0] <= gap[1]]

    def pack(self) -> dict[str, Any]:
        """Return plain types."""
        return {
            "chain": self.chain.bytes,
            "ranges": [list(pair) for pair in self.ranges],
            "complete_to": self.complete_to,
        }

    @classmethod
    def unpack(cls, packed: Any) -> Held:
        """Read plain types."""
        ranges: list[tuple[int, int]] = []
        pairs = get(packed, "ranges", list)
        if len(pairs) > MAX_RANGES:
            raise Malformed("The receipt tells more ranges than one may.")
        for pair in pairs:
            if not isinstance(pair, list) or len(pair) != 2:
                raise Malformed("A range of the receipt is not a pair.")
            first, last = pair
            if type(first) is not int or type(last) is not int or not 1 <= first <= last < MAX_SEQ:
                raise Malformed("A range of the receipt is no range.")
            if ranges and first <= ranges[-1][1]:
                raise Malformed("The ranges of the receipt are not in their order.")
            ranges.append((first, last))
        complete_to = get(packed, "complete_to", int)
        if not 0 <= complete_to < MAX_SEQ:
            raise Malformed("The receipt is complete to no entry that can be.")
        return cls(get_uuid(packed, "chain"), tuple(ranges), complete_to)


@dataclass(frozen=True, slots=True)
class Receipt:
    """Kind ``receipt``: the only thing that retires a row.

    It names the kiosk, the request and the SHA-256 of the very bytes it answers.
    ``now_ms`` is the hub's time (UTC) at its commit.
    """

    kiosk: uuid.UUID
    request: uuid.UUID
    batch_hash: bytes
    answers: tuple[Answer, ...]
    held: tuple[Held, ...]
    now_ms: int

    def pack(self) -> dict[str, Any]:
        """Return the payload."""
        return {
            "v": VERSION,
            "kiosk": self.kiosk.bytes,
            "request": self.request.bytes,
            "batch": self.batch_hash,
            "answers": [[a.hash, a.status, a.reason] for a in self.answers],
            "held": [h.pack() for h in self.held],
            "now": self.now_ms,
        }

    @classmethod
    def unpack(cls, payload: Any) -> Receipt:
        """Read a payload."""
        version_of(payload, VERSION)
        answers = []
        for row in get(payload, "answers", list):
            if not isinstance(row, list) or len(row) != 3:
                raise Malformed("An answer of the receipt is no triple.")
            hash_, status, reason = row
            if not isinstance(hash_, bytes) or status not in STATUSES or type(reason) is not str:
                raise Malformed("An answer of the receipt is not what it should be.")
            answers.append(Answer(hash_, status, reason[:MAX_REASON]))
        return cls(
            get_uuid(payload, "kiosk"),
            get_uuid(payload, "request"),
            get(payload, "batch", bytes),
            tuple(answers),
            _held(payload),
            get_time(payload, "now"),
        )


@dataclass(frozen=True, slots=True)
class Pulse:
    """Kind ``pulse``: a sign of life without personal data.

    ``tally`` counts (today and since start), ``health`` facts such as version, camera,
    disk days and waiting rows; ``chains`` the last ``seq`` and hash of each chain here;
    ``settings`` the version of the settings in force; ``received`` the last entry of each
    chain that the sender has a receipt for, by which the hub tells copies of one card apart.
    """

    kiosk: uuid.UUID
    request: uuid.UUID
    clocks: Clocks
    tally: Mapping[str, int]
    health: Mapping[str, Any]
    chains: tuple[tuple[uuid.UUID, int, bytes], ...]
    settings: int = 0
    received: tuple[tuple[uuid.UUID, int, bytes], ...] = ()

    def pack(self) -> dict[str, Any]:
        """Return the payload."""
        return {
            "v": VERSION,
            "kiosk": self.kiosk.bytes,
            "request": self.request.bytes,
            "clocks": self.clocks.pack(),
            "tally": dict(self.tally),
            "health": dict(self.health),
            "chains": [[chain.bytes, seq, hash_] for chain, seq, hash_ in self.chains],
            "settings": self.settings,
        } | (
            {"received": [[chain.bytes, seq, hash_] for chain, seq, hash_ in self.received]}
            if self.received
            else {}
        )

    @classmethod
    def unpack(cls, payload: Any) -> Pulse:
        """Read a payload."""
        version_of(payload, VERSION)
        return cls(
            get_uuid(payload, "kiosk"),
            get_uuid(payload, "request"),
            Clocks.unpack(payload.get("clocks")),
            get(payload, "tally", dict),
            get(payload, "health", dict),
            _heads(get(payload, "chains", list)),
            get_or(payload, "settings", int, 0),
            _heads(get_or(payload, "received", list, [])),
        )


@dataclass(frozen=True, slots=True)
class PulseAnswer:
    """Kind ``pulse-answer``: the hub's time, what it holds, newer settings if any.

    ``settings`` is a signed object of kind ``settings`` (its own signature, so that it can
    travel on a stick too), or None. ``boards`` says which boards of the kiosk's place hold.
    """

    kiosk: uuid.UUID
    request: uuid.UUID
    held: tuple[Held, ...]
    now_ms: int
    settings: bytes | None = None
    boards: Hanging | None = None

    def pack(self) -> dict[str, Any]:
        """Return the payload."""
        packed = {
            "v": VERSION,
            "kiosk": self.kiosk.bytes,
            "request": self.request.bytes,
            "held": [h.pack() for h in self.held],
            "now": self.now_ms,
            "settings": self.settings,
        }
        return packed if self.boards is None else packed | {"boards": self.boards.pack()}

    @classmethod
    def unpack(cls, payload: Any) -> PulseAnswer:
        """Read a payload."""
        version_of(payload, VERSION)
        return cls(
            get_uuid(payload, "kiosk"),
            get_uuid(payload, "request"),
            _held(payload),
            get_time(payload, "now"),
            get_or(payload, "settings", bytes, b"") or None,
            Hanging.unpack(payload["boards"]) if payload.get("boards") is not None else None,
        )


@dataclass(frozen=True, slots=True)
class Refusal:
    """Kind ``refusal``: the hub's signed "no" to a whole request.

    ``reason``: ``unknown-kiosk``, ``revoked``, ``used-token``, ``unknown-token``,
    ``expired-token``, ``malformed``, ``too-large``. Unsigned refusals (an HTTP status)
    change nothing. ``request`` is the refused object's request id, or zeros when it could
    not be read; ``subject`` the SHA-256 of the refused bytes.
    """

    request: uuid.UUID
    subject: bytes
    reason: str
    now_ms: int

    def pack(self) -> dict[str, Any]:
        """Return the payload."""
        return {
            "v": VERSION,
            "request": self.request.bytes,
            "subject": self.subject,
            "reason": self.reason,
            "now": self.now_ms,
        }

    @classmethod
    def unpack(cls, payload: Any) -> Refusal:
        """Read a payload."""
        version_of(payload, VERSION)
        return cls(
            get_uuid(payload, "request"),
            get(payload, "subject", bytes),
            get(payload, "reason", str)[:MAX_REASON],
            get_time(payload, "now"),
        )


@dataclass(frozen=True, slots=True)
class Settings:
    """Kind ``settings``: what the hub may change at a kiosk; versions only rise.

    ``revoked`` are ids of passes; ``issuers`` raw Ed25519 keys whose passes, declarations
    and boards are believed; ``hub_keys`` keys whose receipts are believed from now on;
    ``seal_key`` the tracing authority's newest; ``texts`` notice texts per language.
    """

    version: int
    revoked: tuple[str, ...] = ()
    issuers: tuple[bytes, ...] = ()
    hub_keys: tuple[bytes, ...] = ()
    seal_key: bytes = b""
    texts: Mapping[str, str] = field(default_factory=dict)
    profile: Mapping[str, Any] = field(default_factory=dict)

    def pack(self) -> dict[str, Any]:
        """Return the payload."""
        return {
            "v": VERSION,
            "version": self.version,
            "revoked": list(self.revoked),
            "issuers": list(self.issuers),
            "hub_keys": list(self.hub_keys),
            "seal_key": self.seal_key,
            "texts": dict(self.texts),
            "profile": dict(self.profile),
        }

    @classmethod
    def unpack(cls, payload: Any) -> Settings:
        """Read a payload."""
        version_of(payload, VERSION)
        return cls(
            get(payload, "version", int),
            tuple(str(item) for item in get_or(payload, "revoked", list, [])),
            _keys(payload, "issuers"),
            _keys(payload, "hub_keys"),
            get_or(payload, "seal_key", bytes, b""),
            get_or(payload, "texts", dict, {}),
            get_or(payload, "profile", dict, {}),
        )


def _held(payload: Any) -> tuple[Held, ...]:
    items = get(payload, "held", list)
    if len(items) > MAX_HELD:
        raise Malformed("The receipt tells of more chains than one may.")
    return tuple(Held.unpack(item) for item in items)


def _heads(rows: list[Any]) -> tuple[tuple[uuid.UUID, int, bytes], ...]:
    found = []
    for row in rows:
        if not isinstance(row, list) or len(row) != 3 or type(row[1]) is not int:
            raise Malformed("A chain of the pulse is not what it should be.")
        if not isinstance(row[2], bytes) or not 0 <= row[1] < MAX_SEQ:
            raise Malformed("A chain of the pulse is not what it should be.")
        found.append((get_uuid({"chain": row[0]}, "chain"), row[1], row[2]))
    return tuple(found)


def _keys(payload: Any, name: str) -> tuple[bytes, ...]:
    items = get_or(payload, name, list, [])
    if not all(isinstance(item, bytes) and len(item) == 32 for item in items):
        raise Malformed(f"The settings' “{name}” are not keys.")
    return tuple(items)


def digest(data: bytes) -> bytes:
    """SHA-256, by which a receipt or refusal names the bytes it answers."""
    return hashlib.sha256(data).digest()
