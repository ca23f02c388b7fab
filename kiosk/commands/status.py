"""``kiosk status``: what lies here and how the kiosk is; only reads."""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path
from typing import Any

from kiosk.clock import SystemClock, wall_time
from kiosk.commands.lines import moment, say
from kiosk.errors import KioskError
from kiosk.files import free_bytes, is_owned, memory_folder
from kiosk.gate_facts import STATUS_FILE, days_left
from kiosk.outbox_file import SQLITE
from kiosk.outbox_view import OutboxView
from kiosk.queue import FILE

STALE_S = 10.0
"""A running kiosk renews its state each second; an older one is a dead kiosk's."""


def run(options: argparse.Namespace) -> int:
    """Print the status; exit 1 when there is nothing to tell it from."""
    facts = status(options.data)
    if options.json:
        say(facts)
        return 0
    width = max(len(name) for name in facts)
    for name, value in facts.items():
        print(f"{name:<{width}}  {'-' if value is None else value}")
    return 0


def status(data: Path) -> dict[str, Any]:
    """Return the status of the kiosk whose files live in ``data``."""
    now = SystemClock().now()
    live = _live(data)
    with OutboxView(data / FILE) as outbox:
        stock = outbox.stock()
        journal = outbox.journal()
    oldest, last = stock.oldest_waiting_ms, stock.last_receipt_ms
    return {
        "waiting": stock.waiting,
        "acked": stock.acked,
        "refused": stock.refused,
        "oldest_waiting_s": None if oldest is None else max(0.0, (now.wall_ms - oldest) / 1000),
        "last_receipt": moment(None if last is None else wall_time(last)),
        "clock": live.get("clock", now.state),
        "camera": live.get("camera", "not running"),
        "hub": live.get("hub", "not running"),
        "disk_days_left": round(days_left(free_bytes(data)), 1),
        "sqlite": SQLITE,
        "journal": journal,
        "head": stock.head_seq,
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
