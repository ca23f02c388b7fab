"""``POST /v1/pulse``: a sign of life, answered with time and with what is held."""

from __future__ import annotations

import uuid
from dataclasses import replace

from tests.hubs import Gate
from wire.batch import MAX_BYTES
from wire.keys import SigningKey


def test_the_answer_names_the_request_and_the_hubs_time(gate: Gate) -> None:
    request = uuid.uuid4()
    answer = gate.pulsed(request=request)
    assert (answer.kiosk, answer.request) == (gate.code.kiosk, request)
    assert abs(answer.now_ms - gate.wall_ms) < 60_000


def test_the_hub_says_what_it_holds_of_each_chain_that_is_named(gate: Gate) -> None:
    gate.send(gate.entries(5))
    other = uuid.uuid4()
    heads = ((gate.chain, gate.seq, gate.prev), (other, 7, bytes(32)))
    here, unknown = gate.pulsed(chains=heads).held
    assert (here.chain, here.ranges) == (gate.chain, ((1, 5),))
    assert (unknown.chain, unknown.ranges) == (other, ())
    assert not unknown.holds(1)
    assert unknown.complete_to > 1_000_000


def test_health_may_hold_anything_plain(gate: Gate) -> None:
    health = {
        "nan": float("nan"),
        "inf": float("-inf"),
        "nul": "a\0b",
        "bytes": b"\xff\x00",
        "deep": [{"x": [1, None, True]}],
        "big": 2**63,
        "Đèn": "mờ",
    }
    assert gate.pulse(health=health).status == 200


def test_an_unknown_kiosk_is_refused(gate: Gate) -> None:
    answer = replace(gate, key=SigningKey.new()).pulse()
    assert (answer.status, answer.refusal.reason) == (403, "unknown-kiosk")


def test_too_much_health_is_refused(gate: Gate) -> None:
    answer = gate.pulse(health={"log": "x" * 50_000})
    assert (answer.status, answer.refusal.reason) == (400, "malformed")
    answer = gate.pulse(health={"log": "x" * MAX_BYTES})
    assert (answer.status, answer.refusal.reason) == (413, "too-large")


def test_heads_that_are_none_are_refused(gate: Gate) -> None:
    for head in ((gate.chain, -1, bytes(32)), (gate.chain, 2**70, bytes(32)), (gate.chain, 1, b"")):
        answer = gate.pulse(chains=(head,))
        assert (answer.status, answer.refusal.reason) == (400, "malformed")
