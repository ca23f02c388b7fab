"""Making places and the codes with which kiosks join them; accepting and revoking kiosks."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import secrets
import uuid
from dataclasses import dataclass

from hub.errors import BadUsage
from hub.intake.answers import ring
from hub.intake.audit import record
from hub.intake.models import Claim, EnrolmentToken, Kiosk, Place
from hub.intake.shortcodes import token_of
from hub.intake.transactions import durable
from wire import shortcode
from wire.enrol import EnrolmentCode, Wifi
from wire.keys import fingerprint

VALID = dt.timedelta(days=30)
"""A kiosk may work for weeks before it first meets the hub and claims its place."""


@dataclass(frozen=True, slots=True)
class Invitation:
    """An enrolment code and what is written beside it; ``text`` holds the one-time token.

    ``short`` are ten characters that a kiosk with a network asks this hub the rest for.
    """

    text: str
    code: EnrolmentCode
    expires: dt.datetime
    fingerprint: str
    short: str


def add_place(name: str, *, kind: str, address: str = "", gates: int = 1, actor: str) -> Place:
    """Register a place under a new id."""
    with durable():
        return add_place_now(name, kind=kind, address=address, gates=gates, actor=actor)


def add_place_now(name: str, *, kind: str, address: str = "", gates: int = 1, actor: str) -> Place:
    """Register a place within the caller's transaction."""
    name, kind = " ".join(name.split()), kind.strip()
    if not name or not kind:
        raise BadUsage("A place needs a name and a kind.")
    if len(name) > 200 or len(kind) > 40 or len(address) > 300:
        raise BadUsage("The place's name, kind or address is too long (200, 40, 300 letters).")
    if not 1 <= gates <= 999:
        raise BadUsage("A place has between 1 and 999 gates.")
    place = Place.objects.create(
        id="p" + base64.b32encode(secrets.token_bytes(5)).decode().lower(),
        name=name,
        kind=kind,
        address=" ".join(address.split()),
        gates=gates,
        created=dt.datetime.now(dt.UTC),
    )
    record("place-add", actor=actor, subject=place.pk)
    return place


def invite(
    place_id: str,
    *,
    gate: str = "",
    url: str,
    pin: bytes = b"",
    valid: dt.timedelta = VALID,
    actor: str,
    language: str = "",
    profile: str = "",
    wifi: Wifi | None = None,
) -> Invitation:
    """Make a kiosk of ``place`` and the code with which a device becomes it, once."""
    place = Place.objects.filter(pk=place_id).first()
    if place is None:
        raise BadUsage(f"There is no place “{place_id}”; hub place list shows them.")
    now = dt.datetime.now(dt.UTC)
    short = shortcode.new()
    token = token_of(short)
    kiosk = uuid.uuid4()
    gate = gate.strip()[:80] or f"Cổng {place.kiosks.count() + 1}"
    keys = ring()
    with durable():
        Kiosk.objects.create(
            id=kiosk,
            place=place,
            gate=gate,
            created=now,
            invited_under=keys.signing.kid.hex(),
        )
        EnrolmentToken.objects.create(
            digest=token_digest(token), kiosk_id=kiosk, created=now, expires=now + valid
        )
        record("kiosk-invite", actor=actor, subject=str(kiosk), detail={"place": place.pk})
    code = EnrolmentCode(
        kiosk=kiosk,
        token=token,
        url=url,
        hub_key=keys.signing.public.raw,
        seal_key=keys.sealing.public.raw,
        place=place.pk,
        place_name=place.name,
        gate=gate,
        expires_ms=int((now + valid).timestamp() * 1000),
        pin=pin,
        gates=place.gates,
        language=language,
        profile=profile,
        wifi=wifi,
    )
    return Invitation(
        code.to_text(keys.signing),
        code,
        now + valid,
        fingerprint(keys.signing.public.raw),
        shortcode.shown(short),
    )


def token_digest(token: bytes) -> bytes:
    """Return what the hub keeps of a token."""
    return hashlib.sha256(token).digest()


def find_kiosk(text: str) -> Kiosk:
    """Return the kiosk whose id is or begins with ``text``."""
    wanted = text.replace("-", "").lower()
    found = [k for k in Kiosk.objects.select_related("place") if k.id.hex.startswith(wanted)]
    if len(found) != 1 or not wanted:
        raise BadUsage(
            f"{'No kiosk' if not found else 'More than one kiosk'} begins with “{text}”; "
            "hub kiosk list shows them."
        )
    return found[0]


def revoke_kiosk(kiosk: Kiosk, *, reason: str, actor: str) -> None:
    """Believe nothing from this kiosk any more; what it sent stays, what it has not sent too."""
    now = dt.datetime.now(dt.UTC)
    with durable():
        Kiosk.objects.filter(pk=kiosk.pk).update(status=Kiosk.Status.REVOKED)
        Claim.objects.filter(kiosk=kiosk).update(status=Claim.Status.REVOKED, decided=now)
        record("kiosk-revoke", actor=actor, subject=str(kiosk.pk), reason=reason)


def decide_claim(claim: Claim, *, accept: bool, actor: str, reason: str = "") -> None:
    """Accept or revoke one key of a kiosk (its fingerprint was compared by two people)."""
    status = Claim.Status.ACCEPTED if accept else Claim.Status.REVOKED
    decided: dict[str, object] = {"status": status, "decided": dt.datetime.now(dt.UTC)}
    if not accept and claim.status == Claim.Status.HELD:
        # Never accepted: what came under this key counts nowhere, now or later.
        decided["certificate"] = b""
    with durable():
        Claim.objects.filter(pk=claim.pk).update(**decided)
        record(
            f"claim-{status}",
            actor=actor,
            subject=str(claim.kiosk_id),
            reason=reason,
            detail={"fingerprint": claim.fingerprint},
        )
