"""What to send, when to try again, and what an answer changes.

Planning is pure (:func:`delay`, :func:`judge`); :class:`Sync` holds the conversation's
state and is stepped by one worker that waits between steps. Only a receipt that our hub
signed, for this request and these bytes, retires a row; everything else retires nothing.
"""

from __future__ import annotations

import logging
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Protocol

from kiosk.clock import Clock
from kiosk.errors import HubUnreachable, NoReceipt, Retry
from kiosk.model import ClockState
from wire import signed
from wire.batch import (
    MAX_BYTES,
    MAX_ENTRIES,
    REFUSED,
    Answer,
    Batch,
    Held,
    Pulse,
    PulseAnswer,
    Receipt,
    Refusal,
    digest,
)
from wire.enrol import Claim, ClaimAnswer
from wire.entry import Entry
from wire.errors import WireError
from wire.keys import SigningKey, VerifyKey

_log = logging.getLogger(__name__)

FIRST_S = 2.0
LONGEST_S = 300.0
PULSE_S = 60.0
"""Seconds between pulses while nothing else is said."""

POISON_AFTER = 3
"""Answers without a receipt, while pulses pass, after which a batch is halved."""

POISON_RETRY_MS = 24 * 3600 * 1000
ROOM = 24 * 1024
"""Bytes of a batch left for its frame, signature and CBOR."""


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


class Waiting(Protocol):
    """A row that waits for its receipt."""

    @property
    def seq(self) -> int:
        """Its place in the chain."""

    @property
    def entry(self) -> Entry:
        """What is sent."""


class Outbound(Protocol):
    """What sync asks of the outbox."""

    @property
    def chain(self) -> uuid.UUID:
        """The chain of this outbox file."""

    def due(self, *, limit: int, max_bytes: int, skip: Sequence[int] = ()) -> Sequence[Waiting]:
        """Return the oldest waiting rows."""

    def apply(self, answers: Mapping[int, Answer], *, receipt_ms: int) -> int:
        """Settle rows by their answers."""

    def reopen(self, gaps: Sequence[tuple[int, int]], *, receipt_ms: int) -> int:
        """Set acked rows that the hub lacks back to waiting."""

    def head(self) -> tuple[int, bytes]:
        """Return the chain's last seq and hash."""


class Transport(Protocol):
    """The way to the hub."""

    def post(self, path: str, data: bytes, *, dates_count: bool) -> bytes:
        """Send bytes, get bytes."""


class Self(Protocol):
    """Who we are, as sync needs to know it."""

    @property
    def kiosk(self) -> uuid.UUID:
        """Our id."""

    @property
    def key(self) -> SigningKey:
        """Our key."""

    @property
    def hub_keys(self) -> Mapping[bytes, VerifyKey]:
        """The keys we believe."""


@dataclass(slots=True)
class Progress:
    """The conversation's state; in memory only, for a restart begins it anew."""

    failures: int = 0
    state: HubState = HubState.NEVER
    detail: str = ""
    last_receipt_ms: int | None = None
    next_pulse_ms: int = 0
    batch_limit: int = MAX_ENTRIES
    bad_answers: int = 0
    set_aside: dict[int, int] = field(default_factory=dict)  # seq -> boot_ms to try again
    sent: int = 0


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


def judge(
    receipt: Receipt, *, kiosk: uuid.UUID, request: uuid.UUID, batch: bytes
) -> Mapping[bytes, Answer]:
    """Return a receipt's answers by entry hash; :class:`NoReceipt` if it is not for us.

    A replayed or foreign receipt names another request, other bytes or another kiosk.
    """
    if (
        receipt.kiosk != kiosk
        or receipt.request != request
        or receipt.batch_hash != digest(batch)
    ):
        raise NoReceipt("The receipt answers another request.")
    return {answer.hash: answer for answer in receipt.answers}


class Sync:
    """Carries entries to the hub and its answers back; one step at a time."""

    def __init__(
        self,
        *,
        outbox: Outbound,
        hub: Transport,
        me: Callable[[], Self],
        clock: Clock,
        report: Callable[[], tuple[Mapping[str, int], Mapping[str, Any], int]],
        settings: Callable[[bytes], None],
        claim: Callable[[], Claim | None],
        claimed: Callable[[ClaimAnswer], None],
        chance: Callable[[], float],
    ) -> None:
        """``report`` gives tally, health and settings version for a pulse; ``settings``
        takes signed settings; ``claim`` gives the claim that is still to be made, if any,
        and ``claimed`` takes the hub's answer; ``chance`` gives numbers in 0..1.
        """
        self._outbox = outbox
        self._hub = hub
        self._me = me
        self._clock = clock
        self._report = report
        self._settings = settings
        self._claim = claim
        self._claimed = claimed
        self._chance = chance
        self._asked_boot_ms = 0
        self.progress = Progress()

    def step(self) -> float | None:
        """Do the next thing; return seconds until the one after, None to go on at once."""
        now = self._clock.now().boot_ms
        try:
            if (claim := self._claim()) is not None:
                self._make_claim(claim)
            elif now >= self.progress.next_pulse_ms:
                self._pulse()
            elif rows := self._due(now):
                self._send(rows)
            else:
                return max(0.05, (self.progress.next_pulse_ms - now) / 1000)
        except Retry as error:
            return self._failed(error)
        except Refused as error:
            return self._refused(error)
        self.progress.failures = 0
        if self.progress.state is not HubState.HELD:
            self.progress.state = HubState.OK
        self.progress.detail = ""
        return None

    # -- the three requests --------------------------------------------------------------

    def make_claim(self) -> None:
        """Claim the place now if that is still to be done; raises what :meth:`step` waits on."""
        if (claim := self._claim()) is not None:
            self._make_claim(claim)

    def _make_claim(self, claim: Claim) -> None:
        data = signed.sign(claim.pack(), self._me().key, "claim")
        body = self._exchange("/v1/enrol", data)
        answer = self._read(body, "claim-answer", data, ClaimAnswer.unpack)
        if answer.kiosk != claim.kiosk or answer.request != claim.request:
            raise NoReceipt("The hub's answer is for another claim.")
        self._learn(answer.now_ms)
        self._claimed(answer)
        self.progress.state = HubState.HELD if answer.status == "held" else HubState.OK

    def _send(self, rows: Sequence[Waiting]) -> None:
        me, clocks = self._me(), self._clock.now()
        batch = Batch(me.kiosk, uuid.uuid4(), tuple(row.entry for row in rows), clocks)
        data = signed.sign(batch.pack(), me.key, "batch")
        try:
            body = self._exchange("/v1/entries", data)
            receipt = self._read(body, "receipt", data, Receipt.unpack)
            by_hash = judge(receipt, kiosk=me.kiosk, request=batch.request, batch=data)
        except NoReceipt:
            self._suspect(rows)
            raise
        answers = {row.seq: by_hash[row.entry.hash] for row in rows if row.entry.hash in by_hash}
        if not answers:
            self._suspect(rows)
            raise NoReceipt("The receipt names none of the entries that were sent.")
        self._outbox.apply(answers, receipt_ms=receipt.now_ms)
        self._learn(receipt.now_ms)
        progress = self.progress
        progress.last_receipt_ms = receipt.now_ms
        progress.sent += sum(answer.status != REFUSED for answer in answers.values())
        progress.bad_answers = 0
        progress.batch_limit = min(MAX_ENTRIES, progress.batch_limit * 2)
        self._compare(receipt.held, receipt.now_ms)

    def _pulse(self) -> None:
        me = self._me()
        tally, health, version = self._report()
        seq, head = self._outbox.head()
        request = uuid.uuid4()
        pulse = Pulse(
            me.kiosk,
            request,
            self._clock.now(),
            tally,
            health,
            ((self._outbox.chain, seq, head),),
            version,
        )
        data = signed.sign(pulse.pack(), me.key, "pulse")
        body = self._exchange("/v1/pulse", data)
        answer = self._read(body, "pulse-answer", data, PulseAnswer.unpack)
        if answer.kiosk != me.kiosk or answer.request != request:
            raise NoReceipt("The hub's answer is for another pulse.")
        self._learn(answer.now_ms)
        self.progress.next_pulse_ms = self._clock.now().boot_ms + round(PULSE_S * 1000)
        self._compare(answer.held, answer.now_ms)
        if answer.settings is not None:
            try:
                self._settings(answer.settings)
            except WireError as error:
                _log.warning("Settings from the hub were not believed: %s", error)

    # -- reading answers -----------------------------------------------------------------

    def _exchange(self, path: str, data: bytes) -> bytes:
        self._asked_boot_ms = self._clock.now().boot_ms
        trusted = self._clock.now().state == ClockState.TRUSTED.value
        return self._hub.post(path, data, dates_count=trusted)

    def _read(self, body: bytes, kind: str, asked: bytes, unpack: Callable[[Any], Any]) -> Any:
        """Return a verified answer of ``kind``; a signed refusal raises :class:`Refused`."""
        try:
            found, _ = signed.peek(body)
            payload = signed.verify(body, self._me().hub_keys, found).payload
            if found == "refusal":
                refusal = Refusal.unpack(payload)
                if refusal.subject == digest(asked):
                    raise Refused(refusal.reason)
            if found != kind:
                raise NoReceipt("The hub answered something else.")
            return unpack(payload)
        except WireError as error:
            raise NoReceipt(f"The answer is not our hub's. {error}") from error

    def _learn(self, hub_ms: int) -> None:
        """Take the hub's time as that of the middle of the exchange."""
        now = self._clock.now()
        middle = (self._asked_boot_ms + now.boot_ms) // 2
        self._clock.learn(hub_ms, at_boot_ms=middle, state=ClockState.TRUSTED)

    def _compare(self, held: tuple[Held, ...], now_ms: int) -> None:
        """Set back to waiting what the hub says it does not hold (restored from a backup)."""
        gaps = [gap for one in held if one.chain == self._outbox.chain for gap in one.gaps()]
        lost = self._outbox.reopen(gaps, receipt_ms=now_ms)
        if lost:
            _log.warning("The hub lacks %d entries that it had; they are sent again.", lost)

    # -- failures ------------------------------------------------------------------------

    def _due(self, now_ms: int) -> Sequence[Waiting]:
        aside = self.progress.set_aside
        for seq in [seq for seq, again in aside.items() if again <= now_ms]:
            del aside[seq]
        limit = self.progress.batch_limit
        return self._outbox.due(limit=limit, max_bytes=MAX_BYTES - ROOM, skip=tuple(aside))

    def _suspect(self, rows: Sequence[Waiting]) -> None:
        """Count an answer without receipt; narrow a batch that keeps failing to its row."""
        progress = self.progress
        progress.bad_answers += 1
        if progress.bad_answers < POISON_AFTER:
            return
        try:
            self._pulse()
        except (Retry, Refused):
            return  # not the batch's fault: nothing passes
        progress.bad_answers = 0
        if len(rows) > 1:
            progress.batch_limit = len(rows) // 2
        else:
            again = self._clock.now().boot_ms + POISON_RETRY_MS
            progress.set_aside[rows[0].seq] = again
            _log.error("Entry %d gets no receipt and is set aside for a day.", rows[0].seq)

    def _failed(self, error: Retry) -> float:
        progress = self.progress
        progress.failures += 1
        unreachable = isinstance(error, HubUnreachable)
        progress.state = HubState.OFFLINE if unreachable else HubState.NO_RECEIPT
        progress.detail = str(error)
        after = error.retry_after_s if isinstance(error, NoReceipt) else None
        return delay(progress.failures, chance=self._chance(), retry_after_s=after)

    def _refused(self, error: Refused) -> float:
        self.progress.failures += 1
        self.progress.state = HubState.NOT_RECOGNISED
        self.progress.detail = error.reason
        return LONGEST_S * (0.5 + self._chance() / 2)
