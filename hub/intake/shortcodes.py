"""Ten characters for a whole enrolment code: what a steward types where no camera sees one.

The one-time token of an invitation is made from its ten characters and a secret of the hub,
so nothing besides the token's digest is kept, and the digest alone gives neither.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import uuid

from django.conf import settings

from hub.intake.answers import Answer, Refused, request_of, ring
from hub.intake.models import EnrolmentToken, Kiosk
from wire import batch, shortcode, signed
from wire.enrol import EnrolmentCode
from wire.errors import WireError
from wire.shortcode import Invited, read_asking

TOKEN_BYTES = 16


def token_of(code: str, *, secret: bytes | None = None) -> bytes:
    """Return the token that ten characters stand for; ``secret`` defaults to the newest."""
    key = ring().raw["session"][-1] if secret is None else secret
    return hmac.digest(key, b"enrolment " + code.encode("ascii"), "sha256")[:TOKEN_BYTES]


def invited(data: bytes) -> Answer:
    """Answer a signed :class:`~wire.shortcode.Asking`; raises :class:`Refused`."""
    if len(data) > batch.MAX_BYTES:
        raise Refused("too-large")
    try:
        asking = read_asking(data)
        code = shortcode.read(asking.code)
    except WireError as error:
        raise Refused("malformed", _request(data)) from error
    for secret in reversed(ring().raw["session"]):
        token = token_of(code, secret=secret)
        digest = hashlib.sha256(token).digest()
        row = EnrolmentToken.objects.select_related("kiosk__place").filter(digest=digest).first()
        if row is None:
            continue
        if row.kiosk.status == Kiosk.Status.REVOKED:
            raise Refused("revoked", asking.request)
        if row.used is not None:
            raise Refused("used-token", asking.request)
        if dt.datetime.now(dt.UTC) > row.expires:
            raise Refused("expired-token", asking.request)
        text = _code(row, token).to_text(ring().signing)
        return Answer(signed.sign(Invited(asking.request, text).pack(), ring().signing, "invited"))
    raise Refused("unknown-token", asking.request)


def _code(row: EnrolmentToken, token: bytes) -> EnrolmentCode:
    keys, kiosk = ring(), row.kiosk
    url, pin = settings.HOME.remembered_url()
    return EnrolmentCode(
        kiosk=kiosk.pk,
        token=token,
        url=url,
        hub_key=keys.signing.public.raw,
        seal_key=keys.sealing.public.raw,
        place=kiosk.place_id,
        place_name=kiosk.place.name,
        gate=kiosk.gate,
        expires_ms=int(row.expires.timestamp() * 1000),
        pin=pin,
        gates=kiosk.place.gates,
    )


def _request(data: bytes) -> uuid.UUID:
    try:
        return request_of(signed.peek_payload(data))
    except WireError:
        return request_of(None)
