"""What is tried on a part of a picture that may be a code and did not read at once.

One small step after the other, each with its cost, so that whoever spends the time can
stop after any: a code that was found is laid flat and mended, else the picture is made
easier in another way and looked at again; zbar has the last word.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from kiosk import codewords, flatten, prepare
from kiosk.decoders import Zxing
from kiosk.frames import Corners, Sighting, Unread

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from kiosk.codewords import Soft
    from kiosk.decoders import Decoder
    from kiosk.frames import Image
    from kiosk.prepare import Box

log = logging.getLogger(__name__)

LARGEST = 1_300_000
"""Pixels up to which a picture is enlarged: beyond, codes have pixels enough."""


@dataclass(frozen=True, slots=True)
class Step:
    """What one step found: codes that were read, and codes that were only found."""

    read: tuple[Sighting, ...] = ()
    unread: tuple[Unread, ...] = ()


class Effort:
    """The steps; belongs to one thread.

    ``pool`` remembers for a moment how unread codes looked, so that several bad pictures
    of one code make a good one.
    """

    def __init__(self, second: Decoder | None = None) -> None:
        self._zxing = {name: Zxing(name) for name in ("local", "global")}
        self.oldest = Zxing(model=1)
        """For pictures that stand alone: codes of a kind that is hardly printed any more."""
        self._second = second
        self._failed: set[str] = set()
        self.pool = Pool()
        self.turn = 0
        """The pass that is next: over frames, each pass has its turn."""

    def __repr__(self) -> str:
        return f"<Effort of {len(prepare.PASSES)} passes, second opinion: {self._second}>"

    @property
    def passes(self) -> int:
        """How many passes there are, the second opinion's included."""
        return len(prepare.PASSES) + (2 if self._second else 0)

    def look(self, decoder: Zxing, picture: Image, *, inverted: bool = True) -> Step:
        """Return what ``decoder`` finds; its fault is a miss, told once."""
        try:
            read, unread = decoder.look(picture, inverted=inverted)
        except Exception as error:  # noqa: BLE001 - a decoder's fault is a miss
            self._note(decoder.name, error)
            return Step()
        return Step(tuple(read), tuple(unread))

    def steps(
        self, picture: Image, box: Box, *, at: float, found: Sequence[Unread] = ()
    ) -> Iterator[Step]:
        """Give the steps on the part ``box`` of ``picture``, from the next pass on and round.

        ``found`` are codes that were found and not read already. ``at`` is the frame's time.
        """
        tried: list[Corners] = []
        for unread in found:
            yield from self._mend(picture, unread, tried, at)
        part = prepare.cut(picture, box)
        if min(part.shape) < codewords.SMALLEST:
            return
        for _ in range(self.passes):
            step = self._pass(self.turn, part)
            self.turn = (self.turn + 1) % self.passes
            moved = Step(
                tuple(replace(s, corners=_moved(s.corners, box)) for s in step.read),
                tuple(replace(u, corners=_moved(u.corners, box)) for u in step.unread),
            )
            yield moved
            if not moved.read:
                for unread in moved.unread:
                    yield from self._mend(picture, unread, tried, at)

    def _pass(self, number: int, part: Image) -> Step:
        """Try pass ``number`` on ``part``; corners are those of ``part``."""
        if number >= len(prepare.PASSES):
            return self._ask_second(part, 1 + number - len(prepare.PASSES))
        chosen = prepare.PASSES[number]
        if part.size * chosen.times**2 > LARGEST and chosen.times > 1:
            return Step()
        made = chosen.make(part)
        step = self.look(self._zxing[chosen.contrast], made)
        if chosen.mended and not step.read:
            step = next((m for m in self._flattened(made, step.unread) if m.read), step)
        return _scaled(step, chosen.times, chosen.name)

    def _flattened(self, made: Image, found: Sequence[Unread]) -> Iterator[Step]:
        """Lay codes flat in a picture that was made easier; no looks are kept of it."""
        for unread in found[:2]:
            if codewords.version_of(unread.size) is not None:
                for soft in flatten.views(made, unread.corners, unread.size):
                    yield self._read_mended(soft, unread, "mended")

    def _ask_second(self, part: Image, times: int) -> Step:
        assert self._second
        if part.size * times**2 > LARGEST and times > 1:
            return Step()
        try:
            read = self._second.read(prepare.enlarged(part, times) if times > 1 else part)
        except Exception as error:  # noqa: BLE001 - a decoder's fault is a miss
            self._note(self._second.name, error)
            return Step()
        return _scaled(Step(tuple(read)), times, "")

    def mend(self, picture: Image, unread: Unread) -> Iterator[Step]:
        """Lay a found code of a picture that stands alone flat and correct it."""
        yield from self._flattened(picture, [unread])

    def _mend(
        self, picture: Image, unread: Unread, tried: list[Corners], at: float
    ) -> Iterator[Step]:
        """Lay a found code flat and correct it: one step for each way of reading it."""
        size = unread.size
        if codewords.version_of(size) is None or any(_same(unread.corners, c) for c in tried):
            return
        tried.append(unread.corners)
        kept: Soft | None = None
        for n, soft in enumerate(flatten.views(picture, unread.corners, size)):
            yield self._read_mended(soft, unread, "mended")
            # The second view is the straight one with blur taken out: the one to compare.
            kept = soft if n == 1 else kept
        if kept is not None:
            together = self.pool.add(kept, at)
            if together is not None:
                yield self._read_mended(together, unread, "combined")

    def _read_mended(self, soft: Soft, unread: Unread, how: str) -> Step:
        code = codewords.mend(soft)
        if code is None:
            return Step(unread=(unread,))
        clean = self.look(self._zxing["local"], flatten.drawn(code))
        # What was corrected to the utmost must be exact text, too.
        return Step(
            tuple(
                replace(s, corners=unread.corners, decoder=how)
                for s in clean.read
                if s.text is not None
            )
        )

    def _note(self, name: str, error: Exception) -> None:
        if name not in self._failed:
            self._failed.add(name)
            log.warning("The decoder %s failed on a picture: %s", name, error)


class Pool:
    """The last looks of unread codes, so that pictures of the same code can be combined."""

    _KEPT_S = 1.0
    _MOST = 6

    def __init__(self) -> None:
        self._looks: list[tuple[float, Soft]] = []

    def add(self, soft: Soft, at: float) -> Soft | None:
        """Add a look; return it combined with others of the same code, if there are any."""
        self._looks = [(t, s) for t, s in self._looks if 0 <= at - t <= self._KEPT_S]
        alike = [s for _, s in self._looks if codewords.alike(soft, s)]
        self._looks = [*self._looks, (at, soft)][-self._MOST :]
        if not alike:
            return None
        clipped = [np.clip(s, -1, 1) for s in (soft, *alike)]
        return np.asarray(np.mean(clipped, axis=0), np.float32)

    def clear(self) -> None:
        """Forget."""
        self._looks.clear()


def _scaled(step: Step, times: int, name: str) -> Step:
    def back(corners: Corners) -> Corners:
        return tuple(((x + 0.5) / times - 0.5, (y + 0.5) / times - 0.5) for x, y in corners)

    return Step(
        tuple(
            replace(
                s, corners=back(s.corners), decoder=f"{s.decoder}+{name}" if name else s.decoder
            )
            for s in step.read
        ),
        tuple(replace(u, corners=back(u.corners)) for u in step.unread),
    )


def _moved(corners: Corners, box: Box) -> Corners:
    return tuple((x + box[0], y + box[1]) for x, y in corners)


def _same(a: Corners, b: Corners) -> bool:
    """Whether two finds are of one code in one place, to half a module or so."""
    side = max(abs(b[0][0] - b[2][0]), abs(b[0][1] - b[2][1]), 1.0)
    return all(abs(x - u) + abs(y - v) < side * 0.015 for (x, y), (u, v) in zip(a, b, strict=True))
