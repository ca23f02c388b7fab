"""``hub export``: entries as files for another system, with what they lack."""

from __future__ import annotations

import argparse
import datetime as dt

from hub import database
from hub.commands.accounts import asked_role
from hub.commands.output import print_json, print_table
from hub.desk import rights
from hub.errors import BadUsage
from hub.exchange.export import VIETNAM, Wanted, export
from hub.home import Home


def run(args: argparse.Namespace, home: Home) -> int:
    """Write the next part; exit code 0 also while more is left (the sheet says so)."""
    database.ready(home)
    role = asked_role(args)
    places = rights.scope(role)
    today = dt.datetime.now(VIETNAM).date()
    wanted = Wanted(
        since=_day(args.since, today - dt.timedelta(days=30)),
        until=_day(args.until, today),
        places=None if places is None else tuple(places),
        format=args.format,
        reveal=args.reveal,
    )
    who = str(role.account.get_username())
    if args.settle < 0:
        raise BadUsage("--settle takes seconds, from 0 up.")
    settled = int(args.settle * 1000)
    made = export(
        args.folder, wanted, limit=args.limit, settled_ms=settled, actor=who, reason=args.reason
    )
    if args.json:
        print_json(made)
        return 0
    print(f"Part {made['part']}: {made['entries']} entries in {made['file']}, {made['left']} left.")
    print_table(
        ("DAY", "EXPORTED", "HELD"), ((d["day"], d["exported"], d["held"]) for d in made["days"])
    )
    for gate in made["gaps"]:
        since = gate["complete_until"]
        known = f"no data since {since}" if since else "no data yet"
        print(f"{gate['place_name']}, {gate['gate']}: {known}")
    if made["withdrawn"]:
        print(f"{len(made['withdrawn'])} entries of earlier parts must be deleted (see the sheet).")
    return 0


def _day(text: str, default: dt.date) -> dt.date:
    try:
        return dt.date.fromisoformat(text) if text else default
    except ValueError as error:
        raise BadUsage(f"“{text}” is no day such as 2026-01-31.") from error
