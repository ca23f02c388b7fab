"""``hub place add`` and ``hub place list``."""

from __future__ import annotations

import argparse
import datetime as dt

from django.db.models import Count

from hub import database
from hub.commands.output import actor, print_json, print_table
from hub.commands.venues import stage_of
from hub.home import Home
from hub.intake.models import Place
from hub.intake.registry import add_place
from hub.places import kinds, units
from hub.places.lifecycle import close_ended, profile_of
from hub.places.register import phone_of


def add(args: argparse.Namespace, home: Home) -> int:
    """Register a place and print its id."""
    kind = kinds.named(args.kind)
    phone = phone_of(args.phone)
    database.ready(home)
    territory = units.named(args.territory, "territory") if args.territory else None
    body = units.named(args.body, "body") if args.body else None
    place = add_place(
        args.name, kind=kind.id, address=args.address, gates=args.gates, actor=actor()
    )
    profile_of(
        place, territory=territory, body=body, responsible=args.responsible[:200], phone=phone,
        hours=args.hours[:100],
    )  # fmt: skip
    if args.json:
        print_json(_facts(place))
    else:
        print(f"{place.pk}  {place.name}")
    return 0


def list_(args: argparse.Namespace, home: Home) -> int:
    """Show all places."""
    database.ready(home)
    close_ended(dt.datetime.now(dt.UTC))
    places = Place.objects.select_related("profile").annotate(kiosk_count=Count("kiosks"))
    places = places.order_by("name", "id")
    if args.json:
        for place in places:
            print_json({**_facts(place), "kiosks": place.kiosk_count})
    else:
        print_table(
            ("ID", "NAME", "KIND", "STAGE", "GATES", "KIOSKS", "ADDRESS"),
            (
                (p.pk, p.name, p.kind, stage_of(p), p.gates, p.kiosk_count, p.address)
                for p in places
            ),
        )
    return 0


def _facts(place: Place) -> dict[str, object]:
    return {
        "place": place.pk,
        "name": place.name,
        "kind": place.kind,
        "address": place.address,
        "gates": place.gates,
        "stage": stage_of(place),
    }
