"""What comes back on a stick: the hub's answers, believed one by one.

What our hub did not sign, or signed for somebody else, changes nothing; what is damaged
costs what it hit. Answers that took days never undo what was learnt since.
"""

from __future__ import annotations

from typing import Any

from kiosk.carrying import Accepted, Asked
from kiosk.clock import Clock
from kiosk.conversation import STRANGER
from kiosk.errors import BadEnrolment
from kiosk.membership import Membership
from kiosk.outbox_view import MARK_BYTES, OutboxView
from kiosk.queue import Outbox
from wire import sequence, signed
from wire.batch import REFUSED, Answer, Held, PulseAnswer, Receipt, Refusal
from wire.enrol import ClaimAnswer
from wire.errors import UnknownKey, WireError

HEARD = "heard"
"""The fact under which the newest time is kept that a hub's signature on a stick told."""

AT_ONCE = 10_000
"""Answers that are matched with rows in one go: 2 MB of memory."""

Answers = dict[bytes, tuple[Answer, int]]


class Returns:
    """Takes answers for one outbox; what they came to is added up in :attr:`accepted`."""

    def __init__(
        self, outbox: Outbox, membership: Membership, clock: Clock, *, asked: Asked
    ) -> None:
        self._outbox = outbox
        self._membership = membership
        self._clock = clock
        self._asked = asked
        self._answers: Answers = {}
        self._held: list[tuple[int, Held]] = []
        self.accepted = Accepted()

    def take(self, data: bytes) -> bool:
        """Act on a file of answers; whether it spoke to us at all."""
        ours = False
        for found in sequence.split(data):
            if isinstance(found, sequence.Damage):
                self.accepted.foreign += 1
                continue
            try:
                kind, payload = self._believed(found)
                ours |= self._hear(kind, payload, found)
            except (WireError, BadEnrolment):
                # Somebody else's, or damaged on the way: the rest counts all the same.
                self.accepted.foreign += 1
            if len(self._answers) >= AT_ONCE:
                self._settle()
        self._settle()
        held, self._held = sorted(self._held, key=lambda pair: pair[0]), []
        for now_ms, one in held:
            lost = self._outbox.reopen(one.chain, one.gaps(), before_ms=now_ms)
            self.accepted.sent_again += lost
        return ours

    def _believed(self, data: bytes) -> tuple[str, Any]:
        kind, _ = signed.peek(data)
        keys = self._membership.identity.hub_keys
        return kind, signed.verify(data, keys, kind).payload

    def _hear(self, kind: str, payload: Any, data: bytes) -> bool:
        """Take one verified object; whether it was said to us."""
        match kind:
            case "receipt":
                return self._receipt(Receipt.unpack(payload))
            case "pulse-answer":
                return self._pulse_answer(PulseAnswer.unpack(payload))
            case "claim-answer":
                self._claim_answer(ClaimAnswer.unpack(payload))
            case "settings":
                self._settings(data)
            case "refusal":
                reason = Refusal.unpack(payload).reason
                self.accepted.stranger = reason if reason in STRANGER else ""
            case _:
                self.accepted.foreign += 1
                return False
        return True

    def _receipt(self, receipt: Receipt) -> bool:
        if receipt.kiosk != self._membership.identity.kiosk:
            self.accepted.foreign += 1
            return False
        if receipt.request != self._asked.entries(a.hash for a in receipt.answers):
            self.accepted.stale += 1
            return True
        for answer in receipt.answers:
            self._answers[answer.hash[:MARK_BYTES]] = (answer, receipt.now_ms)
        self._held += [(receipt.now_ms, one) for one in receipt.held]
        self.learn(receipt.now_ms)
        return True

    def _pulse_answer(self, answer: PulseAnswer) -> bool:
        if answer.kiosk != self._membership.identity.kiosk:
            self.accepted.foreign += 1
            return False
        if answer.request != self._asked.pulse():
            self.accepted.stale += 1
            return True
        self._held += [(answer.now_ms, one) for one in answer.held]
        if answer.settings:
            self._settings(answer.settings)
        self._membership.hear_of_boards(answer.boards)
        self.learn(answer.now_ms)
        return True

    def _settings(self, data: bytes) -> None:
        before = self._membership.identity.settings.version
        self._membership.believe(data)
        self.accepted.settings += self._membership.identity.settings.version > before

    def _claim_answer(self, answer: ClaimAnswer) -> None:
        me = self._membership.identity
        if answer.kiosk != me.kiosk or answer.request != self._asked.claim(me.code.token):
            raise UnknownKey("The hub's answer is for another claim.")
        if me.claim != "accepted":  # an old "held" takes nothing back
            self._membership.claimed(answer)
            self.accepted.claim = answer.status
        self.learn(answer.now_ms)

    def learn(self, now_ms: int) -> None:
        """Take a time that the hub signed: it is later now, however long the stick travelled."""
        if now_ms > heard_ms(self._outbox):
            self._outbox.remember(HEARD, now_ms.to_bytes(8, "big"))
            self._clock.raise_floor(now_ms, sure=True)

    def _settle(self) -> None:
        answers, self._answers = self._answers, {}
        if not answers:
            return
        by_time: dict[int, dict[int, Answer]] = {}
        for seq, mark in self._outbox.marks():
            if mark in answers:
                answer, at_ms = answers[mark]
                by_time.setdefault(at_ms, {})[seq] = answer
        for at_ms, some in sorted(by_time.items()):
            self._outbox.apply(some, receipt_ms=at_ms)
            refused = sum(answer.status == REFUSED for answer in some.values())
            self.accepted.refused += refused
            self.accepted.retired += len(some) - refused


def heard_ms(outbox: OutboxView) -> int:
    """Return the newest time that a hub's signature on a stick told; 0 for none."""
    return int.from_bytes(outbox.fact(HEARD) or b"", "big")
