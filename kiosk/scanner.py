"""Newest frame in, text out: which decoder and which picture pass, when, at what cost.

Each frame gets one cheap look (zxing-cpp on the whole picture). Only when that found
nothing, and something code-like is in view, is more spent, out of a credit of time that
new things earn and old ones do not: see docs/reading.md.
"""

from __future__ import annotations

import math
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kiosk import prepare
from kiosk.advice import Advice
from kiosk.decoders import Zxing, zbar
from kiosk.effort import Effort
from kiosk.frames import Frame, Image, Sighting, Unread, image_of
from kiosk.stills import Still, regions
from kiosk.view import Guide, View

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from kiosk.decoders import Decoder
    from kiosk.effort import Step
    from kiosk.prepare import Interest

FRAME_S = 0.05
"""The most that is spent on one frame of a video beyond the cheap look. Frames that come
meanwhile are missed, not queued: the next to be looked at is the newest."""

SHARE = 0.15
"""What each frame earns, of its cheap look's time: what a textured background may cost."""

NEW_TEXTURE_S = 0.2
NEW_CODE_S = 0.6
"""What is earned when something code-like, or a code that does not read, comes into view."""

TEXTURES_S = 0.25
"""The most that textures earn within ``TEXTURES_WITHIN_S``, however many come into view: a coat, a
scene that changes, leaves in the wind."""
TEXTURES_WITHIN_S = 1.5

BACKGROUND_S = 0.5
"""What is in view when the camera starts, this long, is background: it earns no more than
``BACKGROUND_WORTH_S``."""
BACKGROUND_WORTH_S = 0.005

INVERTED_EVERY = 3
"""While nothing new is in view, so many frames in a row are looked at without their negative."""


@dataclass(frozen=True, slots=True)
class Look:
    """What one frame showed.

    ``presented`` is a code to be answered now, ``companions`` other codes of the same
    person, told once; ``ambiguous`` is true once per occasion of two people's codes in the
    guide frame. ``seen`` is all that was read, for the screen to mark. ``hint`` is a word
    for the person holding a code that does not read (``kiosk.advice.WORDS``), or empty.
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
    person's. It is asked once for each code that comes into view. ``timer`` (seconds) tells
    what a step has cost; the processor's own time is dear to ask for in some containers.
    """

    def __init__(
        self,
        *,
        who: Callable[[str], frozenset[str] | None],
        guide: Guide | None = None,
        second: Decoder | None = None,
        timer: Callable[[], float] = time.perf_counter,
    ) -> None:
        self._timer = timer
        self.view = View(who, guide)
        self._first = Zxing()
        self._effort = Effort(second)
        self._credit = Credit()
        self._advice = Advice()
        self._hint = ""
        self._skipped = False  # with nothing new in view, every other frame gets one look
        self._plain = 0  # frames in a row that were looked at without their negative

    def __repr__(self) -> str:
        return f"<Scanner: {self._first}, then {self._effort}>"

    def look(self, frame: Frame) -> Look:
        """Take in one frame."""
        if frame.still:
            still = Still(self._effort, self._first, frame.image)
            seen = tuple(still.look(everything=False))
        else:
            picture = prepare.grey(frame.image) if frame.luma is None else frame.luma
            seen = self._read_frame(picture, frame.at)
        shown = self.view.update(seen, frame.at, frame.size, still=frame.still)
        return Look(
            frame.number,
            frame.at,
            frame.size,
            seen,
            shown.code,
            shown.companions,
            ambiguous=shown.ambiguous,
            hint=self._hint,
        )

    def read_image(self, image: object) -> list[Sighting]:
        """Return every code in one picture, sparing no effort; remembers nothing.

        :raises ValueError: when ``image`` is no picture.
        """
        return Still(self._effort, self._first, image_of(image)).look(everything=True)

    def _read_frame(self, picture: Image, at: float) -> tuple[Sighting, ...]:
        started = self._timer()
        inverted = self._plain >= INVERTED_EVERY
        cheap = self._effort.look(self._first, picture, inverted=inverted)
        if cheap.read and not inverted:
            # A second person's may be a negative.
            self._plain = INVERTED_EVERY
            cheap = self._effort.look(self._first, picture)
        if cheap.read:
            self._credit.rest()
            self._hint = self._advice.update(picture, (), None, at, read=True)
            return cheap.read
        began = self._timer()
        self._credit.earn((began - started) * SHARE)
        settled = not cheap.unread and not self._credit.greeted_since(at - 1.0)
        self._skipped = settled and not self._skipped
        if self._skipped:
            self._plain = (self._plain + 1) % (INVERTED_EVERY + 1)
            return ()
        likely = prepare.interests(picture)
        for unread in cheap.unread:
            self._credit.greet(unread.centre, at, NEW_CODE_S)
        worth = NEW_TEXTURE_S if at - self._credit.began(at) > BACKGROUND_S else BACKGROUND_WORTH_S
        for part in likely:
            self._credit.greet(part.centre, at, worth, mass=part.mass)
        # What is new in view may be a negative: the next frame is looked at so, too.
        new = bool(cheap.unread) or self._credit.greeted_since(at - 1.0)
        self._plain = INVERTED_EVERY if new else (self._plain + 1) % (INVERTED_EVERY + 1)
        seen: tuple[Sighting, ...] = ()
        found = cheap.unread
        if (likely or found) and self._credit.left > 0:
            until = began + min(self._credit.left, FRAME_S)
            for step in self._some_steps(picture, cheap.unread, likely, at, until):
                for unread in step.unread:
                    self._credit.greet(unread.centre, at, NEW_CODE_S)
                seen, found = step.read, found or step.unread
            self._credit.spend(self._timer() - began)
        self._hint = self._advice.update(
            picture, found, likely[0] if likely else None, at, read=bool(seen)
        )
        return seen

    def _some_steps(
        self,
        picture: Image,
        unread: Sequence[Unread],
        likely: Sequence[Interest],
        at: float,
        until: float,
    ) -> Iterator[Step]:
        """Give steps until one has read something or the time is over."""
        for box, found in regions(picture, unread, likely):
            for step in self._effort.steps(picture, box, at=at, found=found):
                yield step
                if step.read or self._timer() >= until:
                    return


class Credit:
    """Time that may be spent on what does not read at once, in seconds.

    Each frame earns a little, a thing that was not in its place in the last seconds more,
    once: people bring codes, walls and curtains stay.
    """

    _MOST_S = 1.0
    _NEAR = 90.0  # pixels within which a thing is the same thing
    _FORGOTTEN_S = 3.0

    def __init__(self) -> None:
        self.left = 0.0
        self._last_new = float("-inf")
        self._began: float | None = None
        self._greeted: list[tuple[tuple[float, float], float, float, float]] = []
        self._textures: list[tuple[float, float]] = []  # when textures earned, and what

    def __repr__(self) -> str:
        return f"<Credit of {self.left * 1000:.0f} ms>"

    def began(self, at: float) -> float:
        """Return when the first frame that brought nothing was taken; ``at`` if it is this one."""
        if self._began is None:
            self._began = at
        return self._began

    def greeted_since(self, at: float) -> bool:
        """Whether something that was new came into view after ``at``."""
        return self._last_new > at

    def earn(self, seconds: float) -> None:
        """Add what every frame brings."""
        self.left = min(self.left + seconds, self._MOST_S)

    def spend(self, seconds: float) -> None:
        """Take away what was spent; it may have been more than there was."""
        self.left -= seconds

    def greet(
        self, where: tuple[float, float], at: float, worth: float, *, mass: float = math.inf
    ) -> None:
        """Add what a thing at ``where`` is worth, less what was earned there before.

        What was there already earns again only when its ``mass`` (how much there is of it) has
        doubled, as when a code is held before a shelf.
        """
        known = most = 0.0
        kept = []
        for entry in self._greeted:
            place, seen, earned, large = entry
            if at - seen > self._FORGOTTEN_S:
                continue
            if abs(place[0] - where[0]) + abs(place[1] - where[1]) <= self._NEAR:
                known, most = max(known, earned), max(most, large)
            else:
                kept.append(entry)
        if mass < math.inf and known:
            worth, known = (known, known) if mass < 2 * most else (worth, 0.0)
        self._greeted = [*kept, (where, at, max(known, worth), max(mass, most))]
        if worth > known:
            self._last_new = at
            earned = worth - known if mass == math.inf else self._textured(at, worth - known)
            self.left = min(max(self.left, 0.0) + earned, self._MOST_S)

    def _textured(self, at: float, earned: float) -> float:
        """Return how much of what a texture would earn is left to textures just now."""
        self._textures = [one for one in self._textures if at - one[0] <= TEXTURES_WITHIN_S]
        spare = TEXTURES_S - sum(before for _, before in self._textures)
        earned = max(0.0, min(earned, spare))
        self._textures.append((at, earned))
        return earned

    def rest(self) -> None:
        """Forget what was greeted: something was read."""
        self._greeted.clear()


def scanner(
    *, who: Callable[[str], frozenset[str] | None], timer: Callable[[], float] = time.perf_counter
) -> Scanner:
    """Return a scanner with every decoder this machine has."""
    return Scanner(who=who, second=zbar(), timer=timer)
