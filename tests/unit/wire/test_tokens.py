"""Tokens: what is issued is read back, whole, by whoever knows the issuer."""

from __future__ import annotations

import base64
import dataclasses
import json
import unicodedata
import zlib
from dataclasses import replace
from functools import partial
from pathlib import Path

import base45
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.codes.mutation import in_time, mutants
from tests.unit.codes.payloads import (
    BOARD,
    DECLARATION,
    HUB,
    KIOSK,
    KIOSK_ID,
    NOW_S,
    OLD_HUB,
    PASS,
    STRANGER,
    certificate,
)
from wire import b45, signed, tokens
from wire.claims import SUMMARY, Bearer, Board, Declaration, Pass
from wire.errors import BadSignature, Malformed, UnknownKey, WireError, WrongKind
from wire.keys import VerifyKey

ISSUERS = {HUB.kid: HUB.public, OLD_HUB.kid: OLD_HUB.public}

texts = st.text(st.characters(exclude_categories=["C"]), max_size=30).map(
    lambda text: unicodedata.normalize("NFC", text)
)
numbers = st.one_of(
    st.just(""),
    st.integers(0, 10**12 - 1).map("{:012d}".format),
    st.integers(0, 10**9 - 1).map("{:09d}".format),
    st.from_regex(r"[A-Z][0-9]{7}", fullmatch=True),
)
births = st.one_of(
    st.just(""),
    st.dates().map(lambda day: f"{day:%Y}".zfill(4) + f"{day:-%m-%d}"),
    st.integers(1, 9999).map("{:04d}".format),
)
times = st.integers(0, 253_402_300_799)
bearers = st.builds(
    Bearer,
    name=texts,
    birth=births,
    sex=st.sampled_from(["", "male", "female"]),
    number=numbers,
    qid=st.one_of(st.just(""), st.from_regex(r"[0-9]{4,20}", fullmatch=True)),
    bhyt=st.sampled_from(["", "0199999999", "HS4540199999999"]),
    phone=st.one_of(st.just(""), st.from_regex(r"0[1-9][0-9]{8,9}", fullmatch=True)),
)
passes = st.builds(
    Pass,
    id=st.binary(min_size=8, max_size=8),
    bearer=bearers,
    issued=times,
    until=times,
    since=times,
    purpose=texts,
    place=texts,
)
declarations = st.builds(
    Declaration,
    id=st.binary(min_size=8, max_size=8),
    name=texts,
    birth_year=st.integers(0, 9999),
    last4=st.from_regex(r"([0-9]{4})?", fullmatch=True),
    issued=times,
    until=times,
    summary=st.sets(st.sampled_from(SUMMARY)).map(
        lambda words: tuple(word for word in SUMMARY if word in words)
    ),
    purpose=texts,
    by_other=st.booleans(),
)


@given(st.one_of(passes, declarations))
def test_what_is_issued_is_read_back_whole(made: Pass | Declaration) -> None:
    text = tokens.issue(made, HUB)
    token = tokens.read(text, ISSUERS)
    assert token.facts == made
    assert (token.kid, token.certificate) == (HUB.kid, None)
    assert set(text) <= set("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:")


@given(st.builds(Board, place=texts, name=texts, issued=times, gate=texts, until=times))
def test_a_board_is_read_back_whole(made: Board) -> None:
    url = tokens.issue_board(made, HUB, "https://hub.example.vn")
    assert tokens.read(url, ISSUERS).facts == made
    assert tokens.is_board(url)


@given(st.text(max_size=300))
def test_reading_is_total(text: str) -> None:
    for candidate in (text, "VG1:" + text, "https://h/b/" + text):
        with pytest.raises(WireError):
            tokens.read(candidate, ISSUERS)


@given(st.binary(max_size=300))
def test_reading_signed_nonsense_is_total(body: bytes) -> None:
    for kind in ("pass", "declaration", "board"):
        text = "VG1:" + b45.encode(signed.sign_bytes(body, HUB, kind))
        with pytest.raises(WireError):
            tokens.read(text, ISSUERS)


@pytest.mark.parametrize(
    ("address", "begins"),
    [
        ("https://hub.example.vn", "HTTPS://HUB.EXAMPLE.VN/B/"),
        ("http://192.168.1.10:8000/", "HTTP://192.168.1.10:8000/B/"),
        ("https://example.vn/cong/", "HTTPS://EXAMPLE.VN/cong/B/"),
    ],
)
def test_a_boards_url_opens_at_the_hub(address: str, begins: str) -> None:
    url = tokens.issue_board(BOARD, HUB, address)
    assert url.startswith(begins)
    for shown in (url, url.lower(), url.replace("HTTPS", "https")):
        assert tokens.read(shown, ISSUERS).facts == BOARD


@pytest.mark.parametrize("address", ["hub.example.vn", "ftp://x.vn", "https://", ""])
def test_a_board_without_an_address_is_not_issued(address: str) -> None:
    with pytest.raises(ValueError, match="address"):
        tokens.issue_board(BOARD, HUB, address)


def test_a_kiosks_token_names_the_kiosk_and_the_hub_behind_it() -> None:
    token = tokens.read(tokens.issue(DECLARATION, KIOSK, certificate()), ISSUERS)
    assert token.facts == DECLARATION
    assert token.kid == HUB.kid
    assert token.certificate is not None
    assert token.certificate.kiosk == KIOSK_ID


def test_compression_is_used_only_where_it_makes_the_code_smaller() -> None:
    long = replace(PASS, bearer=replace(PASS.bearer, name="Nguyễn " * 20))
    packed = base45.b45decode(tokens.issue(long, HUB)[4:])
    assert packed[:1] == b"\x78"
    assert tokens.read(tokens.issue(long, HUB), ISSUERS).facts == long
    assert base45.b45decode(tokens.issue(PASS, HUB)[4:])[:1] != b"\x78"


def test_a_bomb_is_not_unpacked() -> None:
    bomb = "VG1:" + b45.encode(zlib.compress(bytes(1_000_000), 9))
    with pytest.raises(Malformed):
        tokens.read(bomb, ISSUERS)


def test_each_way_of_being_wrong_has_its_own_error() -> None:
    sound = tokens.issue(PASS, HUB)
    with pytest.raises(UnknownKey):
        tokens.read(tokens.issue(PASS, STRANGER), ISSUERS)
    with pytest.raises(BadSignature):
        tokens.read(sound, {HUB.kid: STRANGER.public})
    with pytest.raises(tokens.FutureVersion):
        tokens.read("VG2:" + sound[4:], ISSUERS)
    with pytest.raises(WrongKind):
        tokens.read("VG1:" + b45.encode(signed.sign({}, HUB, "batch")), ISSUERS)
    with pytest.raises(Malformed):
        tokens.read(sound[:-3], ISSUERS)


def test_a_later_version_below_the_signature_is_told_from_an_altered_token() -> None:
    claims = PASS.pack() | {0: 2}
    later = "VG1:" + b45.encode(signed.sign(claims, HUB, "pass"))
    with pytest.raises(tokens.FutureVersion):
        tokens.read(later, ISSUERS)
    with pytest.raises(UnknownKey):
        tokens.read("VG1:" + b45.encode(signed.sign(claims, STRANGER, "pass")), ISSUERS)


def test_answers_that_a_later_form_adds_are_not_lost() -> None:
    claims = DECLARATION.pack()
    claims[-65537] = claims[-65537] | {12: 1 << len(SUMMARY) | 2}
    token = tokens.read("VG1:" + b45.encode(signed.sign(claims, HUB, "declaration")), ISSUERS)
    assert isinstance(token.facts, Declaration)
    assert token.facts.summary == ("cough", "other")


def test_a_declaration_stays_a_declaration() -> None:
    """The kind is signed: one token cannot be passed off as another."""
    data = signed.sign(DECLARATION.pack(), HUB, "declaration")
    other = data.replace(b"gate-declaration-v1", b"gate-pass-v1")
    assert other != data
    with pytest.raises(WireError):
        tokens.read("VG1:" + b45.encode(other), ISSUERS)


def test_tokens_show_nobody_in_a_log() -> None:
    for made in (PASS, DECLARATION):
        token = tokens.read(tokens.issue(made, HUB), ISSUERS)
        assert "Dụ" not in repr(token)
        assert "2345" not in repr(token)


def test_dates_are_read_and_left_to_whoever_knows_the_time() -> None:
    over = tokens.issue(replace(PASS, issued=1, until=2), HUB)
    facts = tokens.read(over, ISSUERS).facts
    assert isinstance(facts, Pass)
    assert facts.until == 2 < NOW_S


def test_base32_padding_and_case_are_no_matter() -> None:
    url = tokens.issue_board(BOARD, HUB, "https://hub.example.vn")
    token = url.rpartition("/")[2]
    assert base64.b32decode(token + "=" * (-len(token) % 8))
    assert "=" not in url


SAMPLES = json.loads(
    (Path(__file__).parents[2] / "samples/wire/v1/tokens.json").read_text(encoding="utf-8")
)


@pytest.mark.parametrize("name", SAMPLES["tokens"])
def test_what_was_printed_on_cards_is_read_for_ever(name: str) -> None:
    sample = SAMPLES["tokens"][name]
    issuers = {
        bytes.fromhex(kid): VerifyKey(bytes.fromhex(raw)) for kid, raw in SAMPLES["issuers"].items()
    }
    found = tokens.read(sample["text"], issuers).facts
    said = dataclasses.asdict(found)
    said |= said.pop("bearer", {})
    for fact, value in SAMPLES["facts"][sample["claims"]].items():
        kept = said[fact]
        kept = kept.hex() if isinstance(kept, bytes) else kept
        assert (list(kept) if isinstance(kept, tuple) else kept) == value


def answer_to(text: str) -> tuple[object, str]:
    """Return what a token says, or what is wrong with it."""
    try:
        return tokens.read(text, ISSUERS).facts, ""
    except WireError as error:
        return None, str(error)


def read_mutants(count: int, seed: int) -> None:
    """Read mutated tokens: each is one of ours, or says in time what is wrong with it."""
    by_kiosk = tokens.issue(DECLARATION, KIOSK, certificate())
    seeds = [tokens.issue(PASS, HUB), tokens.issue(DECLARATION, HUB), by_kiosk]
    seeds += [tokens.issue_board(BOARD, HUB, "https://hub.example.vn"), "VG2:" + seeds[0][4:]]
    whole = {tokens.read(text, ISSUERS).facts for text in seeds[:4]}
    for text in mutants(seeds, count=count, seed=seed):
        believed, said = in_time(partial(answer_to, text), len(text))
        assert believed is None or believed in whole, "a mutant was believed"
        assert len(text) < 8 or text[4:] not in said


def test_mutated_tokens_are_survived_and_never_believed() -> None:
    read_mutants(5_000, 5)


@pytest.mark.slow
def test_a_million_mutated_tokens_are_survived_and_never_believed() -> None:
    read_mutants(1_000_000, 6)
