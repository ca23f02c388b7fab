"""Visits to places: the list, and one with its finding, photo, deadline and second look."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_safe

from hub.compliance import inspections
from hub.compliance.models import Inspection
from hub.desk.pages import OFFICIAL, given_day, page, show, today_here, word
from hub.desk.place_views import visit_facts
from hub.desk.rights import place_for, places_of
from hub.errors import BadUsage
from hub.tracing.tables import moment

LISTED = 25


@page(OFFICIAL)
@require_safe
def visits(request: HttpRequest) -> HttpResponse:
    """The visits of the account's places, the most urgent first."""
    state = request.GET.get("state", "")
    found = Inspection.objects.filter(place__in=places_of(request.role)).select_related("place")
    if state in Inspection.State.values:
        found = found.filter(state=state)
    elif state != "all":
        found = found.exclude(state=Inspection.State.DONE)
    sheet = Paginator(found.order_by("due", "planned"), LISTED).get_page(request.GET.get("page"))
    states = [(value, word(f"visit-{value}"), value == state) for value in Inspection.State.values]
    facts = {
        "visits": [visit_facts(one) for one in sheet.object_list],
        "sheet": sheet,
        "rest": f"state={state}" if state else "",
        "states": [*states, ("all", word("all"), state == "all")],
    }
    return show(request, "desk_visits.html", facts)


@page(OFFICIAL)
def visit(request: HttpRequest, pk: str) -> HttpResponse:
    """One visit."""
    one = _one(request, pk)
    actor, given = request.user.get_username(), request.POST
    if request.method == "POST":
        if given.get("do") == "visit":
            photo = request.FILES.get("photo")
            inspections.visit(
                one,
                given.get("finding", ""),
                note=given.get("note", ""),
                photo=photo.read() if photo else None,
                deadline=given_day(given["deadline"]) if given.get("deadline") else None,
                actor=actor,
            )
        elif given.get("do") == "recheck":
            mended = given.get("mended") == "yes"
            inspections.recheck(one, mended=mended, note=given.get("note", ""), actor=actor)
        else:
            raise BadUsage("A visit is made, or looked at again.")
        return redirect("desk:visit", one.pk)
    times = {"planned": one.planned, "visited": one.visited, "rechecked": one.rechecked}
    facts = {
        "one": one,
        "line": visit_facts(one),
        "times": {
            name: moment(int(time.timestamp() * 1000)) if time else ""
            for name, time in times.items()
        },
        "findings": [(value, word(f"found-{value}")) for value in Inspection.Finding.values],
        "today": today_here().isoformat(),
    }
    return show(request, "desk_visit.html", facts)


@page(OFFICIAL)
@require_safe
def photo(request: HttpRequest, pk: str) -> HttpResponse:
    """The photo that was taken."""
    jpeg = inspections.photo_of(_one(request, pk), actor=request.user.get_username())
    if jpeg is None:
        raise Http404
    return HttpResponse(jpeg, content_type="image/jpeg")


def _one(request: HttpRequest, pk: str) -> Inspection:
    one: Inspection = get_object_or_404(Inspection.objects.select_related("place"), pk=pk)
    place_for(request.role, one.place_id)
    return one
