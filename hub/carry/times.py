"""When it was, for entries whose clock nobody vouched for: between what is known around them.

Inside one boot durations are exact, so a boot is a block that moves as a whole; it lies
after whatever the chain holds before it and before what it holds after it. What was copied
to a stick was copied after the newest hub time that the kiosk had heard by then, and before
the stick was taken in. The middle of what remains is stated, with half its width as error.
"""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass
from itertools import groupby

from hub.intake import days
from hub.intake.models import Entry, Kiosk
from hub.intake.transactions import durable
from hub.retention.purge import first_day_kept
from wire.batch import Clocks

VIETNAM = dt.timezone(dt.timedelta(hours=7))
BASIS = "between"
LONGEST_SEARCH = 200_000


@dataclass(frozen=True, slots=True)
class Copy:
    """When a copy was made: the kiosk's clocks then, between two times of the hub."""

    clocks: Clocks
    heard_ms: int
    here_ms: int


@dataclass(slots=True)
class Link:
    """An entry as its time is looked for; ``at_ms`` None: not known yet."""

    pk: uuid.UUID
    seq: int
    boot_id: uuid.UUID
    boot_ms: int
    at_ms: int | None
    error_ms: int


def bound(kiosk: Kiosk, copies: list[Copy]) -> int:
    """State times for a kiosk's entries that have none; returns how many it stated."""
    open_rows = Entry.objects.filter(kiosk=kiosk, at_ms=None)
    stated: list[tuple[uuid.UUID, int, int]] = []
    for chain in open_rows.order_by().values_list("chain", flat=True).distinct():
        rows = Entry.objects.filter(kiosk=kiosk, chain=chain).exclude(type="paper")
        found = rows.order_by("seq").values_list(
            "pk", "seq", "boot_id", "boot_ms", "at_ms", "error_ms"
        )[:LONGEST_SEARCH]
        links = [Link(pk, s, b, ms, at, e or 0) for pk, s, b, ms, at, e in found]
        stated += between(links, copies, first_ms=int(kiosk.created.timestamp() * 1000))
    oldest = first_day_kept(dt.datetime.now(dt.UTC))
    moved = [
        Entry(
            pk=pk, at_ms=at, error_ms=error, basis_of_time=BASIS, day=max(_day(at), oldest)
        )
        for pk, at, error in stated
    ]  # fmt: skip
    with durable():
        days.ready({one.day for one in moved})
        Entry.objects.bulk_update(
            moved,
            ["at_ms", "error_ms", "basis_of_time", "day"],
            batch_size=500,
        )
    return len(stated)


def between(
    links: list[Link], copies: list[Copy], *, first_ms: int
) -> list[tuple[uuid.UUID, int, int]]:
    """Return (entry, time, error) for the entries of one chain that have no time. Pure."""
    here_ms = max((copy.here_ms for copy in copies), default=None)
    if here_ms is None:
        return []
    widest = abs(here_ms - first_ms)
    blocks = [list(some) for _, some in groupby(links, key=lambda link: link.boot_id)]
    # The time minus the boot clock, at least and at most, for each block of one boot.
    least, most = first_ms, here_ms
    lows, highs = [0] * len(blocks), [0] * len(blocks)
    for index, block in enumerate(blocks):
        lows[index] = max([least - block[0].boot_ms, *_measured(block, copies, low=True)])
        known = [link.at_ms - link.error_ms for link in block if link.at_ms is not None]
        least = max([least, lows[index] + block[-1].boot_ms, *known[-1:]])
    for index in range(len(blocks) - 1, -1, -1):
        block = blocks[index]
        highs[index] = min([most - block[-1].boot_ms, *_measured(block, copies, low=False)])
        known = [link.at_ms + link.error_ms for link in block if link.at_ms is not None]
        most = min([most, highs[index] + block[0].boot_ms, *known[:1]])
    stated = []
    for block, low, high in zip(blocks, lows, highs, strict=True):
        middle, error = (low + high) // 2, (abs(high - low) + 1) // 2
        # Clocks that contradict each other put nothing before the kiosk was made or after today.
        stated += [
            (one.pk, min(max(middle + one.boot_ms, first_ms), here_ms), min(error, widest))
            for one in block
            if one.at_ms is None
        ]
    return stated


def _measured(block: list[Link], copies: list[Copy], *, low: bool) -> list[int]:
    """What copies made in this boot, and its own entries with a time, say of its offset."""
    mine = [copy for copy in copies if copy.clocks.boot_id == block[0].boot_id]
    known = [link for link in block if link.at_ms is not None]
    if low:
        return [
            *(copy.heard_ms - copy.clocks.boot_ms for copy in mine if copy.heard_ms),
            *((link.at_ms or 0) - link.error_ms - link.boot_ms for link in known),
        ]
    return [
        *(copy.here_ms - copy.clocks.boot_ms for copy in mine),
        *((link.at_ms or 0) + link.error_ms - link.boot_ms for link in known),
    ]


def _day(at_ms: int) -> dt.date:
    return dt.datetime.fromtimestamp(at_ms / 1000, VIETNAM).date()
