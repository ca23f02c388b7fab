"""An outbox that is gone, or damaged again: said loudly, counted exactly, and the gate goes on."""

from __future__ import annotations

import json
import os
import random
import shutil
import uuid
from collections.abc import Callable
from pathlib import Path

import pytest

from kiosk.clock import SetClock
from kiosk.commands.status import run as print_status
from kiosk.enrolling import join, move
from kiosk.errors import BadEnrolment, OutboxDamaged
from kiosk.identity import FILE as IDENTITY
from kiosk.identity import read_code
from kiosk.inspection import inspect
from kiosk.main import parser
from kiosk.mishap import TOLD_MS, mishap, seen
from kiosk.model import ClockState
from kiosk.queue import FILE, Outbox
from kiosk.reclaim import Reclaim
from kiosk.rows import Before
from kiosk.salvage import open_outbox, set_aside
from tests.e2e.faults.writer import WALL_MS, entry_at
from tests.hubs import HubProcess
from tests.integration.durability.conftest import Stepped
from tests.kiosks import card
from wire.batch import Answer

Make = Callable[..., Stepped]
ENTRIES = 60


def status(data: Path, capsys: pytest.CaptureFixture[str]) -> tuple[int, dict[str, object]]:
    """Return what ``kiosk status --json`` says, and how it ends."""
    capsys.readouterr()
    code = print_status(parser().parse_args(["status", "--json", "--data", str(data)]))
    return code, json.loads(capsys.readouterr().out)


# -- gone ------------------------------------------------------------------------------------


@pytest.mark.parametrize("how", ["removed", "emptied"])
def test_a_joined_kiosk_whose_outbox_is_gone_says_so_everywhere_and_goes_on(
    how: str,
    stepped: Make,
    hub: HubProcess,
    capsys: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    clock = SetClock()
    kiosk = stepped(clock=clock)
    data = kiosk.gate.data
    assert kiosk.gate.health().outbox == "ok"
    assert kiosk.show(card(1))[0].recorded
    kiosk.gate.close()
    if how == "removed":
        (data / FILE).unlink()
    else:
        (data / FILE).write_bytes(b"")

    again = stepped(clock=clock)
    assert "The outbox of this kiosk is gone" in caplog.text
    _, first, _ = again.gate._report()
    assert (first["outbox"], first["disk_days_left"] > 0) == ("gone", True)
    assert again.show(card(2))[0].recorded
    assert (again.gate.health().outbox, again.gate.health().lost) == ("gone", None)
    code, told = status(data, capsys)
    assert (code, told["state"], told["outbox"], told["lost"]) == (0, "ready", "gone", None)
    again.gate._tell_health()
    clock.advance(61)
    again.talk(2)
    place = again.gate.identity.code.place
    (listed,) = [k for k in hub.json("kiosk", "list") if k["place"] == place]
    assert listed["health"]["outbox"] == "gone"
    assert "outbox" in listed["troubles"]
    again.gate.close()

    caplog.clear()
    third = stepped(clock=clock)  # whoever starts later hears it, too, for a week
    assert third.gate.health().outbox == "gone"
    assert not caplog.text
    third.gate.housekeeping.step()
    clock.advance(TOLD_MS / 1000 + 1)
    assert third.gate.health().outbox == "ok"


def test_the_week_begins_with_a_clock_that_is_trusted(tmp_path: Path) -> None:
    (tmp_path / IDENTITY).touch()
    outbox, report = open_outbox(tmp_path)
    assert report is not None
    with outbox:
        early = SetClock(1_600_000_000_000, state=ClockState.UNTRUSTED)
        seen(outbox, early.now())
        late = SetClock(1_790_000_000_000)
        assert mishap(outbox, late.now())
        seen(outbox, late.now())
        late.advance(TOLD_MS / 1000 - 10)
        assert mishap(outbox, late.now())
        late.advance(20)
        assert mishap(outbox, late.now()) is None


def test_whoever_joins_a_place_has_lost_nothing_also_when_the_power_goes_meanwhile(
    tmp_path: Path, hub: HubProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = read_code(hub.code(hub.place()), now_ms=None)
    data = tmp_path / "fresh"
    data.mkdir()
    with monkeypatch.context() as cut:

        def goes(*_: object) -> None:
            raise KeyboardInterrupt

        cut.setattr("kiosk.enrolling.Identity.save", goes)
        with pytest.raises(KeyboardInterrupt):
            join(data, code)
    join(data, code)
    outbox, report = open_outbox(data)
    with outbox:
        assert report is None
        assert mishap(outbox, SetClock().now()) is None


def test_a_fresh_code_for_a_kiosk_whose_outbox_is_gone_hides_nothing(
    tmp_path: Path, hub: HubProcess
) -> None:
    place = hub.place()
    data = tmp_path / "kiosk"
    data.mkdir()
    code = read_code(hub.code(place), now_ms=None)
    join(data, code)
    (data / FILE).unlink()
    join(data, code)
    with Outbox(data / FILE) as outbox:
        befell = mishap(outbox, SetClock().now())
    assert befell
    assert befell.what == "gone"


@pytest.mark.parametrize("how", ["removed", "emptied"])
def test_entries_in_a_journal_whose_database_is_gone_are_saved(how: str, tmp_path: Path) -> None:
    written, folder = tmp_path / "written", tmp_path / "card"
    written.mkdir()
    (folder / IDENTITY).parent.mkdir()
    (folder / IDENTITY).touch()
    with Outbox(written / FILE) as outbox:
        hashes = [outbox.put(entry_at, wall_ms=WALL_MS).entry.hash for _ in range(ENTRIES)]
        shutil.copy(written / (FILE + "-wal"), folder)
    if how == "emptied":
        (folder / FILE).touch()
    outbox, report = open_outbox(folder)
    with outbox:
        assert report is not None
        assert (report.waiting, report.lost_count) == (ENTRIES, 0)
        assert [row.entry.hash for row in outbox.rows(limit=1000)] == hashes
        assert inspect(outbox) == []
        befell = mishap(outbox, SetClock().now())
        assert befell
        assert (befell.what, befell.lost) == ("damaged", 0)


# -- taken away, or in the way ---------------------------------------------------------------


def remove(*ends: str) -> Callable[[Path], None]:
    def away(folder: Path) -> None:
        for end in ends:
            (folder / (FILE + end)).unlink()

    return away


def replaced(folder: Path) -> None:
    """Put another outbox there, as who copies an old card back does."""
    other = folder.parent / "other"
    other.mkdir()
    with Outbox(other / FILE) as outbox:
        outbox.put(entry_at, wall_ms=WALL_MS)
    (other / FILE).replace(folder / FILE)


@pytest.mark.parametrize(
    "away",
    [remove(""), remove("-wal"), remove("", "-wal", "-shm"), replaced],
    ids=["database", "journal", "all", "replaced"],
)
def test_files_that_are_taken_away_under_a_gate_show_no_green_and_lose_nothing(
    away: Callable[[Path], None], tmp_path: Path
) -> None:
    folder = tmp_path / "card"
    folder.mkdir()
    (folder / IDENTITY).touch()
    Outbox(folder / FILE).close()
    outbox, report = open_outbox(folder)
    assert report is None
    with outbox:
        hashes = [outbox.put(entry_at, wall_ms=WALL_MS).entry.hash for _ in range(ENTRIES)]
        chain = outbox.chain
        away(folder)
        for _ in range(2):
            with pytest.raises(OutboxDamaged, match="what lay in it was saved"):
                outbox.put(entry_at, wall_ms=WALL_MS)
    assert (folder / "outbox.fresh.sqlite3").stat().st_mode & 0o077 == 0
    outbox, report = open_outbox(folder)
    with outbox:
        assert report is None
        assert outbox.chain == chain
        assert [row.entry.hash for row in outbox.rows(limit=1000)] == hashes
        assert outbox.put(entry_at, wall_ms=WALL_MS).seq == ENTRIES + 1
        assert inspect(outbox) == []


def test_what_was_saved_of_a_place_keeps_the_folder_for_that_place(
    tmp_path: Path, hub: HubProcess
) -> None:
    data = tmp_path / "kiosk"
    data.mkdir()
    join(data, read_code(hub.code(hub.place()), now_ms=None))
    with Outbox(data / FILE) as outbox:
        outbox.put(entry_at, wall_ms=WALL_MS)
        remove("", "-wal", "-shm")(data)
        with pytest.raises(OutboxDamaged, match="was saved"):
            outbox.put(entry_at, wall_ms=WALL_MS)
    with pytest.raises(BadEnrolment, match="1 entries still wait"):
        move(data, read_code(hub.code(hub.place("Chợ Khác")), now_ms=None))


def test_a_folder_that_is_taken_away_whole_shows_no_green(tmp_path: Path) -> None:
    folder = tmp_path / "card"
    folder.mkdir()
    with Outbox(folder / FILE) as outbox:
        outbox.put(entry_at, wall_ms=WALL_MS)
        shutil.rmtree(folder)
        with pytest.raises(OutboxDamaged, match="cannot be saved"):
            outbox.put(entry_at, wall_ms=WALL_MS)


@pytest.mark.parametrize("end", ["", "-wal"])
@pytest.mark.parametrize("what", ["folder", "pipe"])
def test_what_is_no_file_is_put_aside_and_the_gate_goes_on(
    what: str, end: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / IDENTITY).touch()
    with Outbox(tmp_path / FILE) as outbox:
        outbox.put(entry_at, wall_ms=WALL_MS)
    stranger = tmp_path / (FILE + end)
    stranger.unlink(missing_ok=True)
    if what == "folder":
        stranger.mkdir()
    else:
        os.mkfifo(stranger)
        if not end:
            assert status(tmp_path, capsys)[0] == 1, "and looking at it does not hang"
    outbox, report = open_outbox(tmp_path)
    with outbox:
        assert (report is None) == bool(end)
        assert outbox.stock().waiting == (1 if end else 0)
        assert outbox.put(entry_at, wall_ms=WALL_MS).seq == (2 if end else 1)
    assert (tmp_path / "damaged-1" / (FILE + end)).exists()
    outbox, report = open_outbox(tmp_path)
    with outbox:
        assert report is None


# -- damaged again ---------------------------------------------------------------------------


def spoilt_head(folder: Path) -> None:
    """Spoil what every outbox begins with, and no entry."""
    raw = bytearray((folder / FILE).read_bytes())
    raw[:16] = bytes(16)
    (folder / FILE).write_bytes(raw)


def wiped(folder: Path, *numbers: int) -> None:
    """Wipe the pages that the bytes of these rows lie on: sealed parts are known by their seq."""
    raw = bytearray((folder / FILE).read_bytes())
    for number in numbers:
        at = raw.index(number.to_bytes(4, "big") * 20)
        raw[at // 512 * 512 : at // 512 * 512 + 512] = bytes(512)
    (folder / FILE).write_bytes(raw)


def filled(folder: Path) -> None:
    folder.mkdir()
    with Outbox(folder / FILE) as outbox:
        for number in range(ENTRIES):
            outbox.put(entry_at, wall_ms=WALL_MS + number)
        entries = {row.seq: row.entry for row in outbox.rows()}
        done = {seq: Answer(entries[seq].hash, "stored") for seq in range(1, 11)}
        outbox.apply(done, receipt_ms=WALL_MS)


def ranges(*told: Before) -> set[int]:
    return {seq for one in told for first, last in one.lost for seq in range(first, last + 1)}


def held(outbox: Outbox, chain: object) -> set[int]:
    rows = outbox.rows(limit=1000)
    return {row.entry.header.seq for row in rows if row.entry.header.chain == chain}


def test_what_a_second_salvage_loses_of_the_first_chain_is_counted_and_told(
    tmp_path: Path,
) -> None:
    folder = tmp_path / "card"
    filled(folder)
    wiped(folder, 30)
    outbox, report = open_outbox(folder)
    with outbox:
        assert report is not None
        first, once = (
            outbox.before.chain,
            set(range(1, ENTRIES + 1)) - held(outbox, outbox.before.chain),
        )
        assert report.lost_count == len(once) > 0
        for _ in range(5):
            outbox.put(entry_at, wall_ms=WALL_MS)
        assert outbox.purge(before_ms=WALL_MS + 1) == 10  # what the hub has is no loss
        second = outbox.chain
        outbox.file.checkpoint()
    wiped(folder, 45, ENTRIES)
    spoilt_head(folder)
    outbox, report = open_outbox(folder)
    with outbox:
        assert report is not None
        twice = set(range(11, ENTRIES + 1)) - once - held(outbox, first)
        assert ENTRIES in twice
        assert report.lost == ()
        assert report.lost_count == len(twice) > 1
        assert ranges(*report.losses) == twice
        assert {loss.chain for loss in report.losses} == {first}
        assert outbox.before.chain == second
        assert len(held(outbox, second)) == 5
        befell = mishap(outbox, SetClock().now())
        assert befell
        assert befell.lost == len(twice)
    spoilt_head(folder)
    outbox, report = open_outbox(folder)
    with outbox:
        assert report is not None
        assert report.lost_count == 0, "what was told is not told again"


def twice_damaged(folder: Path) -> dict[tuple[uuid.UUID, int], bytes]:
    """Fill an outbox that was salvaged before; returns the hash of each of its entries."""
    filled(folder)
    wiped(folder, 30)
    outbox, _ = open_outbox(folder)
    with outbox:
        for _ in range(20):
            outbox.put(entry_at, wall_ms=WALL_MS)
        outbox.purge(before_ms=WALL_MS + 1)
        rows = outbox.rows(limit=1000)
    return {(r.entry.header.chain, r.entry.header.seq): r.entry.hash for r in rows}


def flipped(tmp_path: Path, rounds: int, seed: int) -> int:
    """Flip some bits in each of ``rounds`` copies; returns how many entries were lost in all."""
    chance, lost = random.Random(seed), 0
    known = twice_damaged(tmp_path / "card")
    raw = (tmp_path / "card" / FILE).read_bytes()
    for number in range(rounds):
        folder = tmp_path / f"{number}"
        folder.mkdir()
        worn = bytearray(raw)
        for _ in range(chance.choice((1, 3, 9))):
            worn[chance.randrange(len(worn))] ^= 1 << chance.randrange(8)
        worn[:16] = bytes(16)
        (folder / FILE).write_bytes(worn)
        outbox, report = open_outbox(folder)
        with outbox:
            assert report is not None
            headers = [(row.entry.header, row.entry.hash) for row in outbox.rows(limit=1000)]
            here = {(h.chain, h.seq): hash_ for h, hash_ in headers}
            assert here.items() <= known.items(), f"seed {seed}, round {number}"
            gone = known.keys() - here.keys()
            last = {chain: max(seq for c, seq in here if c == chain) for chain, _ in here}
            between = [1 for chain, seq in gone if seq < last[chain]]
            # Of what lies after the last that is left only a fact tells; where a fact was hit,
            # what was dropped on purpose or was lost before is counted, too.
            assert len(between) <= report.lost_count <= len(gone) + 15, (
                f"seed {seed}, round {number}: {len(between)} between, {len(gone)} gone, {report}"
            )
            lost += len(gone)
        shutil.rmtree(folder)
    return lost


def test_flipped_bits_in_an_outbox_that_was_salvaged_before_invent_nothing(tmp_path: Path) -> None:
    assert flipped(tmp_path, 60, seed=20261128) > 10


@pytest.mark.slow
def test_a_thousand_flips_in_an_outbox_that_was_salvaged_before(tmp_path: Path) -> None:
    seed = random.SystemRandom().randrange(2**32)
    print("seed", seed, flipped(tmp_path, 1_000, seed), "lost, 0 altered")


def test_a_gate_tells_the_hub_of_each_chain_once(
    stepped: Make, hub: HubProcess, tmp_path: Path
) -> None:
    kiosk = stepped()
    data, place = kiosk.gate.data, kiosk.gate.identity.code.place
    kiosk.show(*[card(n) for n in range(30)])
    first = kiosk.gate.outbox.chain
    kiosk.gate.close()
    spoilt_head(data)
    kiosk = stepped()
    kiosk.show(*[card(n) for n in range(40, 45)])
    with kiosk.gate.outbox.file.transaction() as db:  # as if their pages were gone
        db.execute("DELETE FROM entries WHERE seq < 0 AND seq % 7 = 0")
    gone = set(range(1, 31)) - held(kiosk.gate.outbox, first)
    second = kiosk.gate.outbox.chain
    kiosk.gate.close()
    spoilt_head(data)
    kiosk = stepped()
    assert (kiosk.gate.health().outbox, kiosk.gate.health().lost) == ("damaged", len(gone))
    kiosk.deliver(200)
    kiosk.gate.close()
    kiosk = stepped()
    kiosk.deliver(200)
    starts = [row.entry.header for row in kiosk.gate.outbox.rows(limit=1000)]
    starts = [h for h in starts if h.type == "chain-start" and h.chain == kiosk.gate.outbox.chain]
    assert {h.after_chain for h in starts} == {first, second}
    assert len(starts) == 2
    (of_first,) = [h for h in starts if h.after_chain == first]
    told = {seq for a, b in of_first.lost_seqs for seq in range(a, b + 1)}
    assert told == gone
    entries = hub.entries("--place", place, "--limit", "1000")
    assert {e["seq"] for e in entries if e["chain"] == str(first)} == set(range(1, 31)) - gone
    (listed,) = [k for k in hub.json("kiosk", "list") if k["place"] == place]
    assert listed["flags"] == []


def test_a_file_that_is_damaged_while_another_is_still_brought_counts_nothing_twice(
    tmp_path: Path,
) -> None:
    folder = tmp_path / "card"
    filled(folder)
    spoilt_head(folder)
    set_aside(folder, ["damaged"])
    told: list[Before] = []
    with Outbox(folder / FILE) as outbox:
        outbox.put(entry_at, wall_ms=WALL_MS)
        reclaim = Reclaim(outbox, folder, tell=told.append)
        reclaim.step(0.0)  # some rows, and then the plug
        assert reclaim.pending
        assert 0 < len(outbox.rows(limit=1000)) < ENTRIES
        with outbox.file.transaction() as db:  # as if their pages were gone: they come again
            db.execute("DELETE FROM entries WHERE seq < 0 AND seq % 7 = 0")
    spoilt_head(folder)
    set_aside(folder, ["damaged again"])
    with Outbox(folder / FILE) as outbox:
        reclaim = Reclaim(outbox, folder, tell=told.append)
        while reclaim.step(1.0):
            pass
        assert ranges(*told) == set()
        assert len(outbox.rows(limit=1000)) == ENTRIES + 1


# -- status where there is little to tell ------------------------------------------------------


def test_status_tells_programs_in_json_why_there_is_nothing_to_tell(
    tmp_path: Path, hub: HubProcess, capsys: pytest.CaptureFixture[str]
) -> None:
    data = tmp_path / "kiosk"
    code, empty = status(data, capsys)
    assert (code, empty["state"], empty["waiting"]) == (1, "not-enrolled", None)
    assert "belongs to no place" in str(empty["reason"])
    data.mkdir()
    join(data, read_code(hub.code(hub.place()), now_ms=None))
    code, well = status(data, capsys)
    assert (code, well["state"], well["reason"], well["waiting"]) == (0, "ready", None, 0)
    assert list(well) == list(empty), "the same names in the same order"
    (data / IDENTITY).rename(data / "elsewhere")
    code, nobodys = status(data, capsys)
    assert (code, nobodys["state"], nobodys["waiting"]) == (0, "not-enrolled", 0)
    (data / "elsewhere").rename(data / IDENTITY)
    (data / FILE).write_bytes(random.Random(5).randbytes(5_000))
    code, damaged = status(data, capsys)
    assert (code, damaged["state"]) == (1, "damaged")
    (data / FILE).unlink()
    code, gone = status(data, capsys)
    assert (code, gone["state"]) == (1, "gone")
    assert "no outbox" in str(gone["reason"])
