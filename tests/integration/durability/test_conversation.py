"""What the hub lost comes back, one bad row stops nobody, and nothing is told twice as new."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from kiosk.clock import SetClock
from kiosk.conversation import delay
from kiosk.model import ClockState
from kiosk.rows import State
from tests.e2e.faults import proxy as lies
from tests.e2e.faults.proxy import LyingProxy
from tests.hubs import Gate, HubProcess
from tests.integration.durability.conftest import Stepped, joined
from tests.kiosks import card
from wire.batch import Batch
from wire.entry import Entry, Link

Make = Callable[..., Stepped]
DAY_S = 24 * 3600


def fill(kiosk: Stepped, count: int, *, first: int = 1, bad: frozenset[int] = frozenset()) -> None:
    """Record ``count`` passages; those of ``bad`` have a header that no hub can read."""
    for number in range(first, first + count):
        if number in bad:

            def build(link: Link) -> Entry:
                return Entry(b"no header of ours " + bytes([link.seq % 256]), bytes(304))

            kiosk.gate.outbox.put(build, wall_ms=kiosk.gate.clock.now().wall_ms)
        else:
            assert kiosk.show(card(number))[0].recorded


def test_a_hub_restored_from_before_the_last_fifty_gets_them_back_by_itself(
    tmp_path: Path,
) -> None:
    with HubProcess(tmp_path / "hub2") as hub, lies.LyingProxy(hub.url) as line:
        clock = SetClock()
        kiosk = joined(tmp_path / "kiosk2", hub, line.url, clock=clock)
        fill(kiosk, 20)
        kiosk.deliver()
        hub.stop()
        backup = tmp_path / "backup"
        shutil.copytree(hub.data, backup)
        hub.start()
        fill(kiosk, 50, first=21)
        kiosk.deliver()
        assert len(kiosk.held_by(hub)) == 70
        hub.stop()
        for file in backup.glob("hub.sqlite3*"):
            shutil.copy(file, hub.data / file.name)
        hub.start()
        assert len(kiosk.held_by(hub)) == 20
        clock.advance(61)  # the next pulse tells
        kiosk.talk(1)
        assert kiosk.waiting >= 50  # it may ask for all that this copy of a card still has
        kiosk.deliver()
        held = kiosk.held_by(hub)
        assert sorted(e["seq"] for e in held) == list(range(1, 71))
        assert hub.json("kiosk", "list")[0]["flags"] == []
        kiosk.gate.close()


@pytest.mark.parametrize("place", [1, 77, 200], ids=["first", "middle", "last"])
def test_a_poisoned_row_is_found_set_aside_and_tried_again(
    place: int, stepped: Make, proxy: LyingProxy, hub: HubProcess
) -> None:
    clock = SetClock()
    kiosk = stepped(clock=clock)
    fill(kiosk, 200)

    def poisoned(batch: Batch) -> bool:
        return any(entry.header.seq == place for entry in batch.entries)

    proxy.lie = lies.where(poisoned, lies.hang_up)
    kiosk.talk(80)
    held = {e["seq"] for e in kiosk.held_by(hub)}
    assert held == set(range(1, 201)) - {place}
    assert kiosk.waiting == 1
    assert list(kiosk.gate.sync.progress.set_aside) == [place]
    proxy.lie = lies.honest
    clock.advance(61)
    kiosk.deliver()
    assert {e["seq"] for e in kiosk.held_by(hub)} == set(range(1, 201))


def test_a_network_that_is_gone_poisons_nothing(
    stepped: Make, proxy: LyingProxy, hub: HubProcess
) -> None:
    kiosk = stepped()
    fill(kiosk, 30)
    proxy.lie = lies.hang_up
    kiosk.talk(60)
    assert kiosk.gate.sync.progress.batch_limit == 200
    assert not kiosk.gate.sync.progress.set_aside


def test_a_hub_that_says_it_is_busy_is_believed(stepped: Make, proxy: LyingProxy) -> None:
    kiosk = stepped()
    fill(kiosk, 2)
    proxy.lie = lies.only("/v1/entries", lies.busy)
    kiosk.talk(12)
    assert not kiosk.gate.sync.progress.set_aside
    assert (kiosk.gate.sync.step() or 0) >= 1.0


@pytest.mark.parametrize("place", [1, 100, 200], ids=["first", "middle", "last"])
def test_a_refused_row_stays_and_the_rest_arrives(
    place: int, stepped: Make, hub: HubProcess
) -> None:
    kiosk = stepped()
    fill(kiosk, 200, bad=frozenset({place}))
    kiosk.deliver()
    outbox = kiosk.gate.outbox
    stock = outbox.stock()
    assert (stock.waiting, stock.acked, stock.refused) == (0, 199, 1)
    (refusal,) = outbox.refusals()
    assert refusal.seq == place
    assert refusal.reason
    (row,) = outbox.rows(state=State.REFUSED)
    assert row.entry.header_bytes.startswith(b"no header of ours")
    assert kiosk.gate.health().refused == 1
    assert outbox.purge(before_ms=2**60) > 0
    assert outbox.stock().refused == 1
    assert outbox.retry_refused() == 1
    assert kiosk.waiting == 1
    kiosk.deliver()
    assert outbox.stock().refused == 1


@pytest.mark.slow
def test_of_ten_thousand_with_five_percent_refused_the_rest_arrives(
    stepped: Make, hub: HubProcess
) -> None:
    kiosk = stepped()
    bad = frozenset(range(7, 10_001, 20))
    fill(kiosk, 10_000, bad=bad)
    kiosk.deliver(1000)
    stock = kiosk.gate.outbox.stock()
    assert (stock.waiting, stock.acked, stock.refused) == (0, 9_500, 500)
    assert {refusal.seq for refusal in kiosk.gate.outbox.refusals()} == bad
    assert {e["seq"] for e in kiosk.held_by(hub)} == set(range(1, 10_001)) - bad


def test_one_batch_ten_times_from_eight_threads_and_rows_reordered_count_once(
    hub: HubProcess,
) -> None:
    gate = Gate.joined(hub)
    entries = gate.entries(40)
    shuffled = entries[::2] + entries[1::2][::-1]
    bodies = [gate.batch_bytes(entries), gate.batch_bytes(shuffled)] * 5
    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(lambda body: gate.post("/v1/entries", body), bodies))
    said = [answer.status for one in answers for answer in one.receipt.answers]
    assert said.count("stored") == 40
    assert said.count("known") == 360
    held = hub.entries("--place", gate.code.place)
    assert sorted(e["seq"] for e in held) == list(range(1, 41))


def test_a_signed_time_is_believed_and_an_unsigned_one_is_not(
    stepped: Make, proxy: LyingProxy
) -> None:
    clock = SetClock(1_000_000_000_000, state=ClockState.UNTRUSTED)
    kiosk = stepped(clock=clock)
    assert clock.state is ClockState.TRUSTED  # the claim's answer told
    clock.state = ClockState.UNTRUSTED
    clock.wall_ms = 1_000_000_000_000
    proxy.lie = lies.portal
    kiosk.talk(2)
    assert clock.state is ClockState.UNTRUSTED
    proxy.lie = lies.honest
    kiosk.talk(1)
    assert clock.state.value == "trusted"
    assert clock.wall_ms > 1_700_000_000_000


def test_the_pause_doubles_from_two_seconds_to_five_minutes_with_full_jitter() -> None:
    longest = [delay(n, chance=1.0) for n in range(12)]
    assert longest == [0, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300, 300]
    assert delay(500, chance=1.0) == 300
    assert delay(9, chance=0.0) == 0.1
    assert delay(1, chance=0.5, retry_after_s=30) == 31
    assert delay(1, chance=0.0, retry_after_s=1e9) <= 3601


def test_a_kiosk_whose_count_differs_from_the_hubs_says_so(stepped: Make, hub: HubProcess) -> None:
    clock = SetClock()
    kiosk = stepped(clock=clock)
    fill(kiosk, 6)
    kiosk.deliver()
    clock.advance(61)
    kiosk.talk(1)
    assert kiosk.gate.health().differs == 0
    with kiosk.gate.outbox.file.transaction() as db:
        # An old copy of the card put back: two entries that the hub has were never here.
        db.execute("DELETE FROM entries WHERE seq > 4")
    kiosk.gate.outbox._head = kiosk.gate.outbox._read_head()
    clock.advance(61)
    kiosk.talk(1)
    assert kiosk.gate.health().differs == 2
    kiosk.gate._tell_health()
    clock.advance(61)
    kiosk.talk(1)
    place = kiosk.gate.identity.code.place
    (listed,) = [k for k in hub.json("kiosk", "list") if k["place"] == place]
    assert listed["health"]["differs"] == 2
    assert listed["flags"] == ["rollback"]
