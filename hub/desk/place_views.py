"""One place: its figures, its life, its details, its visits and boards; and new ones."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_safe

from hub.compliance import inspections
from hub.compliance.figures import Span
from hub.compliance.gates import gates
from hub.compliance.report import report
from hub.compliance.rhythm import rhythms
from hub.desk import charts
from hub.desk.pages import (
    OFFICIAL,
    OWNER,
    STAFF,
    gate_facts,
    given_day,
    language_of,
    page,
    picture,
    row_facts,
    show,
    today_here,
    word,
)  # fmt: skip
from hub.desk.rights import place_for, places_of, units_chosen
from hub.desk.said import problems
from hub.desk.words import words
from hub.errors import BadUsage, NotAllowed
from hub.intake.masked import masked_line
from hub.intake.models import Claim, Entry, Place
from hub.intake.transactions import now_ms
from hub.places import imports, kinds, lifecycle, register, units
from hub.places.models import StageChange
from hub.tracing.pairing import VIETNAM
from hub.tracing.tables import moment

LATEST = 30


@page(*STAFF, OWNER)
def place(request: HttpRequest, pk: str) -> HttpResponse:
    """One place: its figures of today, its gates, and its latest passages, masked."""
    found = place_for(request.role, pk)
    if request.method == "POST":
        if request.role.kind != OFFICIAL:
            raise NotAllowed("Places are changed by officials.")
        _do(request, found)
        return redirect("desk:place", pk)
    day = today_here()
    made = report(Span(day, day), places=[pk])
    rhythm = rhythms([pk], day)[pk]
    seen, expected = rhythm.so_far(dt.datetime.now(VIETNAM).hour)
    official = request.role.kind == OFFICIAL
    facts = {
        "row": row_facts(made.rows[0]),
        "profile": lifecycle.profile_of(found),
        "found": found,
        "kind": kinds.kinds()[found.kind].name if found.kind in kinds.kinds() else found.kind,
        "gates": [gate_facts(gate) for gate in gates(now_ms=now_ms(), places=[pk])],
        "entries": _latest(pk),
        "hours": [
            (f"{hour:02}", count, f"{usual:.0f}")
            for hour, (count, usual) in enumerate(zip(rhythm.seen, rhythm.expected, strict=True))
            if count or usual >= 0.5
        ],
        "seen": seen,
        "expected": f"{expected:.0f}",
        "samples": rhythm.samples,
    }
    if official:
        facts |= _of_officials(found)
    return show(request, "desk_place.html", facts)


def _of_officials(found: Place) -> dict[str, Any]:
    profile = lifecycle.profile_of(found)
    changes = StageChange.objects.filter(place=found).order_by("-at")[:10]
    return {
        "next": [(stage, word(stage)) for stage in sorted(lifecycle.STEPS[profile.stage])],
        "changes": [
            {
                "word": word(change.stage), "at": moment(int(change.at.timestamp() * 1000)),
                "actor": change.actor, "decision": change.decision,
                "decided": change.decided.strftime("%d/%m/%Y") if change.decided else "",
                "note": change.note,
            }
            for change in changes
        ],
        "visits": [visit_facts(one) for one in found.inspections.order_by("-planned")[:10]],
        "boards": list(found.boards.order_by("-number")[:10]),
        "kinds": [(k.id, k.name, k.id == found.kind) for k in kinds.kinds().values()],
        "today": today_here().isoformat(),
    }  # fmt: skip


def visit_facts(one: Any) -> dict[str, Any]:
    """Return a visit's line as pages show it."""
    today = today_here()
    late = (one.state == "planned" and one.due < today) or (
        one.state == "mending" and one.deadline < today
    )
    tone = {"planned": "warn", "mending": "warn", "done": "good"}.get(one.state, "bad")
    return {
        "pk": one.pk, "place": one.place, "reason": one.reason, "state": one.state,
        "word": word(f"visit-{one.state}"), "tone": "bad" if late else tone, "late": late,
        "due": one.due.strftime("%d/%m/%Y"),
        "deadline": one.deadline.strftime("%d/%m/%Y") if one.deadline else "",
        "finding": word(f"found-{one.finding}") if one.finding else "",
        "by": one.visited_by or one.planned_by,
    }  # fmt: skip


def _latest(pk: str) -> list[dict[str, str]]:
    latest = Entry.objects.filter(place=pk, at_ms__isnull=False).exclude(
        claim__in=Claim.objects.filter(status=Claim.Status.HELD).values("pk")
    )
    codes = words(language_of())["carried"]
    return [
        {
            "time": moment(entry.at_ms),
            "gate": entry.gate,
            "direction": entry.direction,
            "who": masked_line(entry.pk, entry.mask),
            "kind": codes.get(entry.kind or entry.type, entry.kind or entry.type),
        }
        for entry in latest.order_by("-at_ms")[:LATEST]
    ]


def _do(request: HttpRequest, found: Place) -> None:
    actor, asked, given = request.user.get_username(), request.POST.get("do"), request.POST
    if asked == "stage":
        lifecycle.move(
            found, given.get("stage", ""), actor=actor, decision=given.get("decision", ""),
            decided=given_day(given["date"]) if given.get("date") else None,
            note=given.get("note", ""),
        )  # fmt: skip
    elif asked == "correct":
        register.correct(found, given, actor=actor)
    elif asked == "phone":
        register.phone_verified(found, actor=actor)
    elif asked == "visit":
        due = given_day(given.get("due", ""), default=today_here())
        inspections.plan(found, reason=given.get("reason", ""), due=due, actor=actor)
    else:
        raise BadUsage("Nothing of a place is done that way.")


@page(*STAFF, OWNER)
@require_safe
def hours_chart(request: HttpRequest, pk: str) -> HttpResponse:
    """A day by hour beside what is usual, as a picture."""
    place_for(request.role, pk)
    return picture(charts.hours(rhythms([pk], today_here())[pk], language_of()))


@page(*STAFF, OWNER)
@require_safe
def week_chart(request: HttpRequest, pk: str) -> HttpResponse:
    """What is usual at each hour of the week, as a picture."""
    place_for(request.role, pk)
    return picture(charts.week(rhythms([pk], today_here())[pk], language_of()))


@page(OFFICIAL)
def fresh(request: HttpRequest) -> HttpResponse:
    """Register a place, an event that closes itself, or a whole list."""
    role, actor = request.role, request.user.get_username()
    if request.method != "POST":
        return show(request, "desk_new.html", _new_facts(request))
    asked = request.POST.get("do")
    if asked == "event":
        made = event(request)
        return redirect("desk:board", made.pk)
    if asked == "list":
        return _listed(request)
    territory, body = units_chosen(request)
    made = register.register(request.POST, territory=territory, body=body, actor=actor)
    assert places_of(role).filter(pk=made.pk).exists()
    return redirect("desk:place", made.pk)


def _new_facts(request: HttpRequest) -> dict[str, Any]:
    from hub.desk.views import unit_names

    now = dt.datetime.now(VIETNAM)
    return {
        "kinds": [(k.id, k.name, False) for k in kinds.kinds().values()],
        "units": unit_names(request),
        "starts": now.strftime("%Y-%m-%dT%H:%M"),
        "ends": (now + dt.timedelta(hours=8)).strftime("%Y-%m-%dT%H:%M"),
    }


def event(request: HttpRequest) -> Place:
    """Register a meeting, wedding or funeral that closes itself."""
    given = request.POST
    try:
        starts = dt.datetime.fromisoformat(given.get("starts", "")).replace(tzinfo=VIETNAM)
        ends = dt.datetime.fromisoformat(given.get("ends", "")).replace(tzinfo=VIETNAM)
    except ValueError as error:
        raise BadUsage("Start and end are times such as 2026-12-31T14:00.") from error
    territory, body = units_chosen(request)
    return lifecycle.temporary(
        given.get("name", ""), address=given.get("address", ""), host=given.get("host", ""),
        phone=register.phone_of(given.get("phone", "")), starts=starts, ends=ends,
        territory=territory, body=body, actor=request.user.get_username(),
    )  # fmt: skip


def _listed(request: HttpRequest) -> HttpResponse:
    """Check a list, and take it when nothing is wrong and it was asked for."""
    given = request.FILES.get("file")
    if given is None:
        raise BadUsage("Choose a list: XLSX or CSV.")
    made = imports.plan_bytes(given.name, given.read())
    outside = _outside(request, made)
    if outside:
        raise NotAllowed(f"{outside} rows name no unit below yours.")
    facts = _new_facts(request) | {
        "checked": given.name,
        "count": len(made.places),
        "problems": problems(made.problems[:300], language_of()),
        "perhaps": problems(made.perhaps[:100], language_of()),
        "problems_count": len(made.problems),
    }
    if not made.problems and request.POST.get("take") == "1":
        facts["taken"] = imports.take(made, actor=request.user.get_username())
    return show(request, "desk_new.html", facts)


def _outside(request: HttpRequest, made: imports.Plan) -> int:
    own = request.role.unit
    if own is None:
        return 0
    ids = units.below(own)
    return sum(getattr(one, f"{own.tree}_id") not in ids for one in made.profiles)
