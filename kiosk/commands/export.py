"""``kiosk export``: copy what waits to a stick; nothing is done before the hub's answer."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import kiosk
from kiosk.carry import Carrier
from kiosk.clock import SystemClock
from kiosk.commands.lines import say
from kiosk.identity import Identity
from kiosk.membership import Membership
from kiosk.mishap import mishap
from kiosk.outbox_view import OutboxView
from kiosk.queue import FILE
from kiosk.stick import Stick
from wire.bundle import FOLDER


def run(options: argparse.Namespace) -> int:
    """Copy, and say what was copied; 1 when the stick had no room for all.

    It only reads here, so the kiosk may go on running.
    """
    clock = SystemClock()
    membership = Membership(options.data, Identity.load(options.data), clock)
    with OutboxView(options.data / FILE) as outbox, Stick(options.dir, write=True) as stick:
        carrier = Carrier(outbox, membership, clock, report=lambda: report(outbox))
        copied = carrier.copy(stick, quarantined=options.quarantined)
    if options.json:
        say(
            {
                "bundle": str(copied.bundle),
                "entries": copied.entries,
                "parts": copied.parts,
                "bytes": copied.size,
                "left_out": copied.left_out,
                "of_refused": copied.of_refused,
                "folder": str(options.dir / FOLDER),
            }
        )
    else:
        _tell(copied.entries, copied.parts, copied.left_out, options.dir)
    return 1 if copied.left_out else 0


def report(outbox: OutboxView) -> tuple[Mapping[str, int], Mapping[str, Any]]:
    """Return what a carried pulse tells where no gate is running: how much lies here."""
    stock, befell = outbox.stock(), mishap(outbox, SystemClock().now())
    facts: dict[str, Any] = {
        "version": kiosk.__version__,
        "waiting": stock.waiting,
        "refused": stock.refused,
        "outbox": befell.what if befell else "ok",
    }
    if befell and befell.lost is not None:
        facts["lost"] = befell.lost
    return {}, facts


def _tell(entries: int, parts: int, left_out: int, stick: Path) -> None:
    print(f"{entries} entries copied to {stick / FOLDER} in {parts} parts; it can be removed.")
    if left_out:
        print(f"The stick is full: {left_out} entries found no room. They are safe here.")
    print("They stay here until the hub's answer comes back on it (kiosk accept).")
