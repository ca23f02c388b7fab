"""``hub purge`` and ``hub erase``."""

from __future__ import annotations

import argparse
import datetime as dt

from hub import database
from hub.commands.output import actor, print_json
from hub.errors import BadUsage
from hub.guard import clock
from hub.home import Home
from hub.places.lifecycle import close_ended
from hub.retention import erasure
from hub.retention.purge import purge as purge_entries
from hub.visitors import reports


def purge(args: argparse.Namespace, home: Home) -> int:
    """Delete what is older than the hub may hold; run it daily."""
    if not 1 <= args.days <= 30:
        raise BadUsage("--days takes 1 to 30: longer than 30 the rules do not allow.")
    database.ready(home)
    now = dt.datetime.now(dt.UTC)
    clock.check(int(now.timestamp() * 1000))
    gone = purge_entries(now, keep=dt.timedelta(days=args.days), actor=actor())
    erasure.forget_journal(home, now)
    closed = close_ended(now)
    reports.forget(now)
    if args.json:
        print_json({"entries": gone, "closed": closed})
    else:
        print(f"{gone} entries older than {args.days} days are gone.")
    return 0


def erase(args: argparse.Namespace, home: Home) -> int:
    """Delete one person's entries, for good."""
    if args.name and not args.birth:
        raise BadUsage("--name needs --birth: names alone are many people's.")
    database.ready(home)
    given = ("number", "phone", "qid", "bhyt", "name", "birth")
    person = {field: getattr(args, field) for field in given if getattr(args, field)}
    gone = erasure.erase(home, person, reason=args.reason, actor=actor())
    # Whether there were any is nobody's business who only passes the request on.
    print_json({"entries": gone}) if args.json else print("Done; the audit has it.")
    return 0
