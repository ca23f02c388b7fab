"""``hub clock``: whether this machine's clock can be right, and a person's word that it is."""

from __future__ import annotations

import argparse

from hub import database
from hub.commands.output import actor, print_json
from hub.guard import clock
from hub.guard.doubts import doubt, network_time
from hub.home import Home
from hub.intake.audit import record
from hub.intake.transactions import durable, now_ms


def show(args: argparse.Namespace, home: Home) -> int:
    """Say what speaks for and against the clock; 1 where it is in doubt."""
    database.ready(home)
    now = now_ms()
    words = doubt(now, clock.newest_word())
    by = "network" if network_time() else "person" if clock.confirmed(home, now) else "nobody"
    doubted = bool(words) and by == "nobody"
    if args.json:
        print_json({"doubted": doubted, "vouched_by": by, "why": words or None})
    else:
        print(words if doubted else f"Nothing speaks against the clock (vouched for by {by}).")
    return 1 if doubted else 0


def confirm(args: argparse.Namespace, home: Home) -> int:
    """Vouch for the clock until the next start of the machine."""
    database.ready(home)
    with durable():
        clock.confirm(home, now_ms())
        record("clock-confirm", actor=actor())
    if args.json:
        print_json({"confirmed": True})
    else:
        print("The clock counts as right until this machine starts again or the clock is set.")
    return 0
