"""Two trees, loaded from lists: the territory, and the governing bodies."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from pathlib import Path

from django.db.models import Q, QuerySet

from hub.errors import BadUsage
from hub.intake.audit import record
from hub.intake.models import Place
from hub.intake.transactions import durable
from hub.lists import Problem, Row, read
from hub.places.models import Unit

FIELDS = {
    "code": ("Mã", "Mã đơn vị"),
    "name": ("Tên", "Tên đơn vị"),
    "level": ("Cấp",),
    "parent": ("Mã cấp trên", "Cấp trên", "Trực thuộc"),
    "head": ("Người đứng đầu", "Chức danh người đứng đầu"),
    "first": ("Từ ngày", "Hiệu lực từ"),
    "last": ("Đến ngày", "Hiệu lực đến"),
    "successor": ("Mã kế thừa", "Sáp nhập vào"),
}


def load(path: Path, tree: str, *, actor: str, dry_run: bool = False) -> list[Problem]:
    """Add and update units from a list, all or none; returns what is wrong with it."""
    rows = read(path, FIELDS, ("code", "name"))
    problems: list[Problem] = []
    units: dict[str, Unit] = {}
    parents: dict[str, str] = {}
    successors: dict[str, str] = {}
    for row in rows:
        code = row.get("code")
        if not code or len(code) > 32:
            problems.append(row.problem("code", "a code of 1 to 32 letters is needed"))
            continue
        if code in units:
            problems.append(row.problem("code", "this code stands in the list twice"))
            continue
        if not row.get("name"):
            problems.append(row.problem("name", "a name is needed"))
        first, last = (_day(row, field, problems) for field in ("first", "last"))
        if first and last and last < first:
            problems.append(row.problem("last", "ends before it begins"))
        units[code] = Unit(
            tree=tree, code=code, name=row.get("name")[:200], level=row.get("level")[:32],
            head=row.get("head")[:200], first=first, last=last,
        )  # fmt: skip
        parents[code] = row.get("parent")
        successors[code] = row.get("successor")
    here = set(Unit.objects.filter(tree=tree).values_list("code", flat=True))
    problems += _parents(rows, parents, here)
    problems += [
        row.problem("successor", f"there is no unit {row.get('successor')}")
        for row in rows
        if row.get("successor") and row.get("successor") not in units.keys() | here
    ]
    if problems or dry_run:
        return sorted(problems, key=lambda problem: problem.row)
    with durable():
        Unit.objects.bulk_create(
            units.values(),
            update_conflicts=True,
            unique_fields=["tree", "code"],
            update_fields=["name", "level", "head", "first", "last"],
        )
        ids = dict(Unit.objects.filter(tree=tree).values_list("code", "pk"))
        for code, parent in parents.items():
            Unit.objects.filter(pk=ids[code]).update(
                parent_id=ids.get(parent), successor_id=ids.get(successors[code])
            )
        record("units-load", actor=actor, subject=tree, detail={"units": len(units)})
    return []


def valid_on(tree: str, day: dt.date) -> QuerySet[Unit]:
    """Return the units of a tree that exist on a day."""
    return Unit.objects.filter(
        Q(first__isnull=True) | Q(first__lte=day),
        Q(last__isnull=True) | Q(last__gte=day),
        tree=tree,
    )


def below(unit: Unit) -> set[int]:
    """Return the ids of a unit, of all units below it, and of what they succeeded."""
    links = list(Unit.objects.filter(tree=unit.tree).values_list("pk", "parent", "successor"))
    found, edge = {unit.pk}, {unit.pk}
    while edge:
        edge = {pk for pk, *above in links if edge.intersection(above)} - found
        found |= edge
    return found


def named(code: str, tree: str = "") -> Unit:
    """Return the unit with this code (territory first); raises :class:`BadUsage`."""
    rows = Unit.objects.filter(code=code.strip(), **({"tree": tree} if tree else {}))
    found: Unit | None = rows.order_by("-tree").first()
    if found is None:
        raise BadUsage(f"There is no unit “{code}”; hub unit list shows them.")
    return found


def places_of(unit: Unit) -> QuerySet[Place]:
    """Return the places that a unit, or one below it, answers for."""
    ids = below(unit)
    branch = "profile__territory__in" if unit.tree == Unit.Tree.TERRITORY else "profile__body__in"
    return Place.objects.filter(**{branch: ids})


def _parents(rows: Sequence[Row], parents: dict[str, str], here: set[str]) -> list[Problem]:
    problems = []
    for row in rows:
        code, parent = row.get("code"), row.get("parent")
        if parent and parent not in parents and parent not in here:
            problems.append(row.problem("parent", f"there is no unit {parent}"))
            continue
        seen = {code}
        while parent:
            if parent in seen:
                problems.append(row.problem("parent", "a unit cannot stand above itself"))
                break
            seen.add(parent)
            parent = parents.get(parent, "")
    return problems


def _day(row: Row, field: str, problems: list[Problem]) -> dt.date | None:
    text = row.get(field)
    if not text:
        return None
    for form in ("%Y-%m-%d", "%d/%m/%Y"):
        try:
            return dt.datetime.strptime(text, form).replace(tzinfo=dt.UTC).date()
        except ValueError:
            continue
    problems.append(row.problem(field, "write the date as 31/12/2026 or 2026-12-31"))
    return None
