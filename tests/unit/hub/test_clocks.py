"""When it was, and how far that can be believed."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from hub.intake.clocks import ASSERTED_MS, DELAY_MS, TRUSTED_MS, Sample, Stated, better, stated

NOW = 1_900_000_000_000
HOUR = 3_600_000


def time_of(**changes: Any) -> Stated:
    facts: dict[str, Any] = {
        "wall_ms": NOW,
        "boot_ms": HOUR,
        "state": "untrusted",
        "own_error_ms": None,
        "sample": None,
    }
    return stated(**facts | changes)


def test_a_trusted_clock_is_believed() -> None:
    assert time_of(state="trusted") == Stated(NOW, TRUSTED_MS, "kiosk")


def test_an_untrusted_clock_says_nothing_until_its_boot_was_measured() -> None:
    assert time_of(wall_ms=0) == Stated(None, None, "none")
    known = time_of(wall_ms=0, sample=Sample(NOW - 2 * HOUR, 2 * HOUR))
    assert (known.at_ms, known.basis) == (NOW - HOUR, "hub")
    assert known.error_ms == DELAY_MS + HOUR // 10_000


def test_an_asserted_clock_is_good_for_ten_minutes_until_measured() -> None:
    assert time_of(state="asserted") == Stated(NOW, ASSERTED_MS, "guard")
    measured = time_of(state="asserted", sample=Sample(NOW, HOUR))
    assert measured.basis == "hub"


def test_a_clock_that_is_trusted_and_wrong_is_corrected_and_marked() -> None:
    time = time_of(state="trusted", wall_ms=NOW + HOUR, sample=Sample(NOW - HOUR, HOUR))
    assert (time.at_ms, time.basis, time.suspect) == (NOW, "hub", True)


def test_a_time_that_a_person_wrote_down_stays_with_its_error() -> None:
    time = time_of(own_error_ms=900_000, state="trusted", sample=Sample(NOW, 0))
    assert time == Stated(NOW, 900_000, "guard")


@given(st.lists(st.integers(0, 60_000), min_size=1, max_size=20))
def test_the_least_late_message_of_a_boot_counts(delays: list[int]) -> None:
    true_offset, best = NOW, None
    for number, delay in enumerate(delays):
        best = better(best, Sample(true_offset + delay, number * 1000))
    assert best is not None
    assert best.offset_ms <= true_offset + min(delays) + 2


@given(st.integers(0, 10 * 24 * HOUR), st.integers(0, 10 * 24 * HOUR), st.integers(0, DELAY_MS))
def test_the_true_time_lies_within_the_error(made: int, sent: int, delay: int) -> None:
    drift = 1 + 90e-6  # a clock that runs slow by 90 parts in a million
    sample = Sample(NOW + round(sent * drift) + delay - sent, sent)
    time = time_of(boot_ms=made, sample=sample)
    assert time.at_ms is not None
    assert time.error_ms is not None
    assert abs(time.at_ms - (NOW + made * drift)) <= time.error_ms + 1
