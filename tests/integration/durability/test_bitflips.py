"""Bits flip on the card: no crash loop, no entry altered, the rest is saved and accounted for."""

from __future__ import annotations

import random
import shutil
import struct
import uuid
from pathlib import Path

import pytest

from kiosk import carving
from kiosk.errors import OutboxDamaged
from kiosk.inspection import inspect
from kiosk.queue import FILE, Outbox
from kiosk.salvage import open_outbox
from tests.e2e.faults.writer import WALL_MS, entry_at
from wire.batch import Answer

ENTRIES = 60
Known = dict[tuple[uuid.UUID, int], bytes]


def card(folder: Path, *, journal: bool) -> Known:
    """Write an outbox with acked, refused and waiting rows; ``journal``: and not tidied up."""
    folder.mkdir()
    known: Known = {}
    outbox = Outbox(folder / FILE)
    for number in range(ENTRIES):
        row = outbox.put(entry_at, wall_ms=WALL_MS + number)
        known[outbox.chain, row.seq] = row.entry.hash
    entries = {row.seq: row.entry for row in outbox.rows()}
    for seq in (*range(1, 16), 20, 22):
        status = "refused" if seq == 20 else "stored"
        outbox.apply({seq: Answer(entries[seq].hash, status, "why")}, receipt_ms=WALL_MS)
    outbox.purge(before_ms=WALL_MS)  # nothing yet
    if journal:
        copy = folder.with_name("copy")
        shutil.copytree(folder, copy)
        outbox.close()
        shutil.rmtree(folder)
        copy.rename(folder)
    else:
        outbox.close()
    return known


def opened(folder: Path) -> tuple[Outbox, int]:
    """Start as the kiosk starts, after as few restarts as it takes; returns them, too."""
    for restarts in range(3):
        outbox, _ = open_outbox(folder)
        try:
            for _ in range(2):  # what the threads read in the first second
                outbox.due(limit=200, max_bytes=10**6)
                outbox.stock()
                outbox.rows(limit=1000)
                outbox.inside(since_boot_ms=0)
                outbox.counts()
        except OutboxDamaged:
            outbox.close()
            continue
        return outbox, restarts
    raise AssertionError("a crash loop")


def delivered(outbox: Outbox) -> Known:
    """Drain to a hub that believes everything; returns what it got."""
    got: Known = {}
    while rows := outbox.due(limit=200, max_bytes=10**6):
        for row in rows:
            header = row.entry.header
            got[header.chain, header.seq] = row.entry.hash
        outbox.apply(
            {row.seq: Answer(row.entry.hash, "stored") for row in rows}, receipt_ms=WALL_MS + 1
        )
    return got


def flip(
    tmp_path: Path, rounds: int, seed: int, *, name: str, within: int | None = None
) -> tuple[int, int]:
    """Flip one bit in each of ``rounds`` copies; returns salvages and lost rows."""
    chance = random.Random(seed)
    known = card(tmp_path / "card", journal=name != FILE)
    sent_before = {*range(1, 16), 20, 22}
    salvages = lost_in_all = 0
    for number in range(rounds):
        folder = tmp_path / "flipped"
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(tmp_path / "card", folder)
        path = folder / name
        raw = bytearray(path.read_bytes())
        place, bit = chance.randrange(within or len(raw)), chance.randrange(8)
        raw[place] ^= 1 << bit
        path.write_bytes(raw)
        told = f"seed {seed}, round {number}: bit {bit} of byte {place}"
        outbox, _ = opened(folder)
        with outbox:
            got = delivered(outbox)
            wrong = {key for key, hash_ in got.items() if known.get(key) != hash_}
            assert not wrong, f"{told}: altered entries were sent: {wrong}"
            before = outbox.before
            salvages += before is not None
            lost = {
                seq for first, last in (before.lost if before else ())
                for seq in range(first, last + 1)
            }  # fmt: skip
            there = {(row.entry.header.chain, row.entry.header.seq) for row in outbox.rows()}
            gone = {seq for chain, seq in known if (chain, seq) not in there}
            # The end of the chain can only be told by the hub, which knows the last pulse's head.
            end = before.seq if before else ENTRIES
            assert {seq for seq in gone if seq <= end} == lost, told
            waited = {seq for _, seq in known} - sent_before
            assert waited - {seq for _, seq in got} <= gone, told
            assert len(gone) <= 4, f"{told}: {gone}"
            lost_in_all += len(gone)
            assert inspect(outbox) == [], told
            outbox.put(entry_at, wall_ms=WALL_MS)
    return salvages, lost_in_all


@pytest.mark.parametrize("name", [FILE, f"{FILE}-wal"], ids=["database", "journal"])
def test_a_flipped_bit_costs_no_more_than_the_rows_it_lies_in(name: str, tmp_path: Path) -> None:
    flip(tmp_path, 40, 5, name=name)


def test_a_flipped_bit_in_the_journals_head_costs_nothing(tmp_path: Path) -> None:
    _, lost = flip(tmp_path, 30, 6, name=f"{FILE}-wal", within=32)
    assert lost == 0


@pytest.mark.slow
@pytest.mark.parametrize("name", [FILE, f"{FILE}-wal"], ids=["database", "journal"])
def test_a_thousand_flipped_bits(name: str, tmp_path: Path) -> None:
    seed = random.SystemRandom().randrange(2**32)
    salvages, lost = flip(tmp_path, 1000, seed, name=name)
    print(f"{name}: 1,000 flips, seed {seed}: {salvages} salvages, {lost} rows lost, 0 altered")


def test_a_flipped_pointer_costs_its_row_and_not_the_page(tmp_path: Path) -> None:
    card(tmp_path / "card", journal=False)
    path = tmp_path / "card" / FILE
    raw = bytearray(path.read_bytes())
    # The leaf with most rows; its first pointer says that the cells begin among the pointers.
    leaves = [at for at in range(512, len(raw), 512) if raw[at] == 13]
    at = max(leaves, key=lambda place: raw[place + 4])
    assert raw[at + 4] >= 3
    raw[at + 8 : at + 10] = (10).to_bytes(2, "big")
    path.write_bytes(raw)
    outbox, report = open_outbox(tmp_path / "card")
    with outbox:
        assert report is not None
        assert report.lost_count == 1
        assert report.rescued == ENTRIES - 1


def test_a_wiped_page_loses_its_rows_and_the_hub_is_told_which(tmp_path: Path) -> None:
    known = card(tmp_path / "card", journal=False)
    path = tmp_path / "card" / FILE
    raw = bytearray(path.read_bytes())
    half = len(raw) // 2 // 512 * 512
    raw[half : half + 1024] = bytes(1024)
    path.write_bytes(raw)
    outbox, report = open_outbox(tmp_path / "card")
    with outbox:
        assert report is not None
        assert report.lost_count in (1, 2, 3, 4)
        assert report.rescued + report.lost_count == ENTRIES
        assert (report.kept / FILE).read_bytes() == bytes(raw)
        assert outbox.before is not None
        assert outbox.before.hash == known[outbox.before.chain, ENTRIES]
        assert outbox.before.lost == report.lost


def test_a_file_of_noise_begins_anew_and_is_kept(tmp_path: Path) -> None:
    path = tmp_path / FILE
    path.write_bytes(random.Random(1).randbytes(50_000))
    outbox, report = open_outbox(tmp_path)
    with outbox:
        assert report is not None
        assert report.rescued == 0
        assert (report.kept / FILE).stat().st_size == 50_000
        assert outbox.put(entry_at, wall_ms=1).seq == 1
    outbox, report = open_outbox(tmp_path)
    with outbox:
        assert report is None


def test_rows_survive_a_second_salvage_where_they_lay(tmp_path: Path) -> None:
    known = card(tmp_path / "card", journal=False)
    for _ in range(3):
        path = tmp_path / "card" / FILE
        raw = bytearray(path.read_bytes())
        raw[:16] = bytes(16)
        path.write_bytes(raw)
        outbox, report = open_outbox(tmp_path / "card")
        with outbox:
            assert report is not None
            assert report.lost == ()
            row = outbox.put(entry_at, wall_ms=WALL_MS)
            known[outbox.chain, row.seq] = row.entry.hash
            assert len(outbox.chains()) == len({chain for chain, _ in known})
    outbox, _ = open_outbox(tmp_path / "card")
    with outbox:
        got = delivered(outbox)
        assert got.items() <= known.items()
        assert len(outbox.rows(limit=1000)) == len(known)
        assert {chain for chain, _, _ in outbox.chains()} == {chain for chain, _ in known}


def test_a_journal_that_was_just_begun_anew_is_no_damage(tmp_path: Path) -> None:
    """A kill between the new header and its first frame leaves the old frames behind it."""
    with Outbox(tmp_path / FILE) as outbox:
        for number in range(40):
            outbox.put(entry_at, wall_ms=WALL_MS + number)
        journal = (tmp_path / (FILE + "-wal")).read_bytes()
        database = (tmp_path / FILE).read_bytes()
    assert not carving.torn_inside(journal)
    head = journal[:12] + (7).to_bytes(4, "big") + bytes(range(8))  # its number and its salts
    order = ">" if journal[3] == 0x83 else "<"
    sums = carving._checksum(head, order, (0, 0))  # as SQLite writes it
    anew = head + struct.pack(">2I", *sums) + journal[32:]
    assert not carving.torn_inside(anew)
    rotten = journal[:32] + bytes([journal[32] ^ 1]) + journal[33:]
    assert carving.torn_inside(rotten)
    folder = tmp_path / "killed"
    folder.mkdir()
    (folder / FILE).write_bytes(database)
    (folder / (FILE + "-wal")).write_bytes(anew)
    outbox, report = open_outbox(folder)
    with outbox:
        assert report is None
