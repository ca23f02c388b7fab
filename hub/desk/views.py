"""The pages about gates and places: today, places, one place, the report, and deciding keys."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST

from hub.commands.reports import workbook
from hub.compliance.figures import Span
from hub.compliance.gates import gates
from hub.compliance.report import Report, report
from hub.desk.pages import OWNER, STAFF, gate_facts, page, refused, row_facts, show
from hub.errors import BadUsage
from hub.intake.masked import masked_line
from hub.intake.models import Claim, Entry, Kiosk, Place
from hub.intake.registry import decide_claim
from hub.intake.transactions import now_ms
from hub.tracing.cases import unreviewed
from hub.tracing.models import Case
from hub.tracing.pairing import VIETNAM
from hub.tracing.tables import moment
from wire.names import fold

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
LATEST = 50
LISTED = 200


def _today() -> dt.date:
    return dt.datetime.now(VIETNAM).date()


@page(*STAFF)
def today(request: HttpRequest) -> HttpResponse:
    """What needs doing today."""
    day = _today()
    now = report(Span(day, day))
    before = day - dt.timedelta(days=1)
    flagged = report(Span(before, before)).flagged
    troubled = [gate_facts(gate) for gate in now.gates if gate.troubles]
    held = Claim.objects.filter(status=Claim.Status.HELD).exclude(
        kiosk__status=Kiosk.Status.REVOKED
    )
    claims = list(held.select_related("kiosk__place").order_by("created"))
    waiting = list(Case.objects.filter(status=Case.Status.WAITING).order_by("opened_ms"))
    urgent = unreviewed()
    for case in urgent:
        case.opened = moment(case.opened_ms)
    facts = {
        "date": day.strftime("%d/%m/%Y"),
        "total": now.total,
        "gates": troubled,
        "gates_all": len(now.gates),
        "claims": claims,
        "waiting": waiting,
        "unreviewed": urgent,
        "units": [row_facts(row) for row in flagged],
        "count": len(troubled) + len(claims) + len(waiting) + len(urgent),
    }
    return show(request, "desk_today.html", facts)


@page(*STAFF)
@require_POST
def claim(request: HttpRequest, pk: int) -> HttpResponse:
    """Accept or reject a key after two people compared its fingerprint."""
    found = get_object_or_404(Claim, pk=pk)
    decision = request.POST.get("decision")
    if decision not in ("accept", "revoke"):
        raise BadUsage("A key is accepted or rejected.")
    decide_claim(
        found,
        accept=decision == "accept",
        actor=request.user.get_username(),
        reason="compared at the desk",
    )
    return redirect("desk:today")


@page(*STAFF, OWNER)
def places(request: HttpRequest) -> HttpResponse:
    """The places, found by name or address; an owner's leads to the one that is theirs."""
    if request.role.kind == OWNER:
        return redirect("desk:place", request.role.place_id)
    wanted, only = fold(request.GET.get("q", "")), request.GET.get("signs") == "1"
    day = _today()
    ids = None
    if wanted:
        listed = Place.objects.values_list("pk", "name", "address")
        ids = [pk for pk, *texts in listed if wanted in fold(" ".join([pk, *texts]))]
    made = report(Span(day - dt.timedelta(days=6), day), places=ids)
    rows = made.flagged if only else made.rows
    facts = {
        "q": request.GET.get("q", ""),
        "only": only,
        "rows": [row_facts(row) for row in rows[:LISTED]],
    }
    return show(request, "desk_places.html", facts)


@page(*STAFF, OWNER)
def place(request: HttpRequest, pk: str) -> HttpResponse:
    """One place: its figures of today, its gates, and its latest passages, masked."""
    if request.role.kind == OWNER and request.role.place_id != pk:
        return refused(request)
    get_object_or_404(Place, pk=pk)
    day = _today()
    made = report(Span(day, day), places=[pk])
    latest = Entry.objects.filter(place=pk, at_ms__isnull=False).exclude(
        claim__in=Claim.objects.filter(status=Claim.Status.HELD).values("pk")
    )
    entries = [
        {
            "time": moment(entry.at_ms),
            "gate": entry.gate,
            "direction": entry.direction,
            "who": masked_line(entry.pk, entry.mask),
            "kind": entry.kind or entry.type,
        }
        for entry in latest.order_by("-at_ms")[:LATEST]
    ]
    facts = {
        "row": row_facts(made.rows[0]),
        "gates": [gate_facts(gate) for gate in gates(now_ms=now_ms(), places=[pk])],
        "entries": entries,
    }
    return show(request, "desk_place.html", facts)


@page(*STAFF)
def report_page(request: HttpRequest) -> HttpResponse:
    """The report of a day or of seven, by responsible unit; as XLSX too."""
    try:
        last = dt.date.fromisoformat(request.GET.get("day") or _today().isoformat())
    except ValueError as error:
        raise BadUsage("The day must be a date such as 2026-01-31.") from error
    week = request.GET.get("week") == "1"
    made = report(Span(last - dt.timedelta(days=6 if week else 0), last))
    if request.GET.get("format") == "xlsx":
        answer = HttpResponse(workbook(made), content_type=XLSX)
        name = f"report-{last.isoformat()}.xlsx"
        answer["Content-Disposition"] = f'attachment; filename="{name}"'
        return answer
    return show(request, "desk_report.html", _report_facts(made, week=week))


def _report_facts(made: Report, *, week: bool) -> dict[str, Any]:
    units = [
        {"name": name, "head": rows[0].head, "rows": [row_facts(row) for row in rows]}
        for name, rows in made.by_unit()
    ]
    return {
        "first": made.span.first.strftime("%d/%m/%Y"),
        "last": made.span.last.strftime("%d/%m/%Y"),
        "iso": made.span.last.isoformat(),
        "week": week,
        "total": made.total,
        "flagged": len(made.flagged),
        "units": units,
    }
