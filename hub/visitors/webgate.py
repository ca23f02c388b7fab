"""The gate that is a page: check-ins become entries on the very way that kiosks' entries go.

Each place has one such gate, a kiosk without a device (status ``web``). What its page records
is sealed to the tracing authority, signed and taken in like a kiosk's batch, so that ledger,
vault, tags, erasure, purge and tracing know no difference. It is marked: kind ``web-board`` or
``web-minute``, trust ``self-reported``; the time's error is how long the page stood open.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import threading
import time
import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from hub.errors import HubError
from hub.intake.answers import ring
from hub.intake.models import Claim, Kiosk, Ledger, Place
from hub.intake.receive import receive
from hub.intake.transactions import durable, now_ms
from hub.visitors.people import Person
from wire import batch as wire
from wire import cbor, signed
from wire.batch import Batch, Clocks, Receipt
from wire.entry import GENESIS, Entry, Header
from wire.keys import SealKey, SigningKey
from wire.seal import seal

GATE = "web"
TRUST = "self-reported"
KINDS = {"board": "web-board", "minute": "web-minute"}
_NAMES = uuid.UUID("6f1d7c1e-5a35-4f0e-9c37-6a0c5b2f5d11")
_BOOT = uuid.uuid4()
_CHANCE = 62
"""The last bits of an id of version 7, which are random (RFC 9562)."""

_ALONE = 2_000
"""What a server's own clock may be off, in milliseconds."""


class NotTaken(HubError):
    """The check-in could not be stored; the page asks to try again."""


class _Outbox:
    """One chain of one place in this process; whoever starts anew starts a new one."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.chain = uuid.uuid4()
        self.seq = 0
        self.prev = GENESIS


_outboxes: dict[str, _Outbox] = {}
_opening = threading.Lock()


def record(
    place: Place,
    people: Sequence[Person],
    *,
    form: uuid.UUID,
    direction: str,
    gate: str,
    how: str,
    opened_ms: int,
    purpose: str = "",
    declaration: Mapping[str, str] | None = None,
) -> list[uuid.UUID]:
    """Store one entry for each person and return their ids; a form sent twice counts once.

    Sent again with something else in it, what differs is stored: a receipt is only given for
    what is in the ledger.

    Raises :class:`NotTaken` when the hub's intake did not say that they are stored.
    """
    ids = [
        _id(form, [place.pk, direction, purpose, number, person.pack(), dict(declaration or {})])
        for number, person in enumerate(people)
    ]
    claim, key = _claim(place)
    with _opening:
        outbox = _outboxes.setdefault(place.pk, _Outbox())
    with outbox.lock:
        known = set(Ledger.objects.filter(pk__in=ids).values_list("pk", flat=True))
        new = [(id_, person) for id_, person in zip(ids, people, strict=True) if id_ not in known]
        if not new:
            return ids
        seq, prev = outbox.seq, outbox.prev
        entries = []
        for id_, person in new:
            seq += 1
            content: dict[str, Any] = {"person": person.pack()}
            if declaration is not None:
                content["declaration"] = {k: v for k, v in declaration.items() if v}
            entry = _entry(
                content, id=id_, kiosk=claim.kiosk_id, place=place.pk, gate=gate[:200],
                chain=outbox.chain, seq=seq, prev=prev, type="passage", direction=direction,
                basis="fixed", kind=KINDS[how], trust=TRUST, purpose=purpose or None,
                error_ms=max(now_ms() - opened_ms, 0) + _ALONE,
            )  # fmt: skip
            entries.append(entry)
            prev = entry.hash
        _send(claim, key, entries)
        outbox.seq, outbox.prev = seq, prev
    return ids


def _id(form: uuid.UUID, told: list[Any]) -> uuid.UUID:
    """Return the id of what was told on a form: its time, and in the place of chance a digest."""
    digest = hashlib.sha256(form.bytes + cbor.dumps(told)).digest()
    chance = int.from_bytes(digest, "big") & (1 << _CHANCE) - 1
    return uuid.UUID(int=form.int >> _CHANCE << _CHANCE | chance)


def _entry(content: dict[str, Any], **facts: Any) -> Entry:
    key = SealKey(ring().sealing.public.raw)
    header = Header(
        wall_ms=now_ms(), boot_ms=_boot_ms(), boot_id=_BOOT, clock="trusted",
        seal_kid=key.kid, **facts,
    ).to_bytes()  # fmt: skip
    return Entry(header, seal(content, key, header))


def _send(claim: Claim, key: SigningKey, entries: Sequence[Entry]) -> None:
    clocks = Clocks(now_ms(), _boot_ms(), _BOOT, "trusted")
    made = Batch(claim.kiosk_id, uuid.uuid4(), tuple(entries), clocks)
    answer = receive(signed.sign(made.pack(), key, "batch"))
    receipt = Receipt.unpack(signed.peek_payload(answer.body))
    if any(each.status not in (wire.STORED, wire.KNOWN) for each in receipt.answers):
        raise NotTaken("The check-in was not stored; try again.")


def _claim(place: Place) -> tuple[Claim, SigningKey]:
    """Return this place's web gate, made when it is first needed."""
    raw = hmac.digest(ring().raw["session"][-1], f"web-gate {place.pk}".encode(), "sha256")
    key = SigningKey(raw)
    kiosk = uuid.uuid5(_NAMES, place.pk)
    found = Claim.objects.select_related("kiosk").filter(kiosk_id=kiosk, kid=key.kid).first()
    if found is not None:
        return found, key
    now = dt.datetime.now(dt.UTC)
    with durable():
        Kiosk.objects.get_or_create(
            id=kiosk,
            defaults={"place": place, "gate": GATE, "status": Kiosk.Status.WEB, "created": now},
        )
        Claim.objects.get_or_create(
            kiosk_id=kiosk,
            kid=key.kid,
            defaults={
                "key": key.public.raw,
                "status": Claim.Status.ACCEPTED,
                "created": now,
                "decided": now,
            },
        )
    return Claim.objects.select_related("kiosk").get(kiosk_id=kiosk, kid=key.kid), key


def _boot_ms() -> int:
    return time.clock_gettime_ns(time.CLOCK_BOOTTIME) // 1_000_000
