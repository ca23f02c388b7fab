"""The pages of cases: opening, approving, tracing, and the call list."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from hub import sheets
from hub.desk.pages import OFFICIAL, page, show, word
from hub.desk.rights import case_for, cases_of, scope
from hub.desk.views import XLSX
from hub.desk.words import words
from hub.errors import BadUsage
from hub.intake.audit import record
from hub.intake.masked import masked_line
from hub.intake.models import Entry, Place
from hub.intake.transactions import durable, now_ms
from hub.tracing import calls, people, tables
from hub.tracing import cases as rules
from hub.tracing.intervals import Bound, Stay
from hub.tracing.models import Case, Contact
from hub.tracing.tables import moment
from hub.tracing.trace import Line, Trace, trace

_FIELDS = ("number", "phone", "qid", "bhyt", "name", "birth")
_TONES = {"approved": "good", "waiting": "warn", "emergency": "bad", "high": "good", "low": "warn"}
_DAY_MS = 24 * 3600 * 1000
_LISTED = 200


@page(OFFICIAL)
def cases(request: HttpRequest) -> HttpResponse:
    """The cases, and the form that opens one."""
    several: list[dict[str, object]] = []
    if request.method == "POST":
        made, several = _open(request)
        if made is not None:
            return redirect("desk:case", made.pk)
    listed = []
    for case in cases_of(request.role).order_by("-opened_ms")[:_LISTED]:
        case.word, case.tone = word(rules.standing(case)), _TONES.get(rules.standing(case), "")
        case.until = moment(case.expires_ms) if case.expires_ms else ""
        listed.append(case)
    labels = words(request.LANGUAGE_CODE)
    facts = {
        "cases": listed,
        "several": several,
        "reason": request.POST.get("reason", ""),
        "days": request.POST.get("days", rules.WINDOW_DAYS),
        "fields": [
            {"name": name, "label": labels[name], "value": request.POST.get(name, "")}
            for name in _FIELDS
        ],
    }
    return show(request, "desk_cases.html", facts)


def _open(request: HttpRequest) -> tuple[Case | None, list[dict[str, object]]]:
    """Open a case, or return the people who may be meant, masked, to choose from."""
    given = {name: request.POST.get(name, "").strip() for name in _FIELDS}
    tags = people.tags_of(given)
    days = _whole(request.POST.get("days", ""))
    now = now_ms()
    found = people.matching(tags, now - days * rules.DAY_MS, now)
    pick = request.POST.get("pick", "")
    if len(found) > 1 or (found and "name" in tags):
        if not pick:
            return None, [{"line": group.line, "count": len(group.seen)} for group in found]
        chosen = _whole(pick)
        if not 1 <= chosen <= len(found):
            raise BadUsage("Choose one of the people listed.")
        tags = people.tags_in(found[chosen - 1]) or tags
    made = rules.open_case(
        tags,
        reason=request.POST.get("reason", ""),
        actor=request.user.get_username(),
        days=days,
        emergency=request.POST.get("emergency") == "1",
    )
    return made, []


@page(OFFICIAL)
def case(request: HttpRequest, pk: str) -> HttpResponse:
    """One case with its call list, masked; deciding and noting."""
    found = case_for(request.role, pk)
    if request.method == "POST":
        _do(request, found)
        return redirect("desk:case", found.pk)
    return show(request, "desk_case.html", _facts(request, found) | {"calls": _masked(found)})


def _do(request: HttpRequest, found: Case) -> None:
    actor, asked = request.user.get_username(), request.POST.get("do")
    if asked == "approve":
        rules.approve(found, actor=actor)
    elif asked == "review":
        rules.review(found, actor=actor, finding=request.POST.get("finding", ""))
    elif asked == "close":
        rules.close(found, actor=actor)
    elif asked == "call":
        calls.change(
            found,
            request.POST.get("contact", ""),
            state=request.POST.get("state", ""),
            note=request.POST.get("note", "").strip() or None,
            actor=actor,
        )
    else:
        raise BadUsage("Nothing of a case is done that way.")


@page(OFFICIAL)
@require_POST
def trace_page(request: HttpRequest, pk: str) -> HttpResponse:
    """Trace: names in full, on this answer alone; or the list as a file."""
    found = case_for(request.role, pk)
    actor, second = request.user.get_username(), request.POST.get("generations") == "2"
    places = scope(request.role)
    made = trace(
        found,
        actor=actor,
        generations=2 if second else 1,
        places=None if places is None else frozenset(places),
    )
    export = request.POST.get("export", "")
    if export in ("csv", "xlsx"):
        return _exported(made, export, actor)
    notes = calls.notes(found, actor=actor)
    shown = {
        "found": made,
        "second": second,
        "calls": [_line(line, made, notes) for line in made.lines],
        "visits": [_visit(visit, made) for visit in made.visits],
        "missing": [
            {
                "place": gate.place_name,
                "gate": gate.gate,
                "since": moment(gate.until_ms) if gate.until_ms is not None else "",
            }
            for gate in made.incomplete
        ],
    }
    return show(request, "desk_case.html", _facts(request, found) | shown)


def _exported(made: Trace, kind: str, actor: str) -> HttpResponse:
    with durable():
        record(
            "trace-export",
            actor=actor,
            subject=made.case.pk,
            reason=made.case.reason,
            detail={"contacts": len(made.lines), "kind": kind},
        )
    if kind == "csv":
        answer = HttpResponse(
            sheets.as_csv(tables.HEAD, tables.rows(made)), content_type="text/csv; charset=utf-8"
        )
    else:
        book = sheets.as_xlsx([(made.case.pk, tables.HEAD, tables.rows(made))])
        answer = HttpResponse(book, content_type=XLSX)
    answer["Content-Disposition"] = f'attachment; filename="{made.case.pk}.{kind}"'
    return answer


def _facts(request: HttpRequest, found: Case) -> dict[str, Any]:
    standing = rules.standing(found)
    mine = found.opened_by == request.user.get_username()
    emergency = found.status == Case.Status.EMERGENCY
    return {
        "case": found,
        "standing": standing,
        "status": word(standing),
        "tone": _TONES.get(standing, ""),
        "until": moment(found.expires_ms) if found.expires_ms else "",
        "to_review": emergency and not found.reviewed_by and not mine,
        "states": [(state, word(state)) for state in Contact.State.values],
    }


def _masked(found: Case) -> list[dict[str, object]]:
    lines = list(found.contacts.order_by("generation", "found_ms"))
    rows = Entry.objects.in_bulk([line.entry for line in lines])
    return [
        {
            "id": str(line.pk),
            "who": masked_line(line.entry, rows[line.entry].mask) if line.entry in rows else "",
            "generation": line.generation,
            "state": line.state,
        }
        for line in lines
    ]


def _line(line: Line, made: Trace, notes: dict[str, str]) -> dict[str, object]:
    person = line.person
    places = dict(Place.objects.filter(pk=line.phone_from).values_list("pk", "name"))
    return {
        "id": line.id,
        "who": person.get("name", ""),
        "more": " · ".join(
            value
            for value in (person.get("birth", ""), person.get("number", ""), person.get("address"))
            if value
        ),
        "phone": person.get("phone", ""),
        "phone_from": places.get(line.phone_from, line.phone_from),
        "route_to": line.route_to,
        "generation": line.generation,
        "minutes": f"{line.met.minutes:.0f}",
        "confidence": word(line.met.confidence),
        "tone": _TONES.get(line.met.confidence, ""),
        "together": ", ".join(
            sorted({f"{word(m.overlap.at)}: {_name(m.stay, made)}" for m in line.met.meetings})
        ),
        "state": line.state,
        "note": notes.get(line.id, ""),
    }


def _visit(visit: Stay, made: Trace) -> dict[str, object]:
    start = (visit.start.ms + 7 * 3600 * 1000) % _DAY_MS
    length = max(visit.end.ms - visit.start.ms, 0)
    return {
        "place": _name(visit, made),
        "trip": visit.trip,
        "gates": f"{visit.gate_in or '?'} → {visit.gate_out or '?'}",
        "start": moment(visit.start.ms),
        "end": moment(visit.end.ms),
        "start_why": _why(visit.start),
        "end_why": _why(visit.end),
        "guessed": not (visit.start.seen and visit.end.seen),
        "left": f"{start / _DAY_MS * 100:.2f}",
        "width": f"{min(length, _DAY_MS - start) / _DAY_MS * 100:.2f}",
    }


def _why(bound: Bound) -> str:
    error = f" ±{bound.error_ms / 1000:.0f} s" if bound.seen else ""
    return word(bound.why) + error


def _name(visit: Stay, made: Trace) -> str:
    return made.names.get(visit.place, visit.place)


def _whole(text: str) -> int:
    if not text.isdigit() or len(text) > 6:
        raise BadUsage("A whole number is needed.")
    return int(text)
