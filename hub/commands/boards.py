"""``hub board``: draw, check, revoke."""

from __future__ import annotations

import argparse
from pathlib import Path

from hub import database
from hub.commands.kiosks import address
from hub.commands.output import actor, iso, print_json
from hub.errors import BadUsage
from hub.home import Home
from hub.intake.models import Place
from hub.places import boardcheck, boards, units


def board(args: argparse.Namespace, home: Home) -> int:
    """Do what the first word says."""
    if args.what[:1] == ["check"]:
        return _check(args, home)
    if args.what[:1] == ["revoke"]:
        return _revoke(args, home)
    return _draw(args, home)


def _draw(args: argparse.Namespace, home: Home) -> int:
    if args.out is None or [bool(args.what), args.all, bool(args.unit)].count(True) != 1:
        raise BadUsage(
            "Give the places, --unit or --all, and where to: hub board PLACE --out F.pdf."
        )
    url = address(args.url or home.remembered_url()[0])
    database.ready(home)
    if args.all or args.unit:
        found = units.places_of(units.named(args.unit, args.tree)) if args.unit else Place.objects
        places = boards.printable(found.all())
    else:
        places = [_place(text) for text in args.what]
    if not places:
        raise BadUsage("There is no place yet; hub place add makes one.")
    rows = boards.draw(
        places,
        args.out,
        url=url,
        size=args.size,
        gate=args.gate,
        hotline=args.hotline,
        renew=args.renew,
        actor=actor(),
    )
    for row in rows:
        if args.json:
            print_json(
                {"board": row.number, "place": row.place_id, "gate": row.gate,
                 "issued": iso(row.issued), "file": str(args.out)}
            )  # fmt: skip
    if not args.json:
        boards_ = "1 board" if len(rows) == 1 else f"{len(rows)} boards"
        print(f"{boards_} in {args.out}, each read back from the print.")
    return 0


def _check(args: argparse.Namespace, home: Home) -> int:
    if len(args.what) != 2 or not args.place:
        raise BadUsage("Give one picture and its place: hub board check PICTURE --place P.")
    path = Path(args.what[1])
    try:
        data = path.read_bytes()
    except OSError as error:
        raise BadUsage(f"{path} cannot be read: {error.strerror}.") from error
    database.ready(home)
    found = boardcheck.check(data, _place(args.place), gate=args.gate)
    if args.json:
        facts = {"finding": found.word, "words": found.words}
        print_json(facts | {"board_place": found.place or None, "board": found.number})
    else:
        print(f"{found.word}: {found.words}" + (f" ({found.place})" if found.place else ""))
    return 0 if found.word == "current" else 1


def _revoke(args: argparse.Namespace, home: Home) -> int:
    if len(args.what) != 2 or not args.what[1].isdigit() or not args.reason.strip():
        raise BadUsage("Give the board's number and why: hub board revoke 12 --reason TEXT.")
    database.ready(home)
    row = boards.revoke(int(args.what[1]), reason=args.reason, actor=actor())
    print_json({"revoked": row.pk}) if args.json else print(f"Board {row.pk:06} is taken back.")
    return 0


def _place(text: str) -> Place:
    found = Place.objects.select_related("profile").filter(pk=text).first()
    if found is None:
        raise BadUsage(f"There is no place “{text}”; hub place list shows them.")
    return found
