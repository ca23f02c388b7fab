"""``hub courier issue``, ``list`` and ``revoke``."""

from __future__ import annotations

import argparse

from hub import database
from hub.carry import couriers, files, trips
from hub.carry.models import Courier
from hub.commands.output import actor, iso, local, print_json, print_table
from hub.errors import BadUsage
from hub.home import Home
from wire.bundle import COURIER_FILE


def issue(args: argparse.Namespace, home: Home) -> int:
    """Make a token, and put it on the stick with the settings of the kiosks on its way."""
    if not args.out.is_dir():
        raise BadUsage(f"There is no stick at {args.out}: plug it in, or name its folder.")
    database.ready(home)
    row, token = couriers.issue(
        args.name, days=args.days, kiosks=args.kiosk, places=args.place, actor=actor()
    )
    news = trips.briefing(couriers.covered(row))
    files.write(args.out, [(COURIER_FILE, token), *news])
    if args.json:
        print_json({"courier": str(row.pk), "expires": iso(row.expires), "settings_for": len(news)})
    else:
        print(f"{args.out} is {row.name}'s stick until {local(row.expires)}.")
        print(f"hub courier revoke {row.pk.hex[:8]} takes it back.")
    return 0


def list_(args: argparse.Namespace, home: Home) -> int:
    """Show the couriers."""
    database.ready(home)
    rows = Courier.objects.order_by("issued")
    if args.json:
        for row in rows:
            print_json(
                {
                    "courier": str(row.pk), "name": row.name, "issued": iso(row.issued),
                    "expires": iso(row.expires), "revoked": iso(row.revoked), **row.scope,
                }
            )  # fmt: skip
        return 0
    print_table(
        ("COURIER", "NAME", "UNTIL", "TAKEN BACK", "FOR"),
        (
            (
                r.pk.hex[:8], r.name, local(r.expires), local(r.revoked),
                " ".join([*r.scope["places"], *(k[:8] for k in r.scope["kiosks"])]) or "all",
            )
            for r in rows
        ),
    )  # fmt: skip
    return 0


def revoke(args: argparse.Namespace, home: Home) -> int:
    """Take a token back."""
    database.ready(home)
    row = couriers.revoke(args.courier, reason=args.reason, actor=actor())
    if args.json:
        print_json({"courier": str(row.pk), "revoked": True})
    else:
        print(f"{row.name}'s stick is taken back; gates learn it with their next settings.")
    return 0
