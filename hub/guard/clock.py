"""Whether this machine's clock can be right: a hub that woke in another year takes nothing in.

What it would say then cannot be taken back: gates would take its time for theirs, entries of
today would be over their days and let go by gates and purge alike. So the newest word of a
kiosk bounds the clock, unless network time or a person vouches for it in this boot.
"""

from __future__ import annotations

import datetime as dt
import json
import time
from pathlib import Path

from django.conf import settings
from django.db.models import Max

from hub.errors import HubError
from hub.guard.doubts import DAY_MS, SLACK_MS, doubt, network_time
from hub.home import Home
from hub.intake.models import Entry, Kiosk

FILE = "clock.json"


class ClockDoubted(HubError):
    """This machine's clock cannot be right, and nobody vouches for it."""


class _Known:
    """The newest moment that this process has found sound; each process asks for itself."""

    at_ms: int | None = None


def check(now_ms: int) -> None:
    """Raise :class:`ClockDoubted` where ``now_ms`` cannot be the time."""
    known = _Known.at_ms
    if known is not None and known - SLACK_MS <= now_ms <= known + DAY_MS:
        _Known.at_ms = max(known, now_ms)
        return
    words = doubt(now_ms, newest_word())
    if words and not (network_time() or confirmed(settings.HOME, now_ms)):
        raise ClockDoubted(words)
    _Known.at_ms = now_ms


def newest_word() -> int | None:
    """Return when the newest word of a kiosk came, by this hub's clock then."""
    entry = Entry.objects.aggregate(last=Max("received_ms"))["last"]
    seen = Kiosk.objects.aggregate(last=Max("last_seen"))["last"]
    times = [entry, None if seen is None else int(seen.timestamp() * 1000)]
    return max((at for at in times if at is not None), default=None)


def confirm(home: Home, now_ms: int) -> None:
    """Note that a person vouches for the clock in this boot; what came "later" came by now."""
    draft = home.folder / f"{FILE}.new"
    draft.write_text(json.dumps({"boot": _boot(), "offset_ms": now_ms - _boot_ms()}), "ascii")
    draft.replace(home.folder / FILE)
    Entry.objects.filter(received_ms__gt=now_ms).update(received_ms=now_ms)
    now = dt.datetime.fromtimestamp(now_ms / 1000, dt.UTC)
    Kiosk.objects.filter(last_seen__gt=now).update(last_seen=now)
    _Known.at_ms = now_ms


def confirmed(home: Home, now_ms: int) -> bool:
    """Whether a person vouched for the clock in this boot, and it was not set since."""
    try:
        found = json.loads((home.folder / FILE).read_text(encoding="ascii"))
        offset = int(found["offset_ms"])
    except (OSError, ValueError, KeyError, TypeError):
        return False
    return found["boot"] == _boot() and abs(now_ms - _boot_ms() - offset) <= SLACK_MS


def _boot() -> str:
    return Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()


def _boot_ms() -> int:
    return time.clock_gettime_ns(time.CLOCK_BOOTTIME) // 1_000_000
