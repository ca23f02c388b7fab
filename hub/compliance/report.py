"""The report of a day or a week: figures and signs of each place, by responsible unit."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from hub.compliance.figures import Figures, Span, figures
from hub.compliance.gates import Gate, gates
from hub.compliance.signs import Sign, signs
from hub.intake.models import Place
from hub.intake.transactions import now_ms
from hub.places.models import Profile

BEFORE_DAYS = 7
"""What a place's days are compared with."""


@dataclass(frozen=True, slots=True)
class Row:
    """One place in a span; ``unit`` answers for it (sector before territory)."""

    place: str
    name: str
    kind: str
    address: str
    unit: str
    head: str
    figures: Figures
    signs: tuple[Sign, ...]
    gates: int

    @property
    def weight(self) -> int:
        """How much speaks for going there first."""
        return sum(sign.weight for sign in self.signs)


@dataclass(frozen=True, slots=True)
class Report:
    """Everything that the page, the command and the workbook show."""

    span: Span
    rows: tuple[Row, ...]
    gates: tuple[Gate, ...]

    @property
    def flagged(self) -> list[Row]:
        """Places with signs of a violation, heaviest first."""
        found = [row for row in self.rows if row.signs]
        return sorted(found, key=lambda row: (-row.weight, row.name, row.place))

    @property
    def total(self) -> Figures:
        """The sums over all places; shares of guards and sensors are not mixed into one."""
        return Figures(
            scanned=sum(row.figures.scanned for row in self.rows),
            by_hand=sum(row.figures.by_hand for row in self.rows),
            unscanned=sum(row.figures.unscanned for row in self.rows),
            refused=sum(row.figures.refused for row in self.rows),
        )

    def by_unit(self) -> list[tuple[str, list[Row]]]:
        """Return flagged places under the unit that must act."""
        units: dict[str, list[Row]] = {}
        for row in self.flagged:
            units.setdefault(row.unit, []).append(row)
        return sorted(units.items(), key=lambda item: -sum(row.weight for row in item[1]))


def report(span: Span, *, places: Sequence[str] | None = None) -> Report:
    """Count a span of days, of all places or of these."""
    found = Place.objects.order_by("name", "pk")
    if places is not None:
        found = found.filter(pk__in=places)
    listed = list(found)
    ids = [place.pk for place in listed]
    now, before = figures(ids, span), figures(ids, span.before(BEFORE_DAYS))
    machines = gates(now_ms=now_ms(), places=None if places is None else ids)
    in_service = Counter(gate.place for gate in machines)
    profiles = {
        profile.place_id: profile
        for profile in Profile.objects.select_related("territory", "body").filter(place__in=ids)
    } if places is not None else {
        profile.place_id: profile
        for profile in Profile.objects.select_related("territory", "body")
    }  # fmt: skip
    rows = tuple(
        Row(
            place.pk,
            place.name,
            place.kind,
            place.address,
            *_unit(profiles.get(place.pk)),
            now[place.pk],
            tuple(
                signs(
                    now[place.pk],
                    before[place.pk],
                    days=span.days,
                    days_before=BEFORE_DAYS,
                    gates=in_service[place.pk],
                )
            ),
            in_service[place.pk],
        )
        for place in listed
    )
    return Report(span, rows, tuple(machines))


def _unit(profile: Profile | None) -> tuple[str, str]:
    unit: Any = profile and (profile.body or profile.territory)
    return (unit.name, unit.head) if unit else ("", "")
