"""A hand scanner's keys told from a person's, by their timing and their ends."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.wedge import Heard, Keystrokes
from kiosk.wedge.keystrokes import letter_of

CODE = "054199012345|NGUYEN THI VI DU|1999-02-01|0|162979388586171101|"


def type_(keys: Keystrokes, text: str, *, at: float = 0.0, gap: float = 0.01) -> tuple[str, float]:
    """Type letters; return what came out as a person's, and the time after."""
    typed = ""
    for letter in text:
        typed += keys.add(letter, at).typed
        at += gap
    return typed, at - gap


@pytest.mark.parametrize("gap", [0.0, 0.001, 0.01, 0.03, 0.055])
def test_letters_in_quick_succession_and_enter_are_a_scan(gap: float) -> None:
    keys = Keystrokes()
    typed, at = type_(keys, CODE, gap=gap)
    assert typed == ""
    assert keys.enter(at + gap) == Heard(scan=CODE)


@pytest.mark.parametrize("gap", [0.08, 0.2, 1.0])
def test_a_persons_letters_come_out_as_typed(gap: float) -> None:
    keys = Keystrokes()
    typed, at = type_(keys, "054199012345", gap=gap)
    heard = keys.enter(at + gap)
    assert typed + heard.typed == "054199012345"
    assert heard.enter
    assert heard.scan == ""


def test_a_scan_without_an_end_ends_by_itself() -> None:
    keys = Keystrokes()
    _, at = type_(keys, CODE)
    assert keys.idle(at + 0.05) == Heard()
    assert keys.idle(at + 0.07) == Heard(scan=CODE)
    assert keys.idle(at + 0.2) == Heard()


def test_two_keys_struck_at_once_are_no_scan() -> None:
    keys = Keystrokes()
    _, at = type_(keys, "ab", gap=0.005)
    assert keys.enter(at + 0.005) == Heard(typed="ab", enter=True)


def test_a_doubled_end_is_no_enter_of_a_person() -> None:
    keys = Keystrokes()
    _, at = type_(keys, CODE)
    assert keys.enter(at).scan == CODE
    assert keys.enter(at + 0.01) == Heard()
    assert keys.enter(at + 5) == Heard(enter=True)


def test_a_scan_right_after_a_person_typed_is_told_apart() -> None:
    keys = Keystrokes()
    typed, at = type_(keys, "ab", gap=0.3)
    more, at = type_(keys, CODE, at=at + 0.3)
    assert typed + more == "ab"
    assert keys.enter(at).scan == CODE


def test_letters_given_by_their_number_are_letters() -> None:
    keys = Keystrokes()
    at = 0.0
    for part in ("054199012345||Nguy", "7877", "n Th", "7883", " V", "0237", " D", "7909", "|"):
        if part.isdigit():
            for digit in part:
                keys.alt_digit(digit, at)
                at += 0.005
            keys.alt_up(at)
        else:
            _, at = type_(keys, part, at=at, gap=0.005)
        at += 0.005
    assert keys.enter(at).scan == "054199012345||Nguyễn Thị Ví Dụ|"


@pytest.mark.parametrize(
    ("number", "letter"),
    [("7877", "ễ"), ("0237", "í"), ("161", "í"), ("272", "Đ"), ("0272", "Đ"), ("065", "A"),
     ("", ""), ("7", ""), ("55296", ""), ("9999999", ""), ("x", ""), ("²", "")],
)  # fmt: skip
def test_a_letters_number_is_unicode_or_an_old_pages(number: str, letter: str) -> None:
    assert letter_of(number) == letter


@given(st.lists(st.tuples(st.sampled_from("ab|\n"), st.floats(0, 0.2)), max_size=200))
def test_no_letter_is_ever_lost_or_doubled(strokes) -> None:
    keys, at, out = Keystrokes(), 0.0, ""
    sent = ""
    for letter, pause in strokes:
        at += pause
        heard = keys.enter(at) if letter == "\n" else keys.add(letter, at)
        sent += "" if letter == "\n" else letter
        out += heard.typed + heard.scan
    heard = keys.idle(at + 1)
    assert out + heard.typed + heard.scan == sent


def test_what_was_heard_is_shown_nowhere() -> None:
    keys = Keystrokes()
    _, at = type_(keys, CODE)
    assert "0541" not in repr(keys)
    assert "0541" not in repr(keys.enter(at))
