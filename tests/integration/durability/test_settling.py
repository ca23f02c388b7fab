"""Small receipts wait for company in memory: seen at once, written together, lost harmlessly."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from kiosk.commands.status import status
from kiosk.files import Ownership, memory_folder
from kiosk.gate_facts import STATUS_FILE
from kiosk.inspection import inspect
from kiosk.outbox_file import CHECKPOINT_PAGES, PAGE_BYTES
from kiosk.outbox_view import OutboxView
from kiosk.queue import FILE, Outbox
from kiosk.settling import GROUP
from tests.integration.test_outbox_machine import entry_at
from wire.batch import EXPIRED, STORED, Answer

AT_MS = 1_790_000_000_000


def filled(outbox: Outbox, count: int) -> None:
    for number in range(count):
        outbox.put(lambda link: entry_at(link, AT_MS + link.seq), wall_ms=AT_MS + number)


def retire(outbox: Outbox, *seqs: int, status: str = STORED) -> None:
    answers = {seq: Answer(bytes(32), status) for seq in seqs}
    outbox.retire(answers, receipt_ms=AT_MS + 1_000 * max(seqs))


def on_disk(path: Path) -> tuple[int, int]:
    """Return how many rows wait and how many are done, for whoever reads the file."""
    with OutboxView(path) as view:
        stock = view.stock()
    return stock.waiting, stock.acked


def test_a_receipt_for_a_few_is_believed_at_once_and_written_with_others(tmp_path: Path) -> None:
    with Outbox(tmp_path / FILE) as outbox:
        filled(outbox, GROUP + 2)
        retire(outbox, 1)
        stock = outbox.stock()
        assert (stock.waiting, stock.acked) == (GROUP + 1, 1)
        assert stock.oldest_waiting_ms == AT_MS + 1
        assert stock.last_receipt_ms == AT_MS + 1_000
        assert [row.seq for row in outbox.due(limit=2, max_bytes=10_000)] == [2, 3]
        assert on_disk(outbox.path) == (GROUP + 2, 0)
        for seq in range(2, GROUP + 1):
            retire(outbox, seq)
        assert on_disk(outbox.path) == (2, GROUP)
        assert not outbox.unwritten
        assert outbox.stock().last_receipt_ms == AT_MS + 1_000 * GROUP


def test_many_and_what_is_not_plain_are_written_at_once(tmp_path: Path) -> None:
    with Outbox(tmp_path / FILE) as outbox:
        filled(outbox, GROUP + 3)
        retire(outbox, 1)
        retire(outbox, 2, status=EXPIRED)
        assert on_disk(outbox.path) == (GROUP + 1, 2)
        retire(outbox, *range(3, GROUP + 3))
        assert on_disk(outbox.path) == (1, GROUP + 2)


@pytest.mark.parametrize("look", ["rows", "marks", "reopen", "purge"])
def test_whoever_needs_the_rows_finds_them_written(tmp_path: Path, look: str) -> None:
    with Outbox(tmp_path / FILE) as outbox:
        filled(outbox, 3)
        retire(outbox, 1, 2)
        if look == "rows":
            assert [row.seq for row in outbox.rows(state=None)] == [1, 2, 3]
        elif look == "marks":
            assert [seq for seq, _ in outbox.marks()] == [3]
        elif look == "reopen":
            assert outbox.reopen(outbox.chain, [(2, 2)]) == 1
            assert on_disk(outbox.path) == (2, 1)
            return
        else:
            assert outbox.purge(before_ms=AT_MS + 10_000) == 2
            assert on_disk(outbox.path) == (1, 0)
            return
        assert on_disk(outbox.path) == (1, 2)


def test_closing_writes_them_and_a_power_cut_only_sends_them_again(tmp_path: Path) -> None:
    with Outbox(tmp_path / FILE) as outbox:
        filled(outbox, 2)
        retire(outbox, 1)
    assert on_disk(tmp_path / FILE) == (1, 1)
    outbox = Outbox(tmp_path / FILE)
    retire(outbox, 2)
    outbox.file.close()
    with Outbox(tmp_path / FILE) as outbox:
        assert [row.seq for row in outbox.due(limit=9, max_bytes=10_000)] == [2]
        assert outbox.stock().waiting == 1


def test_a_stale_word_about_receipts_counts_no_row_twice(tmp_path: Path) -> None:
    with Outbox(tmp_path / FILE) as outbox:
        filled(outbox, 3)
        outbox.apply({1: Answer(bytes(32), STORED)}, receipt_ms=AT_MS)
        with OutboxView(outbox.path) as view:
            assert view.hold({1: (STORED, 5), 2: (STORED, 6), 9: (STORED, 7)}) == 1
            assert (view.stock().waiting, view.stock().acked) == (1, 2)


def test_kiosk_status_tells_what_the_running_kiosk_knows(tmp_path: Path) -> None:
    with Ownership(tmp_path), Outbox(tmp_path / FILE) as outbox:
        filled(outbox, 2)
        said = {"unwritten": [[1, AT_MS]]}
        (memory_folder(tmp_path) / STATUS_FILE).write_text(json.dumps(said))
        told = status(tmp_path)
        assert (told["waiting"], told["acked"], told["running"]) == (1, 1, True)
    told = status(tmp_path)
    assert (told["waiting"], told["acked"], told["running"]) == (2, 0, False)


def test_a_journal_of_full_length_holds_what_it_held_and_grows_no_more(tmp_path: Path) -> None:
    with Outbox(tmp_path / FILE) as outbox:
        filled(outbox, 3)
        outbox.file.lengthen_journal()
        full = outbox.file.journal_bytes
        assert full == CHECKPOINT_PAGES * (PAGE_BYTES + 24) + 32
        filled(outbox, 40)
        assert outbox.file.journal_bytes == full
        outbox.file.lengthen_journal()
        assert outbox.file.journal_bytes == full
        # What a power cut leaves: the next start reads the journal up to its zeros.
        copy = tmp_path / "copy"
        copy.mkdir()
        for name in (FILE, f"{FILE}-wal"):
            (copy / name).write_bytes((tmp_path / name).read_bytes())
        with Outbox(copy / FILE) as after:
            assert [row.seq for row in after.rows()] == list(range(1, 44))
            assert inspect(after) == []


def test_a_disk_without_room_lets_the_journal_grow_as_it_must(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    with Outbox(tmp_path / FILE) as outbox:
        filled(outbox, 3)
        before = outbox.file.journal_bytes
        monkeypatch.setattr("kiosk.outbox_file.os.fsync", full)
        outbox.file.lengthen_journal()
        assert outbox.file.journal_bytes == before
