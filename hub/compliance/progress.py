"""Progress towards “every known venue registered and scanning”, by unit of either tree."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from hub.compliance.report import Row
from hub.places.models import Stage

IN_SERVICE = frozenset({Stage.VERIFIED, Stage.ACTIVE, Stage.SUSPENDED})


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the places of one unit are: each count is part of the one before.

    ``known`` all that are not closed, ``registered`` verified or further, ``equipped`` with a
    board or a kiosk, ``scanning`` with at least one passage by code in the span.
    """

    unit: str
    head: str
    known: int
    registered: int
    equipped: int
    scanning: int
    flagged: int


def progress(rows: Sequence[Row], tree: str = "") -> list[Progress]:
    """Return the progress of each unit, those with most to do first."""
    units: dict[tuple[str, str], list[Row]] = {}
    for row in rows:
        if row.stage != Stage.CLOSED:
            units.setdefault(row.answers(tree), []).append(row)
    found = [_counted(name, head, listed) for (name, head), listed in units.items()]
    return sorted(found, key=lambda one: (one.scanning - one.known, one.unit))


def whole(rows: Sequence[Row]) -> Progress:
    """Return the progress of all places together."""
    return _counted("", "", [row for row in rows if row.stage != Stage.CLOSED])


def _counted(name: str, head: str, rows: Sequence[Row]) -> Progress:
    registered = [row for row in rows if row.stage in IN_SERVICE]
    equipped = [row for row in registered if row.gates or row.boards]
    return Progress(
        unit=name,
        head=head,
        known=len(rows),
        registered=len(registered),
        equipped=len(equipped),
        scanning=sum(row.figures.scanned > 0 for row in equipped),
        flagged=sum(bool(row.signs) for row in registered),
    )
