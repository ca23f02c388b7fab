"""The outbox against a model: scan, send, lose the answer, refuse, restore the hub, crash."""

from __future__ import annotations

import tempfile
import uuid
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from kiosk.inspection import inspect
from kiosk.presence import Passage
from kiosk.queue import FILE, Outbox
from wire.batch import KNOWN, REFUSED, STORED, Answer, Held
from wire.entry import GENESIS, Entry, Header, Link

KIOSK = uuid.UUID(int=7)


def entry_at(link: Link, wall_ms: int) -> Entry:
    header = Header(
        id=uuid.uuid4(), kiosk=KIOSK, place="p1", gate="A", chain=link.chain, seq=link.seq,
        prev=link.prev, type="passage", wall_ms=wall_ms, boot_ms=1, boot_id=uuid.UUID(int=1),
        clock="trusted", seal_kid=bytes(8), direction="in", basis="fixed",
    )  # fmt: skip
    return Entry(header.to_bytes(), b"sealed" * 50)


class HubModel:
    """A hub that keeps what it was sent, in a dictionary, with snapshots to be restored."""

    def __init__(self) -> None:
        self.held: dict[int, bytes] = {}
        self.backup: dict[int, bytes] = {}
        self.now_ms = 1_000

    def take(self, rows: list[tuple[int, Entry]], *, bad: set[int]) -> dict[int, Answer]:
        answers = {}
        for seq, entry in rows:
            if seq in bad:
                answers[seq] = Answer(entry.hash, REFUSED, "malformed")
                continue
            status = KNOWN if seq in self.held else STORED
            self.held[seq] = entry.hash
            answers[seq] = Answer(entry.hash, status)
        self.now_ms += 1
        return answers

    def gaps(self, chain: uuid.UUID, upto: int) -> list[tuple[int, int]]:
        ranges = tuple((seq, seq) for seq in sorted(self.held))
        return Held(chain, ranges, upto).gaps()


class OutboxMachine(RuleBasedStateMachine):
    """What was put is there, in order, until the hub's receipt; the hub holds each once."""

    @initialize()
    def begin(self) -> None:
        self.folder = tempfile.TemporaryDirectory()
        self.path = Path(self.folder.name) / FILE
        self.outbox = Outbox(self.path)
        self.hub = HubModel()
        self.put: list[bytes] = []  # the hash of each entry that was made durable, by seq - 1
        self.refused: set[int] = set()

    @rule(passes=st.integers(1, 5))
    def scan(self, passes: int) -> None:
        for _ in range(passes):
            wall_ms = len(self.put)
            row = self.outbox.put(
                lambda link: entry_at(link, wall_ms),  # noqa: B023  # called at once
                wall_ms=wall_ms,
                passage=Passage((bytes([wall_ms % 5]) * 12,), "in", wall_ms),
            )
            self.put.append(row.entry.hash)
            assert row.seq == len(self.put)

    @rule(
        limit=st.integers(1, 7),
        lost=st.booleans(),
        bad=st.sets(st.integers(1, 40), max_size=3),
        at_once=st.booleans(),
    )
    def send(self, *, limit: int, lost: bool, bad: set[int], at_once: bool) -> None:
        rows = self.outbox.due(limit=limit, max_bytes=100_000)
        answers = self.hub.take([(row.seq, row.entry) for row in rows], bad=bad)
        if lost:
            return  # the hub has them, the kiosk does not know: they wait and go again
        settle = self.outbox.apply if at_once else self.outbox.retire
        waiting = self.outbox.stock().waiting
        settle(answers, receipt_ms=self.hub.now_ms)
        assert self.outbox.stock().waiting == waiting - len(answers)
        self.refused |= {s for s, answer in answers.items() if answer.status == REFUSED}
        self.refused -= {s for s, answer in answers.items() if answer.status != REFUSED}

    @rule()
    def back_up_the_hub(self) -> None:
        self.hub.backup = dict(self.hub.held)

    @rule()
    def restore_the_hub(self) -> None:
        self.hub.held = dict(self.hub.backup)
        self.hub.now_ms += 1

    @rule()
    def hear_a_pulse(self) -> None:
        self.hub.now_ms += 1
        gaps = self.hub.gaps(self.outbox.chain, len(self.put))
        self.outbox.reopen(self.outbox.chain, gaps)
        stock = self.outbox.stock()
        # All that is not refused and that the hub lacks now waits.
        missing = {s for s in range(1, len(self.put) + 1) if s not in self.hub.held}
        assert stock.waiting >= len(missing - self.refused)

    @rule()
    def try_the_refused_again(self) -> None:
        assert self.outbox.retry_refused() == len(self.refused)
        self.refused.clear()

    @rule()
    def crash_and_open_again(self) -> None:
        self.outbox.close()
        self.outbox = Outbox(self.path)

    @rule()
    def lose_power(self) -> None:
        self.outbox.file.close()  # what was in memory alone is gone
        self.outbox.presence.close()
        self.outbox = Outbox(self.path)

    @rule()
    def keep_house(self) -> None:
        before = self.outbox.stock()
        self.outbox.write_receipts()
        assert self.outbox.stock() == before

    @precondition(lambda self: self.put)
    @rule()
    def drain(self) -> None:
        while rows := self.outbox.due(limit=200, max_bytes=100_000):
            answers = self.hub.take([(row.seq, row.entry) for row in rows], bad=set())
            self.outbox.retire(answers, receipt_ms=self.hub.now_ms)
        self.hear_a_pulse()
        while rows := self.outbox.due(limit=200, max_bytes=100_000):
            answers = self.hub.take([(row.seq, row.entry) for row in rows], bad=set())
            self.outbox.retire(answers, receipt_ms=self.hub.now_ms)
        expected = {s: h for s, h in enumerate(self.put, 1) if s not in self.refused}
        assert {s: h for s, h in self.hub.held.items() if s not in self.refused} == expected

    @invariant()
    def every_put_is_there_in_order(self) -> None:
        rows = self.outbox.rows(limit=10_000)
        assert [row.seq for row in rows] == list(range(1, len(self.put) + 1))
        assert [row.entry.hash for row in rows] == self.put
        prev = GENESIS
        for row in rows:
            assert row.entry.header.prev == prev
            prev = row.entry.hash

    @invariant()
    def the_counts_are_true(self) -> None:
        stock = self.outbox.stock()
        assert stock.waiting + stock.acked + stock.refused == len(self.put)
        assert stock.refused == len(self.refused)
        assert stock.head_seq == len(self.put)

    def teardown(self) -> None:
        with self.folder:
            findings = inspect(self.outbox)
            self.outbox.close()
        assert findings == []


TestOutboxMachine = OutboxMachine.TestCase
TestOutboxMachine.settings = settings(
    max_examples=60,
    stateful_step_count=25,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
