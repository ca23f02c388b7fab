"""A large outbox is damaged: the gate goes on at once, the rest follows, and the hub is told."""

from __future__ import annotations

import random
import sqlite3
import uuid
from collections.abc import Callable
from pathlib import Path

import pytest

from kiosk.gate import Gate
from kiosk.inspection import inspect
from kiosk.queue import FILE, Outbox
from kiosk.reclaim import Reclaim
from kiosk.rows import Before
from kiosk.salvage import AT_ONCE_BYTES, open_outbox
from kiosk.transfer import PENDING
from kiosk.worn import BLOCK_BYTES, WornFile
from tests.e2e.faults.writer import WALL_MS, entry_at
from tests.hubs import HubProcess
from tests.integration.durability.conftest import Stepped
from tests.kiosks import card
from wire.batch import Answer
from wire.entry import Entry, Header, Link

MANY = 4_200
Make = Callable[..., Stepped]


def fill(outbox: Outbox, build: Callable[[Link], Entry], count: int = MANY) -> None:
    """Write entries quickly: the same rows, without waiting for the disk after each."""
    assert outbox.file._db is not None
    outbox.file._db.execute("PRAGMA synchronous = OFF")
    for number in range(count):
        outbox.put(build, wall_ms=WALL_MS + number)


def damage(folder: Path, *, chance: random.Random, pages: int = 12) -> None:
    """Spoil the first page and a few others somewhere in the middle."""
    path = folder / FILE
    raw = bytearray(path.read_bytes())
    raw[:512] = bytes(512)
    for _ in range(pages):
        at = chance.randrange(100, len(raw) // 512 - 100) * 512
        raw[at : at + 512] = chance.randbytes(512)
    path.write_bytes(raw)


@pytest.fixture
def large(tmp_path: Path) -> Path:
    """A damaged outbox too large to be salvaged while people wait."""
    with Outbox(tmp_path / FILE) as outbox:
        fill(outbox, entry_at)
        entries = {row.seq: row.entry for row in outbox.rows(limit=MANY)}
        done = {seq: Answer(entries[seq].hash, "stored") for seq in range(1, 101)}
        outbox.apply(done, receipt_ms=WALL_MS)
    assert (tmp_path / FILE).stat().st_size > AT_ONCE_BYTES
    damage(tmp_path, chance=random.Random(7))
    return tmp_path


def accounted(outbox: Outbox, told: Before) -> None:
    """Every number of the old chain is either here or told as lost."""
    here = {row.entry.header.seq for row in outbox.rows(limit=10 * MANY) if row.seq < 0}
    lost = {seq for first, last in told.lost for seq in range(first, last + 1)}
    assert here | lost == set(range(1, MANY + 1))
    assert not here & lost
    assert 0 < len(lost) < 100


def test_a_large_damaged_outbox_lets_the_gate_go_on_and_is_saved_meanwhile(large: Path) -> None:
    told: list[Before] = []
    outbox, report = open_outbox(large)
    with outbox:
        assert report is not None
        assert outbox.put(entry_at, wall_ms=WALL_MS).seq == 1  # green, before a row was read
        reclaim = Reclaim(outbox, large, tell=told.append)
        scans = 1
        while reclaim.step(0.02):
            assert outbox.put(entry_at, wall_ms=WALL_MS).seq == (scans := scans + 1)
        assert scans > 10
        (before,) = told
        accounted(outbox, before)
        stock = outbox.stock()
        assert stock.acked >= 90
        assert stock.waiting + stock.acked == len(outbox.rows(limit=10 * MANY))
        assert [chain for chain, _, _ in outbox.chains()] == [before.chain, outbox.chain]
        assert inspect(outbox) == []
    assert not list(large.glob(f"damaged-*/{PENDING}"))


def test_a_plug_pulled_while_saving_loses_and_doubles_nothing(large: Path) -> None:
    chance = random.Random(11)
    for _ in range(3):
        outbox, _ = open_outbox(large)
        with outbox:
            reclaim = Reclaim(outbox, large, tell=lambda lost: pytest.fail(str(lost)))
            reclaim.step(chance.uniform(0.0, 0.1))
            assert reclaim.pending
    told: list[Before] = []
    outbox, report = open_outbox(large)
    with outbox:
        assert report is None  # the fresh file is sound
        reclaim = Reclaim(outbox, large, tell=told.append)
        while reclaim.step(1.0):
            pass
        accounted(outbox, told[0])
        ids = [row.entry.header.id for row in outbox.rows(limit=10 * MANY)]
        assert len(ids) == len(set(ids))
        stock = outbox.stock()
        assert stock.waiting + stock.acked == len(ids)


def test_the_hub_hears_what_was_lost_and_gets_the_rest(
    stepped: Make, hub: HubProcess, tmp_path: Path
) -> None:
    kiosk = stepped()
    data, place = kiosk.gate.data, kiosk.gate.identity.code.place
    many, now = 1_300, kiosk.gate.clock.now().wall_ms - 3_600_000
    old, kiosk_id = kiosk.gate.outbox.chain, kiosk.gate.identity.kiosk

    def build(link: Link) -> Entry:
        header = Header(
            id=uuid.UUID(bytes=old.bytes[:8] + link.seq.to_bytes(8, "big")), kiosk=kiosk_id,
            place=place, gate="A", chain=link.chain, seq=link.seq, prev=link.prev,
            type="passage", wall_ms=now + link.seq, boot_ms=link.seq, boot_id=uuid.UUID(int=1),
            clock="trusted", seal_kid=bytes(8), direction="in", basis="fixed",
        )  # fmt: skip
        return Entry(header.to_bytes(), bytes(1600))

    fill(kiosk.gate.outbox, build, many)
    kiosk.gate.close()
    damage(data, chance=random.Random(3))
    again = stepped()
    assert isinstance(again.gate, Gate)
    assert again.show(card(1))[0].recorded
    for _ in range(60):
        again.gate.housekeeping.step()
    again.deliver(200)
    entries = again.held_by(hub)
    (start,) = [e for e in entries if e["type"] == "chain-start"]
    with sqlite3.connect(hub.data / "hub.sqlite3") as db:
        raw = db.execute(
            "SELECT header FROM intake_entry WHERE id = ?", (uuid.UUID(start["id"]).hex,)
        )
        header = Header.from_bytes(raw.fetchone()[0])
    db.close()
    assert header.after_chain == old
    assert header.after_seq == many
    assert header.lost_seqs
    lost = {seq for first, last in header.lost_seqs for seq in range(first, last + 1)}
    held = {e["seq"] for e in entries if e["chain"] == str(old)}
    assert held == set(range(1, many + 1)) - lost
    (listed,) = [k for k in hub.json("kiosk", "list") if k["place"] == place]
    assert listed["flags"] == []


def test_what_a_worn_card_no_longer_gives_is_zeros_and_the_rest_is_read(tmp_path: Path) -> None:
    path = tmp_path / "card"
    raw = random.Random(1).randbytes(3 * BLOCK_BYTES + 100)
    path.write_bytes(raw)
    with WornFile(path) as file:
        assert len(file) == len(raw)
        assert file[:] == raw
        assert file[BLOCK_BYTES - 7 : BLOCK_BYTES + 9] == raw[BLOCK_BYTES - 7 : BLOCK_BYTES + 9]
        assert file[len(raw) - 3 : len(raw) + 50] == raw[-3:]
        file._block = b""
        with path.open("r+b") as other:
            other.truncate(BLOCK_BYTES)  # the rest is gone while we read
        assert file[BLOCK_BYTES : BLOCK_BYTES + 50] == bytes(50)
    with WornFile(tmp_path / "none") as none:
        assert none[:] == b""
