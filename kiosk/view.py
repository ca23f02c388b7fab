"""Which code in view is being presented: repeats, the guide frame, two people's codes.

No pixels and no library here: sightings and the time of their frame in, an answer out.
The rules are those of docs/reading.md: a code counts again only after it was out of view
for a second; only codes of two people, inside the guide frame, are ambiguous; outside it a
code counts only where it is near.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from kiosk.frames import Sighting

GONE_S = 1.0
"""Out of view this long, a code counts again."""

BACKGROUND_GONE_S = 30.0
"""The same for what is no person's and lies outside the guide frame: a board on the wall
that people walk past must not flash at each of them."""

SETTLE_S = 0.5
"""After two people's codes, one must be alone this long: decoders miss frames."""

HALF = 0.5
"""A code under this share of another's area is behind it, not beside it."""

HELD = 0.12
"""Outside the guide frame, a code under this share of the picture's shorter side is a phone of
the queue, not one that is held up: 86 of 720 lines are 5 cm seen from 60 cm."""


@dataclass(frozen=True, slots=True)
class Guide:
    """The frame on the screen into which codes are held, as shares of the picture."""

    left: float = 0.2
    top: float = 0.1
    right: float = 0.8
    bottom: float = 0.9

    def holds(self, point: tuple[float, float], size: tuple[int, int]) -> bool:
        """Whether ``point`` of a picture of ``size`` lies inside."""
        x, y = point[0] / max(size[0], 1), point[1] / max(size[1], 1)
        return self.left <= x <= self.right and self.top <= y <= self.bottom

    def pixels(self, size: tuple[int, int]) -> tuple[int, int, int, int]:
        """Return left, top, right and bottom in a picture of ``size``."""
        width, height = size
        return (
            round(self.left * width),
            round(self.top * height),
            round(self.right * width),
            round(self.bottom * height),
        )


@dataclass(frozen=True, slots=True)
class Presentation:
    """What the codes in view amount to.

    ``code`` is newly presented, or None. ``companions`` are other codes of the same person
    that came into view (a declaration beside a card), told once. ``ambiguous`` is true once
    per occasion on which two people's codes are held into the guide frame.
    """

    code: Sighting | None = None
    companions: tuple[Sighting, ...] = ()
    ambiguous: bool = False


@dataclass(slots=True)
class _Track:
    identity: frozenset[str] | None
    last: float
    gone_after: float = GONE_S
    answered: bool = False
    missed: bool = False
    shown: bool = True


class View:
    """Remembers, in memory alone and for seconds, which codes are in view."""

    def __init__(
        self, who: Callable[[str], frozenset[str] | None], guide: Guide | None = None
    ) -> None:
        self.guide = guide or Guide()
        self._who = who
        self._tracks: dict[str | bytes, _Track] = {}
        self._ambiguous_from: float | None = None
        self._ambiguous_last = float("-inf")
        self._ambiguous_told = False

    def __repr__(self) -> str:
        return f"<View of {len(self._tracks)} codes>"

    def update(
        self,
        sightings: Sequence[Sighting],
        at: float,
        size: tuple[int, int],
        *,
        still: bool = False,
    ) -> Presentation:
        """Take in what was read in the frame of time ``at`` (monotonic seconds).

        In a ``still`` picture nothing flickers: what is not in it is not in view.
        """
        self._forget(at)
        for track in self._tracks.values():
            track.missed = True
        persons: list[Sighting] = []
        others: list[Sighting] = []
        for sighting in sightings:
            track = self._note(sighting, at, size)
            (others if track.identity is None else persons).append(sighting)
        if not still:
            for sighting in persons:
                self._track(sighting).shown = self._held_up(sighting, size)
            persons = [s for s in persons if self._track(s).shown]
        if persons:
            return self._persons(persons, at, size)
        held = not still and any(t.identity is not None and t.shown for t in self._tracks.values())
        fresh = [s for s in others if not self._track(s).answered]
        if held or not fresh:
            return Presentation()
        chosen = max(fresh, key=lambda s: (self.guide.holds(s.centre, size), s.area))
        self._track(chosen).answered = True
        return Presentation(chosen)

    def _held_up(self, sighting: Sighting, size: tuple[int, int]) -> bool:
        """Whether a code is shown to us: in the guide frame, or near. Once answered it is."""
        near = sighting.area >= (HELD * min(size)) ** 2
        return near or self.guide.holds(sighting.centre, size) or self._track(sighting).answered

    def _persons(self, persons: list[Sighting], at: float, size: tuple[int, int]) -> Presentation:
        inside = [s for s in persons if self.guide.holds(s.centre, size)]
        near = _large(inside or persons)
        groups = self._by_person(near)
        if len(groups) > 1:
            return self._two(near, at) if inside else Presentation()
        group = groups[0]
        fresh = [s for s in group if not self._track(s).answered]
        known = any(self._track(s).answered for s in group) or self._answered_already(group)
        if not fresh or (not known and at - self._ambiguous_last < SETTLE_S):
            return Presentation()
        for sighting in fresh:
            self._track(sighting).answered = True
        if known:
            return Presentation(companions=tuple(fresh))
        chosen = max(fresh, key=lambda s: s.area)
        return Presentation(chosen, tuple(s for s in fresh if s is not chosen))

    def _two(self, near: list[Sighting], at: float) -> Presentation:
        """Two people's codes: tell it once, at once unless one of them is on its way out."""
        if self._ambiguous_from is None:
            self._ambiguous_from = at
        self._ambiguous_last = at
        leaving = any(self._track(s).answered for s in near)
        if self._ambiguous_told or (leaving and at - self._ambiguous_from < SETTLE_S):
            return Presentation()
        self._ambiguous_told = True
        return Presentation(ambiguous=True)

    def _forget(self, at: float) -> None:
        self._tracks = {
            key: track
            for key, track in self._tracks.items()
            # A machine that was busy for a second has not seen the code leave.
            if at - track.last < track.gone_after or not track.missed
        }
        if at - self._ambiguous_last >= GONE_S:
            self._ambiguous_from, self._ambiguous_told = None, False

    def _note(self, sighting: Sighting, at: float, size: tuple[int, int]) -> _Track:
        key = _key(sighting)
        track = self._tracks.get(key)
        if track is None:
            text = sighting.text
            identity = self._who(text) if text is not None else None
            track = self._tracks[key] = _Track(identity, at)
        track.last, track.missed = at, False
        background = track.identity is None and not self.guide.holds(sighting.centre, size)
        track.gone_after = BACKGROUND_GONE_S if background else GONE_S
        return track

    def _track(self, sighting: Sighting) -> _Track:
        return self._tracks[_key(sighting)]

    def _answered_already(self, group: list[Sighting]) -> bool:
        """Whether another code of this person was answered and is still in view."""
        keys = frozenset().union(*(self._track(s).identity or () for s in group))
        return any(t.answered and t.identity and t.identity & keys for t in self._tracks.values())

    def _by_person(self, sightings: list[Sighting]) -> list[list[Sighting]]:
        """Group by person: codes that share a key, and equal codes, are one person's."""
        groups: list[tuple[set[object], list[Sighting]]] = []
        for sighting in sightings:
            keys: set[object] = {_key(sighting), *(self._track(sighting).identity or ())}
            members = [sighting]
            for group in [g for g in groups if g[0] & keys]:
                groups.remove(group)
                keys |= group[0]
                members = group[1] + members
            groups.append((keys, members))
        return [members for _, members in groups]


def _key(sighting: Sighting) -> str | bytes:
    return sighting.raw if sighting.text is None else sighting.text


def _large(sightings: list[Sighting]) -> list[Sighting]:
    """Drop what is under half the area of the largest."""
    largest = max(s.area for s in sightings)
    return [s for s in sightings if s.area >= largest * HALF]
