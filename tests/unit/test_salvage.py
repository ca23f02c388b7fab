"""What is said of a damaged outbox: how many entries are lost, and which."""

from __future__ import annotations

from pathlib import Path

import pytest

from kiosk.salvage import NAMED, Report


def report(*lost: tuple[int, int], rescued: int = 5) -> Report:
    return Report((), rescued, rescued, lost, Path("damaged"))


@pytest.mark.parametrize(
    ("said", "of"),
    [
        ("0", report()),
        ("1 (number 27)", report((27, 27))),
        ("4 (numbers 27, 46 to 48)", report((27, 27), (46, 48))),
        ("nobody knows how many", report(rescued=0)),
    ],
)
def test_the_lost_are_counted_and_named(said: str, of: Report) -> None:
    assert of.lost_in_words == said


def test_of_many_the_first_are_named() -> None:
    many = [(2 * number, 2 * number) for number in range(1, NAMED + 2)]
    assert report(*many).lost_in_words.endswith("18, 20, …)")
