"""The first pages: the hub's, a place's behind its code, what is recorded, what was kept."""

from __future__ import annotations

import base64
import datetime as dt
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_POST, require_safe

from hub.intake.models import Place
from hub.intake.transactions import now_ms
from hub.places.kinds import kinds
from hub.visitors import declarations
from hub.visitors.models import Introduction
from hub.visitors.pages import show, trouble
from hub.visitors.people import VIETNAM, Person
from hub.visitors.placecodes import Opened, opened, standing
from hub.visitors.tickets import Ticket, shown

COOKIE = "me"
_TONES = {"current": "go", "renamed": "look", "old": "look", "soon": "look", "stale": "look",
          "unknown-age": "look"}  # fmt: skip


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """What one can do here without having scanned anything."""
    return show(request, "home.html", {})


@require_safe
def board(request: HttpRequest, token: str) -> HttpResponse:
    """What a phone's camera opens: the place, whether its code holds, and what one can do."""
    found = opened(token)
    return place_page(request, found, Ticket("", "", found.how, now_ms()))


@require_safe
def place(request: HttpRequest, ticket: str) -> HttpResponse:
    """The same place again, from a page that was opened by its code."""
    held = Ticket.unpack(ticket)
    row = find(held.place) if held else None
    if held is None or row is None or held.leaving:
        return expired(request)
    return place_page(request, standing(row, held.gate, held.how), held)


def place_page(request: HttpRequest, found: Opened, held: Ticket) -> HttpResponse:
    """Show a place."""
    row = found.place
    ticket = Ticket(row.pk, found.gate, found.how, held.opened_ms).pack() if row else ""
    status = {"forged": 404, "stale": 410, "unknown-age": 410}.get(found.state, 200)
    facts = place_facts(found) | {
        "found": found,
        "ticket": ticket,
        "tone": _TONES.get(found.state, "stop"),
        "me": remembered(request),
        "introduction": row and introduction(row),
    }
    return show(request, "place.html", facts, status=status)


def place_facts(found: Opened) -> dict[str, Any]:
    """Return what pages tell about a place."""
    row = found.place
    profile = getattr(row, "profile", None)
    kind = kinds().get(row.kind) if row else None
    decision = found.decision
    return {
        "place": row,
        "gate": found.gate,
        "kind": kind.name if kind else "",
        "hours": profile.hours if profile else "",
        "decision": decision.decision if decision else "",
        "decided": f"{decision.decided:%d/%m/%Y}" if decision and decision.decided else "",
        "starts": _local(profile.starts) if profile and profile.starts else "",
    }


def expired(request: HttpRequest) -> HttpResponse:
    """Say that the page was opened too long ago."""
    return trouble(request, "expired", status=410)


def find(place_id: str) -> Place | None:
    """Return a place with its profile."""
    return Place.objects.select_related("profile").filter(pk=place_id).first()


def introduction(row: Place) -> list[str]:
    """Return a business's own words, by paragraph."""
    text = Introduction.objects.filter(place=row).values_list("text", flat=True).first() or ""
    return [line.strip() for line in text.splitlines() if line.strip()]


def remembered(request: HttpRequest) -> list[Person]:
    """Return whom this phone remembers."""
    return shown(request.COOKIES.get(COOKIE, ""))


@require_safe
def notice(request: HttpRequest) -> HttpResponse:
    """What is recorded, by whom, why, for how long, who receives it, and how to ask."""
    return show(request, "notice.html", {})


@require_safe
def kept(request: HttpRequest, part: str) -> HttpResponse:
    """A declaration that somebody kept: its code, and until when it holds."""
    found = declarations.read(part)
    if found is None:
        return trouble(request, "no-declaration", status=404)
    made, text = found
    until = dt.datetime.fromtimestamp(made.until, VIETNAM)
    facts = {
        "made": made,
        "until": f"{until:%d/%m/%Y %H:%M}",
        "over": until < dt.datetime.now(VIETNAM),
        "picture": base64.b64encode(declarations.picture(text)).decode("ascii"),
        "short": made.id.hex()[-6:].upper(),
    }
    return show(request, "kept.html", facts)


@require_POST
def forget(_request: HttpRequest) -> HttpResponse:
    """Let this phone forget whom it remembers."""
    answer = HttpResponseRedirect("/forgotten")
    answer.delete_cookie(COOKIE)
    return answer


@require_safe
def forgotten(request: HttpRequest) -> HttpResponse:
    """Say that it did."""
    return show(request, "forgotten.html", {})


def _local(moment: dt.datetime) -> str:
    return f"{moment.astimezone(VIETNAM):%d/%m/%Y %H:%M}"
