"""Whom the conversation needs: rows that wait, an outbox, a way to the hub, who we are."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from typing import Protocol

from wire.batch import Answer
from wire.entry import Entry
from wire.keys import SigningKey, VerifyKey


class Waiting(Protocol):
    """A row that waits for its receipt."""

    @property
    def seq(self) -> int:
        """Its number in the outbox."""

    @property
    def entry(self) -> Entry:
        """What is sent."""


class Outbound(Protocol):
    """What sync asks of the outbox."""

    def due(self, *, limit: int, max_bytes: int, skip: Sequence[int] = ()) -> Sequence[Waiting]:
        """Return the oldest waiting rows."""

    def retire(self, answers: Mapping[int, Answer], *, receipt_ms: int) -> int:
        """Settle rows by their answers, on the disk before long."""

    def reopen(self, chain: uuid.UUID, gaps: Sequence[tuple[int, int]]) -> int:
        """Set acked rows that the hub lacks back to waiting."""

    def chains(self) -> tuple[tuple[uuid.UUID, int, bytes], ...]:
        """Return the last seq and hash of each chain here."""

    def received(self) -> tuple[tuple[uuid.UUID, int, bytes], ...]:
        """Return the newest row of each chain that has a receipt."""

    def absent(self, chain: uuid.UUID, gaps: Sequence[tuple[int, int]]) -> int:
        """Count what is neither at the hub nor here."""


class Transport(Protocol):
    """The way to the hub."""

    def post(self, path: str, data: bytes, *, dates_count: bool) -> bytes:
        """Send bytes, get bytes."""


class Self(Protocol):
    """Who we are, as sync needs to know it."""

    @property
    def kiosk(self) -> uuid.UUID:
        """Our id."""

    @property
    def key(self) -> SigningKey:
        """Our key."""

    @property
    def hub_keys(self) -> Mapping[bytes, VerifyKey]:
        """The keys we believe."""
