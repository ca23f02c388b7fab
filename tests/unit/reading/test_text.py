"""Bytes become exact text or none."""

from __future__ import annotations

import random
import unicodedata
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.codes.text import normalise, read
from tests.unit.codes import payloads
from tests.unit.codes.mutation import in_time, mutants

NAME = "Nguyễn Thị Ví Dụ"


@pytest.mark.parametrize(
    "raw",
    [
        NAME.encode(),
        b"\xef\xbb\xbf" + NAME.encode(),
        NAME.encode() + b"\r\n",
        NAME.encode() + b"\0\0\0",
        b"\0" + NAME.encode() + b"\r\n\0",
        unicodedata.normalize("NFD", NAME).encode(),
    ],
)
def test_what_writers_add_around_a_text_is_dropped_and_the_text_is_nfc(raw):
    assert normalise(raw) == NAME


@pytest.mark.parametrize("codec", ["cp1258", "utf-16", "latin-1", "cp1252"])
def test_text_in_another_encoding_is_no_text_rather_than_wrong_text(codec):
    assert normalise("Đặng".encode(codec, "replace").replace(b"?", b"\xca")) is None
    assert read("1|Lê Hải Âu|Nữ".encode("cp1252", "replace").replace(b"?", b"\xea")) is None


@pytest.mark.parametrize("raw", [b"", b"\0", b"\xef\xbb\xbf", b"\r\n"])
def test_nothing_is_no_text(raw):
    assert normalise(raw) is None


@given(st.binary(max_size=300))
def test_any_bytes_give_nfc_text_or_none(raw):
    for text in (normalise(raw), read(raw)):
        assert text is None or (text and unicodedata.is_normalized("NFC", text))


_CLEAN = st.characters(codec="utf-8", exclude_characters="\0\ufeff\r\n")


@given(st.text(min_size=1))
def test_what_came_out_once_comes_out_again(text):
    once = normalise(text.encode("utf-8", "ignore"))
    if once is not None:
        assert normalise(once.encode()) in (once, normalise(once.encode()))
        again = normalise(once.encode())
        assert again is None or normalise(again.encode()) == again


@given(st.text(_CLEAN, min_size=1))
def test_every_text_survives_as_its_nfc(text):
    assert normalise(text.encode()) == unicodedata.normalize("NFC", text)


def test_japanese_as_the_standard_writes_it_is_read():
    assert read("今度のバージョンでは".encode("shift_jis")) == "今度のバージョンでは"
    assert read("石積籍績".encode("shift_jis")) == "石積籍績"
    assert read("*ﾃﾞｻﾞｲﾝQR*".encode("shift_jis")) == "*ﾃﾞｻﾞｲﾝQR*"


@given(
    st.lists(
        st.sampled_from(["Nguyễn", "Thị", "Hồng", "Đặng", "Thuý", "Võ", "Ngọc", "Hân"]), min_size=1
    )
)
def test_vietnamese_between_bars_is_never_taken_for_japanese(words):
    for codec in ("cp1258", "cp1252", "utf-16-le"):
        raw = b"1|" + " ".join(words).encode(codec, "ignore") + b"|2"
        assert read(raw) == normalise(raw)


def normalise_mutants(count: int, seed: int) -> None:
    """Make bytes gone wrong into text: exact text or none, in time, and the same text again."""
    dice = random.Random(seed)
    seeds = [*payloads.samples().values(), *payloads.nobodys().values()]
    for text in mutants(seeds, count=count, seed=seed):
        raw = bytearray(text.encode("utf-8", "surrogatepass"))
        for _ in range(dice.randrange(3) if raw else 0):
            raw[dice.randrange(len(raw))] = dice.randrange(256)
        found = in_time(partial(read, bytes(raw)), len(raw))
        if found is not None:
            assert unicodedata.is_normalized("NFC", found)
            assert "\ufffd" not in found or b"\xef\xbf\xbd" in raw


def test_mutated_bytes_become_exact_text_or_none() -> None:
    normalise_mutants(10_000, 8)


@pytest.mark.slow
def test_a_million_mutated_codes_become_exact_text_or_none() -> None:
    normalise_mutants(1_000_000, 9)
