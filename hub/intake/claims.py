"""A claim in, an answer out: the first key with a token is accepted, a second one is held."""

from __future__ import annotations

import datetime as dt
import uuid

from hub.carry import handover
from hub.intake.answers import Answer, Refused, request_of, signed_answer, signing_key
from hub.intake.audit import record
from hub.intake.boots import Boots
from hub.intake.exchange import Exchange, met
from hub.intake.models import Claim, EnrolmentToken, Kiosk
from hub.intake.registry import token_digest
from hub.intake.transactions import durable
from hub.trust.settings import signed_settings
from wire import batch as wire
from wire import signed
from wire.enrol import Claim as ClaimMessage
from wire.enrol import ClaimAnswer, KioskCertificate, read_claim
from wire.errors import WireError
from wire.keys import kid_of

CERTIFICATE = dt.timedelta(days=400)
SCOPE = ("declaration", "minute-code")
MAX_HELD = 20
"""Keys that may wait for a decision on one kiosk; more would be somebody's mischief."""


def claim(data: bytes, *, carried: bool = False) -> Answer:
    """Answer a signed claim; raises :class:`Refused`."""
    if len(data) > wire.MAX_BYTES:
        raise Refused("too-large")
    try:
        message = read_claim(data)
    except WireError as error:
        raise Refused("malformed", _request(data)) from error
    with durable():
        row = _known(message) or _new(message)
        exchange = Exchange.with_(row, message.request, message.clocks, carried=carried)
        met(exchange)
        Boots(exchange)
        Kiosk.objects.filter(pk=message.kiosk).update(version=plain(message.version))
    answer = ClaimAnswer(
        kiosk=message.kiosk,
        request=message.request,
        status="accepted" if row.status == Claim.Status.ACCEPTED else "held",
        certificate=bytes(row.certificate) if row.status == Claim.Status.ACCEPTED else b"",
        now_ms=exchange.now_ms,
        settings=signed_settings(signing_key(row.kiosk), place=row.kiosk.place_id),
    )
    return signed_answer(answer.pack(), "claim-answer", row.kiosk)


def plain(text: str) -> str:
    """Return ``text`` as the tables take it: short, and without NULs."""
    return text.replace("\0", "")[:40]


def _request(data: bytes) -> uuid.UUID:
    try:
        return request_of(signed.peek_payload(data))
    except WireError:
        return uuid.UUID(int=0)


def _known(message: ClaimMessage) -> Claim | None:
    """Return the row of this very key: a claim sent again changes nothing."""
    row = (
        Claim.objects.select_related("kiosk")
        .filter(kiosk_id=message.kiosk, kid=kid_of(message.key))
        .first()
    )
    if row is None or not _token(message):
        return None
    return row


def _token(message: ClaimMessage) -> EnrolmentToken | None:
    return (
        EnrolmentToken.objects.select_for_update()
        .filter(digest=token_digest(message.token), kiosk_id=message.kiosk)
        .first()
    )


def _new(message: ClaimMessage) -> Claim:
    token = _token(message)
    if token is None:
        raise Refused("unknown-token", message.request)
    kiosk = Kiosk.objects.select_for_update().get(pk=message.kiosk)
    # Whoever waited for the token's row may be the same key in another thread.
    row = Claim.objects.filter(kiosk=kiosk, kid=kid_of(message.key)).first()
    if row is not None:
        return row
    now = dt.datetime.now(dt.UTC)
    if kiosk.status == Kiosk.Status.REVOKED:
        raise Refused("revoked", message.request)
    if token.used is None and now > token.expires:
        raise Refused("expired-token", message.request)
    first = token.used is None
    if not first and kiosk.claims.filter(status=Claim.Status.HELD).count() >= MAX_HELD:
        raise Refused("used-token", message.request)
    row = Claim.objects.create(
        kiosk=kiosk,
        key=message.key,
        kid=kid_of(message.key),
        status=Claim.Status.ACCEPTED if first else Claim.Status.HELD,
        certificate=certificate(kiosk, message.key, now),
        created=now,
    )
    if first:
        EnrolmentToken.objects.filter(pk=token.pk).update(used=now)
        handover.taken(kiosk.pk)
        Kiosk.objects.filter(pk=kiosk.pk).update(status=Kiosk.Status.ACTIVE)
    record(
        f"claim-{row.status}",
        actor="kiosk",
        subject=str(kiosk.pk),
        detail={"fingerprint": row.fingerprint},
    )
    return row


def certificate(kiosk: Kiosk, key: bytes, now: dt.datetime) -> bytes:
    """Sign that ``key`` speaks for this gate."""
    expires = int((now + CERTIFICATE).timestamp() * 1000)
    body = KioskCertificate(kiosk.pk, kiosk.place_id, key, SCOPE, expires)
    return signed.sign(body.pack(), signing_key(kiosk), "kiosk-certificate")
