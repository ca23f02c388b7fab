"""The ten typed characters: what a finger slips on is found before anybody is asked."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wire import shortcode
from wire.errors import Malformed

codes = st.text(shortcode.ALPHABET, min_size=9, max_size=9).map(
    lambda body: body + shortcode._check(body)
)


def test_fresh_codes_read_as_they_are_shown() -> None:
    made = [shortcode.new() for _ in range(50)]
    assert len(set(made)) == 50
    assert [shortcode.read(shortcode.shown(code).lower()) for code in made] == made


@given(codes, st.integers(0, 9), st.sampled_from(shortcode.ALPHABET))
def test_one_wrong_character_is_always_found(code: str, place: int, other: str) -> None:
    wrong = code[:place] + other + code[place + 1 :]
    if wrong != code:
        with pytest.raises(Malformed):
            shortcode.read(wrong)


def test_most_swapped_neighbours_are_found() -> None:
    code = shortcode.read("AB3DE6GH9" + shortcode._check("AB3DE6GH9"))
    found = 0
    for place in range(8):
        swapped = list(code)
        swapped[place], swapped[place + 1] = swapped[place + 1], swapped[place]
        try:
            shortcode.read("".join(swapped))
        except Malformed:
            found += 1
    assert found == 8


def test_letters_that_look_like_figures_are_read_as_them() -> None:
    body = "0110A1V0Z"
    code = body + shortcode._check(body)
    for zero, one in itertools.product("0Oo", "1IilL"):
        typed = code[:-1].replace("0", zero).replace("1", one) + code[-1]
        assert shortcode.read(typed) == code


@pytest.mark.parametrize("text", ["", "ABC", "ABCDE-FGHJ", "é" * 10, "ABCDE FGHJK M"])
def test_what_has_no_ten_characters_is_named_so(text: str) -> None:
    with pytest.raises(Malformed, match="ten"):
        shortcode.read(text)
