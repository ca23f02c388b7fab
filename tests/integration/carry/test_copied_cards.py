"""A copied card: both copies are flagged, nothing is dropped, and a restored hub gets it back."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import replace

import pytest

from tests.hubs import Gate, HubProcess
from wire.entry import Entry


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[HubProcess]:
    with HubProcess(tmp_path_factory.mktemp("copies") / "hub") as started:
        yield started


def received(gate: Gate) -> dict:
    """What a kiosk tells whose newest entry has its receipt."""
    return {"received": ((gate.chain, gate.seq, gate.prev),)}


def held_by(gate: Gate, **more: object) -> list[int]:
    """Return the numbers that the hub says it holds of this copy's chain, up to its head."""
    (told,) = gate.pulsed(**(received(gate) | more)).held
    return [seq for seq in range(1, min(gate.seq, told.complete_to) + 1) if told.holds(seq)]


def forget(hub: HubProcess, entries: list[Entry], ranges: list[list[int]], gate: Gate) -> None:
    """Make the hub one that was put back from a backup without these entries."""
    hub.stop()
    db = sqlite3.connect(hub.data / "hub.sqlite3")
    for entry in entries:
        id_ = entry.header.id.hex
        db.execute("DELETE FROM intake_ledger WHERE id = ?", (id_,))
        db.execute("DELETE FROM intake_entry WHERE id = ?", (id_,))
    db.execute("DELETE FROM intake_chainflag WHERE chain = ?", (gate.chain.hex,))
    db.execute("UPDATE intake_chain SET ranges = ? WHERE chain = ?", (str(ranges), gate.chain.hex))
    db.commit()
    db.close()
    hub.start()


def flags(hub: HubProcess, gate: Gate) -> list[str]:
    (found,) = [k for k in hub.json("kiosk", "list") if k["kiosk"] == str(gate.code.kiosk)]
    return list(found["flags"])


def test_both_copies_entries_are_kept_and_the_fork_is_flagged(hub: HubProcess) -> None:
    first = Gate.joined(hub)
    common = first.entries(3)
    first.send(common)
    second = replace(first)  # the card as it was copied
    first.send(first.entries(2))
    second.send(second.entries(2))
    assert "fork" in flags(hub, first)
    mine = [e for e in hub.entries() if e["kiosk"] == str(first.code.kiosk)]
    assert sorted(e["seq"] for e in mine) == [1, 2, 3, 4, 4, 5, 5]
    # Each copy is told that all of its own is here; neither sends anything again.
    assert held_by(first) == held_by(second) == [1, 2, 3, 4, 5]


def test_a_restored_hub_does_not_mistake_one_copy_s_entries_for_the_other_s(
    hub: HubProcess,
) -> None:
    first = Gate.joined(hub)
    common = first.entries(3)
    first.send(common)
    second = replace(first)
    mine, other = first.entries(4), second.entries(4)
    first.send(mine)
    second.send(other)
    forget(hub, mine, [[1, 7]], first)
    assert held_by(first) == []  # by numbers alone it would have been all seven
    first.send([*common, *mine])  # what the kiosk then sets back to waiting
    assert held_by(first) == [1, 2, 3, 4, 5, 6, 7]
    assert held_by(second) == [1, 2, 3, 4, 5, 6, 7]
    rows = [e for e in hub.entries() if e["kiosk"] == str(first.code.kiosk)]
    assert len(rows) == 3 + 4 + 4


def test_a_hole_below_entries_that_came_since_the_restore_is_found(hub: HubProcess) -> None:
    first = Gate.joined(hub)
    common = first.entries(3)
    first.send(common)
    second = replace(first)
    mine, other = first.entries(4), second.entries(4)
    first.send(mine)
    second.send(other)
    forget(hub, mine, [[1, 7]], first)
    first.send(first.entries(2))  # before the next pulse
    assert held_by(first) == [8, 9]
    first.send([*common, *mine])
    assert held_by(first) == list(range(1, 10))


def test_what_a_kiosk_no_longer_has_it_is_not_asked_for_at_every_pulse(hub: HubProcess) -> None:
    first = Gate.joined(hub)
    first.send(first.entries(3))
    second = replace(first)
    mine, other = first.entries(2), second.entries(2)
    first.send(mine)
    second.send(other)
    forget(hub, mine, [[1, 5]], first)
    assert held_by(first) == []
    assert held_by(first) == [1, 2, 3, 4, 5]


def test_a_kiosk_that_waits_with_its_newest_entry_is_not_made_to_send_all_again(
    hub: HubProcess,
) -> None:
    first = Gate.joined(hub)
    first.send(first.entries(3))
    second = replace(first)
    second.send(second.entries(5))
    head = (first.chain, first.seq, first.prev)
    first.entries(2)  # at numbers that the other copy has used, and not sent yet
    (told,) = first.pulsed(received=(head,)).held
    assert all(told.holds(seq) for seq in (1, 2, 3))
    assert "fork" in flags(hub, first)
