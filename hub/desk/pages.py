"""What all pages of the desk share: who may see them, their words, menu and shape."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlsplit

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language

from hub.compliance.gates import Gate
from hub.compliance.report import Row
from hub.desk.models import Role
from hub.desk.rights import covers_all, role_of
from hub.desk.said import said
from hub.desk.words import words
from hub.errors import BadUsage, HubError
from hub.tracing.pairing import VIETNAM
from hub.tracing.tables import moment

TYPES = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}

TECHNICIAN, OFFICIAL, OWNER = Role.Kind.TECHNICIAN, Role.Kind.OFFICIAL, Role.Kind.OWNER
VOLUNTEER = Role.Kind.VOLUNTEER
STAFF = (TECHNICIAN, OFFICIAL)
View = Callable[..., HttpResponse]
YEARS = range(2000, 2200)
"""Days that may be asked for: what is reckoned from them are days, too."""

_MENU = (
    ("today", "desk:today", STAFF),
    ("places", "desk:places", (*STAFF, OWNER)),
    ("street", "desk:street", (VOLUNTEER,)),
    ("visits", "desk:visits", (OFFICIAL,)),
    ("residents", "requests:reports", (OFFICIAL,)),
    ("report", "desk:report", STAFF),
    ("fleet", "desk:fleet", STAFF),
    ("sticks", "desk:sticks", STAFF),
    ("boards", "desk:boards", (*STAFF, VOLUNTEER)),
    ("cases", "desk:cases", (OFFICIAL,)),
    ("requests", "requests:requests", (OFFICIAL,)),
    ("my_account", "desk:account", (*STAFF, OWNER, VOLUNTEER)),
)

_WHOLE = frozenset({"requests"})
"""Pages for whoever answers for every place."""


def page(*kinds: str) -> Callable[[View], View]:
    """Let only accounts with one of these roles see a page; what goes wrong is said on it."""

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **more: Any) -> HttpResponse:
            if not request.user.is_authenticated:
                return redirect_to_login(request.get_full_path(), reverse("desk:login"))
            role = role_of(request.user)
            if role is None or role.kind not in kinds:
                return refused(request)
            request.role = role
            try:
                answer = view(request, *args, **more)
            except HubError as error:
                status = 403 if error.exit_code == 3 else 400
                return refused(request, said(error, language_of()), status=status)
            # Names and passages are for the one who asked, not for a cache on the way.
            answer["Cache-Control"] = "no-store"
            return answer

        return guarded

    return decorate


def refused(request: HttpRequest, why: str = "", *, status: int = 403) -> HttpResponse:
    """Say no, on a page of our own."""
    told = why or words(get_language() or "vi")["refused"]
    facts = {"said": told, "back": came_from(request)}
    return show(request, "desk_base.html", facts, status=status)


def came_from(request: HttpRequest) -> str:
    """Return the page of this hub from which somebody came, for the way back; or nothing."""
    at = urlsplit(request.headers.get("Referer", ""))
    if at.netloc != request.get_host() or at.path.rstrip("/").endswith("/login"):
        return ""
    return at.path + (f"?{at.query}" if at.query else "")


def show(
    request: HttpRequest, template: str, facts: dict[str, Any], *, status: int = 200
) -> HttpResponse:
    """Return a page in the reader's language."""
    language = language_of()
    w = words(language)
    role = role_of(request.user) if request.user.is_authenticated else None
    menu = [
        {"url": reverse(view), "name": w[name], "here": _here(request.path, view)}
        for name, view, kinds in _MENU
        if role and role.kind in kinds and (name not in _WHOLE or covers_all(role))
    ]
    shared = {
        "w": w,
        "language": language,
        "role": role,
        "role_word": w["word"].get(role.kind, "") if role else "",
        "official": role is not None and role.kind == OFFICIAL,
        "menu": menu,
    }
    return render(request, template, shared | facts, status=status)


def _here(path: str, view: str) -> bool:
    address = reverse(view)
    if view == "desk:today":
        return path in (reverse("desk:home"), address)
    return path == address or path.startswith(f"{address}/")


def word(name: str) -> str:
    """Return a stable word in the reader's language."""
    found: str = words(get_language() or "vi")["word"].get(name, name)
    return found


def given_day(text: str, *, default: dt.date | None = None) -> dt.date:
    """Return a date field's day; raises :class:`BadUsage`."""
    if not text and default is not None:
        return default
    try:
        day = dt.date.fromisoformat(text)
    except ValueError as error:
        raise BadUsage("The day must be a date such as 2026-01-31.") from error
    if day.year not in YEARS:
        raise BadUsage("The day must be a date such as 2026-01-31.")
    return day


def today_here() -> dt.date:
    """Return the day it is here (UTC+7)."""
    return dt.datetime.now(VIETNAM).date()


def file_answer(data: bytes, kind: str, name: str) -> HttpResponse:
    """Return a file to keep."""
    answer = HttpResponse(data, content_type=TYPES[kind])
    answer["Content-Disposition"] = f'attachment; filename="{name}.{kind}"'
    return answer


def picture(svg: bytes) -> HttpResponse:
    """Return a chart."""
    return HttpResponse(svg, content_type="image/svg+xml")


def language_of() -> str:
    """Return the reader's language: ``vi`` or ``en``."""
    return "en" if (get_language() or "vi").startswith("en") else "vi"


def row_facts(row: Row) -> dict[str, Any]:
    """Return a place's line as pages show it."""
    share = row.figures.share
    return {
        "place": row.place,
        "name": row.name,
        "address": row.address,
        "unit": row.unit,
        "head": row.head,
        "territory": row.territory.name,
        "body": row.body.name,
        "stage": word(row.stage),
        "stage_word": row.stage,
        "figures": row.figures,
        "percent": "–" if share is None else f"{share:.0%}",
        "counted": word(row.figures.counted_by),
        "words": [word(sign.word) for sign in row.signs],
    }


def gate_facts(gate: Gate) -> dict[str, Any]:
    """Return a kiosk's line as pages show it."""
    return {
        "place": gate.place,
        "place_name": gate.place_name,
        "gate": gate.gate,
        "words": [(trouble, word(trouble)) for trouble in gate.troubles],
        "last": "" if gate.last_ms is None else moment(gate.last_ms),
        "waiting": gate.waiting,
    }
