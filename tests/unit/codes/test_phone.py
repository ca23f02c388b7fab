"""Telephone numbers in one form, with the prefixes that moved in 2018."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.codes.phone import phone

MOVED = {
    "0162": "032", "0163": "033", "0164": "034", "0165": "035", "0166": "036", "0167": "037",
    "0168": "038", "0169": "039", "0120": "070", "0121": "079", "0122": "077", "0126": "076",
    "0128": "078", "0123": "083", "0124": "084", "0125": "085", "0127": "081", "0129": "082",
    "0186": "056", "0188": "058", "0199": "059",
}  # fmt: skip


@pytest.mark.parametrize(
    "text",
    ["0900000001", "+84900000001", "84900000001", "+84 90 000 00 01", "090.000.0001",
     "090-000-0001", " (090) 0000001 ", "0084900000001", "+840900000001"],
)  # fmt: skip
def test_every_way_of_writing_a_number_is_one_number(text: str) -> None:
    found = phone(text)
    assert found is not None
    assert (found.number, found.migrated) == ("0900000001", False)


@pytest.mark.parametrize(("old", "new"), MOVED.items())
def test_the_prefixes_of_before_2018_move_and_the_last_seven_stay(old: str, new: str) -> None:
    for text in (f"{old}1234567", f"+84{old[1:]}1234567"):
        found = phone(text)
        assert found is not None
        assert (found.number, found.migrated) == (f"{new}1234567", True)


@pytest.mark.parametrize("text", ["02343123456", "02438123456"])
def test_landlines_stay(text: str) -> None:
    found = phone(text)
    assert found is not None
    assert (found.number, found.migrated) == (text, False)


@pytest.mark.parametrize(
    "text", ["", "00", "113", "19001075", "0161234567", "09000000011", "x" * 30]
)
def test_what_nobody_can_be_called_at_is_no_number(text: str) -> None:
    assert phone(text) is None


@given(st.text(max_size=40))
def test_reading_is_total_and_repeats(text: str) -> None:
    found = phone(text)
    if found is not None:
        again = phone(found.number)
        assert again is not None
        assert (again.number, again.migrated) == (found.number, False)


def test_a_number_shows_itself_in_no_log() -> None:
    assert "0900000001" not in repr(phone("0900000001"))
