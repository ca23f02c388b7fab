"""Asking to see or erase one's own data, and reading later where that stands."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_safe

from hub.visitors import requests
from hub.visitors.limits import FILED, READ
from hub.visitors.models import DataRequest
from hub.visitors.pages import language_of, show, too_often, trapped, words
from hub.visitors.people import VIETNAM
from hub.visitors.tickets import form_id, form_uuid


def my_data(request: HttpRequest) -> HttpResponse:
    """The form; sent, the number and what to bring."""
    if request.method != "POST":
        return _form(request, {}, {})
    if too := too_often(request, FILED):
        return too
    given = {key: request.POST.get(key, "").strip() for key in ("what", "contact")}
    troubles = {}
    if given["what"] not in DataRequest.What.values:
        troubles["what"] = "choose"
    if len(given["contact"]) > requests.CONTACT or "\0" in given["contact"]:
        troubles["contact"] = "long"
    if form_uuid(request.POST.get("form", "")) is None or trapped(request):
        troubles["form"] = "again"
    if troubles:
        return _form(request, given, troubles, status=400)
    made = requests.file(given["what"], contact=given["contact"])
    return HttpResponseRedirect(f"/my-data/{made.number}?new=1")


def _form(
    request: HttpRequest, given: dict[str, str], troubles: dict[str, str], *, status: int = 200
) -> HttpResponse:
    facts = {
        "given": given,
        "troubles": troubles,
        "kinds": DataRequest.What.values,
        "form": form_id(),
    }
    return show(request, "mydata.html", facts, status=status)


@require_safe
def find_request(request: HttpRequest) -> HttpResponse:
    """Lead from a number that was typed to its page."""
    wanted = request.GET.get("number", "")
    if wanted:
        return followed(request, wanted)
    return show(request, "follow.html", {"asked": "request"})


@require_safe
def followed(request: HttpRequest, number: str) -> HttpResponse:
    """Where a request stands: never whether there was anything."""
    if too := too_often(request, READ):
        return too
    found = requests.find(number)
    if found is None:
        said = words(language_of(request))["trouble"]["number-unknown"]
        return show(request, "follow.html", {"asked": "request", "said": said}, status=404)
    facts = {
        "asked": found,
        "made": f"{found.made.astimezone(VIETNAM):%d/%m/%Y %H:%M}",
        "due": f"{found.due.astimezone(VIETNAM):%d/%m/%Y}",
        "done": f"{found.done.astimezone(VIETNAM):%d/%m/%Y %H:%M}" if found.done else "",
        "new": request.GET.get("new") == "1",
    }
    return show(request, "asked.html", facts)
