"""Pass cards: printed from a list of staff, workers or pupils, and taken back."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from hub.desk.pages import OFFICIAL, file_answer, page, show, today_here
from hub.desk.rights import place_for, scope
from hub.errors import BadUsage, NotAllowed
from hub.lists import MAX_BYTES
from hub.paper.cards import draw_cards
from hub.paper.files import self_check
from hub.tracing.pairing import VIETNAM
from hub.trust import passes, roster
from hub.trust.models import IssuedPass

MOST = 200
"""Cards in one file from a page: each is read back twice, which takes a while."""

CODE_MM = 50.0
SHOWN = 100


@page(OFFICIAL)
def passes_page(request: HttpRequest) -> HttpResponse:
    """Print cards from a list, find passes, take them back; no names are kept."""
    if request.method == "POST":
        if request.POST.get("do") == "revoke":
            return _revoked(request)
        return _printed(request)
    rows = _mine(request).order_by("-issued", "pk")
    facts: dict[str, Any] = {
        "passes": [_line(one) for one in rows[:SHOWN]],
        "count": rows.count(),
        "place": request.GET.get("place", ""),
        "whole": request.role.unit is None,
    }
    return show(request, "desk_passes.html", facts)


def _printed(request: HttpRequest) -> HttpResponse:
    wishes = _wishes(request.FILES.get("file"), request.POST.get("place", "").strip())
    for place in {wish.place for wish in wishes}:
        if place:
            place_for(request.role, place)
        elif request.role.unit is not None:
            raise NotAllowed("A unit's passes are for one of its places: give the place's code.")
    days = request.POST.get("days", "365")
    if not days.isdigit() or not 1 <= int(days) <= 3660:
        raise BadUsage("A pass holds from 1 to 3660 days.")
    actor = request.user.get_username()
    renew = request.POST.get("renew") == "1"
    cards = passes.issue(wishes, valid=dt.timedelta(days=int(days)), actor=actor, renew=renew)
    pdf = draw_cards(cards)
    self_check(pdf, [card.text for card in cards], at_least_mm=CODE_MM)
    return file_answer(pdf, "pdf", f"the-{today_here():%Y%m%d}")


def _wishes(sent: UploadedFile | None, place: str) -> list[passes.Wish]:
    if sent is None:
        raise BadUsage("Choose a list: XLSX or CSV.")
    if (sent.size or 0) > MAX_BYTES:
        raise BadUsage("The file is larger than 20 MB; split it.")
    found = roster.read_bytes(sent.read(), place=place)
    if len(found) > MOST:
        raise BadUsage(f"{len(found)} cards are too many for a page; bring at most {MOST} rows.")
    return found


def _revoked(request: HttpRequest) -> HttpResponse:
    given = request.POST
    found = passes.find(id_=given.get("id", "").strip(), number=given.get("number", "").strip())
    mine = _mine(request).filter(pk__in=[one.pk for one in found])
    rows = list(mine.filter(revoked__isnull=True))
    if not rows:
        raise BadUsage("No such pass was issued here; hub pass list shows them.")
    passes.revoke(rows, reason=given.get("reason", ""), actor=request.user.get_username())
    return redirect("desk:passes")


def _mine(request: HttpRequest) -> QuerySet[IssuedPass]:
    """Return the passes of the account's places; those for everywhere are the whole hub's."""
    allowed = scope(request.role)
    rows: QuerySet[IssuedPass] = IssuedPass.objects.all()
    return rows if allowed is None else rows.filter(place__in=allowed)


def _line(one: IssuedPass) -> dict[str, Any]:
    over = one.until is not None and one.until < dt.datetime.now(dt.UTC)
    return {
        "id": one.pk,
        "short": one.pk[:8],
        "purpose": one.purpose,
        "place": one.place,
        "issued": _day(one.issued),
        "until": _day(one.until),
        "revoked": _day(one.revoked),
        "reason": one.reason,
        "over": over,
    }


def _day(moment: dt.datetime | None) -> str:
    return f"{moment.astimezone(VIETNAM):%d/%m/%Y}" if moment else ""
