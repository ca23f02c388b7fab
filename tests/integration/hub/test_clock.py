"""A hub whose clock cannot be right takes nothing in and drops nothing, until somebody vouches."""

from __future__ import annotations

import datetime as dt
import sqlite3

import pytest

from hub.guard.doubts import LEAP_MS, SLACK_MS, doubt, network_time
from tests.hubs import Gate, HubProcess, statuses

NOON_MS = 1_800_000_000_000


@pytest.mark.parametrize(
    ("last_ms", "doubted"),
    [
        (None, False),
        (NOON_MS, False),
        (NOON_MS + SLACK_MS, False),
        (NOON_MS + SLACK_MS + 1, True),
        (NOON_MS - LEAP_MS, False),
        (NOON_MS - LEAP_MS - 1, True),
    ],
)
def test_the_newest_word_of_a_kiosk_bounds_the_clock(last_ms: int | None, *, doubted: bool) -> None:
    assert bool(doubt(NOON_MS, last_ms)) is doubted


@pytest.mark.parametrize("days", [400, -500], ids=["it woke in the past", "it woke in the future"])
def test_a_hub_that_woke_in_another_year_takes_nothing_in_and_purges_nothing(
    days: int, own_hub: HubProcess
) -> None:
    if network_time():
        pytest.skip("network time vouches for this machine's clock")
    gate = Gate.joined(own_hub)
    gate.send(gate.entries(2))
    own_hub.stop()
    shift(own_hub, days)  # as if the clock, and not what it stamped, had been moved
    own_hub.start()
    waiting = gate.entries(1)
    assert gate.post("/v1/entries", gate.batch_bytes(waiting)).status == 503
    assert gate.pulse().status == 503
    refused = own_hub.cli("purge", check=False)
    assert (refused.returncode, "hub clock confirm" in refused.stderr) == (1, True)
    shown = own_hub.cli("clock", "show", check=False)
    assert (shown.returncode, "clock shows" in shown.stdout) == (1, True)
    assert len(own_hub.entries()) == 2
    own_hub.cli("clock", "confirm")
    assert own_hub.json("clock", "show")[0]["doubted"] is False
    assert statuses(gate.send(waiting)) == ["stored"]
    own_hub.cli("purge")
    own_hub.restart()
    assert gate.pulse().status == 200
    audit = own_hub.cli("audit", "--json").stdout
    assert "clock-confirm" in audit


def test_what_is_over_its_days_goes_though_no_gate_speaks_any_more(own_hub: HubProcess) -> None:
    gate = Gate.joined(own_hub)
    gate.send(gate.entries(2))
    own_hub.stop()
    shift(own_hub, -31)
    own_hub.cli("purge")
    assert own_hub.entries() == []


def shift(hub: HubProcess, days: int) -> None:
    """Move what the hub stamped on what came by so many days."""
    moment = dt.datetime.now(dt.UTC) + dt.timedelta(days=days)
    with sqlite3.connect(hub.data / "hub.sqlite3") as database:
        database.execute(
            "UPDATE intake_entry SET received_ms = ?, day = ?",
            (int(moment.timestamp() * 1000), moment.date().isoformat()),
        )
        database.execute(
            "UPDATE intake_kiosk SET last_seen = ?", (moment.strftime("%Y-%m-%d %H:%M:%S"),)
        )
    database.close()
