"""The officials' side: reports to look at, and requests about one's own data with their clock."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_safe

from hub.desk.pages import OFFICIAL, page
from hub.desk.pages import show as show_desk
from hub.desk.rights import covers_all, scope
from hub.errors import BadUsage, NotAllowed
from hub.intake.masked import masked_line
from hub.tracing.tables import moment
from hub.visitors import reports, requests
from hub.visitors.models import DataRequest, Photo, Report
from hub.visitors.pages import language_of, words
from hub.visitors.people import VIETNAM

LISTED = 200


def _show(request: HttpRequest, template: str, facts: dict[str, Any]) -> HttpResponse:
    return show_desk(request, template, facts | {"v": words(language_of(request))})


def waiting(now: dt.datetime) -> dict[str, int]:
    """Return what waits for officials: new reports, open requests, those of them overdue."""
    open_ = DataRequest.objects.filter(done=None)
    return {
        "reports": Report.objects.exclude(state=Report.State.CLOSED).count(),
        "requests": open_.count(),
        "overdue": open_.filter(due__lt=now).count(),
    }


@page(OFFICIAL)
@require_safe
def request_list(request: HttpRequest) -> HttpResponse:
    """Requests about one's own data, the most urgent first."""
    _must_cover_all(request)
    now = dt.datetime.now(dt.UTC)
    open_ = [_clock(one, now) for one in DataRequest.objects.filter(done=None).order_by("due")]
    done = DataRequest.objects.exclude(done=None).order_by("-done")[:50]
    facts = {"open": open_, "done": [_clock(one, now) for one in done]}
    return _show(request, "visitors/desk_requests.html", facts)


@page(OFFICIAL)
def one_request(request: HttpRequest, number: str) -> HttpResponse:
    """One request: one official compares the card, another one does what was asked for."""
    _must_cover_all(request)
    found = get_object_or_404(DataRequest, number=number)
    actor = request.user.get_username()
    facts: dict[str, Any] = {}
    if request.method == "POST":
        asked, step = request.POST.get("do"), request.POST.get("step", "")
        if asked == "refuse":
            requests.refuse(found, request.POST.get("reason", ""), actor=actor)
            return redirect("requests:requests")
        if asked == "compare":
            seen = request.POST.get("seen") == "1"
            person = requests.proven(request.POST.dict(), seen=seen)
            requests.compare(found, person, actor=actor)
            return redirect("requests:request", number)
        if asked == "back":
            requests.send_back(found, actor=actor)
            return redirect("requests:request", number)
        # Opened with the request's end, and so no more: what was told to reach them goes with it.
        contact = requests.contact_of(found, actor=actor)
        if asked == "erase":
            requests.erased(found, step=step, actor=actor)
        elif asked == "see":
            held = requests.shown(found, step=step, actor=actor)
            facts["held"] = [_held(one) for one in held]
        else:
            raise BadUsage("A request is met or refused.")
        found.refresh_from_db()
        facts |= {"contact": contact, "met": asked}
    elif found.done is None:
        facts["contact"] = requests.contact_of(found, actor=actor)
        facts["mine"] = found.compared_by == actor[:150]
        if found.compared is not None and not facts["mine"]:
            facts["person"] = requests.compared_person(found, actor=actor)
            facts["step"] = requests.step_of(found)
    facts["one"] = _clock(found, dt.datetime.now(dt.UTC))
    return _show(request, "visitors/desk_request.html", facts)


@page(OFFICIAL)
@require_safe
def report_list(request: HttpRequest) -> HttpResponse:
    """Residents' reports, those nobody has looked at first."""
    rows = _reports(request).order_by("-made")
    facts = {"reports": [_line(one) for one in rows.exclude(state="closed")[:LISTED]]}
    facts["closed"] = [_line(one) for one in rows.filter(state="closed").order_by("-closed")[:50]]
    return _show(request, "visitors/desk_reports.html", facts)


@page(OFFICIAL)
def one_report(request: HttpRequest, number: str) -> HttpResponse:
    """One report with its photo, and the answer to it."""
    found = get_object_or_404(_reports(request), number=number)
    actor = request.user.get_username()
    if request.method == "POST":
        state, text = request.POST.get("state", ""), request.POST.get("answer", "")
        reports.answer(found, state, text, actor=actor)
        return redirect("requests:reports")
    facts = {
        "one": _line(found),
        "told": reports.opened(found, actor=actor),
        "photo": Photo.objects.filter(report=found).exists(),
    }
    return _show(request, "visitors/desk_report_one.html", facts)


@page(OFFICIAL)
@require_safe
def photo(request: HttpRequest, number: str) -> HttpResponse:
    """A report's photo."""
    found = get_object_or_404(_reports(request), number=number)
    jpeg = reports.photo_of(found, actor=request.user.get_username())
    if jpeg is None:
        raise Http404
    return HttpResponse(jpeg, content_type="image/jpeg")


def _must_cover_all(request: HttpRequest) -> None:
    """Refuse whose unit is a part: a person's passages may lie at any place of the hub."""
    if not covers_all(request.role):
        raise NotAllowed("Requests are met by officials who answer for every place of this hub.")


def _reports(request: HttpRequest) -> QuerySet[Report]:
    """Return the reports that an account may see: of its unit's places, and of nobody's."""
    rows = Report.objects.select_related("place")
    places = scope(request.role)
    return rows if places is None else rows.filter(Q(place__in=places) | Q(place=None))


def _clock(one: DataRequest, now: dt.datetime) -> dict[str, Any]:
    hours = round((one.due - now).total_seconds() / 3600)
    return {
        "number": one.number,
        "what": one.what,
        "made": f"{one.made.astimezone(VIETNAM):%d/%m/%Y %H:%M}",
        "due": f"{one.due.astimezone(VIETNAM):%d/%m/%Y}",
        "done": f"{one.done.astimezone(VIETNAM):%d/%m/%Y %H:%M}" if one.done else "",
        "done_by": one.done_by,
        "compared_by": one.compared_by,
        "compared": f"{one.compared.astimezone(VIETNAM):%d/%m/%Y %H:%M}" if one.compared else "",
        "refused": one.refused,
        "hours": abs(hours),
        "tone": "" if one.done else "bad" if hours < 0 else "warn" if hours < 24 else "good",
        "late": one.done is None and hours < 0,
    }


def _line(one: Report) -> dict[str, Any]:
    return {
        "number": one.number,
        "what": one.what,
        "place": one.place,
        "where": one.where,
        "state": one.state,
        "made": f"{one.made.astimezone(VIETNAM):%d/%m/%Y %H:%M}",
        "answer": one.answer,
        "tone": {"new": "bad", "seen": "warn"}.get(one.state, "good"),
    }


def _held(one: requests.Held) -> dict[str, Any]:
    entry = one.entry
    return {
        "time": moment(entry.at_ms if entry.at_ms is not None else entry.wall_ms),
        "place": one.place,
        "gate": entry.gate,
        "direction": entry.direction,
        "who": one.person.get("name", "") or masked_line(entry.pk, entry.mask),
        "facts": " · ".join(
            one.person[key]
            for key in ("birth", "number", "bhyt", "phone", "address")
            if one.person.get(key)
        ),
    }
