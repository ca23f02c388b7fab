"""When it was, for entries whose clock nobody vouched for: between what is known. Pure.

Inside one boot durations are exact, so a boot is a block that moves as a whole; it began
after whatever the chain holds before it and ended before the boot of what it holds after it
began. A boot that the hub heard ended after that; what comes over the network was made before
the boot began that sends it, or is of that boot. What was copied to a stick was copied after
the newest hub time that the kiosk had heard by then, and before the stick was taken in. The
middle of what remains is stated, with half its width as error.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import groupby

from wire.batch import Clocks


@dataclass(frozen=True, slots=True)
class Copy:
    """When a copy was made: the kiosk's clocks then, between two times of the hub.

    ``heard_ms`` 0: nothing is known of how late it is. ``sent``: a batch that came over the
    network, whose boot is the newest.
    """

    clocks: Clocks
    heard_ms: int
    here_ms: int
    sent: bool = False

    @property
    def began_ms(self) -> int:
        """Before when its boot had begun."""
        return self.here_ms - self.clocks.boot_ms


@dataclass(slots=True)
class Link:
    """An entry as its time is looked for; ``at_ms`` None: not known yet. ``loose``: bounded."""

    pk: uuid.UUID
    seq: int
    boot_id: uuid.UUID
    boot_ms: int
    at_ms: int | None
    error_ms: int
    loose: bool = False


def between(
    links: list[Link],
    copies: list[Copy],
    *,
    first_ms: int,
    heard: Mapping[uuid.UUID, int] | None = None,
) -> list[tuple[uuid.UUID, int, int]]:
    """Return (entry, time, error) for what one chain holds without a time, or a looser one. Pure.

    ``first_ms`` is when the kiosk was made, ``heard`` when the hub last heard of a boot.
    """
    here_ms = max((copy.here_ms for copy in copies), default=None)
    if here_ms is None or not links:
        return []
    widest = abs(here_ms - first_ms)
    blocks = [list(some) for _, some in groupby(links, key=lambda link: link.boot_id)]
    last = blocks[-1][0].boot_id
    later = [c.began_ms for c in copies if c.sent and c.clocks.boot_id != last]
    # The time minus the boot clock, at least and at most, for each block of one boot: the time
    # at which that boot began.
    least, most = first_ms, min([here_ms, *later])
    lows, highs = [0] * len(blocks), [0] * len(blocks)
    for index, block in enumerate(blocks):
        begun = least if index else least - block[0].boot_ms  # it may have run before it was ours
        lows[index] = max([begun, *_measured(block, copies, low=True)])
        known = [link.at_ms - link.error_ms for link in block if link.at_ms is not None]
        least = max([least, lows[index] + block[-1].boot_ms, *known[-1:]])
        least = max(least, (heard or {}).get(block[0].boot_id, least))
    for index in range(len(blocks) - 1, -1, -1):
        block = blocks[index]
        highs[index] = min([most - block[-1].boot_ms, *_measured(block, copies, low=False)])
        known = [link.at_ms + link.error_ms for link in block if link.at_ms is not None]
        most = min([most, highs[index], *known[:1]])
    stated = []
    for block, low, high in zip(blocks, lows, highs, strict=True):
        middle, error = (low + high) // 2, min((abs(high - low) + 1) // 2, widest)
        # Clocks that contradict each other put nothing before the kiosk was made or after today.
        stated += [
            (one.pk, min(max(middle + one.boot_ms, first_ms), here_ms), error)
            for one in block
            if one.at_ms is None or (one.loose and error < one.error_ms)
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
