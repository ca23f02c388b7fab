"""What to tell a person whose code is in view and does not read: one word, not too soon."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from kiosk import prepare

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kiosk.frames import Image, Unread
    from kiosk.prepare import Interest

WORDS = ("nearer", "farther", "hold-still", "brighter", "too-dark", "glare")
"""As kiosk/words knows them, each under ``hint``."""

PATIENCE_S = 0.8
"""How long a code may be in view unread before anything is said: most read within 0.4 s."""

KEPT_S = 1.0
"""How long a word stays at least: one that flickers cannot be read."""

_GAP_S = 0.4  # a find missing for less than this is the same find
_DARK, _GLARE, _GLARE_SHARE = 55, 250, 0.06
_FEWEST_PIXELS = 2.2  # a module, below which nearer is better
_LARGE = 0.85  # of the picture's height
_MOVED = 0.06  # of the code's side from one frame to the next


class Advice:
    """Follows what does not read from frame to frame; belongs to the scanner."""

    def __init__(self) -> None:
        self._said = float("-inf")
        self._last = float("-inf")
        self._since: float | None = None
        self._centre: tuple[float, float] | None = None
        self._word = ""

    def _start_anew(self) -> None:
        self._since, self._centre, self._word = None, None, ""

    def __repr__(self) -> str:
        return f"<Advice {self._word or 'none'}>"

    def update(
        self,
        picture: Image,
        unread: Sequence[Unread],
        likely: Interest | None,
        at: float,
        *,
        read: bool,
    ) -> str:
        """Return the word for the frame of time ``at``, or an empty one."""
        if read:
            self._start_anew()
            return ""
        if not unread and likely is None:
            if at - self._last > _GAP_S:
                self._since, self._centre = None, None
                if at - self._said > KEPT_S:
                    self._word = ""
            return self._word
        self._last = at
        if self._since is None:
            self._since = at
        word = self._judge(picture, unread, likely)
        if at - self._since < PATIENCE_S:
            return self._word
        # Without a code's own pattern there is only a guess: it may be a shirt.
        if word and word != self._word and at - self._said > KEPT_S:
            self._word, self._said = word, at
        return self._word

    def _judge(self, picture: Image, unread: Sequence[Unread], likely: Interest | None) -> str:
        if unread:
            box = prepare.bounds(unread[0].corners)
            side = max(box[2] - box[0], box[3] - box[1], 1)
            modules = unread[0].size
        else:
            assert likely is not None
            box, side, modules = likely.box, max(likely.box[2] - likely.box[0], 1), 0
        size = (picture.shape[1], picture.shape[0])
        part = prepare.cut(picture, prepare.grown(box, 0.0, size))
        centre = ((box[0] + box[2]) / 2, (box[1] + box[3]) / 2)
        before, self._centre = self._centre, centre
        if part.size == 0:
            return ""
        if float(np.percentile(part, 90)) < _DARK:
            # Only the code is dark: a dimmed phone. Everything is: the room.
            return "too-dark" if float(np.median(picture[::8, ::8])) < _DARK else "brighter"
        if float(np.mean(part >= _GLARE)) > _GLARE_SHARE and float(np.median(part)) < 200:
            return "glare"
        if not unread:
            return ""
        if side > _LARGE * picture.shape[0]:
            return "farther"
        if modules and side / modules < _FEWEST_PIXELS:
            return "nearer"
        if before and abs(before[0] - centre[0]) + abs(before[1] - centre[1]) > _MOVED * side:
            return "hold-still"
        return "nearer" if side < 0.25 * picture.shape[0] else "hold-still"
