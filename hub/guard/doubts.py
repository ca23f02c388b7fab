"""What speaks for and against this machine's clock. Pure, but for asking the system."""

from __future__ import annotations

import ctypes
import datetime as dt
from pathlib import Path

SLACK_MS = 10 * 60 * 1000
DAY_MS = 24 * 3600 * 1000
LEAP_MS = 400 * DAY_MS
"""A hub that heard of no gate for longer may have woken in another year. Not sooner: where gates
are gone for good, what they sent must still go when its days are over."""

VIETNAM = dt.timezone(dt.timedelta(hours=7))
_TIME_ERROR = 5  # adjtimex(2): the clock is not synchronised


def doubt(now_ms: int, last_ms: int | None) -> str:
    """Return what speaks against ``now_ms``, in a sentence, given the newest word of a kiosk."""
    if last_ms is None or last_ms - SLACK_MS <= now_ms <= last_ms + LEAP_MS:
        return ""
    side = "before" if now_ms < last_ms else "long after"
    return (
        f"This machine's clock shows {_shown(now_ms)}, {side} the newest word of a kiosk "
        f"({_shown(last_ms)}): set it right, or say that it is right with hub clock confirm. "
        "Until then nothing is taken in and nothing is purged; gates keep what they have."
    )


def network_time() -> bool:
    """Whether network time keeps this machine's clock."""
    if Path("/run/systemd/timesync/synchronized").exists():
        return True
    # struct timex is 208 bytes on 64-bit Linux; all zero, it only asks.
    return ctypes.CDLL(None).adjtimex(ctypes.create_string_buffer(512)) not in (-1, _TIME_ERROR)


def _shown(at_ms: int) -> str:
    moment = dt.datetime(1970, 1, 1, tzinfo=dt.UTC) + dt.timedelta(milliseconds=at_ms)
    return f"{moment.astimezone(VIETNAM):%d/%m/%Y %H:%M}"
