"""``hub declaration issue``: a signed declaration for somebody who told it to an official."""

from __future__ import annotations

import argparse
import datetime as dt
import uuid

from hub import database
from hub.commands.kiosks import draw
from hub.commands.output import actor, iso, print_json
from hub.errors import BadUsage
from hub.home import Home
from hub.intake.audit import record
from hub.intake.transactions import durable
from hub.trust import roster
from hub.visitors import declarations
from hub.visitors.people import Person
from wire.claims import SUMMARY, Bearer


def issue(args: argparse.Namespace, home: Home) -> int:
    """Sign a declaration; the hub keeps nothing of it but that one was issued."""
    told = tuple(args.summary.split(",")) if args.summary else ()
    if not set(told) <= set(SUMMARY):
        raise BadUsage(f"--summary takes, with commas between: {', '.join(SUMMARY)}.")
    if not 0 < args.valid <= 30:
        raise BadUsage("--valid takes days, more than 0 and at most 30.")
    given = Bearer(args.name, args.birth, "", args.number, "", "", args.phone)
    bearer = roster.wish(given, purpose=args.purpose, place="").bearer
    if not (bearer.number or bearer.phone):
        raise BadUsage("A declaration needs --number or --phone, whose last digits it shows.")
    database.ready(home)
    made, text = declarations.issue(
        Person(bearer.name, bearer.birth, "", bearer.number, bearer.phone),
        id_=uuid.uuid4(),
        summary=told,
        purpose=args.purpose,
        by_other=args.by_other,
        valid=dt.timedelta(days=args.valid),
    )
    with durable():
        record("declaration-issue", actor=actor(), subject=made.id.hex())
    if args.qr:
        draw(text, args.qr)
    until = dt.datetime.fromtimestamp(made.until, dt.UTC)
    if args.json:
        print_json({"declaration": made.id.hex(), "code": text, "until": iso(until)})
    else:
        print(text)
    return 0
