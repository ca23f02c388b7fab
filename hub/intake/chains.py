"""Sequences: which numbers of a chain are here, and whether its links fit. Pure.

Nothing here ever decides whether an entry is stored.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from wire.batch import Held
from wire.entry import GENESIS

Ranges = list[list[int]]
MAX_RANGES = 1000
EVERYTHING = 2**53 - 1
"""``complete_to`` when all ranges are told: whatever lies above them is not here."""


@dataclass(frozen=True, slots=True)
class Link:
    """What the chain check needs of an entry. ``starts``: the first of a chain after another."""

    id: uuid.UUID
    seq: int
    hash: bytes
    prev: bytes
    follows_other: bool = False


@dataclass(frozen=True, slots=True)
class Finding:
    """A link that does not fit: ``fork`` (two entries at one seq) or ``broken``."""

    kind: str
    seq: int
    entry: uuid.UUID


def merged(ranges: Sequence[Sequence[int]], numbers: Iterable[int]) -> Ranges:
    """Return ``ranges`` with ``numbers`` added: inclusive, ascending, none touching."""
    result: Ranges = []
    for first, last in sorted(
        [(pair[0], pair[1]) for pair in ranges] + [(number, number) for number in numbers]
    ):
        if result and first <= result[-1][1] + 1:
            result[-1][1] = max(result[-1][1], last)
        else:
            result.append([first, last])
    return result


def within(ranges: Sequence[Sequence[int]], number: int) -> bool:
    """Whether ``number`` lies in one of ``ranges``."""
    return any(pair[0] <= number <= pair[1] for pair in ranges)


def held(chain: uuid.UUID, ranges: Sequence[Sequence[int]]) -> Held:
    """Say what is here of ``chain``, at most :data:`MAX_RANGES` ranges."""
    told = tuple((pair[0], pair[1]) for pair in ranges[:MAX_RANGES])
    return Held(chain, told, told[-1][1] if len(ranges) > MAX_RANGES else EVERYTHING)


def neighbours(ranges: Sequence[Sequence[int]], numbers: Iterable[int]) -> list[int]:
    """Return which numbers already here must be looked at to judge the links of new ones."""
    wanted = {near for n in numbers for near in (n - 1, n, n + 1)}
    return sorted(number for number in wanted if within(ranges, number))


def check(new: Sequence[Link], present: Sequence[Link]) -> list[Finding]:
    """Judge the links that ``new`` entries made, ``present`` being their neighbours."""
    at: dict[int, list[Link]] = {}
    for link in (*present, *new):
        at.setdefault(link.seq, []).append(link)
    findings = []
    judged = set()
    for link in new:
        if any(other.id != link.id for other in at[link.seq]):
            findings.append(Finding("fork", link.seq, link.id))
        for later in (link, *at.get(link.seq + 1, ())):
            if later.id in judged:
                continue
            before = at.get(later.seq - 1)
            if later.seq == 1:
                sound = later.follows_other or later.prev == GENESIS
            else:
                sound = before is None or any(one.hash == later.prev for one in before)
            judged.add(later.id)
            if not sound:
                findings.append(Finding("broken", later.seq, later.id))
    return findings
