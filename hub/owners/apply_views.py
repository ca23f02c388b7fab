"""Applying for a place: an account of one's own, and waiting for an official to confirm."""

from __future__ import annotations

from typing import Any

from django.contrib.auth import login
from django.contrib.auth.models import User
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_safe

from hub.desk.rights import role_of
from hub.intake.transactions import durable
from hub.owners import changes
from hub.owners.models import Change
from hub.owners.pages import show
from hub.places.kinds import kinds
from hub.visitors.limits import FILED
from hub.visitors.pages import too_often, trapped
from hub.visitors.people import VIETNAM
from hub.visitors.tickets import form_id, form_uuid


def apply(request: HttpRequest) -> HttpResponse:
    """The form; sent, the account is made and the application waits."""
    if request.method != "POST":
        return _form(request, {}, {})
    if too := too_often(request, FILED):
        return too
    facts, troubles = changes.read({key: request.POST.get(key, "") for key in changes.FACTS})
    account = None
    if request.user.is_authenticated:
        if role_of(request.user) is not None:
            return redirect("owners:home")
        account = request.user
        if changes.has_enough(account):
            return redirect("owners:waiting")
    else:
        troubles |= _account_troubles(request)
    if form_uuid(request.POST.get("form", "")) is None or trapped(request):
        troubles["form"] = "again"
    if troubles:
        return _form(request, facts | {"account": request.POST.get("account", "")}, troubles)
    if account is None:
        with durable():
            account = User.objects.create_user(
                _account_name(request), password=request.POST["password"]
            )
        login(request, account, backend="hub.guard.backend.LockingBackend")
    changes.apply(account, facts)
    return redirect("owners:waiting")


@require_safe
def waiting(request: HttpRequest) -> HttpResponse:
    """Where an application stands."""
    if not request.user.is_authenticated:
        return redirect("owners:login")
    if role_of(request.user) is not None:
        return redirect("owners:home")
    rows = Change.objects.filter(account=request.user).order_by("-made")
    listed = [
        {
            "name": row.facts.get("name", ""),
            "address": row.facts.get("address", ""),
            "made": f"{row.made.astimezone(VIETNAM):%d/%m/%Y %H:%M}",
            "state": row.state,
            "reason": row.reason,
        }
        for row in rows
    ]
    return show(request, "owners/waiting.html", {"changes": listed})


def _account_name(request: HttpRequest) -> str:
    """Return the name as it is stored: letters of another width are the same letters."""
    return User.normalize_username(request.POST.get("account", ""))


def _account_troubles(request: HttpRequest) -> dict[str, str]:
    name, password = _account_name(request), request.POST.get("password", "")
    troubles = {}
    if not name.isprintable() or not 3 <= len(name) <= 60 or " " in name:
        troubles["account"] = "account"
    elif User.objects.filter(username__iexact=name).exists():
        troubles["account"] = "taken"
    try:
        validate_password(password, User(username=name))
    except ValidationError:
        troubles["password"] = "password"  # noqa: S105 (a word of the page)
    return troubles


def _form(request: HttpRequest, given: dict[str, str], troubles: dict[str, str]) -> HttpResponse:
    facts: dict[str, Any] = {
        "given": {"gates": "1"} | given,
        "troubles": troubles,
        "form": form_id(),
        "kinds": [(kind.id, kind.name) for kind in kinds().values() if not kind.temporary],
        "new_account": not request.user.is_authenticated,
    }
    return show(request, "owners/apply.html", facts, status=400 if troubles else 200)
