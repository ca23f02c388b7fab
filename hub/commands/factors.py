"""``hub second-factor``: give an account one, or take a lost one away."""

from __future__ import annotations

import argparse

from django.contrib.auth.models import User

from hub import database
from hub.commands.kiosks import draw
from hub.commands.output import actor, print_json
from hub.errors import BadUsage
from hub.guard import totp
from hub.guard.models import SecondFactor
from hub.home import Home
from hub.intake.audit import record
from hub.intake.transactions import durable


def give(args: argparse.Namespace, home: Home) -> int:
    """Give or remove."""
    database.ready(home)
    user = User.objects.filter(username=args.name).first()
    if user is None:
        raise BadUsage(f"There is no account “{args.name}”; hub admin makes one.")
    if args.remove:
        with durable():
            SecondFactor.objects.filter(user=user).delete()
            record("second-factor-remove", actor=actor(), subject=args.name)
        print_json({"name": args.name}) if args.json else print("It is gone.")
        return 0
    address = totp.give(user, actor=actor())
    if args.qr:
        draw(address, args.qr)
    if args.json:
        print_json({"name": args.name, "address": address})
    else:
        print(address)
    return 0
