"""Codes that are no person's: named, refused, and nothing of them kept."""

from __future__ import annotations

import pytest

from kiosk.codes import classify
from tests.unit.codes import payloads


@pytest.mark.parametrize(("kind", "text"), payloads.FOREIGN.items())
def test_a_foreign_code_is_named_and_nothing_of_it_is_kept(kind: str, text: str) -> None:
    code = classify(text)
    assert code.kind == kind
    assert not code.personal
    assert code.reason
    assert (code.reference, code.details, code.keys, code.issuer) == ("", (), (), "")


@pytest.mark.parametrize("text", payloads.FOREIGN.values())
def test_a_foreign_code_is_known_in_any_case(text: str) -> None:
    assert classify(text.upper()).kind == classify(text).kind


def test_whatever_is_nobodys_shows_nothing_in_a_log() -> None:
    for kind, text in payloads.nobodys().items():
        code = classify(text)
        assert code.kind == kind
        assert repr(code) == f"Code(kind={kind!r}, trust={code.trust.value!r})"


@pytest.mark.parametrize("text", ["", " ", "\ufeff", "\0\0", "\r\n", "\t \n"])
def test_an_empty_code_is_empty(text: str) -> None:
    assert classify(text).kind == "empty"


@pytest.mark.parametrize("text", ["Xin chào", "123", "1234567890123", "|", "|||||||", "a|b|c"])
def test_plain_text_is_unknown(text: str) -> None:
    assert classify(text).kind == "unknown"


@pytest.mark.parametrize("text", ["vi-du.vn/x", "www.vi-du.vn", "http://a.b", "ftp://x.y/z"])
def test_a_link_to_anywhere_is_unknown_url(text: str) -> None:
    assert classify(text).kind == "unknown-url"


def test_a_text_longer_than_any_code_is_not_looked_at() -> None:
    assert classify("0" * 7090).reason == "too-long"
    assert classify("ệ" * 2954).reason == "too-long"


@pytest.mark.parametrize(
    "text",
    [
        payloads.HCMC,
        payloads.HCMC.upper().replace("HTTPS", "http"),
        payloads.HCMC.replace("/#", "#"),
    ],
)
def test_a_declaration_of_ho_chi_minh_city_keeps_its_id_alone(text: str) -> None:
    code = classify(text)
    assert code.kind == "hcmc-declaration"
    assert code.keys == ("hcmc-declaration:0d5b1a30-0000-4000-8000-00000000abcd",)
    assert code.person is not None
    assert code.person.name == code.person.number == ""


def test_an_opaque_link_of_a_known_host_stands_for_its_person() -> None:
    code = classify("https://tokhaiyte.vn/ket-qua?id=ABCDEF123456&x=1")
    assert code.keys == ("declaration-link:tokhaiyte.vn/ABCDEF123456",)


def test_a_host_that_only_looks_like_a_known_one_is_unknown() -> None:
    assert classify("https://tokhaiyte.vn.example/ket-qua?id=ABCDEF").kind == "unknown-url"
    assert classify("https://nottokhaiyte.vn/ket-qua?id=ABCDEF").kind == "unknown-url"
    assert classify("https://www.tokhaiyte.vn/ket-qua?id=ABCDEF").kind == "declaration-link"


def test_an_enrolment_code_is_named_so_that_the_screen_can_offer_to_enrol() -> None:
    code = classify(payloads.enrolment())
    assert (code.kind, code.reason, code.personal) == ("enrolment", "enrolment", False)


@pytest.mark.parametrize(
    "text",
    [
        "https://tokhaiyte.vn/khai-bao",
        "https://tokhaiyte.vn/",
        "https://kbyt.khambenh.gov.vn/#tokhai_yte/ketqua?id=",
    ],
)
def test_a_page_that_everybody_opens_is_nobodys_declaration(text: str) -> None:
    code = classify(text)
    assert (code.personal, code.reason) == (False, "unknown-url")
