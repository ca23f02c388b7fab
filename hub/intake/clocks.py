"""When it was: an entry's time from its kiosk's clocks and the hub's own. Pure.

Each exchange shows the kiosk's boot clock beside the hub's time; a message arrives late but
never early, so the smallest difference of a boot is the best. What is stated is a time and
an error in milliseconds, never a time alone.
"""

from __future__ import annotations

from dataclasses import dataclass

DELAY_MS = 5_000
"""How late a message may have been at the best of a boot's exchanges."""

TRUSTED_MS = 2_000
"""How wrong a clock may be that network time keeps."""

ASSERTED_MS = 10 * 60 * 1000
"""A guard's reading of a wall clock (docs/protocol.md, "Time")."""

DRIFT = 100e-6
"""A boot clock's drift: 100 parts in a million."""

LAST_MS = 253_370_764_800_000
"""The first moment of the year 9999: no clock of ours shows it."""

LONGEST_BOOT_MS = 2**42
"""139 years: no boot of ours lasts that long, and sums with it stay dates."""


@dataclass(frozen=True, slots=True)
class Sample:
    """The hub's time minus the boot clock, as seen when the boot clock showed ``at_ms``."""

    offset_ms: int
    at_ms: int


@dataclass(frozen=True, slots=True)
class Stated:
    """A time and its error; ``basis``: hub, kiosk, guard or none."""

    at_ms: int | None
    error_ms: int | None
    basis: str
    suspect: bool = False


def better(old: Sample | None, new: Sample) -> Sample:
    """Return the sample that was less late, drift since then allowed for."""
    if old is None:
        return new
    drift = DRIFT * abs(new.at_ms - old.at_ms)
    return new if new.offset_ms <= old.offset_ms - drift else old


def stated(
    *, wall_ms: int, boot_ms: int, state: str, own_error_ms: int | None, sample: Sample | None
) -> Stated:
    """Return the time to believe for one entry.

    A trusted clock is believed unless the hub's own measure contradicts it; then, and for
    clocks nobody vouches for, the hub's measure counts. ``own_error_ms`` is the header's.
    """
    measured = None
    if sample is not None:
        error = DELAY_MS + round(DRIFT * abs(boot_ms - sample.at_ms))
        measured = Stated(sample.offset_ms + boot_ms, error, "hub")
    if own_error_ms is not None:
        return Stated(wall_ms, max(own_error_ms, 0), "guard")
    if state == "trusted":
        if measured is not None and measured.at_ms is not None:
            apart = abs(measured.at_ms - wall_ms)
            if apart > (measured.error_ms or 0) + TRUSTED_MS:
                return Stated(measured.at_ms, measured.error_ms, "hub", suspect=True)
        return Stated(wall_ms, TRUSTED_MS, "kiosk")
    if measured is not None:
        return measured
    if state == "asserted":
        return Stated(wall_ms, ASSERTED_MS, "guard")
    return Stated(None, None, "none")
