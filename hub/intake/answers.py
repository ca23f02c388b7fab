"""What the hub says back: signed objects and the HTTP status that goes with them."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.conf import settings

from hub import keys
from hub.intake.models import Claim, Kiosk
from hub.intake.transactions import now_ms
from hub.intake.vault import Vault
from hub.keys import KeyRing
from wire import signed
from wire.batch import Refusal, digest
from wire.errors import Malformed, WireError
from wire.keys import SigningKey, VerifyKey

HTTP_STATUS = {"malformed": 400, "too-large": 413}
_NOBODY = uuid.UUID(int=0)


@dataclass(frozen=True, slots=True)
class Answer:
    """A signed object and its HTTP status."""

    body: bytes
    status: int = 200


class Refused(Exception):
    """The whole request is refused; the reason is one of :class:`wire.batch.Refusal`'s."""

    def __init__(
        self, reason: str, request: uuid.UUID = _NOBODY, kiosk: Kiosk | None = None
    ) -> None:
        super().__init__(reason)
        self.reason = reason
        self.request = request
        self.kiosk = kiosk


def ring() -> KeyRing:
    """This hub's keys, read anew when a command changed their folder."""
    return _ring(keys.stamp(settings.HOME))


@lru_cache(maxsize=1)
def _ring(_stamp: int) -> KeyRing:
    return keys.load(settings.HOME)


def vault() -> Vault:
    """This hub's vault."""
    return _vault(ring())


@lru_cache(maxsize=1)
def _vault(ring: KeyRing) -> Vault:
    return Vault(ring)


def signed_answer(payload: dict[str, Any], kind: str, kiosk: Kiosk) -> Answer:
    """Sign ``payload`` as an object of ``kind`` with a key that ``kiosk`` believes."""
    return Answer(signed.sign(payload, signing_key(kiosk), kind))


def refusal(data: bytes, refused: Refused) -> Answer:
    """Say no, naming the very bytes that were refused."""
    payload = Refusal(refused.request, digest(data), refused.reason, now_ms()).pack()
    key = signing_key(refused.kiosk) if refused.kiosk else ring().signing
    return Answer(signed.sign(payload, key, "refusal"), HTTP_STATUS.get(refused.reason, 403))


def signing_key(kiosk: Kiosk) -> SigningKey:
    """Return the newest key that ``kiosk`` believes (:mod:`hub.trust.signer`)."""
    from hub.trust import signer

    return signer.signing_key(kiosk)


def request_of(payload: Any) -> uuid.UUID:
    """Return the request's id as far as it can be read; zeros otherwise."""
    raw = payload.get("request") if isinstance(payload, dict) else None
    return uuid.UUID(bytes=raw) if isinstance(raw, bytes) and len(raw) == 16 else _NOBODY


def sender(data: bytes, kind: str) -> tuple[Claim, Any]:
    """Return whose key signed ``data`` and what it says; raises :class:`Refused`.

    Nothing inside is unpacked before the signature fits a key that we know: a stranger's
    message costs one look into an index, however far its content would unfold.
    """
    try:
        found, kid = signed.peek(data)
    except WireError as error:
        raise Refused("malformed") from error
    if found != kind:
        raise Refused("malformed")
    claims = list(Claim.objects.select_related("kiosk").filter(kid=kid))
    if not claims:
        raise Refused("unknown-kiosk")
    try:
        payload = signed.verify(data, [VerifyKey(bytes(claims[0].key))], kind).payload
    except Malformed as error:
        raise Refused("malformed") from error
    except WireError as error:
        # Whoever sent this does not hold the key: to us, nobody we know.
        raise Refused("unknown-kiosk") from error
    request = request_of(payload)
    kiosk = payload.get("kiosk") if isinstance(payload, dict) else None
    if not isinstance(kiosk, bytes) or len(kiosk) != 16:
        raise Refused("malformed", request)
    key = bytes(claims[0].key)
    for claim in claims:  # one device may have been several kiosks in its time
        if claim.kiosk_id.bytes == kiosk and bytes(claim.key) == key:
            check_standing(claim, request)
            return claim, payload
    raise Refused("unknown-kiosk", request)


def check_standing(claim: Claim, request: uuid.UUID) -> None:
    """Refuse a revoked key or kiosk."""
    if "revoked" in (claim.status, claim.kiosk.status):
        raise Refused("revoked", request, claim.kiosk)
