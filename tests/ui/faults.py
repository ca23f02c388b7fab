"""Finds what a person would stumble over: cut text, overlaps, small targets, pale letters."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

from kivy.uix.scrollview import ScrollView
from kivy.uix.widget import Widget

from kiosk.look import contrast
from kiosk.screens.design import DESIGN
from kiosk.screens.parts import Ground, Pad
from kiosk.screens.stage import Stage, StillThere, Toast
from kiosk.screens.text import Text

TARGET_MM = 12.0
READABLE = 4.5
LETTERS_MM = 1.7
"""Height of the smallest letters' type: at an arm's length as large as a newspaper's."""

MM_PER_PIXEL = {
    (1024, 600): 0.1502,  # 7 inch
    (1280, 800): 0.1695,  # 10.1 inch
    (800, 1280): 0.1695,  # the same, upright
    (1920, 1080): 0.1793,  # 15.6 inch
}
"""The panels that these resolutions are sold with; touch targets are measured on them."""


def of(stage: Stage) -> Iterator[str]:
    """Yield every fault of what is shown, as a sentence."""
    seen = list(shown(stage.layer("sleep") if stage.asleep else stage))
    scale = MM_PER_PIXEL.get((int(stage.width), int(stage.height)), 0.15)
    texts = [w for w in seen if isinstance(w, Text) and w.text]
    pads = [w for w in seen if isinstance(w, Pad) and not w.disabled]
    for text in texts:
        yield from _of_a_text(text, scale)
    for pad in pads:
        if min(pad.size) * scale < TARGET_MM - 0.05:
            size = f"{pad.width * scale:.1f}x{pad.height * scale:.1f} mm"
            yield f"target too small: {_named(pad)} {size}"
    for widget in (*texts, *pads):
        if _outside(widget, stage):
            yield f"out of the window: {_named(widget)}"
    pairs = [
        *itertools.combinations(pads, 2),
        *((p, t) for p in pads for t in texts if t not in p.children),
        *itertools.combinations(texts, 2),
    ]
    for one, other in pairs:
        if _layer(one) is _layer(other) and _overlap(one, other):
            yield f"overlap: {_named(one)} and {_named(other)}"


def _of_a_text(text: Text, scale: float) -> Iterator[str]:
    if text.cut:
        yield f"text is cut: {text.text!r} in {text.width:.0f}x{text.height:.0f}"
    ratio = contrast(DESIGN.colours[text.tone], _ground_of(text))
    if ratio < READABLE:
        yield f"contrast {ratio:.1f}: {text.text!r}"
    if text.font_size * scale < LETTERS_MM:
        yield f"letters too small: {text.text!r} {text.font_size * scale:.1f} mm"


def _named(widget: Widget) -> str:
    return repr(widget.text or widget.shape)


def shown(widget: Widget) -> Iterator[Widget]:
    """Yield what can be seen of a widget and below it."""
    if widget.opacity == 0:
        return
    yield widget
    for child in widget.children:
        if isinstance(widget, ScrollView):  # what is scrolled away or cut by its edge can be had
            yield from (one for row in child.children if _within(row, widget) for one in shown(row))
        else:
            yield from shown(child)


def _within(row: Widget, view: Widget) -> bool:
    bottom, below = row.to_window(*row.pos)[1], view.to_window(*view.pos)[1]
    return bool(bottom >= below - 1 and bottom + row.height <= below + view.height + 1)


def _ground_of(widget: Widget) -> tuple[float, float, float, float]:
    above = widget.parent
    while above is not None and above is not above.parent:
        if isinstance(above, Ground):
            return DESIGN.colours[above.tone]
        if hasattr(above, "ground") and isinstance(above.ground, str):
            return DESIGN.colours[above.ground]
        above = above.parent
    return DESIGN.colours["paper"]


def _outside(widget: Widget, stage: Widget) -> bool:
    x, y = widget.to_window(*widget.pos)
    inside = x >= -1 and y >= -1
    return not (
        inside and x + widget.width <= stage.width + 1 and y + widget.height <= stage.height + 1
    )


def _layer(widget: Widget) -> Widget | None:
    """Return what lies over everything else and holds this widget, if anything does."""
    above = widget
    while above is not None and above is not above.parent:
        if isinstance(above, (Toast, StillThere)):
            return above
        above = above.parent
    return None


def _overlap(one: Widget, other: Widget) -> bool:
    x0, y0 = one.to_window(*one.pos)
    x1, y1 = other.to_window(*other.pos)
    width = min(x0 + one.width, x1 + other.width) - max(x0, x1)
    height = min(y0 + one.height, y1 + other.height) - max(y0, y1)
    return width > 1 and height > 1


def words(stage: Widget) -> set[str]:
    """Return every text that can be seen."""
    return {w.text for w in shown(stage) if isinstance(w, Text) and w.text}
