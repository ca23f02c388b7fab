"""Where somebody lives, as far as an address tells: the commune that can reach who has no phone.

Cards keep the names of units that are no more, so that old units count too and lead to what
succeeded them; and words such as "Phường" are left out of addresses and lists alike.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from hub.places.models import Unit
from wire.names import fold

_NUMBERED = re.compile(r"(phuong|quan|p|q)\.?\s*0*(\d+)")
_LEVELS = re.compile(
    r"^(?:thi tran|thi xa|thanh pho|phuong|xa|quan|huyen|tinh|dac khu|tp|tx|tt|p|x|q|h|t)\b\.?\s*"
)


@dataclass(frozen=True, slots=True)
class Commune:
    """A unit of the territory that somebody may be reached through; ``head`` is whom to write."""

    code: str
    name: str
    head: str


@dataclass(frozen=True)
class Territory:
    """The units of the territory by their bare names, read once for a whole call list."""

    by_name: Mapping[str, list[Unit]] = field(default_factory=dict)
    by_id: Mapping[int, Unit] = field(default_factory=dict)
    parents: frozenset[int] = frozenset()
    became: Mapping[int, list[Unit]] = field(default_factory=dict)

    @classmethod
    def known(cls) -> Territory:
        """Read the tree as it lies in the database."""
        return cls.of(Unit.objects.filter(tree=Unit.Tree.TERRITORY))

    @classmethod
    def of(cls, units: Iterable[Unit]) -> Territory:
        """Return an index over these units."""
        by_name: dict[str, list[Unit]] = {}
        by_id = {unit.pk: unit for unit in units}
        for unit in by_id.values():
            by_name.setdefault(_bare(unit.name), []).append(unit)
        parents = frozenset(u.parent_id for u in by_id.values() if u.parent_id is not None)
        became: dict[int, list[Unit]] = {}
        for unit in by_id.values():
            if unit.successor_id is not None:
                became.setdefault(unit.successor_id, []).append(unit)
        return cls(by_name, by_id, parents, became)

    def commune_of(self, address: str) -> Commune | None:
        """Return the commune that an address names; None where it names none, or several.

        The parts of an address go from small to large: the first that is a lowest unit counts,
        and of several units of one name the one whose upper units the address names too.
        """
        parts = [_bare(part) for part in re.split(r"[,;]| - ", address) if part.strip()]
        for place, part in enumerate(parts):
            lowest = [u for u in self.by_name.get(part, ()) if u.pk not in self.parents]
            if not lowest:
                continue
            rest = set(parts[place + 1 :])
            fits = [(len(self._above(unit) & rest), unit) for unit in lowest]
            best = max(fit for fit, _ in fits)
            found = {self._now(unit).pk for fit, unit in fits if fit == best}
            # Named by its bare name alone: only where nothing else of the address speaks against.
            if len(found) == 1 and (best or not rest):
                unit = self.by_id[found.pop()]
                return Commune(unit.code, unit.name, unit.head)
        return None

    def _above(self, unit: Unit) -> set[str]:
        """Return the bare names of what lies, or lay, above a unit and what it became."""
        found: set[str] = set()
        for start in (unit, self._now(unit)):
            upper, seen = self.by_id.get(start.parent_id or 0), set[int]()
            while upper is not None and upper.pk not in seen:
                seen.add(upper.pk)
                same = (upper, self._now(upper), *self.became.get(upper.pk, ()))
                found |= {_bare(each.name) for each in same}
                upper = self.by_id.get(upper.parent_id or 0)
        return found

    def _now(self, unit: Unit) -> Unit:
        """Return what a unit has become."""
        seen: set[int] = set()
        while unit.successor_id in self.by_id and unit.pk not in seen:
            seen.add(unit.pk)
            unit = self.by_id[unit.successor_id]
        return unit


def _bare(name: str) -> str:
    """Return a unit's name for comparing: without accents, and without what kind of unit it is.

    ``Xã Hòa Thắng`` and ``Hoà Thắng`` are one; ``P.01`` is ``Phường 1``, and no ``Quận 1``.
    """
    plain = fold(name).strip(" .")
    numbered = _NUMBERED.fullmatch(plain)
    if numbered:
        return f"{numbered[1][0]} {numbered[2]}"
    return _LEVELS.sub("", plain) or plain
