"""How good a picture is to read codes from: light, focus, distance (pure)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kiosk import prepare
from kiosk.frames import Image

DARK, BRIGHT = 0.22, 0.88
"""Mean lightness outside of which codes read badly (of 0 to 1)."""

IDEAL = 0.4
"""Share of the picture's height that a code held well takes."""

NEAR_ENOUGH, TOO_NEAR = 0.15, 0.95
"""Of twice the ideal size: smaller has too few pixels a module, larger leaves the picture."""

SHARP = 0.055
"""Steepness that a printed code reaches in focus; out of focus it stays under half of it."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What a meter shows: each 0 to 1, and a word of ``meter`` for what to do."""

    light: float
    focus: float
    word: str
    distance: float = 0.0
    """How large the likeliest code is: 0 none, then from far away to nearly too near."""


def read(image: Image) -> Reading:
    """Measure the middle of a picture; it takes under 5 ms at 1280×720."""
    height, width = image.shape[:2]
    middle = image[height // 4 : -height // 4 or None, width // 4 : -width // 4 or None]
    if middle.ndim == 3:  # green alone: it carries most of what an eye calls light
        middle = middle[:, :, 1]
    grey = middle.astype(np.float32) / 255
    light = float(grey.mean())
    # The steepest places tell of focus, whatever share of the picture the code takes.
    across = np.abs(grey[:, 2:] - grey[:, :-2])
    steep = float(np.partition(across.ravel(), -max(1, across.size // 50))[-across.size // 50])
    focus = min(1.0, steep / (SHARP * 8))
    if light < DARK:
        word = "dark"
    elif light > BRIGHT:
        word = "bright"
    elif focus < 0.5:
        word = "blurred"
    else:
        word = "good"
    distance = _distance(image)
    if word == "good" and distance and not NEAR_ENOUGH <= distance <= TOO_NEAR:
        word = "far" if distance < NEAR_ENOUGH else "near"
    return Reading(light, focus, word, distance)


def _distance(image: Image) -> float:
    likely = prepare.interests(prepare.grey(image), most=1)
    if not likely:
        return 0.0
    left, top, right, bottom = likely[0].box
    share = min(right - left, bottom - top) / image.shape[0]
    return min(1.0, share / (2 * IDEAL))
