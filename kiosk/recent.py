"""The last passages, for as long as they can be flipped or undone; in memory alone."""

from __future__ import annotations

import uuid
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass

from kiosk.model import Direction, Verdict

REMEMBERED = 50
"""So many passages can still be flipped or undone."""

REPEAT_MS = 1_000
"""A code counts again only after it was away this long."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """A passage: its entry, who (as tags), what their passage before was, what was told."""

    id: uuid.UUID
    direction: Direction
    tags: tuple[bytes, ...]
    before: tuple[str, int, int] | None
    boot_ms: int
    verdict: Verdict
    count: int = 1

    def __repr__(self) -> str:
        return f"Recorded({self.id})"


class Recent:
    """Passages by the id that the screen knows them by."""

    def __init__(self) -> None:
        self._known: OrderedDict[str, Recorded] = OrderedDict()
        self._seen: OrderedDict[tuple[str, ...], int] = OrderedDict()

    def __repr__(self) -> str:
        return f"Recent({len(self._known)})"

    def add(self, recorded: Recorded) -> None:
        """Remember a passage under its verdict's id; the oldest goes."""
        assert recorded.verdict.id is not None
        self._known[recorded.verdict.id] = recorded
        while len(self._known) > REMEMBERED:
            self._known.popitem(last=False)

    def take(self, id_: str) -> Recorded | None:
        """Return a passage and forget it: each is corrected once under an id."""
        return self._known.pop(id_, None)

    def of(self, tags: Iterable[bytes]) -> Recorded | None:
        """Return the newest passage of a person."""
        wanted = set(tags)
        known = reversed(self._known.values())
        return next((one for one in known if wanted & set(one.tags)), None)

    def note(self, keys: tuple[str, ...], boot_ms: int) -> None:
        """Remember when these keys were answered last."""
        self._seen[keys] = boot_ms
        self._seen.move_to_end(keys)
        while len(self._seen) > REMEMBERED:
            self._seen.popitem(last=False)

    def just_answered(self, keys: tuple[str, ...], boot_ms: int) -> bool:
        """Whether these keys were answered within the last second (a scanner's double)."""
        last = self._seen.get(keys) if keys else None
        return last is not None and boot_ms - last < REPEAT_MS
