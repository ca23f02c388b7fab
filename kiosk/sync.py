"""The conversation with the hub: claim, pulse, batches; stepped by one worker that waits.

Only a receipt that our hub signed, for this request and these bytes, retires a row;
everything else retires nothing. What answers mean is concluded in
:mod:`kiosk.conversation`; this module asks and acts.
"""

from __future__ import annotations

import logging
import uuid
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from kiosk.clock import Clock
from kiosk.conversation import (
    LONGEST_S,
    STRANGER,
    HubState,
    Progress,
    Refused,
    delay,
    judge,
    read_answer,
)
from kiosk.counterparts import Outbound, Self, Transport, Waiting
from kiosk.errors import BadEnrolment, DiskRefused, HubUnreachable, KioskError, NoReceipt, Retry
from kiosk.model import ClockState
from wire import signed
from wire.batch import MAX_BYTES, REFUSED, Batch, Held, Pulse, PulseAnswer, Receipt, digest
from wire.enrol import Claim, ClaimAnswer
from wire.errors import WireError
from wire.hanging import Hanging

__all__ = ["HubState", "Outbound", "Progress", "Refused", "Sync", "Transport"]

_log = logging.getLogger(__name__)

PULSE_S = 60.0
"""Seconds between pulses while nothing else is said."""

HELD_S = 600.0
"""Seconds between questions whether a held claim was decided."""

ROOM = 24 * 1024
"""Bytes of a batch left for its frame, signature and CBOR."""


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
        boards: Callable[[Hanging | None], None],
        claim: Callable[[], Claim | None],
        claimed: Callable[[ClaimAnswer], None],
        chance: Callable[[], float],
    ) -> None:
        """``report`` gives tally, health and settings version for a pulse; ``settings``
        takes signed settings, ``boards`` which boards hold; ``claim`` gives the claim that is
        still to be made, if any, and ``claimed`` takes the hub's answer; ``chance`` gives
        numbers in 0..1.
        """
        self._outbox = outbox
        self._hub = hub
        self._me = me
        self._clock = clock
        self._report = report
        self._settings = settings
        self._boards = boards
        self._claim = claim
        self._claimed = claimed
        self._chance = chance
        self._asked_boot_ms = 0
        self.progress = Progress()

    def reroute(self, line: Transport) -> Transport:
        """Send through ``line`` from now on; returns the line used until now."""
        before, self._hub = self._hub, line
        return before

    def step(self) -> float | None:
        """Do the next thing; return seconds until the one after, None to go on at once."""
        now, progress = self._clock.now().boot_ms, self.progress
        try:
            if now >= progress.next_claim_ms and (claim := self._claim()) is not None:
                self._make_claim(claim)
            elif now >= progress.next_pulse_ms:
                self._pulse()
            elif rows := self._due(now):
                self._send(rows)
            else:
                return max(0.05, (progress.next_pulse_ms - now) / 1000)
        except (Retry, DiskRefused) as error:
            return self._failed(error)
        except Refused as error:
            return self._refused(error)
        progress.failures = 0
        if progress.state is not HubState.HELD:
            progress.state = HubState.OK
        progress.detail = ""
        return None

    def make_claim(self) -> None:
        """Claim the place now if that is still to be done; raises what :meth:`step` waits on."""
        if (claim := self._claim()) is not None:
            self._make_claim(claim)

    # -- the three requests --------------------------------------------------------------

    def _make_claim(self, claim: Claim) -> None:
        data = signed.sign(claim.pack(), self._me().key, "claim")
        answer = self._ask("/v1/enrol", data, "claim-answer", ClaimAnswer.unpack)
        if answer.kiosk != claim.kiosk or answer.request != claim.request:
            raise NoReceipt("The hub's answer is for another claim.")
        self._learn(answer.now_ms)
        try:
            self._claimed(answer)
        except (WireError, BadEnrolment) as error:
            raise NoReceipt(f"The hub's answer to the claim is not sound. {error}") from error
        held = answer.status == "held"
        self.progress.state = HubState.HELD if held else HubState.OK
        self.progress.next_claim_ms = self._clock.now().boot_ms + round(HELD_S * 1000)

    def _send(self, rows: Sequence[Waiting]) -> None:
        me, clocks = self._me(), self._clock.now()
        batch = Batch(me.kiosk, uuid.uuid4(), tuple(row.entry for row in rows), clocks)
        data = signed.sign(batch.pack(), me.key, "batch")
        try:
            receipt = self._ask("/v1/entries", data, "receipt", Receipt.unpack)
            by_hash = judge(receipt, kiosk=me.kiosk, request=batch.request, batch_hash=digest(data))
            hashes = {row.seq: row.entry.hash for row in rows}
            answers = {seq: by_hash[hash_] for seq, hash_ in hashes.items() if hash_ in by_hash}
            if not answers:
                raise NoReceipt("The receipt names none of the entries that were sent.")
        except Retry as error:
            self._suspect(rows, error)
            raise
        except Refused as error:
            if error.reason in STRANGER:
                raise
            answer = NoReceipt(f"The hub cannot use what was sent ({error.reason}).")
            self._suspect(rows, answer)
            raise answer from error
        self._outbox.retire(answers, receipt_ms=receipt.now_ms)
        self._learn(receipt.now_ms)
        progress = self.progress
        progress.last_receipt_ms = receipt.now_ms
        progress.sent += sum(answer.status != REFUSED for answer in answers.values())
        progress.passed(row.seq for row in rows)
        self._compare(receipt.held)

    def _pulse(self) -> None:
        me = self._me()
        tally, health, version = self._report()
        request, now = uuid.uuid4(), self._clock.now()
        heads, received = self._outbox.chains(), self._outbox.received()
        pulse = Pulse(me.kiosk, request, now, tally, health, heads, version, received)
        data = signed.sign(pulse.pack(), me.key, "pulse")
        answer = self._ask("/v1/pulse", data, "pulse-answer", PulseAnswer.unpack)
        if answer.kiosk != me.kiosk or answer.request != request:
            raise NoReceipt("The hub's answer is for another pulse.")
        self._learn(answer.now_ms)
        self.progress.next_pulse_ms = self._clock.now().boot_ms + round(PULSE_S * 1000)
        if not self._compare(answer.held):
            self._count(answer.held, heads)
        if answer.settings is not None:
            try:
                self._settings(answer.settings)
            except WireError as error:
                _log.warning("Settings from the hub were not believed: %s", error)
        self._boards(answer.boards)

    # -- answers -------------------------------------------------------------------------

    def _ask(self, path: str, data: bytes, kind: str, unpack: Callable[[Any], Any]) -> Any:
        """Send signed bytes; return the hub's verified answer of ``kind``."""
        now = self._clock.now()
        self._asked_boot_ms = now.boot_ms
        trusted = now.state == ClockState.TRUSTED.value
        body = self._hub.post(path, data, dates_count=trusted)
        return read_answer(body, kind, asked=data, keys=self._me().hub_keys, unpack=unpack)

    def _learn(self, hub_ms: int) -> None:
        """Take the hub's time as that of the middle of the exchange."""
        now = self._clock.now()
        middle = (self._asked_boot_ms + now.boot_ms) // 2
        self._clock.learn(hub_ms, at_boot_ms=middle, state=ClockState.TRUSTED)

    def _compare(self, held: tuple[Held, ...]) -> int:
        """Set back to waiting what the hub says it does not hold (restored from a backup)."""
        lost = sum(self._outbox.reopen(one.chain, one.gaps()) for one in held)
        if lost:
            self.progress.sent_again += lost
            _log.warning("The hub lacks %d entries that it had; they are sent again.", lost)
        return lost

    def _count(
        self, held: tuple[Held, ...], heads: tuple[tuple[uuid.UUID, int, bytes], ...]
    ) -> None:
        """Note by how many entries the hub's count differs from ours."""
        absent = sum(self._outbox.absent(one.chain, one.gaps()) for one in held)
        here = {chain: seq for chain, seq, _ in heads}
        ahead = sum(
            max(0, one.ranges[-1][1] - here.get(one.chain, 0)) for one in held if one.ranges
        )
        if absent + ahead != self.progress.differs:
            _log.warning(
                "%d entries are neither here nor at the hub; it has %d that are not here.",
                absent,
                ahead,
            )
        self.progress.differs = absent + ahead

    # -- failures ------------------------------------------------------------------------

    def _due(self, now_ms: int) -> Sequence[Waiting]:
        progress = self.progress
        aside = progress.apart(now_ms=now_ms)
        return self._outbox.due(limit=progress.batch_limit, max_bytes=MAX_BYTES - ROOM, skip=aside)

    def _suspect(self, rows: Sequence[Waiting], error: Retry) -> None:
        """After a batch without receipt: narrow it to its row, if pulses pass meanwhile.

        A cut connection counts as well: what makes a proxy or the hub hang up may be a row.
        A hub that says it is busy is believed.
        """
        if isinstance(error, NoReceipt) and error.retry_after_s is not None:
            return
        if not self.progress.suspicious():
            return
        try:
            self._pulse()
        except (Retry, Refused):
            return  # not the batch's fault: nothing passes
        now = self._clock.now().boot_ms
        aside = self.progress.narrow([row.seq for row in rows], now_ms=now)
        if aside is not None:
            _log.error("Entry %d gets no receipt and is set aside for a while.", aside)

    def _failed(self, error: KioskError) -> float:
        progress = self.progress
        progress.failures += 1
        if isinstance(error, Retry):
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
