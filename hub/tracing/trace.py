"""A whole trace: the person's time line, who was there too, and what cannot be known yet."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from hub.intake.models import Place
from hub.intake.opening import person_of
from hub.intake.reveal import open_names
from hub.intake.transactions import durable, now_ms
from hub.tracing import calls
from hub.tracing.asking import CHUNK, contents
from hub.tracing.cases import must_be_open
from hub.tracing.completeness import Reported, needed, waiting_for
from hub.tracing.contacts import Met, contacts_of
from hub.tracing.intervals import Stay
from hub.tracing.kinds import rule_of_place
from hub.tracing.models import Case
from hub.tracing.pairing import Sighting, stays
from hub.tracing.people import Group, grouped, masked_fit, matching
from hub.tracing.residence import Commune, Territory
from hub.tracing.sightings import STRONG, Seen, by_tags

MASKED_LEAST = 0.3
"""A masked number that shows less than this is nobody's in particular."""

SECOND_FROM = 50
"""Contacts of contacts are looked for behind so many people, the surest first."""


NEWEST = 3
"""Entries opened of each code or card of the person traced: the rest say the same."""


@dataclass(frozen=True, slots=True)
class Line:
    """Somebody on the call list; ``person`` is what their entries say in full.

    ``route_to`` is the commune of residence that can reach who left no phone, if known.
    """

    met: Met
    generation: int
    person: dict[str, str]
    phone_from: str = ""
    route_to: Commune | None = None
    state: str = "todo"
    new: bool = False
    id: str = ""


@dataclass(frozen=True, slots=True)
class Trace:
    """What a trace found; ``names`` are places' names by id.

    ``elsewhere`` counts the person's entries at places of other units, which are left out.
    """

    case: Case
    person: dict[str, str]
    people: int
    visits: tuple[Stay, ...]
    lines: tuple[Line, ...]
    incomplete: tuple[Reported, ...]
    new: int
    before_ms: int | None
    elsewhere: int = 0
    names: dict[str, str] = field(default_factory=dict)

    def of_generation(self, number: int) -> list[Line]:
        """Return the lines of one generation."""
        return [line for line in self.lines if line.generation == number]


def trace(
    case: Case,
    *,
    actor: str,
    generations: int = 1,
    least_minutes: float = 0,
    reason: str = "",
    places: frozenset[str] | None = None,
) -> Trace:
    """Trace a case; raises :class:`~hub.errors.NotAllowed` unless it is open and approved.

    Contacts are kept as the case's call list; ``new`` counts those whom no trace of this
    case had found before, once there was one. ``places`` are those that the actor's unit
    answers for (None: all): what happened elsewhere is counted, not shown.
    """
    must_be_open(case)
    now, why = now_ms(), reason or case.reason
    everywhere, groups = _subject(case, now)
    subject = [one for one in everywhere if _within(one, places)]
    person, joined = _opened_subject(case, subject, places, actor=actor, reason=why)
    mine = [one.sighting for one in subject] + joined
    rule = rule_of_place({one.place for one in mine})
    visits = stays(mine, rule, now_ms=now)
    own = {key for one in subject for key in one.keys} | {f"entry:{s.id}" for s in joined}
    first = contacts_of(visits, own, now_ms=now, least_minutes=least_minutes)
    found = [(met, 1) for met in first]
    if generations > 1:
        found += [(met, 2) for met in _second(case, first, own, now, least_minutes, places)]
    before = case.traced_ms
    lines = _lines(case, found, now, actor=actor, reason=why)
    wanted = needed((visit.place, min(visit.possible[1], now)) for visit in visits)
    return Trace(
        case=case,
        person=person,
        people=groups,
        visits=tuple(visits),
        lines=lines,
        incomplete=tuple(waiting_for(wanted)),
        new=sum(line.new for line in lines),
        before_ms=before,
        elsewhere=len(everywhere) - len(subject),
        names=dict(Place.objects.filter(pk__in=list(wanted)).values_list("pk", "name")),
    )


def _subject(case: Case, now: int) -> tuple[list[Seen], int]:
    """Return the person's sightings, and how many people the tags may mean."""
    groups = matching(case.tags, case.since_ms, min(case.until_ms, now))
    sure = [g for g in groups if any(key.partition(":")[0] in STRONG for key in g.keys)]
    return [one for group in groups for one in group.seen], max(len(sure), min(len(groups), 1))


def _within(one: Seen, places: frozenset[str] | None) -> bool:
    return places is None or one.sighting.place in places


def _opened_subject(
    case: Case,
    subject: Sequence[Seen],
    places: frozenset[str] | None,
    *,
    actor: str,
    reason: str,
) -> tuple[dict[str, str], list[Sighting]]:
    """Open who the person is, and join sightings whose number the code itself masked."""
    names = {one.tags["name"] for one in subject if "name" in one.tags}
    known = {one.sighting.id for one in subject}
    alike = by_tags({"name": names}, case.since_ms, case.until_ms, alone=True) if names else []
    alike = [one for one in alike if one.sighting.id not in known and _within(one, places)]
    perhaps = {one.sighting.id: one.sighting for one in alike}
    telling = _telling(subject)
    rows = contents([*telling[:CHUNK], *list(perhaps)[:CHUNK]])
    person: dict[str, str] = {}
    masked: list[tuple[Sighting, str]] = []
    opened = open_names(
        rows,
        actor=actor,
        reason=reason,
        subject=case.pk,
        detail={"person": len(telling), "masked": len(perhaps)},
    )
    for entry, content in opened:
        facts = person_of(content)
        if entry.pk in known:
            person |= {key: value for key, value in facts.items() if value}
        else:
            masked.append((perhaps[entry.pk], facts.get("number", "")))
    joined = []
    for sighting, shown in masked:
        fit = masked_fit(person.get("number", ""), shown)
        if fit >= MASKED_LEAST:
            joined.append(_joined(sighting, fit))
    return person, joined


def _telling(subject: Sequence[Seen]) -> list[uuid.UUID]:
    """Return the entries to open: the newest few of each code or card that the person used."""
    found: dict[tuple[tuple[str, str], ...], list[uuid.UUID]] = {}
    for one in sorted(subject, key=lambda one: -one.sighting.ms):
        found.setdefault(tuple(sorted(one.tags.items())), []).append(one.sighting.id)
    return [id_ for ids in found.values() for id_ in ids[:NEWEST]]


def _joined(one: Sighting, fit: float) -> Sighting:
    return Sighting(
        one.id, one.ms, one.error_ms, one.direction, one.place, one.gate, one.trip,
        one.basis, one.chain, one.seq, round(min(fit, 0.99), 2),
    )  # fmt: skip


def _second(
    case: Case,
    first: Sequence[Met],
    own: Iterable[str],
    now: int,
    least_minutes: float,
    places: frozenset[str] | None,
) -> list[Met]:
    """Return the contacts of contacts, from each meeting on."""
    excluded = set(own) | {key for met in first for key in met.who.keys}
    found: dict[str, Met] = {}
    for met in first[:SECOND_FROM]:
        began = min(meeting.overlap.start_ms for meeting in met.meetings)
        theirs = _everywhere(met.who, began, case, now)
        if places is not None:
            theirs = [one for one in theirs if one.place in places]
        rule = rule_of_place({one.place for one in theirs})
        visits = [v for v in stays(theirs, rule, now_ms=now) if v.possible[1] >= began]
        for other in contacts_of(visits, excluded, now_ms=now, least_minutes=least_minutes):
            known = found.get(other.who.key)
            if known is None or known.minutes < other.minutes:
                found[other.who.key] = other
    return sorted(found.values(), key=lambda met: (-met.minutes, met.who.key))


def _everywhere(who: Group, began: int, case: Case, now: int) -> list[Sighting]:
    tags: dict[str, set[str]] = {}
    for one in who.seen:
        for name in STRONG:
            if name in one.tags:
                tags.setdefault(name, set()).add(one.tags[name])
    if not tags:
        return [one.sighting for one in who.seen]
    day = 24 * 3600 * 1000
    seen = by_tags(tags, max(case.since_ms, began - day), now)
    return [one.sighting for group in grouped(seen) for one in group.seen]


def _lines(
    case: Case, found: Sequence[tuple[Met, int]], now: int, *, actor: str, reason: str
) -> tuple[Line, ...]:
    """Keep the call list, then open who is on it: one row in the audit for all of them."""
    with durable():
        kept = calls.keep(case, found, now)
    people = calls.opened([met for met, _ in found], case, actor=actor, reason=reason)
    routes = _routes({key: person for key, (person, _) in people.items()})
    return tuple(
        Line(
            met,
            generation,
            *people[met.who.key],
            route_to=routes.get(met.who.key),
            state=kept[met.who.key].state,
            new=kept[met.who.key].found_ms == now and case.traced_ms not in (None, now),
            id=str(kept[met.who.key].pk),
        )
        for met, generation in found
    )


def _routes(people: Mapping[str, Mapping[str, str]]) -> dict[str, Commune | None]:
    """Return the commune of residence of those who left no phone, as far as it is known."""
    homes = {key: p["address"] for key, p in people.items() if "address" in p and "phone" not in p}
    if not homes:
        return {}
    territory = Territory.known()
    return {key: territory.commune_of(address) for key, address in homes.items()}
