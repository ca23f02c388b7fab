"""The report of a day or a week, its charts, its letters, and the reminders."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from hub.commands.reports import workbook
from hub.compliance import documents, reminders
from hub.compliance.days import by_day
from hub.compliance.figures import ESTIMATED, GUARD, SENSOR, Span
from hub.compliance.models import Letter
from hub.compliance.progress import progress, whole
from hub.compliance.report import Report, report
from hub.desk import charts
from hub.desk.pages import (
    OFFICIAL,
    STAFF,
    file_answer,
    given_day,
    language_of,
    page,
    picture,
    row_facts,
    show,
    today_here,
    word,
)  # fmt: skip
from hub.desk.rights import places_of, scope
from hub.desk.views import unit_names
from hub.errors import BadUsage, NotAllowed
from hub.paper import letter_docx, letter_pdf
from hub.places import units
from hub.places.models import Unit

RANKED = 10
DAYS = 14


@page(*STAFF)
@require_safe
def report_page(request: HttpRequest) -> HttpResponse:
    """The report, by responsible unit of either tree; as XLSX, DOCX and PDF too."""
    span, tree, unit = _asked(request)
    made = report(span, places=_places(request, unit))
    kind = request.GET.get("format", "")
    name = f"bao-cao-{span.last.isoformat()}"
    if kind == "xlsx":
        return file_answer(workbook(made), kind, name)
    if kind in ("docx", "pdf"):
        sender = documents.Sender.of(unit or request.role.unit)
        said = documents.letter(made, sender, tree=tree, day=today_here())
        draw = letter_docx.draw if kind == "docx" else letter_pdf.draw
        return file_answer(draw(said), kind, name)
    facts = _facts(made, tree) | {
        "units_known": unit_names(request),
        "unit": unit.code if unit else "",
        "tree": tree,
        "week": span.days > 1,
        "query": request.GET.urlencode(),
    }
    return show(request, "desk_report.html", facts)


@page(*STAFF)
@require_safe
def progress_chart(request: HttpRequest) -> HttpResponse:
    """How far each unit is, as a picture."""
    span, tree, unit = _asked(request)
    made = report(span, places=_places(request, unit))
    return picture(charts.progress(progress(made.rows, tree)[:RANKED], language_of()))


@page(*STAFF)
@require_safe
def days_chart(request: HttpRequest) -> HttpResponse:
    """Passages of the last two weeks by day, as a picture."""
    span, _, unit = _asked(request)
    long = Span(span.last - dt.timedelta(days=DAYS - 1), span.last)
    found = by_day(_places(request, unit), long)
    return picture(
        charts.days(
            [day.strftime("%d/%m") for day in found],
            [one.scanned for one in found.values()],
            [one.by_hand + max(one.unscanned, 0) for one in found.values()],
            language_of(),
        )
    )


@page(OFFICIAL)
def letters(request: HttpRequest) -> HttpResponse:
    """Units that are late, and the letter that reminds each."""
    allowed = scope(request.role)
    if request.method == "POST":
        return _reminder(request, allowed)
    late = [
        {
            "pk": unit.pk, "name": unit.name, "head": unit.head, "count": len(rows),
            "rows": [row_facts(row) for row in rows[:5]], "more": max(len(rows) - 5, 0),
        }
        for unit, rows in reminders.late(allowed)
    ]  # fmt: skip
    sent = Letter.objects.select_related("unit").order_by("-made")
    if request.role.unit:
        sent = sent.filter(made_by__in=[request.user.get_username()])
    facts = {"late": late, "sent": list(sent[:20]), "today": today_here()}
    return show(request, "desk_letters.html", facts)


def _reminder(request: HttpRequest, allowed: list[str] | None) -> HttpResponse:
    kind, pk = request.POST.get("format", "docx"), request.POST.get("unit", "")
    if kind not in ("docx", "pdf") or not pk.isdigit():
        raise BadUsage("Choose a unit, and DOCX or PDF.")
    made = reminders.make(
        allowed,
        sender=request.role.unit,
        within=7,
        actor=request.user.get_username(),
        only=int(pk),
    )
    if not made:
        raise NotAllowed("No place of this unit that you answer for shows a sign.")
    draw = letter_docx.draw if kind == "docx" else letter_pdf.draw
    return file_answer(draw(made[0].letter), kind, f"don-doc-{made[0].unit.code}")


def _asked(request: HttpRequest) -> tuple[Span, str, Unit | None]:
    last = given_day(request.GET.get("day", ""), default=today_here())
    week = request.GET.get("week") == "1"
    tree = request.GET.get("tree", "")
    if tree not in ("", *Unit.Tree.values):
        raise BadUsage("The tree is territory or body.")
    code = request.GET.get("unit", "")
    unit = units.named(code) if code else None
    if unit and request.role.unit and unit.pk not in units.below(request.role.unit):
        raise NotAllowed("This unit is not below yours.")
    return Span(last - dt.timedelta(days=6 if week else 0), last), tree, unit


def _places(request: HttpRequest, unit: Unit | None) -> list[str] | None:
    if unit is None:
        return scope(request.role)
    allowed = places_of(request.role)
    return list(units.places_of(unit).filter(pk__in=allowed).values_list("pk", flat=True))


def _facts(made: Report, tree: str) -> dict[str, Any]:
    listed = made.by_unit(tree)
    return {
        "first": made.span.first.strftime("%d/%m/%Y"),
        "last": made.span.last.strftime("%d/%m/%Y"),
        "iso": made.span.last.isoformat(),
        "total": made.total,
        "flagged": len(made.flagged),
        "units": [
            {
                "name": name, "head": rows[0].answers(tree)[1], "count": len(rows),
                "rows": [row_facts(row) for row in rows[:RANKED]],
                "more": max(len(rows) - RANKED, 0),
            }
            for name, rows in listed[:RANKED]
        ],
        "units_more": max(len(listed) - RANKED, 0),
        "shares": [
            {
                "word": word(basis),
                "percent": f"{made.shares()[basis].share:.0%}",
                "figures": made.shares()[basis],
                "rows": [row_facts(row) for row in made.ranked(basis)[:RANKED]],
            }
            for basis in (SENSOR, GUARD, ESTIMATED)
            if basis in made.shares()
        ],
        "whole": whole(made.rows),
        "progress": progress(made.rows, tree)[:RANKED],
    }  # fmt: skip
