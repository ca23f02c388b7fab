"""Clocks that lie: what the hub states is true within its error, and order never suffers."""

from __future__ import annotations

import datetime as dt
import time
import uuid
from collections.abc import Callable
from typing import Any

import pytest

from kiosk.clock import SetClock, wall_time
from kiosk.model import AssertClock, ClockState
from tests.hubs import HubProcess
from tests.integration.durability.conftest import Stepped
from tests.kiosks import card
from wire.batch import Answer

Make = Callable[..., Stepped]
DAY_MS = 24 * 3600 * 1000
TEN_MINUTES_MS = 10 * 60 * 1000
NOW_MS = time.time_ns() // 1_000_000
LIES = {
    "1970": 0,
    "two-weeks-ago": NOW_MS - 14 * DAY_MS,
    "in-two-years": NOW_MS + 730 * DAY_MS,
    "2038": 2_147_483_647_000,
}
JANUARY_2021 = 1_609_459_200_000


def ms_of(entry: dict[str, Any]) -> int:
    """Return the time that the hub states for an entry."""
    return round(dt.datetime.fromisoformat(entry["at"]).timestamp() * 1000)


def in_order(entries: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return sorted(entries, key=lambda entry: int(entry["seq"]))


@pytest.mark.parametrize("lie", LIES)
def test_whatever_the_clock_shows_the_hub_states_when_it_was(
    lie: str, stepped: Make, hub: HubProcess
) -> None:
    kiosk = stepped()
    kiosk.gate.close()  # claimed; now it wakes with the lie and without a network
    clock = SetClock(LIES[lie], state=ClockState.UNTRUSTED)
    kiosk = stepped(clock=clock)
    made = []
    for who, step_ms in enumerate((0, -3_600_000, 86_400_000, 0, -40 * DAY_MS, 7_000)):
        clock.wall_ms = max(0, clock.wall_ms + step_ms)  # somebody sets it, between scans
        (verdict,) = kiosk.show(card(who))
        assert verdict.recorded
        made.append(clock.boot)
        clock.advance(30)
        kiosk.gate.housekeeping.step()
    rows = kiosk.gate.outbox.rows()
    walls = [row.entry.header.wall_ms for row in rows]
    assert walls == sorted(walls)  # never below the last commit
    assert {row.entry.header.clock for row in rows} == {"untrusted"}
    kiosk.deliver()
    synced_ms, synced_boot = time.time_ns() // 1_000_000, clock.boot
    entries = in_order(kiosk.held_by(hub))
    assert [entry["seq"] for entry in entries] == list(range(1, 7))
    for entry, boot in zip(entries, made, strict=True):
        assert entry["at_basis"] == "hub"
        truth = synced_ms - (synced_boot - boot)
        assert abs(ms_of(entry) - truth) <= entry["at_error_s"] * 1000 + 10_000
    assert clock.state is ClockState.TRUSTED
    assert abs(clock.wall_ms - NOW_MS) < DAY_MS


def test_a_clock_that_is_set_during_a_scan_changes_no_order(stepped: Make, hub: HubProcess) -> None:
    clock = SetClock(NOW_MS)
    kiosk = stepped(clock=clock)
    put = kiosk.gate.outbox.put

    def set_back(*args: Any, **more: Any) -> Any:
        clock.wall_ms -= 5_000  # between the reading of the clock and the commit
        return put(*args, **more)

    kiosk.gate.outbox.put = set_back  # type: ignore[method-assign]  # the step comes from here
    for who in range(5):
        assert kiosk.show(card(who))[0].recorded
        clock.advance(2)
    walls = [row.entry.header.wall_ms for row in kiosk.gate.outbox.rows()]
    assert walls == sorted(walls)
    kiosk.deliver()
    assert [entry["seq"] for entry in in_order(kiosk.held_by(hub))] == [1, 2, 3, 4, 5]


def test_three_boots_in_2021_with_one_confirmation_each_are_right_within_ten_minutes(
    stepped: Make, hub: HubProcess
) -> None:
    clock = SetClock(NOW_MS)
    kiosk = stepped(clock=clock)
    true_ms = time.time_ns() // 1_000_000 - 5 * 3_600_000
    clock.wall_ms = true_ms - DAY_MS
    kiosk.show(card(90), card(91))
    old = {row.seq: Answer(row.entry.hash, "stored") for row in kiosk.gate.outbox.rows()}
    kiosk.gate.outbox.apply(old, receipt_ms=JANUARY_2021 - 400 * DAY_MS)  # long past its time
    truths: list[int] = []
    for guards_error_ms in (4 * 60_000, -7 * 60_000, 90_000):
        clock.reboot(wall_ms=JANUARY_2021)
        clock.learn(true_ms + guards_error_ms, at_boot_ms=clock.boot, state=ClockState.ASSERTED)
        for _ in range(4):
            assert kiosk.show(card(len(truths)))[0].recorded
            truths.append(true_ms)
            clock.advance(600)
            true_ms += 600_000
        kiosk.gate.housekeeping.step()
        assert kiosk.gate.outbox.stock().acked == 2  # nothing was purged
        true_ms += 3_600_000  # and the power is gone for an hour
    states = {row.entry.header.clock for row in kiosk.gate.outbox.rows() if row.seq > 2}
    assert states == {"asserted"}
    clock.reboot(wall_ms=JANUARY_2021)  # the network is back after one more boot
    kiosk.deliver()
    entries = [entry for entry in in_order(kiosk.held_by(hub)) if entry["seq"] > 2]
    assert [entry["seq"] for entry in entries] == list(range(3, 15))
    for entry, truth in zip(entries, truths, strict=True):
        assert abs(ms_of(entry) - truth) <= TEN_MINUTES_MS
        assert entry["clock"] == "asserted"
        assert entry["at_basis"] != "kiosk"
        assert 0 < entry["at_error_s"] <= 3600
    times = [ms_of(entry) for entry in entries]
    assert times == sorted(times)


def woken(wall_ms: int) -> SetClock:
    """Return the clock of a new start that nobody vouches for; it remembers nothing."""
    clock = SetClock(wall_ms, state=ClockState.UNTRUSTED)
    clock.boot_id = uuid.uuid4()
    return clock


def newest(kiosk: Stepped) -> tuple[str, int]:
    """Return the newest entry's clock and what it showed."""
    header = kiosk.gate.outbox.rows()[-1].entry.header
    return header.clock, header.wall_ms


@pytest.mark.parametrize("lie", ["in-two-years", "2038"])
def test_a_guard_corrects_a_clock_whose_last_commits_lie_in_the_future(
    lie: str, stepped: Make
) -> None:
    """What a clock without a witness once showed binds nobody who reads a watch."""
    stepped().gate.close()  # claimed
    kiosk = stepped(clock=woken(LIES[lie]))
    for number in range(2):
        assert kiosk.show(card(2 * number))[0].recorded
        assert newest(kiosk)[0] == "untrusted"
        assert newest(kiosk)[1] >= LIES[lie]
        true_ms = NOW_MS + number * 3_600_000
        kiosk.gate.desk.handle(AssertClock(wall_time(true_ms)))
        assert kiosk.show(card(2 * number + 1))[0].recorded
        assert newest(kiosk) == ("asserted", true_ms)
        kiosk.gate.close()  # a power cut, and the next start
        kiosk = stepped(clock=woken(LIES[lie]))


def test_a_guard_sets_no_clock_before_a_time_that_was_trusted(stepped: Make) -> None:
    kiosk = stepped(clock=SetClock(NOW_MS))
    assert kiosk.show(card(1))[0].recorded
    kiosk.gate.close()
    kiosk = stepped(clock=woken(JANUARY_2021))
    kiosk.gate.desk.handle(AssertClock(wall_time(NOW_MS - DAY_MS)))
    assert kiosk.show(card(2))[0].recorded
    clock, wall_ms = newest(kiosk)
    assert clock == "asserted"
    assert wall_ms >= NOW_MS
