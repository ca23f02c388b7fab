"""Newest frame in, text out: which decoder and which picture pass, when, at what cost.

Each frame gets one cheap look (zxing-cpp on the whole picture). Only when that found
nothing, and something code-like is in view, is more spent, within a budget of time a
frame; see docs/reading.md.
"""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from kiosk import prepare
from kiosk.decoders import Decoder, Zbar, Zxing, zbar
from kiosk.frames import Corners, Frame, Image, Sighting, image_of
from kiosk.view import Guide, View

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Look:
    """What one frame showed.

    ``presented`` is a code to be answered now, ``companions`` other codes of the same
    person, told once; ``ambiguous`` is true once per occasion of two people's codes in the
    guide frame. ``seen`` is all that was read, for the screen to mark. ``hint`` is a word
    for the person holding a code that does not read: ``closer``, ``farther``,
    ``hold_still``, ``more_light``, ``less_glare``, or empty.
    """

    number: int
    at: float
    size: tuple[int, int]
    seen: tuple[Sighting, ...] = ()
    presented: Sighting | None = None
    companions: tuple[Sighting, ...] = ()
    ambiguous: bool = False
    hint: str = ""


class Scanner:
    """Reads frames; belongs to one thread.

    ``who`` tells whose code a text is: what identifies its person, or None when it is no
    person's. It is asked once for each code that comes into view.
    """

    def __init__(
        self,
        *,
        who: Callable[[str], frozenset[str] | None],
        guide: Guide | None = None,
        second: Zbar | None = None,
    ) -> None:
        self.view = View(who, guide)
        self._first = Zxing()
        self._others: list[Decoder] = [Zxing("global"), *([second] if second else [])]
        self._failed: set[str] = set()

    def __repr__(self) -> str:
        return f"<Scanner with {', '.join(d.name for d in (self._first, *self._others))}>"

    def look(self, frame: Frame) -> Look:
        """Take in one frame."""
        if frame.still:
            seen = self.read_image(frame.image)
        else:
            picture = prepare.grey(frame.image)
            seen, unread = self._cheap(picture)
            if not seen:
                seen = self._second(picture, unread)
        shown = self.view.update(seen, frame.at, frame.size, still=frame.still)
        return Look(
            frame.number,
            frame.at,
            frame.size,
            tuple(seen),
            shown.code,
            shown.companions,
            ambiguous=shown.ambiguous,
        )

    def read_image(self, image: object) -> list[Sighting]:
        """Return every code in one picture, sparing no effort; remembers nothing.

        :raises ValueError: when ``image`` is no picture.
        """
        started = time.perf_counter()
        picture = prepare.grey(image_of(image))
        seen, _ = self._cheap(picture)
        for decoder in self._others:
            seen = seen or self._try(decoder, picture)
        ms = (time.perf_counter() - started) * 1000
        return [replace(s, ms=ms) for s in seen]

    def _cheap(self, picture: Image) -> tuple[list[Sighting], list[Corners]]:
        try:
            return self._first.look(picture)
        except Exception as error:  # noqa: BLE001 - a decoder's fault is a miss
            self._note_failure(self._first, error)
            return [], []

    def _second(self, picture: Image, unread: Sequence[Corners]) -> list[Sighting]:
        found = prepare.interest(picture)
        if not found and not unread:
            return []
        for decoder in self._others:
            seen = self._try(decoder, picture)
            if seen:
                return seen
        return []

    def _try(self, decoder: Decoder, picture: Image) -> list[Sighting]:
        try:
            return decoder.read(picture)
        except Exception as error:  # noqa: BLE001 - a decoder's fault is a miss
            self._note_failure(decoder, error)
            return []

    def _note_failure(self, decoder: Decoder, error: Exception) -> None:
        if decoder.name not in self._failed:
            self._failed.add(decoder.name)
            log.warning("The decoder %s failed on a picture: %s", decoder.name, error)


def scanner(*, who: Callable[[str], frozenset[str] | None], guide: Guide | None = None) -> Scanner:
    """Return a scanner with every decoder this machine has."""
    return Scanner(who=who, guide=guide, second=zbar())
