"""Letters to units whose places show signs of a violation; each is kept with its deadline."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from hub.compliance.documents import Sender, reminder
from hub.compliance.figures import Span
from hub.compliance.models import Letter as Kept
from hub.compliance.report import Row, report
from hub.intake.audit import record
from hub.intake.transactions import durable
from hub.paper.letters import Letter
from hub.places.models import Unit
from hub.tracing.pairing import VIETNAM

DAYS = 7


@dataclass(frozen=True, slots=True)
class Reminder:
    """A letter to a unit and the places that it names."""

    unit: Unit
    rows: tuple[Row, ...]
    letter: Letter


def late(places: Sequence[str] | None) -> list[tuple[Unit, list[Row]]]:
    """Return the units that must act (sector before territory), with their flagged places."""
    today = dt.datetime.now(VIETNAM).date()
    made = report(Span(today - dt.timedelta(days=DAYS), today - dt.timedelta(days=1)),
                  places=places)  # fmt: skip
    found: dict[tuple[str, str], list[Row]] = {}
    for row in made.flagged:
        tree = Unit.Tree.BODY if row.body.code else Unit.Tree.TERRITORY
        code = row.body.code or row.territory.code
        if code:
            found.setdefault((tree, code), []).append(row)
    units = {(unit.tree, unit.code): unit for unit in Unit.objects.select_related("parent")}
    return [(units[key], rows) for key, rows in sorted(found.items())]


def make(
    places: Sequence[str] | None,
    *,
    sender: Unit | None,
    within: int,
    actor: str,
    only: int | None = None,
) -> list[Reminder]:
    """Return a reminder for each late unit (or ``only`` the one of that id), and keep it."""
    today = dt.datetime.now(VIETNAM).date()
    deadline = today + dt.timedelta(days=within)
    wanted = [(unit, rows) for unit, rows in late(places) if only in (None, unit.pk)]
    made = [
        Reminder(
            unit,
            tuple(rows),
            reminder(unit, rows, Sender.of(sender), deadline=deadline, day=today),
        )
        for unit, rows in wanted
    ]
    now = dt.datetime.now(dt.UTC)
    with durable():
        for one in made:
            Kept.objects.create(
                unit=one.unit, made=now, made_by=actor[:150], deadline=deadline,
                places=[row.place for row in one.rows],
            )  # fmt: skip
            record("letter", actor=actor, subject=one.unit.code, detail={"places": len(one.rows)})
    return made
