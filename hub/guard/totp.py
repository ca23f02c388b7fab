"""Time-based codes (RFC 6238: HMAC-SHA-1, 30 s, 6 digits), as every authenticator shows them."""

from __future__ import annotations

import base64
import datetime as dt
import hmac
import secrets
import uuid
from urllib.parse import quote

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.contrib.auth.models import User

from hub.guard.models import SecondFactor
from hub.intake.answers import ring
from hub.intake.audit import record
from hub.intake.transactions import durable

STEP_S = 30
_BYTES = 20


def code(secret: bytes, step: int) -> str:
    """Return the six digits of a time step."""
    digest = hmac.digest(secret, step.to_bytes(8, "big"), "sha1")
    start = digest[-1] & 15
    return f"{(int.from_bytes(digest[start : start + 4], 'big') & 0x7FFFFFFF) % 10**6:06}"


def give(user: User, *, actor: str) -> str:
    """Give an account a fresh second factor; returns the address that authenticators read."""
    secret, id_ = secrets.token_bytes(_BYTES), uuid.uuid4()
    nonce = id_.bytes[:12]  # the row is written once: its id is used for no other secret
    with durable():
        SecondFactor.objects.filter(user=user).delete()
        SecondFactor.objects.create(
            id=id_,
            user=user,
            secret=_cipher().encrypt(nonce, secret, id_.bytes),
            made=dt.datetime.now(dt.UTC),
        )
        record("second-factor", actor=actor, subject=user.get_username())
    shown = base64.b32encode(secret).decode("ascii")
    name = quote(user.get_username())
    return f"otpauth://totp/Hub:{name}?secret={shown}&issuer=Hub"


def fits(user: User, given: str, now_s: float) -> bool:
    """Whether ``given`` is this account's code now, one step early or late, and not used before."""
    given = "".join(given.split())
    here = int(now_s) // STEP_S
    with durable():
        factor = SecondFactor.objects.select_for_update().get(user=user)
        secret = _cipher().decrypt(factor.pk.bytes[:12], bytes(factor.secret), factor.pk.bytes)
        for step in (here, here - 1, here + 1):
            if step > factor.step and hmac.compare_digest(code(secret, step), given):
                SecondFactor.objects.filter(pk=factor.pk).update(step=step)
                return True
    return False


def _cipher() -> AESGCM:
    return AESGCM(hmac.digest(ring().raw["session"][0], b"second-factor", "sha256"))
