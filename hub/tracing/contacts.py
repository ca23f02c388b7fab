"""Who was there too: people whose stays overlap a person's, with minutes and confidence."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from hub.tracing.intervals import Overlap, Stay, overlap
from hub.tracing.kinds import longest_stay_ms, rule_of_place
from hub.tracing.pairing import Rule, Sighting, stays
from hub.tracing.people import Group, grouped
from hub.tracing.sightings import STRONG, at_places, by_tags

CERTAINTY = {"high": 2, "medium": 1, "low": 0}
_DAY_MS = 24 * 3600 * 1000


@dataclass(frozen=True, slots=True)
class Meeting:
    """One overlap, and the stay of the person traced that it belongs to."""

    stay: Stay
    other: Stay
    overlap: Overlap


@dataclass(frozen=True, slots=True)
class Met:
    """Somebody who was there too."""

    who: Group
    meetings: tuple[Meeting, ...]

    @property
    def minutes(self) -> float:
        """All meetings' minutes by the stated times."""
        return sum(meeting.overlap.minutes for meeting in self.meetings)

    @property
    def confidence(self) -> str:
        """The surest meeting's."""
        return max((m.overlap.confidence for m in self.meetings), key=CERTAINTY.__getitem__)


def contacts_of(
    visits: Sequence[Stay], without: Iterable[str], *, now_ms: int, least_minutes: float = 0
) -> list[Met]:
    """Return the people who met a person with these stays, surest and longest first.

    ``without`` are the keys of people who are no contacts: the person, earlier generations.
    """
    excluded = set(without)
    rule = rule_of_place({visit.place for visit in visits})
    near = at_places(_windows(visits, rule))
    groups = [group for group in grouped(near) if not group.keys & excluded]
    later = _later(groups, now_ms)
    elsewhere = {one.place for seen in later.values() for one in seen}
    rule = rule_of_place({visit.place for visit in visits} | elsewhere)
    there: dict[str, list[Stay]] = {}
    for visit in visits:
        there.setdefault(visit.place, []).append(visit)
    found = []
    for group in groups:
        mine = [one.sighting for one in group.seen]
        everything = {one.id: one for one in (*later.get(group.key, []), *mine)}
        theirs = stays(everything.values(), rule, now_ms=now_ms)
        meetings = tuple(_meetings(there, theirs))
        met = Met(group, meetings)
        if meetings and met.minutes >= least_minutes:
            found.append(met)
    return sorted(found, key=lambda met: (-CERTAINTY[met.confidence], -met.minutes, met.who.key))


def _windows(visits: Sequence[Stay], rule: Callable[[str], Rule]) -> list[tuple[str, int, int]]:
    """Return place, first and last moment of what has to be read; none is read twice."""
    wanted = sorted(
        (v.place, v.possible[0] - rule(v.place).stay_ms, v.possible[1] + rule(v.place).stay_ms)
        for v in visits
    )
    merged: list[tuple[str, int, int]] = []
    for place, since, until in wanted:
        if merged and merged[-1][0] == place and since <= merged[-1][2]:
            merged[-1] = (place, merged[-1][1], max(merged[-1][2], until))
        else:
            merged.append((place, since, until))
    return merged


def _later(groups: Sequence[Group], now_ms: int) -> dict[str, list[Sighting]]:
    """Where people whose way out nobody recorded were seen next: it bounds their stay."""
    owners: dict[str, str] = {}
    tags: dict[str, set[str]] = {}
    first, last = now_ms, 0
    for group in groups:
        if not _open(group):
            continue
        for one in group.seen:
            first, last = min(first, one.sighting.ms), max(last, one.sighting.ms)
            for field in STRONG:
                if field in one.tags:
                    tags.setdefault(field, set()).add(one.tags[field])
                    owners[f"{field}:{one.tags[field]}"] = group.key
    found: dict[str, list[Sighting]] = {}
    if not tags:
        return found
    longest = longest_stay_ms()
    for one in by_tags(tags, first - longest, last + longest):
        owner = next((owners[key] for key in one.keys if key in owners), None)
        if owner is not None:
            found.setdefault(owner, []).append(one.sighting)
    return found


def _open(group: Group) -> bool:
    ways = sorted(group.seen, key=lambda one: one.sighting.ms)
    by_place = groupby(ways, key=lambda one: one.sighting.where)
    for _, there in by_place:
        directions = [one.sighting.direction for one in there]
        if directions != ["in", "out"] * (len(directions) // 2):
            return True
    return False


def _meetings(there: Mapping[str, Sequence[Stay]], theirs: Iterable[Stay]) -> Iterable[Meeting]:
    for stay in theirs:
        for visit in there.get(stay.place, ()):
            common = overlap(visit, stay)
            if common is not None:
                yield Meeting(visit, stay, common)
