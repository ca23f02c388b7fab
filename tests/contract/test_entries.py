"""``POST /v1/entries``: each entry counts once, and one bad row stops no other."""

from __future__ import annotations

import os
import random
import uuid
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from tests.hubs import Gate, statuses
from wire import cbor, signed
from wire.batch import MAX_BYTES, Batch, digest
from wire.entry import Entry
from wire.ids import uuid7
from wire.keys import OpenKey, SigningKey


def held(gate: Gate, receipt: object) -> tuple[tuple[int, int], ...]:
    return next(one.ranges for one in receipt.held if one.chain == gate.chain)  # type: ignore[attr-defined]


def test_new_entries_are_stored_and_then_known(gate: Gate) -> None:
    entries = gate.entries(3)
    assert statuses(gate.send(entries)) == ["stored"] * 3
    assert statuses(gate.send(entries)) == ["known"] * 3


def test_the_receipt_names_request_bytes_and_the_hubs_time(gate: Gate) -> None:
    request = uuid.uuid4()
    body = gate.batch_bytes(gate.entries(1), request=request)
    before = gate.wall_ms
    receipt = gate.post("/v1/entries", body).receipt
    assert (receipt.request, receipt.batch_hash) == (request, digest(body))
    assert abs(receipt.now_ms - before) < 60_000


def test_the_very_same_request_again_does_no_harm(gate: Gate) -> None:
    body = gate.batch_bytes(gate.entries(2))
    first = gate.post("/v1/entries", body).receipt
    second = gate.post("/v1/entries", body).receipt
    assert (statuses(first), statuses(second)) == (["stored"] * 2, ["known"] * 2)
    assert first.request == second.request


def test_a_full_batch_is_taken_whole(gate: Gate) -> None:
    receipt = gate.send(gate.entries(200))
    assert statuses(receipt) == ["stored"] * 200
    assert held(gate, receipt) == ((1, 200),)


def test_eight_senders_of_one_batch_store_each_entry_once(gate: Gate) -> None:
    entries = gate.entries(50)
    bodies = [gate.batch_bytes(entries) for _ in range(10)] * 8
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda body: gate.post("/v1/entries", body).receipt, bodies))
    for position in range(50):
        said = [statuses(receipt)[position] for receipt in answers]
        assert sorted(set(said)) == ["known", "stored"]
        assert said.count("stored") == 1


def test_rows_out_of_order_are_stored_and_the_gap_is_told(gate: Gate) -> None:
    entries = gate.entries(6)
    receipt = gate.send([entries[i] for i in (4, 0, 1)])
    assert statuses(receipt) == ["stored"] * 3
    assert held(gate, receipt) == ((1, 2), (5, 5))
    receipt = gate.send([entries[i] for i in (5, 3, 2)])
    assert held(gate, receipt) == ((1, 6),)


def test_the_hub_tells_that_it_lacks_what_lies_above(gate: Gate) -> None:
    receipt = gate.send(gate.entries(3))
    (one,) = (one for one in receipt.held if one.chain == gate.chain)
    assert one.complete_to > 1_000_000
    assert not one.holds(4)


@pytest.mark.parametrize("position", [0, 100, 199])
def test_a_row_that_is_no_entry_is_refused_and_the_others_are_stored(
    gate: Gate, position: int
) -> None:
    entries = gate.entries(199)
    entries.insert(position, Entry(b"\xa1\x01\x02", b"sealed"))
    receipt = gate.send(entries)
    expected = ["stored"] * 199
    expected.insert(position, "refused")
    assert statuses(receipt) == expected
    assert receipt.answers[position].reason


def spoilt(gate: Gate, number: int, value: object) -> Entry:
    """An entry of which one header fact was replaced."""
    entry = gate.entry()
    facts = cbor.loads(entry.header_bytes)
    facts[number] = value
    return Entry(cbor.dumps(facts), entry.sealed)


@pytest.mark.parametrize(
    ("number", "value"),
    [
        (1, b"short"), (3, "p\0lace"), (6, 0), (6, 2**63), (6, 2**70), (7, b""), (8, "party"),
        (9, 2**53 - 1), (9, -1), (10, 2**52), (12, "sure"), (14, "sideways"), (16, "k" * 201),
        (21, 2**40), (22, 2**60), (24, 2**80), (26, "a\0b"), (2, bytes(16)),
    ],
)  # fmt: skip
def test_no_header_can_spoil_the_batch_it_comes_in(gate: Gate, number: int, value: object) -> None:
    bad = spoilt(gate, number, value)
    good = gate.entry()
    assert statuses(gate.send([bad, good])) == ["refused", "stored"]


def test_unknown_header_facts_are_for_newer_hubs_and_do_no_harm(gate: Gate) -> None:
    assert statuses(gate.send([spoilt(gate, 4711, {"new": True})])) == ["stored"]


def test_an_entry_of_another_kiosk_is_refused(gate: Gate) -> None:
    foreign = gate.entry(kiosk=uuid.uuid4())
    assert statuses(gate.send([foreign])) == ["refused"]


def test_an_entry_that_the_hub_cannot_open_is_stored(gate: Gate) -> None:
    other = gate.entry(seal_key=OpenKey.new().public)
    altered = gate.entry(sealed=os.urandom(320))
    empty = gate.entry(sealed=b"")
    assert statuses(gate.send([other, altered, empty])) == ["stored"] * 3


def test_one_id_with_two_contents_is_known_and_held(gate: Gate) -> None:
    id_ = uuid7(gate.wall_ms)
    first = gate.entry(id=id_)
    other = replace(gate, seq=0, prev=bytes(32)).entry(id=id_, gate="B")
    assert statuses(gate.send([first])) == ["stored"]
    receipt = gate.send([other])
    assert statuses(receipt) == ["known"]
    assert held(gate, receipt) == ((1, 1),)


def test_one_entry_twice_in_a_batch_is_stored_once(gate: Gate) -> None:
    entry = gate.entry()
    assert statuses(gate.send([entry, entry])) == ["stored", "known"]


def test_both_sides_of_a_copied_card_are_stored(gate: Gate) -> None:
    common = gate.entries(2)
    clone = replace(gate, boot_id=uuid.uuid4())
    receipt = gate.send(common + gate.entries(2))
    assert statuses(receipt) == ["stored"] * 4
    assert statuses(clone.send(clone.entries(3))) == ["stored"] * 3


def test_an_empty_batch_gets_an_empty_receipt(gate: Gate) -> None:
    assert gate.send([]).answers == ()


def test_an_unknown_kiosk_is_refused_with_a_signed_word(gate: Gate) -> None:
    stranger = replace(gate, key=SigningKey.new())
    request = uuid.uuid4()
    body = stranger.batch_bytes(stranger.entries(1), request=request)
    answer = stranger.post("/v1/entries", body)
    assert answer.status == 403
    assert answer.refusal.reason == "unknown-kiosk"
    # What a stranger says inside is not read: the refused bytes are named all the same.
    assert answer.refusal.request in (request, uuid.UUID(int=0))
    assert answer.refusal.subject == digest(body)


def test_a_batch_in_the_name_of_another_kiosk_is_refused(gate: Gate) -> None:
    answer = gate.post("/v1/entries", gate.batch_bytes(gate.entries(1), kiosk=uuid.uuid4()))
    assert (answer.status, answer.refusal.reason) == (403, "unknown-kiosk")


def test_more_than_two_hundred_entries_are_refused_whole(gate: Gate) -> None:
    answer = gate.post("/v1/entries", gate.batch_bytes(gate.entries(201)))
    assert (answer.status, answer.refusal.reason) == (400, "malformed")


def test_a_batch_that_is_too_large_is_refused_whole(gate: Gate) -> None:
    entries = [gate.entry(sealed=os.urandom(MAX_BYTES))]
    answer = gate.post("/v1/entries", gate.batch_bytes(entries))
    assert (answer.status, answer.refusal.reason) == (413, "too-large")


def test_clocks_that_are_none_are_refused_whole(gate: Gate) -> None:
    for wrong in (
        replace(gate.clocks, wall_ms=2**80),
        replace(gate.clocks, boot_ms=-1),
        replace(gate.clocks, state="sure"),
    ):
        answer = gate.post("/v1/entries", gate.batch_bytes([], clocks=wrong))
        assert (answer.status, answer.refusal.reason) == (400, "malformed")


@pytest.mark.parametrize("kind", ["receipt", "pulse", "claim"])
def test_another_kind_of_object_is_no_batch(gate: Gate, kind: str) -> None:
    body = signed.sign(_batch(gate).pack(), gate.key, kind)
    answer = gate.post("/v1/entries", body)
    assert (answer.status, answer.refusal.reason) == (400, "malformed")


def _batch(gate: Gate) -> Batch:
    return Batch(gate.code.kiosk, uuid.uuid4(), (), gate.clocks)


@pytest.mark.parametrize("body", [b"", b"\0", b"<html>", b"{}", b"\xd2\x84", os.urandom(1000)])
@pytest.mark.parametrize("path", ["/v1/entries", "/v1/pulse", "/v1/enrol"])
def test_bytes_of_nobody_get_a_signed_refusal(gate: Gate, path: str, body: bytes) -> None:
    answer = gate.post(path, body)
    assert (answer.status, answer.refusal.reason) == (400, "malformed")
    assert answer.refusal.subject == digest(body)


def test_no_changed_or_cut_byte_of_a_batch_is_believed(gate: Gate) -> None:
    body = gate.batch_bytes(gate.entries(1))
    chance = random.Random(20211)
    for _ in range(150):
        position = chance.randrange(len(body))
        changed = bytearray(body)
        changed[position] ^= 1 << chance.randrange(8)
        spoiled = bytes(changed) if chance.random() < 0.8 else body[:position]
        answer = gate.post("/v1/entries", spoiled)
        assert answer.status in (400, 403)
        assert answer.refusal.reason in ("malformed", "unknown-kiosk")
    assert statuses(gate.post("/v1/entries", body).receipt) == ["stored"]
