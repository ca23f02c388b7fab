"""Copies of one card: what a hub holds of *this* copy's chain, told by hashes, not numbers.

Two copies write different entries under the same numbers. While both are here, numbers tell
the truth; a hub put back from a backup may hold only the other copy's. So a chain that ever
forked, or whose received head is not here, is walked back from that head by its hashes.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator

from hub.carry.models import Doubt
from hub.intake import chains
from hub.intake.models import ChainFlag, Conflict, Ledger
from hub.intake.transactions import now_ms
from wire.batch import Held

MOST_STEPS = 50_000
"""Entries that are walked back: more than a kiosk keeps of what was received."""

ASK_AGAIN_MS = 3600 * 1000
"""What a kiosk no longer has it is not asked for at every pulse."""


def held(
    kiosk: uuid.UUID, chain: uuid.UUID, ranges: chains.Ranges, received: tuple[int, bytes] | None
) -> Held:
    """Say what is here of a chain as the sender of ``received`` (seq, hash) wrote it."""
    told = chains.held(chain, ranges)
    if received is None:
        return told
    seq, hash_ = received
    here = _is_here(kiosk, chain, seq, hash_)
    odd = (ChainFlag.Kind.FORK, ChainFlag.Kind.BROKEN)
    flags = ChainFlag.objects.filter(kiosk_id=kiosk, chain=chain, kind__in=odd)
    if here and not flags.exists():
        return told
    lowest = _lowest(kiosk, chain, seq, hash_) if here else seq + 1
    if lowest <= 1 or _asked_lately(kiosk, chain, lowest):
        return told
    # Above the received head nothing is judged: those rows are still on their way.
    sure = [[max(a, lowest), min(b, seq)] for a, b in ranges if a <= seq and b >= lowest]
    short = chains.held(chain, sure)
    return Held(chain, short.ranges, min(short.complete_to, seq))


def _is_here(kiosk: uuid.UUID, chain: uuid.UUID, seq: int, hash_: bytes) -> bool:
    ledger = Ledger.objects.filter(kiosk_id=kiosk, chain=chain, seq=seq, hash=hash_)
    return ledger.exists() or Conflict.objects.filter(kiosk_id=kiosk, hash=hash_).exists()


def _lowest(kiosk: uuid.UUID, chain: uuid.UUID, seq: int, hash_: bytes) -> int:
    """Return the number down to which this copy's own entries are here, 1 for all of them.

    A number that is not here at all (refused, still waiting) is stepped over: it is missing
    by its number already, and what lies below it is taken on its number.
    """
    wanted: set[bytes] | None = {hash_}
    at = seq
    for number, links in _down(kiosk, chain, seq):
        if number < at:
            wanted, at = None, number
        prevs = {prev for own, prev in links if wanted is None or own in wanted}
        if not prevs:
            assert wanted is not None
            if not Conflict.objects.filter(kiosk_id=kiosk, hash__in=wanted).exists():
                return at + 1
            prevs = {prev for _, prev in links}  # the other side of a rewrite: go on below
        wanted, at = prevs, at - 1
        if seq - at >= MOST_STEPS:
            break
    return 1


def _down(
    kiosk: uuid.UUID, chain: uuid.UUID, seq: int
) -> Iterator[tuple[int, list[tuple[bytes, bytes]]]]:
    rows = Ledger.objects.filter(kiosk_id=kiosk, chain=chain, seq__lte=seq)
    found = rows.order_by("-seq").values_list("seq", "hash", "prev")
    number, links = 0, list[tuple[bytes, bytes]]()
    for at, own, prev in found.iterator(chunk_size=2000):
        if links and at != number:
            yield number, links
            links = []
        number = at
        links.append((bytes(own), bytes(prev)))
    if links:
        yield number, links


def _asked_lately(kiosk: uuid.UUID, chain: uuid.UUID, seq: int) -> bool:
    now = now_ms()
    row, made = Doubt.objects.get_or_create(
        kiosk_id=kiosk, chain=chain, seq=seq, defaults={"told_ms": now}
    )
    if made:
        return False
    if now - row.told_ms < ASK_AGAIN_MS:
        return True
    Doubt.objects.filter(pk=row.pk).update(told_ms=now)
    return False
