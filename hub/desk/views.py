"""The page of the day, the list of places, and deciding keys."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from hub.compliance.figures import Span
from hub.compliance.models import Inspection
from hub.compliance.progress import whole
from hub.compliance.report import report
from hub.desk.pages import (
    OFFICIAL,
    OWNER,
    STAFF,
    TYPES,
    gate_facts,
    language_of,
    page,
    row_facts,
    show,
    today_here,
    word,
)  # fmt: skip
from hub.desk.rights import cases_of, covers_all, place_for, places_of, scope
from hub.desk.words import words
from hub.errors import BadUsage
from hub.intake.models import Claim, Kiosk
from hub.intake.registry import decide_claim
from hub.owners.models import Change
from hub.places import kinds, units
from hub.places.lifecycle import close_ended
from hub.places.models import Stage, Unit
from hub.tracing.cases import unreviewed
from hub.tracing.models import Case
from hub.tracing.tables import moment
from hub.visitors.models import DataRequest, Report
from wire.names import fold

XLSX = TYPES["xlsx"]
LISTED = 25
"""Places on a page: it stays below 50 KB, and a phone's thumb reaches its end."""


@page(*STAFF)
@require_safe
def today(request: HttpRequest) -> HttpResponse:
    """What needs doing today."""
    close_ended(dt.datetime.now(dt.UTC))
    day, allowed = today_here(), scope(request.role)
    now = report(Span(day, day), places=allowed)
    before = day - dt.timedelta(days=1)
    yesterday = report(Span(before, before), places=allowed)
    flagged = [row for row in yesterday.flagged if row.stage in (Stage.ACTIVE, Stage.SUSPENDED)]
    troubled = [gate_facts(gate) for gate in now.gates if gate.troubles]
    claims = _claims(request)
    is_official = request.role.kind == OFFICIAL
    mine = cases_of(request.role) if is_official else Case.objects.none()
    waiting = list(mine.filter(status=Case.Status.WAITING).order_by("opened_ms"))
    urgent = unreviewed()
    for case in urgent:
        case.opened = moment(case.opened_ms)
    tasks = [*_tasks(request, day)] if is_official else []
    facts = {
        "date": day.strftime("%d/%m/%Y"),
        "total": now.total,
        "gates": troubled[:10],
        "gates_count": len(troubled),
        "gates_more": max(len(troubled) - 10, 0),
        "gates_all": len(now.gates),
        "claims": claims,
        "waiting": waiting,
        "unreviewed": urgent,
        "units": [row_facts(row) for row in flagged[:10]],
        "units_count": len(flagged),
        "tasks": tasks,
        "progress": whole(yesterday.rows),
        "count": len(troubled) + len(claims) + len(waiting) + len(urgent)
        + sum(task["count"] for task in tasks),
    }  # fmt: skip
    return show(request, "desk_today.html", facts)


def _tasks(request: HttpRequest, day: dt.date) -> list[dict[str, Any]]:
    """Return what waits for an official besides machines and cases, each with its page."""
    visits = Inspection.objects.filter(place__in=places_of(request.role))
    due = visits.filter(state=Inspection.State.PLANNED, due__lte=day).count()
    again = visits.filter(state=Inspection.State.MENDING, deadline__lte=day).count()
    to_verify = places_of(request.role).filter(profile__stage=Stage.APPLIED).count()
    told, allowed = Report.objects.exclude(state=Report.State.CLOSED), scope(request.role)
    if allowed is not None:
        told = told.filter(Q(place__in=allowed) | Q(place=None))
    changes = Change.objects.filter(state=Change.State.WAITING)
    if allowed is not None:
        changes = changes.filter(Q(place__in=allowed) | Q(place=None))
    asked = DataRequest.objects.filter(done=None)
    if not covers_all(request.role):
        asked = asked.none()
    overdue = asked.filter(due__lt=dt.datetime.now(dt.UTC)).count()
    said = words(language_of())["task"]
    listed = (
        ("task_reports", told.count(), "requests:reports", ""),
        ("task_changes", changes.count(), "changes:changes", ""),
        ("task_requests", asked.count(), "requests:requests", ""),
        ("task_overdue", overdue, "requests:requests", ""),
        ("task_visits", due, "desk:visits", "?state=planned"),
        ("task_again", again, "desk:visits", "?state=mending"),
        ("task_verify", to_verify, "desk:places", "?stage=applied"),
    )
    return [
        {"words": said[name], "count": count, "url": reverse(view) + query,
         "tone": "bad" if name in ("task_overdue", "task_again") else "warn"}
        for name, count, view, query in listed
        if count
    ]  # fmt: skip


def _claims(request: HttpRequest) -> list[Claim]:
    held = Claim.objects.filter(status=Claim.Status.HELD).exclude(
        kiosk__status=Kiosk.Status.REVOKED
    )
    held = held.filter(kiosk__place__in=places_of(request.role))
    return list(held.select_related("kiosk__place").order_by("created"))


@page(*STAFF)
@require_POST
def claim(request: HttpRequest, pk: int) -> HttpResponse:
    """Accept or reject a key after two people compared its fingerprint."""
    found = get_object_or_404(Claim, pk=pk)
    place_for(request.role, found.kiosk.place_id)
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
@require_safe
def places(request: HttpRequest) -> HttpResponse:
    """The places, found by name, address, unit, stage, kind or signs."""
    if request.role.kind == OWNER:
        return redirect("desk:place", request.role.place_id)
    asked = request.GET
    found = _found(request, asked)
    only = asked.get("signs") == "1"
    day = today_here()
    span = Span(day - dt.timedelta(days=6), day)
    if only:
        rows = report(span, places=found).flagged
        sheet = Paginator(rows, LISTED).get_page(asked.get("page"))
        shown = list(sheet.object_list)
    else:
        sheet = Paginator(found, LISTED).get_page(asked.get("page"))
        made = {row.place: row for row in report(span, places=list(sheet.object_list)).rows}
        shown = [made[pk] for pk in sheet.object_list if pk in made]
    rest = QueryDict(mutable=True)
    rest.update({k: v for k, v in asked.items() if k != "page" and v})
    facts = {
        "q": asked.get("q", ""),
        "only": only,
        "rows": [row_facts(row) for row in shown],
        "sheet": sheet,
        "rest": rest.urlencode(),
        "stages": _options(Stage.values, asked.get("stage", "")),
        "kinds": [(k.id, k.name, k.id == asked.get("kind")) for k in kinds.kinds().values()],
        "unit": asked.get("unit", ""),
        "units": unit_names(request),
    }
    return show(request, "desk_places.html", facts)


def _options(values: list[str], chosen: str) -> list[tuple[str, str, bool]]:
    return [(value, word(value), value == chosen) for value in values]


def unit_names(request: HttpRequest) -> list[tuple[str, str]]:
    """Return code and name of the units that an account may choose from."""
    rows = units.valid_on(Unit.Tree.TERRITORY, today_here()) | units.valid_on(
        Unit.Tree.BODY, today_here()
    )
    if request.role.unit:
        rows = rows.filter(pk__in=units.below(request.role.unit))
    return list(rows.order_by("name").values_list("code", "name")[:300])


def _found(request: HttpRequest, asked: QueryDict) -> list[str]:
    found = places_of(request.role)
    if asked.get("unit"):
        found = found.filter(pk__in=units.places_of(units.named(asked["unit"])).values("pk"))
    if asked.get("stage"):
        found = found.filter(profile__stage=asked["stage"])
    if asked.get("kind"):
        found = found.filter(kind=asked["kind"])
    listed = found.order_by("name", "pk").values_list("pk", "name", "address")
    wanted = fold(asked.get("q", ""))
    return [pk for pk, *texts in listed if wanted in fold(" ".join([pk, *texts]))]
