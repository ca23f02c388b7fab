"""Headers of every answer, and the names under which people's pages may be asked for."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest

PAGES = ("/admin/", "/desk/", "/owner/", "/p/", "/b/", "/B/", "/report", "/my-data", "/forget")
_CSP = (
    "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; "
    "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)


class Guard:
    """Kiosks may reach the hub under any name: what they believe is signed. People may not:
    a page under a stranger's name could be made to speak for ours.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer."""
        if _is_too_large(request):
            return HttpResponse("Too large.", status=413, content_type="text/plain")
        pages = request.path.startswith(PAGES)
        if pages and not _ours(request.get_host()):
            return HttpResponseBadRequest("This hub does not answer to that name.")
        response = self._get_response(request)
        response.headers.setdefault("Content-Security-Policy", _CSP)
        response.headers.setdefault(
            "Permissions-Policy", "camera=(self), microphone=(), geolocation=(self)"
        )
        if pages:
            response.headers["Cache-Control"] = "no-store"
        return response


def _is_too_large(request: HttpRequest) -> bool:
    """Whether a page's body is larger than any form of ours; said before any of it is read.

    Sticks' page and the kiosks' doors weigh theirs themselves.
    """
    length = request.META.get("CONTENT_LENGTH") or "0"
    if request.path.startswith(("/v1/", "/desk/sticks")):
        return False
    return not length.isdecimal() or len(length) > 12 or int(length) > settings.LARGEST_FORM


def _ours(host: str) -> bool:
    name = host.rpartition(":")[0] if host.rpartition(":")[2].isdigit() else host
    name = name.strip("[]").lower()
    try:
        # A name can be pointed at us by anybody who owns it; a number cannot.
        ipaddress.ip_address(name)
    except ValueError:
        return name in settings.PAGE_HOSTS
    return True
