"""What all public pages share: words, language, headers, one small style, a weight one can bear."""

from __future__ import annotations

import base64
import hashlib
import re
import tomllib
from functools import cache
from importlib import resources
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import get_language

from hub.guard.limits import Limit, address_of
from hub.visitors.office import office


@cache
def every() -> dict[str, dict[str, Any]]:
    """Return all words by language."""
    text = resources.files("hub.visitors").joinpath("words.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def words(language: str) -> dict[str, Any]:
    """Return the words of a language, Vietnamese for one that is not known."""
    return every()["en" if language.startswith("en") else "vi"]


@cache
def style() -> tuple[str, str]:
    """Return the style of every page, and the hash by which the header allows it."""
    text = render_to_string("visitors/style.css")
    text = re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL)
    text = re.sub(r"\s*([{};:,])\s*", r"\1", re.sub(r"\s+", " ", text)).strip()
    digest = hashlib.sha256(text.encode()).digest()
    return text, base64.b64encode(digest).decode("ascii")


def language_of(request: HttpRequest) -> str:
    """Return the reader's language: what the address asks for, else what the phone says."""
    asked = request.GET.get("lang") or get_language() or "vi"
    return "en" if asked.startswith("en") else "vi"


def show(
    request: HttpRequest, template: str, facts: dict[str, Any], *, status: int = 200
) -> HttpResponse:
    """Return a page in the reader's language; nothing of it stays in a cache on the way.

    ``template`` is one of this app's, or another's with its folder.
    """
    language = language_of(request)
    text, digest = style()
    shared = {
        "w": words(language),
        "language": language,
        "other": "vi" if language == "en" else "en",
        "style": text,
        "office": office(),
        "here": request.path,
    }
    path = template if "/" in template else f"visitors/{template}"
    answer = render(request, path, shared | facts, status=status)
    answer["Content-Security-Policy"] = (
        f"default-src 'none'; style-src 'sha256-{digest}'; img-src 'self' data:; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )
    answer["Cache-Control"] = "no-store"
    # A place's code is in its pages' addresses: no other site hears of it.
    answer["Referrer-Policy"] = "same-origin"
    if request.GET.get("lang"):
        answer.set_cookie(
            settings.LANGUAGE_COOKIE_NAME, language, max_age=365 * 24 * 3600,
            samesite="Lax", secure=request.is_secure(), httponly=True,
        )  # fmt: skip
    return answer


def trouble(
    request: HttpRequest, word: str, *, status: int, template: str = "trouble.html", **facts: Any
) -> HttpResponse:
    """Say what went wrong, and what to do."""
    said = words(language_of(request))["trouble"][word]
    return show(request, template, {"said": said} | facts, status=status)


def unsent(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001 (Django's shape)
    """Say that a form came without its cookie."""
    return trouble(request, "cookies", status=403)


def nowhere(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001 (Django's shape)
    """Say that there is no such page."""
    return trouble(request, "nowhere", status=404)


def too_often(request: HttpRequest, limit: Limit) -> HttpResponse | None:
    """Return the page that asks to wait, for an address that has had its share."""
    if not limit.over(address_of(request)):
        return None
    answer = trouble(request, "often", status=429)
    answer["Retry-After"] = str(min(limit.window_s, 600))
    return answer


def trapped(request: HttpRequest) -> bool:
    """Whether a field was filled in that people do not see, as robots do."""
    return bool(request.POST.get("website", "").strip())
