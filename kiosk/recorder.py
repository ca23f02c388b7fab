"""Writes entries for the desk: header, seal, chain and pairing in one durable step."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from kiosk.clock import Clock
from kiosk.model import ClockState, Code, EntryType
from kiosk.presence import Passage
from kiosk.rows import Before
from wire.batch import Clocks
from wire.entry import Entry, Header, Link
from wire.ids import uuid7
from wire.keys import SealKey
from wire.seal import seal

MOST_RANGES = 500
"""Ranges of lost entries that a chain's first entry names; the hub sees further gaps itself."""


class Saved(Protocol):
    """A row that was made durable."""

    @property
    def seq(self) -> int:
        """Its place in the chain."""


class Store(Protocol):
    """What the desk asks of the outbox."""

    def put(
        self,
        build: Callable[[Link], Entry],
        *,
        wall_ms: int,
        passage: Passage | None = None,
    ) -> Saved:
        """Make one entry durable."""

    def count(self, name: str, *, wall_ms: int) -> None:
        """Count durably what makes no entry."""

    def last_passage(self, tags: Sequence[bytes]) -> tuple[str, int, int] | None:
        """Return ``(direction, boot_ms, seq)`` of the newest passage of any of ``tags``."""

    def inside(self, *, since_boot_ms: int) -> int:
        """Count who is inside."""


@dataclass(frozen=True, slots=True)
class Station:
    """Where this kiosk stands, and whom it seals for (the newest key, asked each time)."""

    kiosk: uuid.UUID
    place: str
    gate: str
    seal_key: Callable[[], SealKey]
    trip: str | None = None


class Recorder:
    """Makes entries durable."""

    def __init__(self, station: Station, store: Store, clock: Clock) -> None:
        self.station = station
        self._store = store
        self._clock = clock

    def write(
        self,
        type_: EntryType,
        clocks: Clocks,
        content: dict[str, object],
        *,
        passage: Passage | None = None,
        wall_ms: int | None = None,
        **facts: object,
    ) -> tuple[uuid.UUID, int]:
        """Write one entry; returns its id and seq once it is on the disk.

        ``wall_ms`` is given where the passage was at another time than now (paper).
        """
        station = self.station
        id_ = uuid7(clocks.wall_ms)
        key = station.seal_key()

        def build(link: Link) -> Entry:
            header = Header(
                id=id_,
                kiosk=station.kiosk,
                place=station.place,
                gate=station.gate,
                chain=link.chain,
                seq=link.seq,
                prev=link.prev,
                type=type_.value,
                wall_ms=clocks.wall_ms if wall_ms is None else wall_ms,
                boot_ms=clocks.boot_ms,
                boot_id=clocks.boot_id,
                clock=clocks.state,
                seal_kid=key.kid,
                trip=station.trip,
                **facts,  # type: ignore[arg-type]  # each is a field of Header; tests build all
            ).to_bytes()
            return Entry(header, seal(content, key, header))

        row = self._store.put(build, wall_ms=clocks.wall_ms, passage=passage)
        sure = clocks.state == ClockState.TRUSTED.value
        self._clock.raise_floor(clocks.wall_ms, sure=sure)
        return id_, row.seq


def start_chain(recorder: Recorder, clocks: Clocks, before: Before) -> None:
    """Write the first entry of a chain that follows a damaged file's, naming what is lost."""
    recorder.write(
        EntryType.CHAIN_START,
        clocks,
        {},
        after_chain=before.chain,
        after_seq=before.seq,
        lost_seqs=[[first, last] for first, last in before.lost[:MOST_RANGES]] or None,
    )


PERSONAL = ("name", "birth", "sex", "number", "qid", "bhyt", "phone", "address")


def content_of(code: Code, *, leave_out: frozenset[str] = frozenset()) -> dict[str, object]:
    """Return what is sealed of a code: the facts it held, nothing empty.

    ``leave_out`` names personal fields that this gate does not keep.
    """
    content: dict[str, object] = {}
    if code.person is not None:
        facts = {name: getattr(code.person, name) for name in PERSONAL if name not in leave_out}
        content["person"] = {name: value for name, value in facts.items() if value}
    if code.reference:
        content["reference"] = code.reference
    if code.details:
        content["declaration"] = dict(code.details)
    return content
