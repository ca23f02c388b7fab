"""Which earlier passage is the same person's: by what is proved, else by what is likely."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from kiosk.codes import same
from kiosk.model import Direction, Person
from kiosk.presence import PAIRING_S, Passage

Last = tuple[str, int, int]
"""A passage as the outbox knows it: direction, boot clock in ms, seq."""


class Passages(Protocol):
    """Whoever remembers passages by tags."""

    def last_passage(self, tags: Sequence[bytes]) -> Last | None:
        """Return the newest passage of any of ``tags``."""


@dataclass(frozen=True, slots=True)
class Pairing:
    """A person's tags, their last passage within 18 h, and whether that is a likeness only.

    ``marks`` are the tags under which another carrier of the same person may find them.
    """

    tags: tuple[bytes, ...] = ()
    last: Last | None = None
    likely: bool = False
    marks: tuple[bytes, ...] = ()

    def passage(self, direction: Direction, boot_ms: int) -> Passage | None:
        """Return what to note of a passage, if it can be found again at all."""
        if not self.tags:
            return None
        return Passage(self.tags, direction.value, boot_ms, self.marks)


class Pairs:
    """Finds the passage that pairs with a person's next one."""

    def __init__(
        self, passages: Passages, tags: Callable[[tuple[str, ...]], tuple[bytes, ...]]
    ) -> None:
        self._passages = passages
        self._tags = tags

    def of(self, keys: tuple[str, ...], person: Person | None, boot_ms: int) -> Pairing:
        """Return what is known of whoever has these keys and facts.

        A code that proves nothing met before is looked up by its likenesses
        (:func:`kiosk.codes.same.lookups`); one that proves nothing at all is known by them.
        """
        tags = self._tags(keys)
        marks = self._tags(same.marks(person)) if person is not None else ()
        last = self._recent(tags, boot_ms)
        if last is not None or person is None:
            return Pairing(tags, last, marks=marks)
        for mark in self._tags(same.lookups(person)):
            last = self._recent((mark,), boot_ms)
            if last is not None:
                return Pairing((*tags, mark), last, likely=True, marks=marks)
        return Pairing(tags or marks, None, marks=marks)

    def _recent(self, tags: tuple[bytes, ...], boot_ms: int) -> Last | None:
        last = self._passages.last_passage(tags)
        return None if last is None or boot_ms - last[1] > PAIRING_S * 1000 else last
