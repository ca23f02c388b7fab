"""``kiosk status``: what lies here and how the kiosk is; only reads."""

from __future__ import annotations

import argparse
import json
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

from kiosk.clock import SystemClock, wall_time
from kiosk.commands.lines import moment, say
from kiosk.errors import KioskError, NotEnrolled, OutboxDamaged, OutboxNewer
from kiosk.files import free_bytes, is_owned, memory_folder
from kiosk.gate_facts import STATUS_FILE, days_left
from kiosk.identity import Identity
from kiosk.mishap import mishap
from kiosk.outbox_file import SQLITE
from kiosk.outbox_view import OutboxView
from kiosk.queue import FILE
from kiosk.timekeeping import Timekeeper
from wire.batch import STORED, Clocks

STALE_S = 10.0
"""A running kiosk renews its state each second; an older one is a dead kiosk's."""


def run(options: argparse.Namespace) -> int:
    """Print the status; exit 1 where there is nothing to tell it from, and say why."""
    data: Path = options.data
    facts: dict[str, Any] = {"state": "ready", "reason": None}
    try:
        if not (data / FILE).exists():
            Identity.load(data)  # says what is missing, if it is the place
        facts |= status(data)
    except KioskError as error:
        if not options.json:
            raise
        now = SystemClock().now()
        told = {"state": state_of(error, data), "reason": str(error)}
        say(facts | around(data, _live(data), now) | told)
        return 1
    try:
        Identity.load(data)
    except KioskError as error:  # what lies here can be told all the same
        facts |= {"state": state_of(error, data), "reason": str(error)}
    if options.json:
        say(facts)
        return 0
    lines = plain(facts)
    width = max(len(name) for name, _ in lines)
    for name, value in lines:
        print(f"{name:<{width}}  {value}")
    return 0


def state_of(error: KioskError, data: Path) -> str:
    """Return in a word why there is no status to tell, or none of a kiosk at work."""
    if isinstance(error, NotEnrolled):
        return "not-enrolled"
    if not (data / FILE).exists():
        return "gone"  # the next start says so, and begins anew
    if isinstance(error, OutboxDamaged):
        return "damaged"
    return "newer" if isinstance(error, OutboxNewer) else "disk"


def plain(facts: dict[str, Any]) -> list[tuple[str, str]]:
    """Return the status as lines for people: what, and how it is."""
    oldest, last = facts["oldest_waiting_s"], facts["last_receipt"]
    waiting = f"{facts['waiting']}"
    if oldest is not None:
        waiting += f", the oldest for {_age(oldest)}"
    return [
        ("kiosk", "running" if facts["running"] else "not running"),
        ("waiting for the hub", waiting),
        ("received by the hub", f"{facts['acked']} (kept here for a while)"),
        ("refused by the hub", str(facts["refused"])),
        ("last receipt", last or "none yet"),
        ("hub", HUB.get(facts["hub"], facts["hub"])),
        ("clock", CLOCK.get(facts["clock"], facts["clock"])),
        ("camera", facts["camera"]),
        ("disk", f"enough for {facts['disk_days_left']:.0f} busy days"),
        *_worries(facts),
        ("last entry", f"number {facts['head']}" if facts["head"] else "none yet"),
        ("list of signers", facts["trust_list"] or "none"),
        ("database", f"SQLite {facts['sqlite']}, journal {facts['journal']}"),
    ]


def _worries(facts: dict[str, Any]) -> list[tuple[str, str]]:
    lost = "nobody knows how many" if facts["lost"] is None else facts["lost"]
    befell = {"gone": "its file was gone", "damaged": "its file was damaged"}.get(facts["outbox"])
    found = [("outbox", f"{befell}; entries lost: {lost}. Tell the hub's office")] if befell else []
    if facts["hub_differs"]:
        told = f"differs from this kiosk's by {facts['hub_differs']}. Tell its office"
        found.append(("count at the hub", told))
    return found


HUB = {
    "ok": "all is well",
    "not running": "asked while the kiosk runs",
    "never": "not asked yet",
    "offline": "not reached; entries are safe here",
    "no-receipt": "something else answers in its place; entries are safe here",
    "not-recognised": "does not know this kiosk; entries are safe here",
    "held": "waits for its admin to accept this kiosk",
}
CLOCK = {
    "trusted": "right",
    "asserted": "confirmed by a guard",
    "untrusted": "not sure; passages keep their order",
}


def _age(seconds: float) -> str:
    for length, unit in ((86_400, "days"), (3_600, "hours"), (60, "minutes")):
        if seconds >= 2 * length:
            return f"{seconds / length:.0f} {unit}"
    return f"{seconds:.0f} seconds"


def status(data: Path) -> dict[str, Any]:
    """Return the status of the kiosk whose files live in ``data``."""
    clock = SystemClock()
    with suppress(KioskError):  # no folder in memory: nothing was learnt there
        Timekeeper(memory_folder(data), clock)  # gives it what the last run learnt in this boot
    now = clock.now()
    live = _live(data)
    with OutboxView(data / FILE) as outbox:
        outbox.hold({seq: (STORED, at_ms) for seq, at_ms in live.get("unwritten", ())})
        stock = outbox.stock()
        journal = outbox.journal()
        befell = mishap(outbox, now)
    oldest, last = stock.oldest_waiting_ms, stock.last_receipt_ms
    return around(data, live, now) | {
        "waiting": stock.waiting,
        "acked": stock.acked,
        "refused": stock.refused,
        "oldest_waiting_s": None if oldest is None else max(0.0, (now.wall_ms - oldest) / 1000),
        "last_receipt": moment(None if last is None else wall_time(last)),
        "journal": journal,
        "head": stock.head_seq,
        "outbox": befell.what if befell else "ok",
        "lost": befell.lost if befell else None,
    }


def around(data: Path, live: dict[str, Any], now: Clocks) -> dict[str, Any]:
    """Return the status without what only the outbox tells, which is null."""
    free = None
    with suppress(OSError):
        free = round(days_left(free_bytes(data)), 1)
    return {
        "waiting": None,
        "acked": None,
        "refused": None,
        "oldest_waiting_s": None,
        "last_receipt": None,
        "clock": live.get("clock", now.state),
        "camera": live.get("camera", "not running"),
        "hub": live.get("hub", "not running"),
        "hub_differs": live.get("hub_differs", 0),
        "disk_days_left": free,
        "sqlite": SQLITE,
        "journal": None,
        "head": None,
        "outbox": None,
        "lost": None,
        "trust_list": live.get("trust_list"),
        "running": bool(live),
    }


def _live(data: Path) -> dict[str, Any]:
    try:
        if not is_owned(data):
            return {}
        path = memory_folder(data) / STATUS_FILE
        if time.time() - path.stat().st_mtime > STALE_S:
            return {}
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, KioskError, ValueError):
        return {}  # no running kiosk has said anything
    return found if isinstance(found, dict) else {}
