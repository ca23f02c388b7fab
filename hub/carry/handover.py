"""A place goes to a new box: what the old one held is proven to be here, or declared lost."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any

from hub.carry.models import HandOver
from hub.errors import BadUsage, NotAllowed
from hub.intake.audit import record
from hub.intake.models import Chain, Kiosk, Ledger
from hub.intake.registry import Invitation, invite
from hub.intake.transactions import durable, now_ms


@dataclass(frozen=True, slots=True)
class Standing:
    """How a hand-over stands: ``begun, open, proven`` or ``lost``.

    ``chains``: per chain of the old box its last known number and the ranges not here.
    """

    state: str
    chains: list[dict[str, Any]]


def begin(kiosk: Kiosk, *, url: str, pin: bytes = b"", actor: str) -> tuple[HandOver, Invitation]:
    """Make the code with which a new box takes over the place of ``kiosk``."""
    if HandOver.objects.filter(old=kiosk, taken_ms__isnull=False).exists():
        raise NotAllowed("Another box has taken over from this one already; hand over that one.")
    made = invite(kiosk.place_id, gate=kiosk.gate, url=url, pin=pin, actor=actor)
    with durable():
        # A code that was lost before anybody used it gives way to the new one.
        HandOver.objects.filter(old=kiosk, taken_ms=None).delete()
        row = HandOver.objects.create(old=kiosk, new_id=made.code.kiosk, begun_ms=now_ms())
        record(
            "handover-begin", actor=actor, subject=str(kiosk.pk),
            detail={"new": str(made.code.kiosk)},
        )  # fmt: skip
    return row, made


def taken(kiosk: uuid.UUID) -> None:
    """Note that a box has claimed its place; call in the claim's transaction."""
    HandOver.objects.filter(new_id=kiosk, taken_ms=None).update(taken_ms=now_ms())


def told(kiosk: uuid.UUID) -> None:
    """Note that a box has told its heads; call in the pulse's transaction."""
    HandOver.objects.filter(old_id=kiosk).update(closing_ms=now_ms())


def is_late(kiosk: uuid.UUID) -> bool:
    """Whether another box has taken over from this one."""
    return HandOver.objects.filter(old_id=kiosk, taken_ms__isnull=False).exists()


def standing(row: HandOver) -> Standing:
    """Return how a hand-over stands now."""
    chains = _chains(row.old)
    if row.taken_ms is None:
        return Standing("begun", chains)
    if row.lost_ms is not None:
        return Standing("lost", chains)
    complete = all(chain["proven"] for chain in chains)
    said = row.closing_ms is not None and row.closing_ms >= row.begun_ms
    return Standing("proven" if said and complete else "open", chains)


def declare_lost(kiosk: Kiosk, *, reason: str, actor: str) -> HandOver:
    """Note that what the old box still held will not come; what comes all the same is taken."""
    row = HandOver.objects.filter(old=kiosk, taken_ms__isnull=False).select_related("old").first()
    if row is None:
        raise BadUsage("No box has taken over from this one; hub handover list shows them.")
    if not reason.strip():
        raise BadUsage("Give the --reason why its entries are lost: reports quote it.")
    now = standing(row)
    if now.state == "proven":
        raise NotAllowed("Everything that this box told of is here: nothing of it is lost.")
    with durable():
        HandOver.objects.filter(pk=row.pk).update(
            lost_ms=now_ms(), lost=now.chains, reason=reason[:200]
        )
        record(
            "handover-lost", actor=actor, subject=str(kiosk.pk), reason=reason,
            detail={"chains": now.chains},
        )  # fmt: skip
    row.refresh_from_db()
    return row


def _chains(kiosk: Kiosk) -> list[dict[str, Any]]:
    ranges = {
        str(c): list(r) for c, r in Chain.objects.filter(kiosk=kiosk).values_list("chain", "ranges")
    }
    found = []
    for chain in sorted(ranges.keys() | kiosk.heads.keys()):
        here = ranges.get(chain, [])
        seq, hash_ = kiosk.heads.get(chain, [0, ""])
        last = max(seq, here[-1][1] if here else 0)
        missing, following = [], 1
        for first, end in here:
            if first > following:
                missing.append([following, first - 1])
            following = end + 1
        if following <= last:
            missing.append([following, last])
        rows = Ledger.objects.filter(kiosk=kiosk, chain=chain, seq=seq)
        sound = seq == 0 or rows.filter(hash=bytes.fromhex(hash_)).exists()
        proven = not missing and sound and seq == last and chain in kiosk.heads
        found.append({"chain": chain, "last": last, "missing": missing, "proven": proven})
    return found
