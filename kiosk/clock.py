"""Time, stated with its quality: wall time, time since boot, the boot's id, and trust.

Order comes from sequence numbers and durations from the boot clock; the wall clock is only
ever a claim. The kiosk keeps its own offset and never sets the system's clock. Both clocks
here are used by the product: :class:`SystemClock` at the gate, :class:`SetClock` wherever
time must be told what to be (tests, simulations).
"""

from __future__ import annotations

import ctypes
import datetime as dt
import threading
import time
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from kiosk.model import ClockState
from wire.batch import Clocks

ASSERTED_ERROR_MS = 10 * 60 * 1000
"""What a guard's reading of a wall clock is good for: ±10 minutes."""


def wall_time(wall_ms: int) -> dt.datetime:
    """Return ``wall_ms`` (since 1970, UTC) as an aware datetime."""
    return dt.datetime(1970, 1, 1, tzinfo=dt.UTC) + dt.timedelta(milliseconds=wall_ms)


def wall_ms_of(moment: dt.datetime) -> int:
    """Return an aware datetime as milliseconds since 1970, UTC."""
    return int((moment - dt.datetime(1970, 1, 1, tzinfo=dt.UTC)) / dt.timedelta(milliseconds=1))


class Clock(Protocol):
    """What the kiosk asks of time."""

    def now(self) -> Clocks:
        """All clocks at one moment."""

    def learn(self, wall_ms: int, *, at_boot_ms: int, state: ClockState) -> None:
        """Believe that it was ``wall_ms`` when the boot clock showed ``at_boot_ms``."""

    def raise_floor(self, wall_ms: int, *, sure: bool = False) -> None:
        """Never again state a time below ``wall_ms`` (the last commit's).

        ``sure``: a trusted clock showed it, or the hub signed it; a guard's reading must keep to
        that, and not to what a clock that nobody vouched for once showed.
        """


def network_time() -> bool:
    """Whether the system's clock is disciplined by network time (adjtimex, no unsync)."""
    if Path("/run/systemd/timesync/synchronized").exists():
        return True
    libc = ctypes.CDLL(None, use_errno=True)
    if not hasattr(libc, "adjtimex"):
        return False
    # struct timex is 208 bytes on 64-bit Linux; modes = 0 only reads. TIME_ERROR is 5.
    buffer = ctypes.create_string_buffer(512)
    return int(libc.adjtimex(buffer)) not in (-1, 5)


def boot_id() -> uuid.UUID:
    """Return this boot's id; where the system has none, one for this process."""
    try:
        return uuid.UUID(Path("/proc/sys/kernel/random/boot_id").read_text().strip())
    except (OSError, ValueError):
        return _PROCESS_BOOT


_PROCESS_BOOT = uuid.uuid4()


def boot_ms() -> int:
    """Milliseconds since boot, suspend included."""
    source = getattr(time, "CLOCK_BOOTTIME", None)
    if source is None:
        return time.monotonic_ns() // 1_000_000
    return time.clock_gettime_ns(source) // 1_000_000


class Floor:
    """What the clock never goes below; 0 before the first."""

    def __init__(self) -> None:
        self._sure_ms = self._latest_ms = 0

    def raise_to(self, wall_ms: int, *, sure: bool) -> None:
        """Take a time that was stated (``sure``: and that somebody vouched for)."""
        self._latest_ms = max(self._latest_ms, wall_ms)
        if sure:
            self._sure_ms = max(self._sure_ms, wall_ms)

    def lift(self, wall_ms: int, state: ClockState) -> int:
        """Lift ``wall_ms`` to the floor, unless a better clock shows that the floor is wrong.

        A commit made under a clock of 2038 must not hold a trusted clock there, nor what a
        guard reads from a watch; either, set back by seconds, still never goes below what was
        committed.
        """
        if state is ClockState.UNTRUSTED:
            return max(wall_ms, self._latest_ms)
        if state is ClockState.ASSERTED:
            wall_ms = max(wall_ms, self._sure_ms)
        if self._latest_ms - wall_ms > ASSERTED_ERROR_MS:
            return wall_ms
        return max(wall_ms, self._latest_ms)


class SystemClock:
    """The machine's clocks and what was learnt about them since boot."""

    def __init__(self, *, synchronised: Callable[[], bool] = network_time) -> None:
        self._synchronised = synchronised
        self._lock = threading.Lock()
        self._boot_id = boot_id()
        self._base: tuple[int, ClockState] | None = None  # wall_ms - boot_ms, and its worth
        self._floor = Floor()

    def now(self) -> Clocks:
        """All clocks at one moment."""
        boot = boot_ms()
        with self._lock:
            base = self._base
        if base is not None and base[1] is ClockState.TRUSTED:
            wall, state = boot + base[0], ClockState.TRUSTED
        elif self._synchronised():
            wall, state = time.time_ns() // 1_000_000, ClockState.TRUSTED
        elif base is not None:
            wall, state = boot + base[0], base[1]
        else:
            wall, state = time.time_ns() // 1_000_000, ClockState.UNTRUSTED
        with self._lock:
            wall = self._floor.lift(wall, state)
        return Clocks(wall, boot, self._boot_id, state.value)

    def learn(self, wall_ms: int, *, at_boot_ms: int, state: ClockState) -> None:
        """Believe a time; what is asserted never overrides what is trusted."""
        with self._lock:
            if (
                self._base is not None
                and self._base[1] is ClockState.TRUSTED
                and state is not ClockState.TRUSTED
            ):
                return
            self._base = (wall_ms - at_boot_ms, state)

    @property
    def learnt(self) -> tuple[int, ClockState] | None:
        """What was learnt in this boot: wall time minus time since boot, and its worth."""
        with self._lock:
            return self._base

    def raise_floor(self, wall_ms: int, *, sure: bool = False) -> None:
        """Never again state a time below ``wall_ms``."""
        with self._lock:
            self._floor.raise_to(wall_ms, sure=sure)


class SetClock:
    """A clock that shows what it was told; moves only by :meth:`advance`."""

    def __init__(
        self,
        wall_ms: int = 1_780_000_000_000,
        *,
        boot: int = 60_000,
        state: ClockState = ClockState.TRUSTED,
    ) -> None:
        self.wall_ms = wall_ms
        self.boot = boot
        self.boot_id = uuid.UUID(int=1)
        self.state = state
        self._floor = Floor()

    def now(self) -> Clocks:
        """All clocks at one moment."""
        wall = self._floor.lift(self.wall_ms, self.state)
        return Clocks(wall, self.boot, self.boot_id, self.state.value)

    def learn(self, wall_ms: int, *, at_boot_ms: int, state: ClockState) -> None:
        """Believe a time."""
        if self.state is ClockState.TRUSTED and state is not ClockState.TRUSTED:
            return
        self.wall_ms = wall_ms + (self.boot - at_boot_ms)
        self.state = state

    def raise_floor(self, wall_ms: int, *, sure: bool = False) -> None:
        """Never again state a time below ``wall_ms``."""
        self._floor.raise_to(wall_ms, sure=sure)

    def advance(self, seconds: float) -> None:
        """Let time pass."""
        self.wall_ms += round(seconds * 1000)
        self.boot += round(seconds * 1000)

    def reboot(self, *, wall_ms: int, state: ClockState = ClockState.UNTRUSTED) -> None:
        """Start a new boot whose clock shows ``wall_ms``."""
        self.boot_id = uuid.UUID(int=self.boot_id.int + 1)
        self.boot = 5_000
        self.wall_ms = wall_ms
        self.state = state
