"""What befell the outbox of a kiosk at work: its file was gone, or damaged; said for a week.

Kept as a fact in the file that took the old one's place, so that every start, ``kiosk
status``, the glass and the pulse say it, whichever program found it first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Protocol

from kiosk.model import ClockState
from kiosk.rows import Before
from wire import cbor
from wire.batch import Clocks
from wire.errors import WireError

GONE, DAMAGED = "gone", "damaged"

TOLD_MS = 7 * 86_400 * 1000
"""How long it is said, once a trusted clock began to count."""

_FACT, _UNTOLD = "mishap", "untold"


class Facts(Protocol):
    """Where facts are read."""

    def fact(self, name: str) -> bytes | None:
        """Return a remembered fact."""


class Memory(Facts, Protocol):
    """Where facts are kept, too."""

    def remember(self, name: str, value: bytes | None) -> None:
        """Keep a small fact; None forgets it."""


@dataclass(frozen=True, slots=True)
class Mishap:
    """What happened (``gone`` or ``damaged``) and how many entries can be read nowhere.

    ``lost`` is None where nobody knows; ``since_ms`` 0 until a trusted clock saw it.
    """

    what: str
    lost: int | None = None
    since_ms: int = 0

    def keep(self, memory: Memory) -> None:
        """Remember it, durably."""
        memory.remember(_FACT, cbor.dumps([self.what, self.lost, self.since_ms]))


def mishap(facts: Facts, now: Clocks) -> Mishap | None:
    """Return what is still to be said at ``now``, if anything."""
    found = _read(facts)
    if found is None or (
        found.since_ms
        and now.state == ClockState.TRUSTED.value
        and now.wall_ms > found.since_ms + TOLD_MS
    ):
        return None
    return found


def seen(memory: Memory, now: Clocks) -> None:
    """Let the days begin to count, if the clock is trusted and they do not yet."""
    found = _read(memory)
    if found is not None and not found.since_ms and now.state == ClockState.TRUSTED.value:
        Mishap(found.what, found.lost, now.wall_ms).keep(memory)


def _read(facts: Facts) -> Mishap | None:
    data = facts.fact(_FACT)
    if data is None:
        return None
    try:
        what, lost, since_ms = cbor.loads(data)
        return Mishap(str(what), None if lost is None else int(lost), int(since_ms))
    except (WireError, ValueError, TypeError):
        return Mishap(DAMAGED)  # the fact was hit, too


def tell_later(memory: Memory, losses: Iterable[Before]) -> None:
    """Remember what of chains before the last is lost, for the entries that tell the hub."""
    packed = [loss.to_bytes() for loss in losses]
    memory.remember(_UNTOLD, cbor.dumps(packed) if packed else None)


def tell_now(memory: Memory, tell: Callable[[Before], None]) -> None:
    """Write those entries; a plug pulled between them has some written twice, which is no harm."""
    data = memory.fact(_UNTOLD)
    if data is None:
        return
    try:
        losses = [Before.from_bytes(one) for one in cbor.loads(data)]
    except (WireError, ValueError, TypeError):
        losses = []
    for loss in losses:
        if loss is not None:
            tell(loss)
    memory.remember(_UNTOLD, None)
