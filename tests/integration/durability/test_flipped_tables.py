"""Flipped letters in the outbox's tables and facts: found before they are used, and no row lost."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from kiosk.errors import OutboxDamaged, OutboxNewer
from kiosk.inspection import SMALL_BYTES, examine, inspect
from kiosk.outbox_schema import MIGRATIONS
from kiosk.queue import FILE
from kiosk.salvage import open_outbox
from tests.integration.durability.test_bitflips import ENTRIES, card, delivered


def letters(raw: bytes) -> list[int]:
    """Return where in a database the letters of its tables lie."""
    places: set[int] = set()
    for script in MIGRATIONS:
        text = script.encode()
        for start in range(len(text) - 12):
            at = raw.find(text[start : start + 12])
            places.update(range(at, at + 12) if at >= 0 else ())
    return sorted(places)


def test_a_flipped_letter_of_the_tables_is_found_before_they_are_used(tmp_path: Path) -> None:
    card(tmp_path / "card", journal=False)
    path = tmp_path / "card" / FILE
    raw = path.read_bytes()
    places = letters(raw)
    assert len(places) > 1200
    # The highest bit makes a text that is no UTF-8; SQLite itself takes it for another name.
    for place in places[::4]:
        for bit in (7, place % 7):
            flipped = bytearray(raw)
            flipped[place] ^= 1 << bit
            path.write_bytes(flipped)
            assert examine(path), f"bit {bit} of byte {place}"


@pytest.mark.parametrize("looked_over_up_to", [SMALL_BYTES, 0], ids=["small", "large"])
def test_a_column_of_another_name_costs_no_row(
    looked_over_up_to: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kiosk.inspection.SMALL_BYTES", looked_over_up_to)
    card(tmp_path / "card", journal=False)
    path = tmp_path / "card" / FILE
    path.write_bytes(path.read_bytes().replace(b"reason     TEXT", b"\xf2eason     TEXT"))
    outbox, report = open_outbox(tmp_path / "card")
    with outbox:
        assert report is not None
        assert (report.rescued, report.lost) == (ENTRIES, ())
        assert len(delivered(outbox)) == ENTRIES - 17


def test_a_flipped_bit_in_the_chains_name_begins_no_fork(tmp_path: Path) -> None:
    known = card(tmp_path / "card", journal=False)
    path = tmp_path / "card" / FILE
    raw = path.read_bytes()
    (chain,) = {chain.bytes for chain, _ in known}
    noted = raw.index(b"chain" + chain) + 5
    path.write_bytes(raw[:noted] + bytes([chain[0] ^ 64]) + raw[noted + 1 :])
    outbox, report = open_outbox(tmp_path / "card")
    with outbox:
        assert report is not None
        assert (report.rescued, report.lost) == (ENTRIES, ())
        assert inspect(outbox) == []
        assert outbox.before is not None
        assert outbox.before.chain.bytes == chain


def test_a_reason_that_is_no_text_any_more_is_damage_and_no_full_disk(tmp_path: Path) -> None:
    card(tmp_path / "card", journal=False)
    path = tmp_path / "card" / FILE
    raw = path.read_bytes()
    assert raw.count(b"why") == 1
    path.write_bytes(raw.replace(b"why", b"\xf7hy"))
    outbox, report = open_outbox(tmp_path / "card")
    with outbox:
        assert report is None
        with pytest.raises(OutboxDamaged):
            outbox.refusals()
    outbox, report = open_outbox(tmp_path / "card")
    with outbox:
        assert report is not None
        assert (report.rescued, report.lost) == (ENTRIES, ())
        assert [refusal.reason for refusal in outbox.refusals()] == ["\N{REPLACEMENT CHARACTER}hy"]


def test_tables_of_a_newer_program_are_no_damage(tmp_path: Path) -> None:
    card(tmp_path / "card", journal=False)
    with sqlite3.connect(tmp_path / "card" / FILE) as db:
        db.execute("CREATE TABLE later (seq INTEGER)")
        db.execute("PRAGMA user_version = 99")
        db.execute("UPDATE facts SET value = ? WHERE name = 'version'", ((99).to_bytes(4, "big"),))
    db.close()
    with pytest.raises(OutboxNewer):
        open_outbox(tmp_path / "card")
    assert not list((tmp_path / "card").glob("damaged-*"))
