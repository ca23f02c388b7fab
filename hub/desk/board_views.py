"""Boards: printed for a place or a whole unit, taken back, and judged from a photo."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from hub.commands.kiosks import address
from hub.desk.pages import (
    OFFICIAL,
    STAFF,
    VOLUNTEER,
    file_answer,
    language_of,
    page,
    show,
    today_here,
)
from hub.desk.rights import place_for, places_of
from hub.desk.views import unit_names
from hub.desk.words import words
from hub.errors import BadUsage, NotAllowed
from hub.intake.models import Place
from hub.paper.worksheet import draw_worksheet
from hub.places import boardcheck, boards, units
from hub.places.models import BoardIssue, Unit

MOST = 60
"""Boards in one file from a page: each is read back twice, which takes a while."""
TONES = {"current": "go", "unreadable": "look", "too-small": "look", "wrong-data": "look",
         "old": "look", "swapped": "stop", "forged": "stop"}  # fmt: skip


@page(*STAFF, VOLUNTEER)
def boards_page(request: HttpRequest) -> HttpResponse:
    """Check a board from a photo; print those of a unit, and the sheet to walk with."""
    facts: dict[str, Any] = {
        "units": unit_names(request),
        "own": request.role.unit.code if request.role.unit else "",
        "volunteer": request.role.kind == VOLUNTEER,
        "place": request.GET.get("place", ""),
    }
    if request.method == "POST":
        facts |= _checked(request)
    return show(request, "desk_boards.html", facts)


def _checked(request: HttpRequest) -> dict[str, Any]:
    given = request.FILES.get("photo")
    if given is None:
        raise BadUsage("Take a photo of the board first.")
    found = place_for(request.role, request.POST.get("place", "").strip())
    judged = boardcheck.check(given.read(), found, gate=request.POST.get("gate", "").strip())
    there = places_of(request.role).filter(pk=judged.place).first()
    return {
        "place": found.pk,
        "judged": judged,
        "tone": TONES[judged.word],
        "said_of_board": words(language_of())["board"][judged.word],
        "of": found,
        "there": there if judged.word == "swapped" else None,
    }


@page(*STAFF, VOLUNTEER)
def board(request: HttpRequest, pk: str) -> HttpResponse:
    """A place's board: choose the size, take the file."""
    found = place_for(request.role, pk)
    if request.method != "POST":
        last = BoardIssue.objects.filter(place=found).order_by("-number").first()
        return show(request, "desk_board.html", {"found": found, "last": last})
    return _drawn(request, [found], f"bang-{found.pk}", renew=request.POST.get("renew") == "1")


@page(OFFICIAL)
@require_POST
def board_of_unit(request: HttpRequest) -> HttpResponse:
    """The boards of a unit's places in one file, by street."""
    unit = _unit(request)
    allowed = places_of(request.role)
    listed = boards.printable(units.places_of(unit).filter(pk__in=allowed))
    if not listed:
        raise BadUsage("This unit has no place that can have a board.")
    if len(listed) > MOST:
        raise BadUsage(
            f"{len(listed)} boards are too many for a page: hub board --unit {unit.code} --out."
        )
    return _drawn(request, listed, f"bang-{unit.code}")


@page(*STAFF, VOLUNTEER)
@require_POST
def worksheet(request: HttpRequest) -> HttpResponse:
    """The list by street, to walk with."""
    unit = _unit(request)
    listed = units.places_of(unit).filter(pk__in=places_of(request.role))
    rows = list(listed.select_related("profile"))
    data = draw_worksheet(unit.name, rows, day=today_here())
    return file_answer(data, "pdf", f"phieu-{unit.code}")


@page(OFFICIAL)
@require_POST
def revoke(request: HttpRequest, number: int) -> HttpResponse:
    """Take a board back: whoever checks it is told that it is old."""
    row = BoardIssue.objects.filter(pk=number).first()
    if row is None:
        raise BadUsage(f"There is no board number {number}.")
    place_for(request.role, row.place_id)
    reason = request.POST.get("reason", "").strip()
    if not reason:
        raise BadUsage("Taking a board back needs a reason.")
    boards.revoke(number, reason=reason, actor=request.user.get_username())
    return redirect("desk:place", row.place_id)


def _unit(request: HttpRequest) -> Unit:
    code = request.POST.get("unit", "")
    unit = units.named(code) if code else request.role.unit
    if unit is None:
        raise BadUsage("Choose a unit.")
    if request.role.unit and unit.pk not in units.below(request.role.unit):
        raise NotAllowed("This unit is not below yours.")
    return unit


def _drawn(
    request: HttpRequest, places: list[Place], name: str, *, renew: bool = False
) -> HttpResponse:
    size = request.POST.get("size", "A4")
    if size not in ("A4", "A5"):
        raise BadUsage("A board is A4 or A5.")
    with tempfile.TemporaryDirectory(prefix="board-") as folder:
        target = Path(folder) / "board.pdf"
        boards.draw(
            places,
            target,
            url=address(settings.HOME.remembered_url()[0]),
            size=size,
            gate=request.POST.get("gate", "").strip(),
            hotline=request.POST.get("hotline", "").strip()[:20],
            renew=renew,
            actor=request.user.get_username(),
        )
        data = target.read_bytes()
    return file_answer(data, "pdf", f"{name}-{today_here():%Y%m%d}")
