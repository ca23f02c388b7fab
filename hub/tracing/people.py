"""Who is meant: entries of one person joined by number, QID and BHYT, never by name alone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from hub.errors import BadUsage
from hub.intake.answers import vault
from hub.intake.masked import masked_line
from hub.tracing.sightings import STRONG, Seen, by_tags

ROUNDS = 4
"""A person with a card, a code and an insurance card is joined in two."""

Tags = dict[str, list[str]]


@dataclass(frozen=True, slots=True)
class Group:
    """Sightings of one person, as far as the tags tell."""

    seen: tuple[Seen, ...]

    @property
    def keys(self) -> frozenset[str]:
        """Everything that these sightings can be joined by."""
        return frozenset(key for one in self.seen for key in one.keys)

    @property
    def key(self) -> str:
        """The one that stands for them: a number before a QID, a phone last."""
        order = (*STRONG, "phone", "entry")
        return min(self.keys, key=lambda key: (order.index(key.partition(":")[0]), key))

    @property
    def line(self) -> str:
        """The mask, e.g. ``N. T. V. Dụ · Nữ · 1999``."""
        for one in reversed(self.seen):
            if one.mask is not None:
                return masked_line(one.sighting.id, one.mask)
        return ""


def grouped(seen: Iterable[Seen]) -> list[Group]:
    """Return people: sightings that share a number, QID or BHYT (union-find over keys)."""
    leader: dict[str, str] = {}

    def lead(key: str) -> str:
        while leader.setdefault(key, key) != key:
            leader[key] = leader[leader[key]]
            key = leader[key]
        return key

    everyone = list(seen)
    for one in everyone:
        first = lead(one.keys[0])
        for key in one.keys[1:]:
            leader[lead(key)] = first
    people: dict[str, list[Seen]] = {}
    for one in everyone:
        people.setdefault(lead(one.keys[0]), []).append(one)
    return [Group(tuple(found)) for found in people.values()]


def tags_of(person: Mapping[str, str]) -> Tags:
    """Return the tags under which a person may lie; raises :class:`BadUsage` for nobody."""
    fields = [f for f in ("number", "qid", "bhyt", "phone") if person.get(f)]
    if not fields and person.get("name") and person.get("birth"):
        fields = ["name"]
    found = {f: [t.hex() for t in vault().search(f, person)] for f in fields}
    tags = {field: values for field, values in found.items() if values}
    if not tags:
        raise BadUsage(
            "Say who is meant: a number, phone, QID or BHYT number, or a name with a birth year."
        )
    return tags


def matching(tags: Tags, since_ms: int, until_ms: int) -> list[Group]:
    """Return the people whom these tags may mean, most often seen first."""
    found = grouped(everything(tags, since_ms, until_ms))
    wanted = {tag for values in tags.values() for tag in values}
    meant = [g for g in found if any(wanted & set(one.tags.values()) for one in g.seen)]
    return sorted(meant, key=lambda group: -len(group.seen))


def everything(tags: Tags, since_ms: int, until_ms: int) -> list[Seen]:
    """Return all sightings with these tags, and with whatever those carry besides."""
    known = {field: set(values) for field, values in tags.items()}
    sure = any(field in tags for field in STRONG)
    seen: list[Seen] = []
    for _ in range(ROUNDS):
        before = {field: len(values) for field, values in known.items()}
        # A phone leads to people who carry a number too only where nothing better is known:
        # families share phones.
        seen = by_tags(known, since_ms, until_ms, alone=sure or bool(seen))
        for one in seen:
            for field in STRONG:
                if field in one.tags:
                    known.setdefault(field, set()).add(one.tags[field])
        if before == {field: len(values) for field, values in known.items()}:
            break
    if not sure:
        first = by_tags(tags, since_ms, until_ms)
        seen = list({one.sighting.id: one for one in [*seen, *first]}.values())
    return seen


def tags_in(group: Group) -> Tags:
    """Return the tags that mean this person and nobody else."""
    tags: dict[str, set[str]] = {}
    for one in group.seen:
        fields: Sequence[str] = [f for f in STRONG if f in one.tags]
        for field in fields or [f for f in ("phone",) if f in one.tags]:
            tags.setdefault(field, set()).add(one.tags[field])
    return {field: sorted(values) for field, values in tags.items()}


def masked_fit(number: str, masked: str) -> float:
    """Return how much of ``masked`` (``0541******45``) shows, 0 where it does not fit."""
    if "*" not in masked or len(masked) != len(number):
        return 0.0
    pairs = list(zip(number, masked, strict=True))
    if any(shown not in ("*", digit) for digit, shown in pairs):
        return 0.0
    return sum(shown != "*" for _, shown in pairs) / len(number)
