"""A batch in, a receipt out: the ledger decides, and ``stored`` is said after the commit."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable, Sequence
from typing import Any

from hub.carry import times
from hub.carry.between import Copy
from hub.carry.handover import is_late
from hub.intake import chains, store
from hub.intake.answers import Answer as Reply
from hub.intake.answers import Refused, ring, sender, signed_answer, vault
from hub.intake.boots import Boots
from hub.intake.exchange import Exchange, met
from hub.intake.models import Chain, ChainFlag, Conflict, EntryFlag, Ledger, RefusedRow
from hub.intake.models import Receipt as ReceiptRow
from hub.intake.opening import Boxed, Row, box, read
from hub.intake.transactions import durable, now_ms
from hub.retention.gone import Gone
from wire import batch as wire
from wire.batch import Batch, Held, Receipt, digest
from wire.entry import Header
from wire.errors import Malformed

VIETNAM = dt.timezone(dt.timedelta(hours=7))
DAY_MS = 24 * 3600 * 1000
OLDEST_MS = 400 * DAY_MS

Outcome = tuple[str, str]
_DAY, _AT = store.ENTRY.index("day"), store.ENTRY.index("at_ms")


def receive(data: bytes, *, carried: bool = False) -> Reply:
    """Answer a signed batch; raises :class:`Refused` for the whole of it."""
    if len(data) > wire.MAX_BYTES:
        raise Refused("too-large")
    claim, payload = sender(data, "batch")
    try:
        batch = Batch.unpack(payload)
    except Malformed as error:
        raise Refused("malformed") from error
    rows = [_judged(read(entry), claim.kiosk_id) for entry in batch.entries]
    ids = [row.header.id for row in rows if row.header]
    # Opening seals is the dear part: done before the transaction, and not for replays.
    known = store.known_hashes(ids)
    keys, safe = ring().opening, vault()
    boxed = {
        row.hash: box(row, keys, safe) for row in rows if row.header and row.header.id not in known
    }
    exchange = Exchange.with_(claim, batch.request, batch.clocks, carried=carried)
    with durable():
        met(exchange)
        outcomes, told, timeless = _settle(exchange, rows, boxed)
        _remember(exchange, digest(data), outcomes)
    # A stick's are bounded when all of it is here, and so is what a kiosk sends for hours.
    if timeless and not carried and _is_last(rows, exchange):
        here = Copy(batch.clocks, 0, exchange.now_ms, sent=True)
        times.bound(claim.kiosk, [here])
    answers = tuple(
        wire.Answer(row.hash, *outcome) for row, outcome in zip(rows, outcomes, strict=True)
    )
    receipt = Receipt(claim.kiosk_id, batch.request, digest(data), answers, told, now_ms())
    return signed_answer(receipt.pack(), "receipt", claim.kiosk)


def _is_last(rows: Sequence[Row], exchange: Exchange) -> bool:
    """Whether a kiosk has no more to send, as far as its batch and its last pulse tell."""
    if len(rows) < wire.MAX_ENTRIES:
        return True
    last = rows[-1].header
    heads = exchange.claim.kiosk.heads
    return last is not None and heads.get(str(last.chain), [0])[0] == last.seq


def _judged(row: Row, kiosk: uuid.UUID) -> Row:
    if row.header is not None and row.header.kiosk != kiosk:
        return Row(row.entry, None, "The entry is of another kiosk than its batch.")
    return row


def _settle(
    exchange: Exchange, rows: Sequence[Row], boxed: dict[bytes, Boxed]
) -> tuple[list[Outcome], tuple[Held, ...], bool]:
    """Store what is new; returns outcomes, what is held, and whether anything has no time."""
    claim, now = exchange.claim, exchange.now_ms
    sound: dict[uuid.UUID, Row] = {}
    for row in rows:
        if row.header is not None:
            sound.setdefault(row.header.id, row)
    new = store.enter_ledger(
        [_ledger_row(row, row.header, now) for _, row in sorted(sound.items()) if row.header]
    )
    fresh = [row for id_, row in sound.items() if id_ in new]
    held_hashes = store.known_hashes([id_ for id_ in sound if id_ not in new])
    held_hashes |= {row.header.id: row.hash for row in fresh if row.header}
    boots = Boots(exchange)
    late = EntryFlag.LATE if is_late(claim.kiosk_id) else EntryFlag(0)
    for row in fresh:
        if row.hash not in boxed:
            boxed[row.hash] = _late(row)
    # All rows before the first is written: their times are asked for on the same connection.
    entries, unwanted = [], {}
    gone = Gone.now([boxed[row.hash].tags for row in fresh], exchange.now)
    for row in fresh:
        if row.header is None:
            continue
        made = _entry_row(row, row.header, boxed[row.hash], exchange, boots, late)
        at = boots.stated(row.header).at_ms
        status = gone.status(made[_DAY], boxed[row.hash].tags, row.header.wall_ms, at)
        if status:
            unwanted[row.header.id] = status
        else:
            entries.append(made)
    store.add_entries(entries)
    outcomes: list[Outcome] = []
    for row in rows:
        if row.header is None:
            _keep_refusal(row, exchange)
            outcomes.append((wire.REFUSED, row.reason))
        elif row.header.id in unwanted:
            outcomes.append((unwanted[row.header.id], ""))
        elif row.hash != held_hashes[row.header.id]:
            _keep_conflict(row, row.header, exchange)
            outcomes.append((wire.KNOWN, ""))
        else:
            # The same row twice in one batch: stored by the first, known to the second.
            outcomes.append((wire.STORED if row.header.id in new else wire.KNOWN, ""))
            new.discard(row.header.id)
    told = _chains(exchange, [row.header for row in rows if row.header], fresh)
    return outcomes, told, any(made[_AT] is None for made in entries)


def _late(row: Row) -> Boxed:
    # The id was known when we looked and is new now: only a rolled-back rival explains it.
    return box(row, ring().opening, vault())


def _ledger_row(row: Row, header: Header, now: int) -> tuple[Any, ...]:
    return (header.id, header.kiosk, header.chain, header.seq, row.hash, header.prev, now)


def _entry_row(
    row: Row,
    header: Header,
    boxed: Boxed,
    exchange: Exchange,
    boots: Boots,
    late: EntryFlag,
) -> tuple[Any, ...]:
    claim, now = exchange.claim, exchange.now_ms
    time = boots.stated(header)
    flags = boxed.flags | late
    if header.place != claim.kiosk.place_id:
        flags |= EntryFlag.FOREIGN_PLACE
    if time.suspect:
        flags |= EntryFlag.CLOCK
    at = time.at_ms
    if at is None or not now - OLDEST_MS <= at <= now + DAY_MS:
        at = now  # a wild clock must not keep an entry for ever, nor purge it unseen
    day = dt.datetime.fromtimestamp(at / 1000, VIETNAM).date()
    return (
        header.id, header.kiosk, claim.pk, header.place, header.gate, header.chain, header.seq,
        header.type, header.direction or "", header.basis or "", header.kind, header.trust,
        header.trip or "", header.purpose or "", header.reason or "", header.corrects,
        header.count, header.wall_ms, header.boot_ms, header.boot_id, header.clock, time.at_ms,
        time.error_ms, time.basis, now, day, int(flags), header.seal_kid, row.entry.header_bytes,
        row.entry.sealed, boxed.content, boxed.mask, boxed.tags["number"], boxed.tags["phone"],
        boxed.tags["qid"], boxed.tags["bhyt"], boxed.tags["name"],
    )  # fmt: skip


def _chains(exchange: Exchange, named: Sequence[Header], fresh: Sequence[Row]) -> tuple[Held, ...]:
    """Add the new numbers to their chains, look at the links, and say what is held."""
    kiosk, now = exchange.claim.kiosk_id, exchange.now_ms
    ids = sorted({header.chain for header in named})
    Chain.objects.bulk_create(
        [Chain(kiosk_id=kiosk, chain=chain, updated_ms=now) for chain in ids],
        ignore_conflicts=True,
    )
    told = []
    rows = Chain.objects.select_for_update().filter(kiosk_id=kiosk, chain__in=ids)
    for chain in rows.order_by("chain"):
        links = [
            chains.Link(h.id, h.seq, row.hash, h.prev, h.after_chain is not None)
            for row in fresh
            if (h := row.header) and h.chain == chain.chain
        ]
        _look(exchange, chain, links)
        # Every sound row of the batch is here now, the other side of a rewrite included.
        numbers = [header.seq for header in named if header.chain == chain.chain]
        ranges = chains.merged(chain.ranges, numbers)
        if ranges != chain.ranges:
            chain.ranges, chain.updated_ms = ranges, now
            chain.save(update_fields=["ranges", "updated_ms"])
        told.append(chains.held(chain.chain, chain.ranges))
    return tuple(told)


def _look(exchange: Exchange, chain: Chain, links: Sequence[chains.Link]) -> None:
    if not links:
        return
    near = chains.neighbours(chain.ranges, [link.seq for link in links])
    new = {link.id for link in links}
    present = [
        chains.Link(id_, seq, bytes(hash_), bytes(prev))
        for id_, seq, hash_, prev in Ledger.objects.filter(
            kiosk_id=chain.kiosk_id, chain=chain.chain, seq__in=near
        ).values_list("id", "seq", "hash", "prev")
        if id_ not in new
    ]
    _flag(
        exchange,
        [
            (chain.chain, found.kind, found.seq, found.entry)
            for found in chains.check(links, present)
        ],
    )


def _flag(exchange: Exchange, found: Iterable[tuple[uuid.UUID, str, int, uuid.UUID]]) -> None:
    ChainFlag.objects.bulk_create(
        [
            ChainFlag(
                kiosk_id=exchange.claim.kiosk_id,
                chain=chain,
                kind=kind,
                seq=seq,
                entry=entry,
                seen_ms=exchange.now_ms,
            )
            for chain, kind, seq, entry in found
        ],
        ignore_conflicts=True,
    )


def _keep_conflict(row: Row, header: Header, exchange: Exchange) -> None:
    """Both sides of a rewrite are kept; the kiosk need not send this one again."""
    Conflict.objects.bulk_create(
        [
            Conflict(
                entry=header.id,
                kiosk_id=exchange.claim.kiosk_id,
                hash=row.hash,
                header=row.entry.header_bytes,
                sealed=row.entry.sealed,
                received_ms=exchange.now_ms,
            )
        ],
        ignore_conflicts=True,
    )
    _flag(exchange, [(header.chain, ChainFlag.Kind.REWRITE, header.seq, header.id)])


def _keep_refusal(row: Row, exchange: Exchange) -> None:
    RefusedRow.objects.bulk_create(
        [
            RefusedRow(
                kiosk_id=exchange.claim.kiosk_id,
                hash=row.hash,
                reason=row.reason[:200],
                size=len(row.entry.header_bytes) + len(row.entry.sealed),
                received_ms=exchange.now_ms,
            )
        ],
        ignore_conflicts=True,
    )


def _remember(exchange: Exchange, batch_hash: bytes, outcomes: Sequence[Outcome]) -> None:
    statuses = [status for status, _ in outcomes]
    ReceiptRow.objects.bulk_create(
        [
            ReceiptRow(
                request=exchange.request,
                kiosk_id=exchange.claim.kiosk_id,
                batch_hash=batch_hash,
                stored=statuses.count(wire.STORED),
                known=statuses.count(wire.KNOWN),
                refused=statuses.count(wire.REFUSED),
                answered_ms=exchange.now_ms,
            )
        ],
        ignore_conflicts=True,
    )
