"""The four addresses that kiosks speak to, and one for monitors (docs/protocol.md)."""

from __future__ import annotations

import logging
from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from django.db import DatabaseError, OperationalError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from ninja import NinjaAPI, Router

from hub.guard.clock import ClockDoubted, check
from hub.guard.limits import Limit, address_of
from hub.intake.answers import Answer, Refused, refusal
from hub.intake.claims import claim
from hub.intake.pulses import pulse
from hub.intake.receive import receive
from hub.intake.shortcodes import invited
from hub.intake.transactions import now_ms
from wire.batch import MAX_BYTES
from wire.signed import MEDIA_TYPE

_log = logging.getLogger(__name__)

RETRY_AFTER_S, CLOCK_AGAIN_S = 5, 60
_strangers = Limit(600, 60)
"""How often an address is refused with a signature. Who holds a key we know is answered whatever
else its address does: gates share addresses."""
_guessers = Limit(20, 60)
"""Who asked for codes that are none; whoever types slips a few times, not twenty in a minute."""


def _described(sent: str, answered: str) -> dict[str, Any]:
    signed = {"schema": {"type": "string", "format": "binary"}}
    refused = {"description": "a signed object of kind refusal", "content": {MEDIA_TYPE: signed}}
    return {
        "requestBody": {
            "required": True,
            "description": f"a signed object (COSE_Sign1) of kind {sent}, at most 256 KiB",
            "content": {MEDIA_TYPE: signed},
        },
        "responses": {
            200: {
                "description": f"a signed object of kind {answered}",
                "content": {MEDIA_TYPE: signed},
            },
            400: refused,
            403: refused,
            413: refused,
            429: {"description": "this address was refused too often; come again later"},
            503: {"description": "try again after Retry-After; nothing was taken"},
        },
    }


api = NinjaAPI(
    title="Hub",
    version="1",
    description="What kiosks and a hub say to each other; docs/protocol.md tells the fields.",
    openapi_url="v1/openapi.json",
    docs_url=None,
    urls_namespace="v1",
)
router = Router()


@router.post("/entries", openapi_extra=_described("batch", "receipt"), summary="Take entries")
def entries(request: HttpRequest) -> HttpResponse:
    """Store what is new and answer each entry."""
    return _answered(request, receive)


@router.post("/pulse", openapi_extra=_described("pulse", "pulse-answer"), summary="A sign of life")
def pulses(request: HttpRequest) -> HttpResponse:
    """Note how a kiosk is and say what is held of its chains."""
    return _answered(request, pulse)


@router.post("/enrol", openapi_extra=_described("claim", "claim-answer"), summary="Claim a place")
def enrol(request: HttpRequest) -> HttpResponse:
    """Accept the first key that comes with a token, hold a second one."""
    return _answered(request, claim)


@router.post("/invitation", openapi_extra=_described("asking", "invited"), summary="Ask for a code")
def invitation(request: HttpRequest) -> HttpResponse:
    """Give the whole enrolment code to whoever has its ten characters."""
    address = address_of(request)
    # Asked before the code is looked for: a right guess after too many wrong ones is no answer.
    if _guessers.spent(address):
        return HttpResponse(status=429, headers={"Retry-After": "60"})
    answer = _answered(request, invited)
    if answer.status_code != HTTPStatus.OK:
        _guessers.over(address)
    return answer


api.add_router("/v1", router)


def healthz(_request: HttpRequest) -> HttpResponse:
    """Say whether the hub and its database are there, and its clock can be right."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        check(now_ms())
    except OperationalError:
        return JsonResponse({"status": "no database"}, status=503)
    except ClockDoubted:
        return JsonResponse({"status": "clock in doubt"}, status=503)
    return JsonResponse({"status": "ok"})


def _answered(request: HttpRequest, answer: Callable[[bytes], Answer]) -> HttpResponse:
    # One byte more than allowed is enough to know, and too large bodies are not read whole.
    data = request.read(MAX_BYTES + 1)
    try:
        reply = answer(data)
    except Refused as refused:
        if _strangers.over(address_of(request)):
            return HttpResponse(status=429, headers={"Retry-After": "60"})
        reply = refusal(data, refused)
    except ClockDoubted as error:
        _log.error("%s", error)
        return HttpResponse(status=503, headers={"Retry-After": str(CLOCK_AGAIN_S)})
    except DatabaseError as error:
        # The cause's name and no more: a database's message may quote the row.
        cause = type(error.__cause__ or error).__name__
        _log.error("The database does not take it (%s); a kiosk was asked to come again.", cause)
        connection.close()
        return HttpResponse(status=503, headers={"Retry-After": str(RETRY_AFTER_S)})
    return HttpResponse(reply.body, status=reply.status, content_type=MEDIA_TYPE)
