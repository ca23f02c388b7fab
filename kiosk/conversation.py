"""What an answer means, when to try again, what to suspect: the pure part of sync.

Nothing here touches a network, a disk or a clock; :mod:`kiosk.sync` and
:mod:`kiosk.carry` act on what this module concludes.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeVar

from kiosk.errors import NoReceipt
from wire import signed
from wire.batch import MAX_ENTRIES, Answer, Receipt, Refusal, digest
from wire.errors import WireError
from wire.keys import VerifyKey

T = TypeVar("T")

FIRST_S = 2.0
LONGEST_S = 300.0

POISON_AFTER = 3
"""Answers without a receipt, while pulses pass, after which a batch is halved."""

POISON_FIRST_MS, POISON_LONGEST_MS = 60 * 1000, 24 * 3600 * 1000
"""A row that is set aside is tried again after a minute, then twice as long, then daily."""

STRANGER = frozenset({"unknown-kiosk", "revoked"})
"""Refusals that are about this kiosk, not about what it sent."""


class HubState(StrEnum):
    """What the kiosk knows of its hub, for screen and status."""

    NEVER = "never"
    OK = "ok"
    OFFLINE = "offline"
    NO_RECEIPT = "no-receipt"
    NOT_RECOGNISED = "not-recognised"
    HELD = "held"


class Refused(Exception):
    """The hub's signed refusal of a request; ``reason`` is the hub's word."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"The hub refuses: {reason}.")
        self.reason = reason


@dataclass(slots=True)
class Progress:
    """The conversation's state; in memory only, for a restart begins it anew."""

    failures: int = 0
    state: HubState = HubState.NEVER
    detail: str = ""
    last_receipt_ms: int | None = None
    next_pulse_ms: int = 0
    next_claim_ms: int = 0
    batch_limit: int = MAX_ENTRIES
    bad_answers: int = 0
    suspect_to: int | None = None  # the last row among which a poisoned one is looked for
    set_aside: dict[int, int] = field(default_factory=dict)  # seq -> boot_ms to try again
    poisoned: dict[int, int] = field(default_factory=dict)  # seq -> how often it was set aside
    sent: int = 0
    differs: int = 0  # entries that this kiosk should have sent or kept, and did neither
    sent_again: int = 0  # rows that the hub had, lost, and was sent again

    def passed(self, seqs: Iterable[int]) -> None:
        """A batch was answered: trust longer ones again, once the suspects are through."""
        self.bad_answers = 0
        seqs = list(seqs)
        for seq in seqs:
            self.poisoned.pop(seq, None)
        if self.suspect_to is not None and max(seqs) < self.suspect_to:
            return
        self.suspect_to = None
        self.batch_limit = min(MAX_ENTRIES, self.batch_limit * 2)

    def suspicious(self) -> bool:
        """Count a batch without receipt; True once a pulse must tell whose fault it is."""
        self.bad_answers += 1
        return self.bad_answers >= POISON_AFTER

    def narrow(self, seqs: list[int], *, now_ms: int) -> int | None:
        """Halve a batch that fails while pulses pass; a single row is set aside.

        Returns the row that is set aside now.
        """
        self.bad_answers = self.failures = 0  # the hub is there: no need to back off from it
        if len(seqs) > 1:
            self.suspect_to = max(seqs) if self.suspect_to is None else self.suspect_to
            self.batch_limit = len(seqs) // 2
            return None
        self.suspect_to, seq = None, seqs[0]
        times = self.poisoned.get(seq, 0)
        self.poisoned[seq] = times + 1
        self.set_aside[seq] = now_ms + min(POISON_FIRST_MS << min(times, 20), POISON_LONGEST_MS)
        return seq

    def forgive(self) -> None:
        """Try everything again now: a person looked after the cause."""
        self.failures = self.bad_answers = 0
        self.next_pulse_ms = self.next_claim_ms = 0
        self.set_aside.clear()

    def apart(self, *, now_ms: int) -> tuple[int, ...]:
        """Return the rows that are set aside and whose time has not come."""
        for seq in [seq for seq, again in self.set_aside.items() if again <= now_ms]:
            del self.set_aside[seq]
        return tuple(self.set_aside)


def delay(failures: int, *, chance: float, retry_after_s: float | None = None) -> float:
    """Return the seconds to wait after ``failures`` in a row: 2 s doubling to 5 min.

    Full jitter (``chance`` in 0..1), so that kiosks which lost the hub together do not
    come back together; what the hub asks for (Retry-After) is the least.
    """
    if failures <= 0:
        return 0.0
    most = min(LONGEST_S, FIRST_S * 2.0 ** min(failures - 1, 16))
    wanted = max(chance * most, 0.1)
    if retry_after_s is None:
        return wanted
    return min(retry_after_s, 3600.0) + wanted


def read_answer(
    body: bytes,
    kind: str,
    *,
    asked: bytes | None,
    keys: Mapping[bytes, VerifyKey],
    unpack: Callable[[object], T],
) -> T:
    """Return a verified answer of ``kind`` to the bytes ``asked``.

    A signed refusal of those very bytes raises :class:`Refused`; whatever else it is
    raises :class:`~kiosk.errors.NoReceipt`.
    """
    try:
        found, _ = signed.peek(body)
        payload = signed.verify(body, keys, found).payload
        if found == "refusal" and asked is not None:
            refusal = Refusal.unpack(payload)
            if refusal.subject == digest(asked):
                raise Refused(refusal.reason)
        if found != kind:
            raise NoReceipt("The hub answered something else.")
        return unpack(payload)
    except WireError as error:
        raise NoReceipt(f"The answer is not our hub's. {error}") from error


def judge(
    receipt: Receipt, *, kiosk: uuid.UUID, request: uuid.UUID, batch_hash: bytes
) -> Mapping[bytes, Answer]:
    """Return a receipt's answers by entry hash; :class:`NoReceipt` if it is not for us.

    A replayed or foreign receipt names another request, other bytes or another kiosk.
    """
    if receipt.kiosk != kiosk or receipt.request != request or receipt.batch_hash != batch_hash:
        raise NoReceipt("The receipt answers another request.")
    return {answer.hash: answer for answer in receipt.answers}
