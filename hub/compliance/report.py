"""The report of a day or a week: figures and signs of each place, by responsible unit."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count, Min, Q

from hub.compliance.figures import Figures, Span, figures
from hub.compliance.gates import Gate, gates
from hub.compliance.inspections import unmended
from hub.compliance.residents import waiting
from hub.compliance.rhythm import expected as usual
from hub.compliance.signs import UNREGISTERED, Sign, Standing, signs
from hub.intake.models import Entry, Place
from hub.intake.transactions import now_ms
from hub.places.models import Profile, Stage, Unit
from hub.tracing.pairing import VIETNAM

BEFORE_DAYS = 7
"""What a place's days are compared with, where its rhythm is not known."""


@dataclass(frozen=True, slots=True)
class Answerable:
    """A unit that answers for a place, and its head's office; empty where nobody is known."""

    name: str = ""
    head: str = ""
    code: str = ""

    @classmethod
    def of(cls, unit: Unit | None) -> Answerable:
        """Return the facts of a unit."""
        return cls(unit.name, unit.head, unit.code) if unit else cls()


@dataclass(frozen=True, slots=True)
class Row:
    """One place in a span, with the units of both trees that answer for it."""

    place: str
    name: str
    kind: str
    address: str
    stage: str
    territory: Answerable
    body: Answerable
    figures: Figures
    signs: tuple[Sign, ...]
    gates: int
    boards: int

    @property
    def unit(self) -> str:
        """Who must act first: the sector, else the territory."""
        return self.answers()[0]

    @property
    def head(self) -> str:
        """That unit's head."""
        return self.answers()[1]

    def answers(self, tree: str = "") -> tuple[str, str]:
        """Return the name and head of the unit that answers in a tree; "" for sector first."""
        if tree:
            found = self.territory if tree == Unit.Tree.TERRITORY else self.body
        else:
            found = self.body if self.body.name else self.territory
        return found.name, found.head

    @property
    def weight(self) -> int:
        """How much speaks for going there first."""
        return sum(sign.weight for sign in self.signs)


@dataclass(frozen=True, slots=True)
class Report:
    """Everything that the page, the command, the workbook and the letter show."""

    span: Span
    rows: tuple[Row, ...]
    gates: tuple[Gate, ...]

    @property
    def flagged(self) -> list[Row]:
        """Places with signs of a violation, heaviest first; those nobody registered are none."""
        found = [row for row in self.rows if any(s.word != UNREGISTERED for s in row.signs)]
        return sorted(found, key=lambda row: (-row.weight, row.name, row.place))

    @property
    def total(self) -> Figures:
        """The sums over all places; shares of guards and sensors are not mixed into one."""
        return Figures(
            scanned=sum(row.figures.scanned for row in self.rows),
            self_reported=sum(row.figures.self_reported for row in self.rows),
            by_hand=sum(row.figures.by_hand for row in self.rows),
            unscanned=sum(row.figures.unscanned for row in self.rows),
            refused=sum(row.figures.refused for row in self.rows),
        )

    def shares(self) -> dict[str, Figures]:
        """Return the sums of the places that a sensor, a guard or an estimate counted, apart."""
        found: dict[str, list[Figures]] = defaultdict(list)
        for row in self.rows:
            if row.figures.share is not None:
                found[row.figures.counted_by].append(row.figures)
        return {
            basis: Figures(
                scanned=sum(one.scanned for one in listed),
                unscanned=sum(one.unscanned for one in listed),
                by_sensor=sum(one.by_sensor for one in listed),
                counted_by=basis,
            )
            for basis, listed in found.items()
        }

    def ranked(self, basis: str) -> list[Row]:
        """Return the places that were counted by ``basis``, the smallest share first."""
        found = [row for row in self.rows if row.figures.counted_by == basis]
        rated = [(row.figures.share, row.name, row) for row in found]
        return [row for share, _, row in sorted(rated, key=lambda r: (r[0] or 0, r[1]))
                if share is not None]  # fmt: skip

    def by_unit(self, tree: str = "") -> list[tuple[str, list[Row]]]:
        """Return flagged places under the unit that must act."""
        units: dict[str, list[Row]] = {}
        for row in self.flagged:
            units.setdefault(row.answers(tree)[0], []).append(row)
        return sorted(units.items(), key=lambda item: -sum(row.weight for row in item[1]))


def report(span: Span, *, places: Sequence[str] | None = None) -> Report:
    """Count a span of days, of all places or of these."""
    hanging = Count("boards", filter=Q(boards__revoked__isnull=True))
    found = Place.objects.annotate(hanging=hanging).order_by("name", "pk")
    profiles = Profile.objects.select_related("territory", "body")
    if places is not None:
        found, profiles = found.filter(pk__in=places), profiles.filter(place__in=places)
    listed = list(found)
    ids = [place.pk for place in listed]
    known = {profile.place_id: profile for profile in profiles}
    now, before = figures(ids, span), figures(ids, span.before(BEFORE_DAYS))
    machines = gates(now_ms=now_ms(), places=None if places is None else ids)
    standings = _standings(ids, known, machines)
    expected = _expected(ids, span) | dict.fromkeys(_without_gate(machines, span), 0.0)
    rows = []
    for place in listed:
        profile, standing = known.get(place.pk), standings[place.pk]
        standing = Standing(
            standing.gates, standing.stage, standing.troubles, expected.get(place.pk),
            standing.reports, standing.unmended, place.hanging,
        )  # fmt: skip
        seen = signs(
            now[place.pk], before[place.pk], standing, days=span.days, days_before=BEFORE_DAYS
        )
        rows.append(
            Row(
                place.pk, place.name, place.kind, place.address, standing.stage,
                Answerable.of(profile.territory if profile else None),
                Answerable.of(profile.body if profile else None),
                now[place.pk], tuple(seen), standing.gates, place.hanging,
            )
        )  # fmt: skip
    return Report(span, tuple(rows), tuple(machines))


def _without_gate(machines: Sequence[Gate], span: Span) -> set[str]:
    """Return the places that began after the span: gates and entries, all are younger.

    A gate that never recorded anything is no beginning: it stays silent.
    """
    younger = {gate.place for gate in machines if gate.since_ms >= span.until_ms}
    younger -= {gate.place for gate in machines if gate.since_ms < span.until_ms}
    rows = Entry.objects.filter(place__in=younger, at_ms__isnull=False).values("place")
    began = rows.annotate(first=Min("at_ms")).values_list("place", "first")
    return {place for place, first in began if first >= span.until_ms}


def _standings(
    ids: Sequence[str], known: dict[str, Profile], machines: Sequence[Gate]
) -> dict[str, Standing]:
    count: dict[str, int] = defaultdict(int)
    troubles: dict[str, set[str]] = defaultdict(set)
    for gate in machines:
        count[gate.place] += 1
        troubles[gate.place] |= set(gate.troubles)
    reports, late = waiting(), unmended(dt.datetime.now(VIETNAM).date())
    return {
        pk: Standing(
            gates=count[pk],
            stage=str(known[pk].stage) if pk in known else str(Stage.ACTIVE),
            troubles=frozenset(troubles[pk]),
            reports=reports.get(pk, 0),
            unmended=pk in late,
        )
        for pk in ids
    }


def _expected(ids: Sequence[str], span: Span) -> dict[str, float]:
    """Return what is usual on such a day, until now; only of reports of one day."""
    if span.days > 1:
        return {}
    now = dt.datetime.now(VIETNAM)
    return usual(ids, span.last, now.hour if span.last == now.date() else 24)
