"""Ranges of a chain and the judging of its links."""

from __future__ import annotations

import itertools
import uuid
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from hub.intake import chains
from hub.intake.chains import EVERYTHING, Link, check, held, merged, neighbours, within
from wire.entry import GENESIS

numbers = st.lists(st.integers(1, 60), max_size=40)


def link(seq: int, prev: bytes, side: int = 0) -> Link:
    return Link(uuid.uuid4(), seq, bytes([seq, side]) * 16, prev)


def chain(length: int) -> list[Link]:
    links = [link(1, GENESIS)]
    for seq in range(2, length + 1):
        links.append(link(seq, links[-1].hash))
    return links


@given(numbers, numbers)
def test_merged_ranges_hold_exactly_what_was_added(first: list[int], second: list[int]) -> None:
    ranges = merged(merged([], first), second)
    assert {n for n in range(62) if within(ranges, n)} == set(first) | set(second)


@given(numbers)
def test_ranges_ascend_and_never_touch(some: list[int]) -> None:
    ranges = merged([], some)
    assert all(a <= b for a, b in ranges)
    assert all(one[1] + 1 < two[0] for one, two in itertools.pairwise(ranges))


@given(numbers, st.lists(st.integers(1, 60), min_size=1, max_size=10))
def test_neighbours_are_present_and_next_to_what_is_new(old: list[int], new: list[int]) -> None:
    ranges = merged([], old)
    expected = {n for m in new for n in (m - 1, m, m + 1)} & set(old)
    assert set(neighbours(ranges, new)) == expected


def test_when_all_ranges_are_told_all_that_lies_above_is_not_held() -> None:
    told = held(uuid.uuid4(), [[1, 5], [9, 9]])
    assert told.gaps() == [(6, 8), (10, EVERYTHING)]


def test_beyond_a_thousand_ranges_nothing_is_said() -> None:
    ranges = [[2 * n, 2 * n] for n in range(1, chains.MAX_RANGES + 50)]
    told = held(uuid.uuid4(), ranges)
    assert len(told.ranges) == chains.MAX_RANGES
    assert told.complete_to == told.ranges[-1][1]


def test_a_sound_chain_has_no_findings_in_whatever_pieces_it_comes() -> None:
    links = chain(9)
    assert check(links, []) == []
    assert check(links[3:6], [links[2], links[6]]) == []
    assert check(list(reversed(links)), []) == []


def test_an_entry_that_does_not_name_the_one_before_is_found() -> None:
    links = chain(4)
    links[2] = replace(links[2], prev=b"x" * 32)
    assert [(f.kind, f.seq) for f in check(links, [])] == [("broken", 3)]


def test_a_first_entry_that_follows_nothing_known_is_found() -> None:
    alone = link(1, b"x" * 32)
    assert [f.kind for f in check([alone], [])] == ["broken"]
    assert check([replace(alone, follows_other=True)], []) == []


def test_a_copied_card_shows_where_the_copies_part() -> None:
    links = chain(5)
    other = [link(4, links[2].hash, side=1)]
    other.append(link(5, other[0].hash, side=1))
    findings = check(other, links[2:])
    assert [(f.kind, f.seq) for f in findings] == [("fork", 4), ("fork", 5)]


def test_a_late_entry_is_judged_by_the_one_after_it_too() -> None:
    links = chain(4)
    changed = replace(links[1], hash=b"y" * 32)
    findings = check([changed], [links[0], links[2]])
    assert [(f.kind, f.seq) for f in findings] == [("broken", 3)]
