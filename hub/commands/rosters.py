"""``hub roster set``: who is expected at a place each day."""

from __future__ import annotations

import argparse

from hub import database
from hub.commands.output import actor, print_json
from hub.errors import BadUsage
from hub.home import Home
from hub.intake.models import Place
from hub.owners import rosters
from hub.trust import roster


def set_(args: argparse.Namespace, home: Home) -> int:
    """Replace a place's roster."""
    wishes = roster.read(args.file)
    database.ready(home)
    place = Place.objects.filter(pk=args.place).first()
    if place is None:
        raise BadUsage(f"There is no place “{args.place}”; hub place list shows them.")
    count = rosters.replace(place, wishes, actor=actor())
    print_json({"members": count}) if args.json else print(f"{count} people are expected daily.")
    return 0
