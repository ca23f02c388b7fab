"""Reporting a violation, and reading later what came of it."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_safe

from hub.intake.models import Place
from hub.visitors import reports
from hub.visitors.limits import FILED, READ, TOO_QUICK_S
from hub.visitors.models import Report
from hub.visitors.pages import language_of, show, too_often, trapped, trouble, words
from hub.visitors.people import VIETNAM
from hub.visitors.photos import PHOTO_BYTES, BadPhoto
from hub.visitors.tickets import Ticket, age_s, form_id, form_uuid
from hub.visitors.views import expired, find

BODY_BYTES = PHOTO_BYTES + 64 * 1024


def report(request: HttpRequest, ticket: str = "") -> HttpResponse:
    """The form, of a place whose code was opened or of any other; sent, the number."""
    row, back = None, ""
    if ticket:
        held = Ticket.unpack(ticket)
        row = find(held.place) if held else None
        if held is None or row is None:
            return expired(request)
        back = "" if held.leaving else ticket
    if request.method != "POST":
        return _form(request, row, {}, {}, back=back)
    try:
        size = int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:
        size = BODY_BYTES + 1
    if size > BODY_BYTES:
        # Said before the body is read: what was typed is lost, but not the phone's credit.
        return trouble(request, "large", status=413)
    return too_often(request, FILED) or _sent(request, row, back)


def _sent(request: HttpRequest, row: Place | None, back: str) -> HttpResponse:
    given = {key: request.POST.get(key, "").strip() for key in ("what", "where", "text", "contact")}
    form = form_uuid(request.POST.get("form", ""))
    if form is None or trapped(request) or age_s(form) < TOO_QUICK_S:
        return _form(request, row, given, {"form": "again"}, status=400, back=back)
    troubles = {}
    if given["what"] not in Report.What.values:
        troubles["what"] = "choose"
    if row is None and not given["where"]:
        troubles["where"] = "empty"
    if given["what"] == Report.What.OTHER and not given["text"]:
        troubles["text"] = "empty"
    for key, most in (("where", 300), ("text", reports.TEXT), ("contact", reports.CONTACT)):
        if len(given[key]) > most or "\0" in given[key]:
            troubles[key] = "long"
    sent = request.FILES.get("photo")
    if sent is not None and sent.size > PHOTO_BYTES:
        troubles["photo"] = "large"
    if troubles:
        return _form(request, row, given, troubles, status=400, back=back)
    try:
        made = reports.file(
            given["what"], place=row, where=given["where"], text=given["text"],
            contact=given["contact"], photo=sent.read() if sent else None,
        )  # fmt: skip
    except BadPhoto as error:
        return _form(request, row, given, {"photo": str(error)}, status=400, back=back)
    return HttpResponseRedirect(f"/report/{made.number}?new=1")


def _form(
    request: HttpRequest,
    row: Place | None,
    given: dict[str, str],
    troubles: dict[str, Any],
    *,
    status: int = 200,
    back: str,
) -> HttpResponse:
    facts = {
        "place": row,
        "given": given,
        "troubles": troubles,
        "kinds": Report.What.values,
        "form": form_id(),
        "ticket": back,
    }
    return show(request, "report.html", facts, status=status)


@require_safe
def find_report(request: HttpRequest) -> HttpResponse:
    """Lead from a number that was typed to its page."""
    wanted = request.GET.get("number", "")
    if wanted:
        return followed(request, wanted)
    return show(request, "follow.html", {"asked": "report"})


@require_safe
def followed(request: HttpRequest, number: str) -> HttpResponse:
    """Where a report stands, and what it was answered."""
    if too := too_often(request, READ):
        return too
    found = reports.find(number)
    if found is None:
        said = words(language_of(request))["trouble"]["number-unknown"]
        return show(request, "follow.html", {"asked": "report", "said": said}, status=404)
    facts = {
        "report": found,
        "made": f"{found.made.astimezone(VIETNAM):%d/%m/%Y %H:%M}",
        "where": found.place.name if found.place else found.where,
        "new": request.GET.get("new") == "1",
    }
    return show(request, "reported.html", facts)
