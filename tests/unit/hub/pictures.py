"""Draws the interval cases of docs/tracing.md from the very cases that the tests assert.

``python -m tests.unit.hub.pictures`` writes docs/pictures/tracing/; a test sees that nothing
there is older than the cases.
"""

from __future__ import annotations

import re
from pathlib import Path
from xml.sax.saxutils import escape

from hub.tracing.intervals import MINUTE_MS, Bound, Overlap, Stay, overlap
from hub.tracing.pairing import stays
from tests.unit.hub.test_intervals import NOW, OVERLAPS, PAIRS, RULES, seen

FOLDER = Path(__file__).resolve().parents[3] / "docs" / "pictures" / "tracing"
WIDTH, LEFT, RIGHT, TOP, LANE = 640, 70, 20, 34, 38
_INK, _SEEN, _ASSUMED, _MEET = "#1b2733", "#1f5fa8", "#8fb4dc", "#c8501e"


def drawn() -> dict[str, str]:
    """Return every picture by its file's name."""
    made = {}
    for what, given, _ in PAIRS:
        made[_name("stay", what)] = _stays_picture(what, given)
    for what, one, other, _ in OVERLAPS:
        made[_name("contact", what)] = _overlap_picture(what, one, other)
    return made


def _stays_picture(what: str, given: list[tuple[str, ...]]) -> str:
    sightings = [seen(*one) for one in given]
    found = stays(sightings, RULES.__getitem__, now_ms=NOW)
    picture = _Picture(
        min(s.start.ms for s in found), max(s.end.ms for s in found), lanes=1 + len(found)
    )
    for one in sightings:
        x, y = picture.x(one.ms), picture.y(0)
        way = f"{x - 6},{y - 7} {x + 6},{y} {x - 6},{y + 7}"
        if one.direction == "out":
            way = f"{x + 6},{y - 7} {x - 6},{y} {x + 6},{y + 7}"
        picture.add(f'<polygon points="{way}" fill="{_INK}"/>')
        picture.text(x + 10, y + 4, f"{one.direction} {one.gate}")
    picture.text(6, picture.y(0) + 4, "gates")
    for lane, stay in enumerate(found, 1):
        picture.text(6, picture.y(lane) + 4, stay.place)
        picture.bar(lane, stay)
    return picture.whole(what)


def _overlap_picture(what: str, one: Stay, other: Stay) -> str:
    found = overlap(one, other)
    first = min(one.possible[0], other.possible[0])
    picture = _Picture(first, max(one.possible[1], other.possible[1]), lanes=3)
    for lane, stay in enumerate((one, other)):
        where = f"{stay.place} {stay.trip}".strip()
        picture.text(6, picture.y(lane) + 4, f"{'AB'[lane]}")
        picture.bar(lane, stay, name=where)
    picture.meeting(2, found)
    return picture.whole(what)


class _Picture:
    """Lanes under a line of hours."""

    def __init__(self, first_ms: int, last_ms: int, *, lanes: int) -> None:
        room = max((last_ms - first_ms) // 12, MINUTE_MS // 4)
        self._first, self._last = first_ms - room, last_ms + room
        self._height = TOP + lanes * LANE + 12
        self._parts: list[str] = []

    def x(self, ms: int) -> float:
        """Return where a moment lies."""
        part = (ms - self._first) / (self._last - self._first)
        return round(LEFT + part * (WIDTH - LEFT - RIGHT), 1)

    def y(self, lane: int) -> float:
        """Return the middle of a lane."""
        return TOP + lane * LANE + LANE / 2

    def add(self, part: str) -> None:
        """Add an element."""
        self._parts.append(part)

    def text(self, x: float, y: float, words: str, *, colour: str = _INK) -> None:
        """Write words."""
        self.add(f'<text x="{x}" y="{y}" fill="{colour}">{escape(words)}</text>')

    def bar(self, lane: int, stay: Stay, *, name: str = "") -> None:
        """Draw a stay: seen ends are strokes, assumed ones fade; errors are whiskers."""
        y, x, end = self.y(lane), self.x(stay.start.ms), self.x(stay.end.ms)
        whole = stay.start.seen and stay.end.seen and stay.join == 1
        dashes = "" if whole else ' stroke-dasharray="7 4"'
        colour = _SEEN if whole else _ASSUMED
        self.add(
            f'<path d="M{x} {y}H{end}" stroke="{colour}" stroke-width="8"{dashes} fill="none"/>'
        )
        for bound, place, anchor in ((stay.start, x, "end"), (stay.end, end, "start")):
            self._end(bound, place, y, anchor)
        if name:
            self.text(x + 6, y - 8, name)

    def _end(self, bound: Bound, x: float, y: float, anchor: str) -> None:
        if bound.seen:
            self.add(f'<path d="M{x} {y - 9}V{y + 9}" stroke="{_INK}" stroke-width="2"/>')
        else:
            words = f'<text x="{x}" y="{y + 19}" text-anchor="{anchor}" fill="{_SEEN}">'
            self.add(f"{words}{escape(bound.why)}</text>")
        if bound.error_ms >= MINUTE_MS:
            first, last = self.x(bound.ms - bound.error_ms), self.x(bound.ms + bound.error_ms)
            self.add(f'<path d="M{first} {y + 9}H{last}" stroke="{_INK}" stroke-dasharray="2 2"/>')

    def meeting(self, lane: int, found: Overlap | None) -> None:
        """Draw what two stays have in common, with its minutes and confidence."""
        y = self.y(lane)
        if found is None:
            self.text(LEFT, y + 4, "no contact", colour=_MEET)
            return
        x, end = self.x(found.start_ms), self.x(found.end_ms)
        self.add(f'<path d="M{x} {TOP}V{y + 6}M{end} {TOP}V{y + 6}" stroke="{_MEET}"/>')
        self.add(f'<path d="M{x} {y}H{max(end, x + 2)}" stroke="{_MEET}" stroke-width="6"/>')
        told = (
            f"{found.minutes:.3g} min ({found.least:.3g} to {found.most:.3g}), {found.confidence}"
        )
        self.text(6, y + 4, "both")
        self.text(min(max(end, x) + 8, WIDTH - 210), y + 4, told, colour=_MEET)

    def whole(self, what: str) -> str:
        """Return the picture with its hours and title."""
        step = _step(self._last - self._first)
        ticks, moment = [], -(-self._first // step) * step
        while moment <= self._last:
            x = self.x(moment)
            minute = (moment // MINUTE_MS + 7 * 60) % (24 * 60)
            ticks.append(f'<path d="M{x} {TOP - 8}V{self._height}" stroke="#dde3e9"/>')
            hour = f"{minute // 60:02}:{minute % 60:02}"
            ticks.append(f'<text x="{x}" y="{TOP - 12}" text-anchor="middle">{hour}</text>')
            moment += step
        body = "\n".join([*ticks, *self._parts])
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {self._height}" '
            f'font-family="sans-serif" font-size="12"><title>{escape(what)}</title>\n'
            f'<rect width="100%" height="100%" fill="#ffffff"/>\n{body}\n</svg>\n'
        )


def _step(span_ms: int) -> int:
    for minutes in (1, 5, 10, 15, 30, 60, 120, 240):
        if span_ms / (minutes * MINUTE_MS) <= 9:
            return minutes * MINUTE_MS
    return 480 * MINUTE_MS


def _name(kind: str, what: str) -> str:
    return f"{kind}-{re.sub('[^a-z]+', '-', what.lower()).strip('-')}.svg"


def main() -> None:
    """Write the pictures anew."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, text in drawn().items():
        (FOLDER / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
