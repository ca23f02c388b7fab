"""Times that nobody vouches for lie between what is known around them; all times in ms."""

from __future__ import annotations

import uuid

from hub.carry.between import Copy, Link, between
from wire.batch import Clocks

HOUR = 3_600_000
MADE = 1_000 * HOUR
"""When the kiosk was made."""
EVENING, NIGHT, MORNING = uuid.UUID(int=1), uuid.UUID(int=2), uuid.UUID(int=3)


def link(seq: int, boot: uuid.UUID, boot_ms: int, at: int | None = None, error: int = 0) -> Link:
    return Link(uuid.UUID(int=100 + seq), seq, boot, boot_ms, at, error)


def sent(at: int, boot: uuid.UUID, boot_ms: int) -> Copy:
    return Copy(Clocks(0, boot_ms, boot, "untrusted"), 0, at, sent=True)


def test_a_boot_without_a_clock_lies_between_the_last_known_entry_and_the_boot_that_sends_it() -> (
    None
):
    chain = [
        link(1, EVENING, 5 * HOUR, MADE + 10 * HOUR, 2_000),
        link(2, NIGHT, 0),
        link(3, NIGHT, 2 * HOUR),
    ]
    came = [sent(MADE + 17 * HOUR, MORNING, HOUR)]  # that boot began at 16
    found = between(chain, came, first_ms=MADE)
    # The night's boot began after 10 and ended, two hours long, before 16: at 12 ± 2 hours.
    assert [(at // HOUR * HOUR, round(error / HOUR)) for _, at, error in found] == [
        (MADE + 11 * HOUR, 2), (MADE + 13 * HOUR, 2),
    ]  # fmt: skip
    (first, second) = found
    assert second[1] - first[1] == 2 * HOUR
    assert first[1] - first[2] >= MADE + 10 * HOUR - 2_000
    assert second[1] + second[2] <= MADE + 16 * HOUR + 2


def test_what_the_hub_heard_of_the_boot_before_puts_it_later() -> None:
    chain = [link(1, EVENING, 0, MADE + 2 * HOUR), link(2, NIGHT, 0)]
    came = [sent(MADE + 16 * HOUR, MORNING, 0)]
    loosely = between(chain, came, first_ms=MADE)
    heard = between(chain, came, first_ms=MADE, heard={EVENING: MADE + 14 * HOUR})
    assert loosely == [(chain[1].pk, MADE + 9 * HOUR, 7 * HOUR)]
    assert heard == [(chain[1].pk, MADE + 15 * HOUR, HOUR)]


def test_what_lies_after_it_bounds_it_by_when_its_boot_began() -> None:
    chain = [link(1, NIGHT, HOUR), link(2, MORNING, 3 * HOUR, MADE + 9 * HOUR)]
    found = between(chain, [sent(MADE + 20 * HOUR, MORNING, 14 * HOUR)], first_ms=MADE)
    # The morning's boot began at 6; the night's entry was made after the kiosk and before that.
    assert found == [(chain[0].pk, MADE + 3 * HOUR, 3 * HOUR)]


def test_a_looser_time_is_stated_anew_and_a_known_one_never() -> None:
    chain = [link(1, NIGHT, 0, MADE + 5 * HOUR, 5 * HOUR), link(2, NIGHT, 4 * HOUR)]
    came = [sent(MADE + 10 * HOUR, MORNING, 0)]
    assert [pk for pk, _, _ in between(chain, came, first_ms=MADE)] == [chain[1].pk]
    chain[0].loose = True
    found = between(chain, came, first_ms=MADE)
    assert found == [
        (chain[0].pk, MADE + 3 * HOUR, 3 * HOUR),
        (chain[1].pk, MADE + 7 * HOUR, 3 * HOUR),
    ]


def test_without_a_word_of_when_it_was_here_nothing_is_stated() -> None:
    assert between([link(1, NIGHT, 0)], [], first_ms=MADE) == []
    assert between([], [sent(MADE, MORNING, 0)], first_ms=MADE) == []
