"""A pulse in, the hub's time and what it holds out."""

from __future__ import annotations

import json
import math
import uuid
from dataclasses import replace
from typing import Any

from hub.carry import copies
from hub.carry.handover import told
from hub.intake import chains
from hub.intake.answers import Answer, Refused, sender, signed_answer, signing_key
from hub.intake.boots import Boots
from hub.intake.exchange import Exchange, met
from hub.intake.models import Chain, ChainFlag, Kiosk, Ledger
from hub.intake.transactions import durable
from hub.places.boards import hanging
from hub.trust.settings import signed_settings
from wire import batch as wire
from wire.batch import Pulse, PulseAnswer
from wire.errors import Malformed

MAX_CHAINS = 100
MAX_FACTS = 16 * 1024
_LARGEST = 2**53


def pulse(data: bytes, *, carried: bool = False) -> Answer:
    """Answer a signed pulse; raises :class:`Refused`."""
    if len(data) > wire.MAX_BYTES:
        raise Refused("too-large")
    claim, payload = sender(data, "pulse")
    try:
        message = Pulse.unpack(payload)
    except Malformed as error:
        raise Refused("malformed") from error
    health, tally = plain_json(message.health), plain_json(message.tally)
    heads, received = message.chains, {c: (s, h) for c, s, h in message.received}
    if (
        len(heads) > MAX_CHAINS
        or len(json.dumps([health, tally])) > MAX_FACTS
        or not 0 <= message.settings < 2**31
        or not all(
            0 <= seq < _LARGEST and len(hash_) == 32
            for _, seq, hash_ in (*heads, *message.received)
        )
    ):
        raise Refused("malformed", message.request)
    exchange = Exchange.with_(claim, message.request, message.clocks, carried=carried)
    with durable():
        met(exchange)
        if Boots(exchange).late:
            exchange = replace(exchange, carried=True)
        _note(exchange, message, health, tally)
        told(claim.kiosk_id)
        held = tuple(
            _held(exchange, chain, seq, hash_, received.get(chain)) for chain, seq, hash_ in heads
        )
    # What the kiosk has just said to hold decides which key it believes.
    claim.kiosk.settings_version = message.settings
    newer = signed_settings(
        signing_key(claim.kiosk), place=claim.kiosk.place_id, newer_than=message.settings
    )
    boards = hanging(claim.kiosk.place)
    answer = PulseAnswer(claim.kiosk_id, message.request, held, exchange.now_ms, newer, boards)
    return signed_answer(answer.pack(), "pulse-answer", claim.kiosk)


def _note(exchange: Exchange, message: Pulse, health: Any, tally: Any) -> None:
    """Keep what the pulse tells; one that was carried may be older than what is known.

    What a kiosk once said to have and has not sent stays known, also when it no longer speaks
    of it: an outbox that was lost with all that was in it must not look as if nothing had been.
    """
    kiosk = exchange.claim.kiosk
    heads: dict[str, Any] = {str(c): [seq, hash_.hex()] for c, seq, hash_ in message.chains}
    facts: dict[str, Any] = {
        "version": str(health.get("version", ""))[:40],
        "health": health,
        "tally": tally,
    }
    settings = message.settings
    if exchange.carried:
        for chain, head in kiosk.heads.items():
            if head[0] > heads.get(chain, head)[0]:
                heads[chain] = head
            heads.setdefault(chain, head)
    else:
        _keep_unsent(exchange, heads)
    if exchange.carried:
        settings = max(settings, kiosk.settings_version)
        facts = {} if kiosk.last_pulse else facts
    else:
        facts["last_pulse"] = exchange.now
    Kiosk.objects.filter(pk=kiosk.pk).update(heads=heads, settings_version=settings, **facts)


def _keep_unsent(exchange: Exchange, heads: dict[str, Any]) -> None:
    """Add to ``heads`` what was told before, is not here, and is told no more."""
    kiosk = exchange.claim.kiosk
    unsaid = {c: h for c, h in kiosk.heads.items() if h[0] > heads.get(c, [0])[0]}
    if not unsaid:
        return
    here = dict(Chain.objects.filter(kiosk=kiosk).values_list("chain", "ranges"))
    for chain, head in unsaid.items():
        id_ = uuid.UUID(chain)
        ranges = here.get(id_, [])
        whole = len(ranges) == 1 and ranges[0][0] <= 1 and ranges[0][1] >= head[0]
        if whole or len(heads) >= 2 * MAX_CHAINS:
            continue
        if chain in heads:
            _flag(exchange, id_, ChainFlag.Kind.ROLLBACK, heads[chain][0])
        heads[chain] = head


def _held(
    exchange: Exchange, chain: Any, seq: int, hash_: bytes, received: tuple[int, bytes] | None
) -> wire.Held:
    """Say what is here of a chain, and compare its head with what came."""
    kiosk = exchange.claim.kiosk_id
    row = Chain.objects.filter(kiosk_id=kiosk, chain=chain).first()
    ranges = row.ranges if row else []
    if ranges and ranges[-1][1] > seq and not exchange.carried:  # an old word is no rollback
        _flag(exchange, chain, ChainFlag.Kind.ROLLBACK, seq)
    if chains.within(ranges, seq):
        here = Ledger.objects.filter(kiosk_id=kiosk, chain=chain, seq=seq)
        if not here.filter(hash=hash_).exists():
            _flag(exchange, chain, ChainFlag.Kind.FORK, seq)
    return copies.held(kiosk, chain, ranges, received)


def _flag(exchange: Exchange, chain: Any, kind: str, seq: int) -> None:
    ChainFlag.objects.bulk_create(
        [
            ChainFlag(
                kiosk_id=exchange.claim.kiosk_id,
                chain=chain,
                kind=kind,
                seq=seq,
                seen_ms=exchange.now_ms,
            )
        ],
        ignore_conflicts=True,
    )


def plain_json(value: Any) -> Any:
    """Return ``value`` as JSON that every database takes: no bytes, NaN or NUL."""
    if isinstance(value, dict):
        return {str(plain_json(k)): plain_json(v) for k, v in value.items()}
    if isinstance(value, list):
        return [plain_json(item) for item in value]
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, str):
        return value.replace("\0", "")
    if isinstance(value, int) and not -(2**53) < value < 2**53:
        return str(value)  # JSON's readers round it
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value
