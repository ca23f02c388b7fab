"""Copying out: batches in parts, part by part to a stick, the manifest last.

A stick that fills up keeps what fitted; one that is pulled keeps what was whole. Nothing of
this retires a row.
"""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from kiosk.carrying import Asked, Tell
from kiosk.clock import Clock
from kiosk.errors import StickRefused
from kiosk.membership import Membership
from kiosk.outbox_view import OutboxView
from kiosk.rows import Row, State
from kiosk.stick import Stick
from wire import bundle as wire
from wire import signed
from wire.batch import MAX_BYTES, MAX_ENTRIES, Batch, Clocks, Pulse
from wire.ids import uuid7

ROOM = 24 * 1024
"""Bytes of a batch left for its frame, signature and CBOR."""

Report = Callable[[], tuple[Mapping[str, int], Mapping[str, Any]]]
"""Gives tally and health for a pulse."""

Group = list[tuple[bytes, tuple[wire.Span, ...]]]
"""Signed batches, each with the spans of its entries."""


class Packer:
    """Makes what a bundle consists of; only reads."""

    def __init__(
        self,
        outbox: OutboxView,
        membership: Membership,
        clock: Clock,
        *,
        report: Report,
        asked: Asked,
        heard_ms: int,
    ) -> None:
        self._outbox = outbox
        self._membership = membership
        self._clock = clock
        self._report = report
        self._asked = asked
        self._heard_ms = heard_ms

    @property
    def kiosk(self) -> uuid.UUID:
        """Whose copies these are."""
        return self._membership.identity.kiosk

    def batches(self, *, quarantined: bool) -> Iterator[list[Row]]:
        """Yield the rows of one batch after the other, oldest first."""
        states = (State.REFUSED, State.WAITING) if quarantined else (State.WAITING,)
        for state in states:
            after, size = -(2**63), 0
            some: list[Row] = []
            while page := self._outbox.rows(state=state, after=after, limit=MAX_ENTRIES):
                for row in page:
                    length = len(row.entry.header_bytes) + len(row.entry.sealed) + 16
                    if some and (size + length > MAX_BYTES - ROOM or len(some) == MAX_ENTRIES):
                        yield some
                        some, size = [], 0
                    some.append(row)
                    size += length
                after = page[-1].seq
            if some:
                yield some

    def first_words(self, clocks: Clocks) -> list[bytes]:
        """Return what the first part begins with: the claim, if it is due, and a pulse."""
        me, asked = self._membership.identity, self._asked
        words = []
        claim = self._membership.claim(request=asked.claim(me.code.token))
        if claim is not None:
            words.append(signed.sign(claim.pack(), me.key, "claim"))
        tally, health = self._report()
        pulse = Pulse(
            me.kiosk, asked.pulse(), clocks, tally, health, self._outbox.chains(),
            me.settings.version, self._outbox.received(),
        )  # fmt: skip
        words.append(signed.sign(pulse.pack(), me.key, "pulse"))
        return words

    def packed(self, rows: Sequence[Row], clocks: Clocks) -> tuple[bytes, tuple[wire.Span, ...]]:
        """Return a signed batch and the spans of its entries."""
        me = self._membership.identity
        entries = tuple(row.entry for row in rows)
        request = self._asked.entries(entry.hash for entry in entries)
        batch = Batch(me.kiosk, request, entries, clocks)
        places = [self._outbox.place_of(row) for row in rows]
        return signed.sign(batch.pack(), me.key, "batch"), wire.spans(places)

    def head(self, bundle: uuid.UUID, part: int, chains: tuple[wire.Span, ...]) -> bytes:
        """Return what a part begins with."""
        me = self._membership.identity
        made = wire.Bundle(
            me.kiosk, bundle, part, me.key.public.raw, me.certificate, self._clock.now(),
            self._heard_ms, chains,
        )  # fmt: skip
        return signed.sign(made.pack(), me.key, "bundle")

    def manifest(
        self,
        bundle: uuid.UUID,
        parts: Sequence[wire.Part],
        chains: tuple[wire.Span, ...],
        left_out: int,
    ) -> bytes:
        """Return the signed manifest."""
        me = self._membership.identity
        made = wire.Manifest(
            me.kiosk, bundle, tuple(parts), chains, left_out, self._clock.now()
        )  # fmt: skip
        return signed.sign(made.pack(), me.key, "manifest")

    def now(self) -> Clocks:
        """All clocks."""
        return self._clock.now()


class Writing:
    """One bundle as it is being written; a stick that fills up keeps what fitted."""

    def __init__(self, packer: Packer, stick: Stick, tell: Tell, total: int) -> None:
        self._packer, self._stick, self._tell, self._total = packer, stick, tell, total
        self._clocks = packer.now()
        self.bundle = uuid7(self._clocks.wall_ms)
        self.parts: list[wire.Part] = []
        self.chains: list[tuple[wire.Span, ...]] = []
        self.entries = self.size = 0
        self._full: StickRefused | None = None

    @property
    def names(self) -> set[str]:
        """The files that make up this bundle."""
        whole = {part.name for part in self.parts}
        return whole | {wire.manifest_name(self._packer.kiosk, self.bundle)}

    def parts_from(self, batches: Iterator[list[Row]]) -> None:
        """Write part after part until all is there or the stick is full."""
        self._tell(0, self._total)
        group: Group = []
        for rows in batches:
            group.append(self._packer.packed(rows, self._clocks))
            if len(group) == wire.BATCHES_A_PART:
                self._write(group)
                group = []
            if self._full:
                return
        if group or not self.parts:
            self._write(group)

    def _write(self, group: Group) -> None:
        number = len(self.parts) + 1
        spans = wire.joined([span for _, some in group for span in some])
        first = self._packer.first_words(self._clocks) if number == 1 else []
        head = self._packer.head(self.bundle, number, spans)
        data = b"".join([head, *first, *(batch for batch, _ in group)])
        name = wire.part_name(self._packer.kiosk, self.bundle, number)
        try:
            self._stick.write(name, data)
        except StickRefused as error:
            if error.word != "stick_full":
                raise
            self._make_room(group, error)
            return
        entries = sum(span.count for span in spans)
        self.parts.append(wire.Part(name, len(data), hashlib.sha256(data).digest(), entries))
        self.chains.append(spans)
        self.entries += entries
        self.size += len(data)
        self._tell(self.entries, self._total)

    def _make_room(self, group: Group, error: StickRefused) -> None:
        """Older copies make way for this one; else what still fits is written."""
        mine = wire.parts_of(self._packer.kiosk)
        older = [name for name in self._stick.matching(mine) if name not in self.names]
        if older:
            self._stick.remove(older)
            self._write(group)
        elif len(group) > 1:
            half = len(group) // 2
            self._write(group[:half])
            if not self._full:
                self._write(group[half:])
        else:
            self._full = error

    def finish(self) -> None:
        """Write the manifest; on a full stick the last part makes way for it."""
        if not self.parts and self._full:
            raise self._full
        while True:
            chains = wire.joined([span for some in self.chains for span in some])
            left_out = max(0, self._total - self.entries)
            data = self._packer.manifest(self.bundle, self.parts, chains, left_out)
            try:
                self._stick.write(wire.manifest_name(self._packer.kiosk, self.bundle), data)
            except StickRefused as error:
                if error.word != "stick_full" or len(self.parts) < 2:
                    raise
                last = self.parts.pop()
                self.chains.pop()
                self.entries, self.size = self.entries - last.entries, self.size - last.size
                self._stick.remove([last.name])
            else:
                return
