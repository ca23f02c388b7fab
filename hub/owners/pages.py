"""Who may see which of the owners' pages, and what all of them share."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from functools import cache, wraps
from importlib import resources
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from hub.desk.models import Role
from hub.desk.pages import came_from
from hub.desk.rights import role_of
from hub.desk.said import said
from hub.errors import HubError
from hub.visitors.pages import language_of
from hub.visitors.pages import show as show_public

View = Callable[..., HttpResponse]
MENU = ("home", "history", "roster", "correct", "board")


@cache
def every() -> dict[str, dict[str, Any]]:
    """Return all words by language."""
    text = resources.files("hub.owners").joinpath("words.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def words(request: HttpRequest) -> dict[str, Any]:
    """Return the words of the reader's language."""
    return every()[language_of(request)]


def owner(view: View) -> View:
    """Let only owners see a page, each of their own place (``request.place``)."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **more: Any) -> HttpResponse:
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path(), reverse("owners:login"))
        role = role_of(request.user)
        if role is None:
            return redirect("owners:waiting")
        if role.kind != Role.Kind.OWNER or role.place is None:
            return refused(request, words(request)["not_owner"])
        request.place = role.place
        try:
            return view(request, *args, **more)
        except HubError as error:
            status = 403 if error.exit_code == 3 else 400
            return refused(request, said(error, language_of(request)), status=status)

    return guarded


def refused(request: HttpRequest, said: str, *, status: int = 403) -> HttpResponse:
    """Say no, on a page of our own."""
    facts = {"said": said, "back": came_from(request)}
    return show(request, "owners/refused.html", facts, status=status)


def show(
    request: HttpRequest, template: str, facts: dict[str, Any], *, status: int = 200
) -> HttpResponse:
    """Return a page in the reader's language."""
    o = words(request)
    place = getattr(request, "place", None)
    menu = [
        {"url": reverse(f"owners:{name}"), "name": o[f"menu_{name}"],
         "here": request.path == reverse(f"owners:{name}")}
        for name in MENU
    ]  # fmt: skip
    shared = {"o": o, "menu": menu if place else [], "place": place}
    return show_public(request, template, shared | facts, status=status)
