"""The steward's PIN."""

from __future__ import annotations

import pytest

from kiosk import pin


def test_the_right_pin_opens_and_a_wrong_one_does_not() -> None:
    lock = pin.lock("2468")
    assert pin.attempt(lock, "2468")[1]
    assert not pin.attempt(lock, "2469")[1]
    assert not pin.attempt(lock, "")[1]


def test_the_lock_does_not_hold_the_pin_and_two_locks_of_one_pin_differ() -> None:
    one, other = pin.lock("246810"), pin.lock("246810")
    assert one.hash != other.hash
    assert b"246810" not in one.hash + one.salt
    assert "246810" not in repr(one)


def test_wrong_tries_are_counted_until_the_right_one() -> None:
    lock = pin.lock("2468")
    for wrong in ("1111", "2222", "3333"):
        lock, opened = pin.attempt(lock, wrong)
        assert not opened
    assert lock.failures == 3
    assert pin.attempt(lock, "2468")[0].failures == 0


def test_delays_grow_from_nothing_to_an_hour() -> None:
    waits = [pin.wait_after(failures) for failures in range(14)]
    assert waits[:4] == [0, 0, 0, 30]
    assert waits == sorted(waits)
    assert waits[-1] == 3600


def test_a_year_of_guessing_finds_no_pin_of_six_figures() -> None:
    tries, seconds = 0, 0
    while seconds < 365 * 24 * 3600:
        tries += 1
        seconds += pin.wait_after(tries)
    assert tries < 10_000


@pytest.mark.parametrize("text", ["", "123", "123456789", "abcd", "0000", "١٢٣٤", "12 34"])
def test_what_is_no_pin_is_refused(text: str) -> None:
    assert not pin.is_pin(text)
    with pytest.raises(ValueError, match="figures"):
        pin.lock(text)
