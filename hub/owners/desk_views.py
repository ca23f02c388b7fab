"""The officials' side of what owners ask for: old and new beside each other, and a decision."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_safe

from hub.desk.pages import OFFICIAL, page, show
from hub.desk.rights import scope, units_chosen
from hub.desk.views import unit_names
from hub.errors import BadUsage
from hub.owners import changes
from hub.owners.models import Change
from hub.owners.pages import words
from hub.places.kinds import kinds
from hub.visitors.people import VIETNAM


@page(OFFICIAL)
@require_safe
def change_list(request: HttpRequest) -> HttpResponse:
    """What owners ask for and nobody has decided."""
    rows = _changes(request).filter(state=Change.State.WAITING).order_by("made")
    facts = {"changes": [_line(one) for one in rows[:200]], "v": words(request)}
    return show(request, "owners/desk_changes.html", facts)


@page(OFFICIAL)
def one_change(request: HttpRequest, pk: int) -> HttpResponse:
    """One change: what is known, what is asked for."""
    found = get_object_or_404(_changes(request), pk=pk)
    if request.method == "POST":
        decision = request.POST.get("decision")
        if decision not in ("confirm", "refuse"):
            raise BadUsage("A change is confirmed or refused.")
        territory, body = units_chosen(request)
        changes.decide(
            found,
            accept=decision == "confirm",
            actor=request.user.get_username(),
            reason=request.POST.get("reason", ""),
            territory=territory,
            body=body,
        )
        return redirect("changes:changes")
    now = changes.of(found.place) if found.place else {}
    v = words(request)
    rows = [
        {
            "word": v["fact"][key],
            "old": _told(key, now.get(key, "")),
            "new": _told(key, value),
        }
        for key, value in found.facts.items()
        if value != now.get(key, "")
    ]
    waits = found.state == Change.State.WAITING and found.what != Change.What.CORRECT
    facts = {
        "one": _line(found),
        "rows": rows,
        "v": v,
        "owners": changes.owners_of(found) if waits else [],
        "has_role": waits and changes.has_role(found),
        "units": unit_names(request) if waits and found.place is None else [],
        "own": request.role.unit,
    }
    return show(request, "owners/desk_change.html", facts)


def _told(key: str, value: Any) -> Any:
    """Return a fact as people say it: a kind of venue by its name."""
    kind = kinds().get(value) if key == "kind" else None
    return kind.name if kind else value


def _changes(request: HttpRequest) -> QuerySet[Change]:
    """Return the changes an account may see: of its unit's places, and of new ones."""
    rows = Change.objects.select_related("place", "account")
    places = scope(request.role)
    return rows if places is None else rows.filter(Q(place__in=places) | Q(place=None))


def _line(one: Change) -> dict[str, Any]:
    return {
        "pk": one.pk,
        "what": one.what,
        "name": one.place.name if one.place else one.facts.get("name", ""),
        "address": one.place.address if one.place else one.facts.get("address", ""),
        "account": one.account.get_username(),
        "made": f"{one.made.astimezone(VIETNAM):%d/%m/%Y %H:%M}",
        "state": one.state,
    }
