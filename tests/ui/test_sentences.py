"""Every sentence of every language is said somewhere, whole, in its box, at every size."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from kiosk.screens.design import DESIGN
from kiosk.words import languages, load
from tests.ui import faults, gallery, sentences
from tests.ui.robot import driven
from tests.ui.sample import StillSource
from tests.ui.sentences_steward import keys

PIECES = re.compile(r"\{\w+\}|(?<=[.;:]) ")
"""A sentence is seen in pieces: braces are filled, and a long one is cut after a clause."""
UPRIGHT = {"typed.explain"}
WIDE = {f"{part}.{word}" for part in ("camera", "clock") for word in keys(part)}
"""Said only where the screen is high, and only where it is wide."""
BOARD = {"visitor.board", "visitor.board_touch"}
"""Said of a code that is large enough, and of one that is not: which, depends on the screen."""
LOOKS = [
    (size, language, text, reach)
    for size in gallery.SIZES
    for language in languages()
    for text, reach in ((1.0, False), (gallery.LARGEST, False), (gallery.LARGEST, True))
]
ALWAYS = {((1024, 600), "en", 1.0, False)}
"""Half a minute each: the tightest size in every run, the others in the slow tier."""


@pytest.mark.parametrize(
    ("size", "language", "text", "reach"),
    [look if look in ALWAYS else pytest.param(*look, marks=pytest.mark.slow) for look in LOOKS],
)
def test_every_sentence_is_said_and_fits_its_box(
    size: tuple[int, int], language: str, text: float, *, reach: bool
) -> None:
    from kiosk.ui import KioskApp

    settings = replace(gallery.SETTINGS, size=size, language=language, text=text, reach=reach)
    app = KioskApp(
        settings,
        send=lambda _: None,
        latest=StillSource(),
        now=lambda: gallery.AT,
        services=gallery.everything(),
    )
    found, seen = [], set()
    with driven(app) as robot:
        app._ticking.cancel()  # a slow machine is no visitor who went away
        for name in sentences.said(robot):
            robot.settle()
            found += [f"{name}: {fault}" for fault in faults.of(app.stage)]
            seen |= faults.words(app.stage)
    DESIGN.dark, DESIGN.text, DESIGN.reach = False, 1.0, False
    heard = "\n".join(seen)
    own = load(language).own
    unsaid = {key for key in own if not all(piece in heard for piece in PIECES.split(own[key]))}
    unsaid -= UPRIGHT if size[0] > size[1] else WIDE
    unsaid -= BOARD if not unsaid >= BOARD else set()
    assert (found, unsaid) == ([], set())
