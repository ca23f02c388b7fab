"""The volunteer's pages, for a phone at the door: find or register, print, go on."""

from __future__ import annotations

from itertools import groupby

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from hub.desk.pages import VOLUNTEER, page, show, word
from hub.desk.rights import place_for, places_of
from hub.places import kinds, lifecycle, register
from hub.places.models import Stage, Unit
from hub.places.streets import parts
from hub.places.streets import street as sorted_by
from wire.names import fold

LISTED = 60


@page(VOLUNTEER)
def street(request: HttpRequest) -> HttpResponse:
    """The places of the volunteer's unit by street, those still to do first on each."""
    wanted, left = fold(request.GET.get("q", "")), request.GET.get("left") == "1"
    found = (
        places_of(request.role)
        .select_related("profile")
        .exclude(profile__stage__in=(Stage.CLOSED, Stage.SUSPENDED))
    )
    listed = [
        place for place in found
        if wanted in fold(f"{place.name} {place.address}")
        and (not left or place.profile.stage in (Stage.KNOWN, Stage.APPLIED))
    ]  # fmt: skip
    listed.sort(key=lambda place: (*sorted_by(place.address), place.name))
    streets = [
        {
            "name": parts(rows[0].address)[1],
            "places": [
                {
                    "pk": place.pk, "name": place.name, "house": parts(place.address)[0],
                    "todo": place.profile.stage in (Stage.KNOWN, Stage.APPLIED),
                    "word": word(place.profile.stage),
                }
                for place in rows
            ],
        }
        for _, group in groupby(listed[:LISTED], key=lambda place: sorted_by(place.address)[0])
        for rows in [list(group)]
    ]  # fmt: skip
    facts = {
        "streets": streets, "q": request.GET.get("q", ""), "left": left,
        "more": max(len(listed) - LISTED, 0), "unit": request.role.unit,
    }  # fmt: skip
    return show(request, "desk_street.html", facts)


@page(VOLUNTEER)
def door(request: HttpRequest, pk: str = "") -> HttpResponse:
    """Register the place one stands in front of, known to the list or not; then print."""
    role, actor = request.role, request.user.get_username()
    found = place_for(role, pk) if pk else None
    if request.method == "POST":
        if found is None:
            territory = role.unit if role.unit.tree == Unit.Tree.TERRITORY else None
            body = role.unit if role.unit.tree == Unit.Tree.BODY else None
            found = register.register(request.POST, territory=territory, body=body, actor=actor)
        else:
            register.correct(found, request.POST, actor=actor)
        if request.POST.get("reached") == "1":
            register.phone_verified(found, actor=actor)
        register.settled(found, actor=actor, note="visited")
        return redirect("desk:board", found.pk)
    facts = {
        "found": found,
        "profile": lifecycle.profile_of(found) if found else None,
        "kinds": [
            (k.id, k.name, found is not None and k.id == found.kind) for k in kinds.kinds().values()
        ],
    }
    return show(request, "desk_door.html", facts)
