"""SMART Health Cards and ICAO's seals: recognised, named, read, not verified."""

from __future__ import annotations

import json

import pytest

from kiosk.codes import classify
from kiosk.codes.shc import Parts, join
from kiosk.model import Person, Trust
from tests.unit.codes import payloads


def test_a_smart_health_card_names_its_holder() -> None:
    code = classify(payloads.shc())
    assert (code.kind, code.trust) == ("shc", Trust.NOT_CHECKED)
    assert code.person == Person(name="Nguyễn Thị Ví Dụ", birth="1999-02-01")
    assert code.issuer == "https://issuer.example.org"


def chunks(text: str, count: int) -> list[str]:
    """Cut a card as its specification does."""
    digits = text.removeprefix("shc:/")
    size = -(-len(digits) // count)
    return [f"shc:/{n + 1}/{count}/{digits[n * size : (n + 1) * size]}" for n in range(count)]


def test_chunks_join_in_any_order_and_one_alone_says_so() -> None:
    parts = chunks(payloads.shc(), 3)
    for part in parts:
        code = classify(part)
        assert (code.kind, code.reason, code.personal) == ("shc", "chunk", False)
    whole = join(reversed(parts))
    assert whole == payloads.shc()
    assert join(parts[:2]) is None
    assert join([*parts[:2], chunks(payloads.shc(), 4)[3]]) is None
    assert join([]) is None
    assert join(["hello"]) is None


def test_parts_shown_one_after_the_other_become_the_card_and_are_then_forgotten() -> None:
    first, second, third = chunks(payloads.shc(), 3)
    shown = Parts()
    assert [shown.take(t, at) for t, at in ((second, 0.0), (second, 9.0), (first, 50.0))] == [
        *(second, second, first)
    ]
    assert shown.take(payloads.CCCD, 51.0) == payloads.CCCD
    assert shown.take(third, 60.0) == payloads.shc()
    assert repr(shown) == "<0 parts of a card>"


def test_parts_of_two_peoples_cards_or_of_long_ago_make_no_card() -> None:
    mine, yours = chunks(payloads.shc(), 2), chunks(payloads.shc(family="Trần", given=("Khác",)), 2)
    shown = Parts()
    assert [shown.take(t, 0.0) for t in (mine[0], yours[1])] == [mine[0], yours[1]]
    assert shown.take(yours[0], 1.0) == payloads.shc(family="Trần", given=("Khác",))
    assert [shown.take(t, at) for t, at in zip(mine, (2.0, 70.0), strict=True)] == mine


@pytest.mark.parametrize("text", ["shc:/", "shc:/1", "shc:/00", "shc:/abc", "shc:/" + "99" * 800])
def test_a_card_that_cannot_be_read_names_nobody(text: str) -> None:
    code = classify(text)
    assert (code.kind, code.reason, code.person) == ("shc", "malformed", None)


def test_an_icao_seal_names_its_holder_and_document() -> None:
    code = classify(payloads.VDS_NC)
    assert (code.kind, code.trust, code.issuer) == ("vds-nc", Trust.NOT_CHECKED, "VNM")
    assert code.person == Person(
        name="NGUYEN THI VI DU", birth="1999-02-01", sex="female", number="C1234567"
    )
    assert code.keys == ("number:C1234567",)


def test_an_icao_test_names_its_document_too() -> None:
    pid = {"n": "NGUYEN VAN VI DU", "dob": "1990-01-01", "dt": "P", "dn": "C7654321"}
    seal = {"data": {"hdr": {"t": "icao.test", "v": 1, "is": "VNM"}, "msg": {"pid": pid}}}
    code = classify(json.dumps(seal))
    assert code.keys == ("number:C7654321",)


@pytest.mark.parametrize(
    "text",
    [
        '{"data": "icao."',
        '{"x": "icao.vacc"}',
        '{"data":{"hdr":{"t":"icao.vacc"},"msg":{"pid":{}}}}',
        '{"icao.":' * 700,
    ],
)
def test_a_seal_that_cannot_be_read_names_nobody(text: str) -> None:
    code = classify(text)
    assert (code.kind, code.reason, code.person) == ("vds-nc", "malformed", None)


def test_other_json_is_no_seal() -> None:
    assert classify('{"name": "x"}').kind == "unknown"
