"""``hub place import``, ``stage``, ``temporary``; ``hub unit import``, ``list``; ``hub kinds``."""

from __future__ import annotations

import argparse
import datetime as dt
import sys

from hub import database, sheets
from hub.commands.output import actor, iso, print_json, print_table
from hub.errors import BadUsage
from hub.home import Home
from hub.intake.models import Place
from hub.lists import Problem
from hub.paper.worksheet import draw_worksheet
from hub.places import imports, kinds, lifecycle, units
from hub.places.models import Profile, Unit

VIETNAM = dt.timezone(dt.timedelta(hours=7))


def import_(args: argparse.Namespace, home: Home) -> int:
    """Take a list of places, or say everything that is wrong with it."""
    database.ready(home)
    end = "\r" if sys.stderr.isatty() else "\n"

    def progress(done: int, rows: int) -> None:
        if rows >= imports.LONG:
            sys.stderr.write(f"{done} of {rows} rows read{end if done < rows else chr(10)}")
            sys.stderr.flush()

    made = imports.plan(args.file, progress=progress)
    if made.problems:
        return _problems(args, made.problems)
    if not args.dry_run:
        imports.take(made, actor=actor())
    facts = {
        "places": len(made.places),
        "dry_run": args.dry_run,
        "problems": 0,
        "perhaps": [{"row": one.row, "words": one.words} for one in made.perhaps],
    }
    if args.json:
        print_json(facts)
    else:
        for one in made.perhaps:
            print(one)
        print(f"{len(made.places)} places {'could be' if args.dry_run else 'were'} taken.")
    return 0


def worksheet(args: argparse.Namespace, home: Home) -> int:
    """Draw the list that volunteers take from door to door, by street."""
    database.ready(home)
    unit = units.named(args.unit, args.tree)
    places = units.places_of(unit).select_related("profile")
    sheets.save(args.out, draw_worksheet(unit.name, list(places), day=_today()))
    count = places.count()
    if args.json:
        print_json({"places": count, "file": str(args.out)})
    else:
        print(f"{count} places in {args.out}.")
    return 0


def _today() -> dt.date:
    return dt.datetime.now(VIETNAM).date()


def stage(args: argparse.Namespace, home: Home) -> int:
    """Move a place to its next stage."""
    database.ready(home)
    place = Place.objects.filter(pk=args.place).first()
    if place is None:
        raise BadUsage(f"There is no place “{args.place}”; hub place list shows them.")
    lifecycle.move(
        place,
        args.stage,
        actor=actor(),
        decision=args.decision,
        decided=_date(args.date) if args.date else None,
        note=args.note,
    )
    if args.json:
        print_json({"place": place.pk, "stage": args.stage})
    else:
        print(f"{place.name} is {args.stage}.")
    return 0


def temporary(args: argparse.Namespace, home: Home) -> int:
    """Register a meeting, wedding or funeral, which closes itself."""
    starts, ends = _moment(args.starts), _moment(args.ends)
    database.ready(home)
    place = lifecycle.temporary(
        args.name, address=args.address, host=args.host, starts=starts, ends=ends, actor=actor()
    )
    if args.json:
        print_json({"place": place.pk, "starts": iso(starts), "ends": iso(ends)})
    else:
        print(f"{place.pk}  {place.name}, closes itself on {args.ends}")
    return 0


def unit_import(args: argparse.Namespace, home: Home) -> int:
    """Take a tree's units from a list."""
    database.ready(home)
    problems = units.load(args.file, args.tree, actor=actor(), dry_run=args.dry_run)
    if problems:
        return _problems(args, problems)
    count = Unit.objects.filter(tree=args.tree).count()
    print_json({"units": count}) if args.json else print(f"The tree has {count} units.")
    return 0


def unit_list(args: argparse.Namespace, home: Home) -> int:
    """Show the units of a tree that exist on a day."""
    database.ready(home)
    day = _date(args.on) if args.on else _today()
    rows = units.valid_on(args.tree, day).select_related("parent").order_by("code")
    if args.json:
        for unit in rows:
            parent = unit.parent.code if unit.parent else None
            print_json({"code": unit.code, "name": unit.name, "level": unit.level,
                        "parent": parent, "head": unit.head})  # fmt: skip
        return 0
    print_table(
        ("CODE", "NAME", "LEVEL", "ABOVE", "HEAD"),
        ((u.code, u.name, u.level, u.parent.code if u.parent else "–", u.head) for u in rows),
    )
    return 0


def list_kinds(args: argparse.Namespace, _home: Home) -> int:
    """Show the kinds of venue."""
    for kind in kinds.kinds().values():
        if args.json:
            print_json({"kind": kind.id, "name": kind.name, "temporary": kind.temporary})
    if not args.json:
        print_table(("KIND", "NAME"), ((kind.id, kind.name) for kind in kinds.kinds().values()))
    return 0


def stage_of(place: Place) -> str:
    """Return a place's stage; one without a profile is active."""
    profile: Profile | None = getattr(place, "profile", None)
    return str(profile.stage) if profile else "active"


def _problems(args: argparse.Namespace, problems: list[Problem]) -> int:
    for found in problems:
        if args.json:
            print_json({"row": found.row, "column": found.column, "problem": found.words})
        else:
            print(found)
    print(f"hub: {len(problems)} problems; nothing was taken.", file=sys.stderr)
    return 1


def _date(text: str) -> dt.date:
    for form in ("%Y-%m-%d", "%d/%m/%Y"):
        try:
            return dt.datetime.strptime(text, form).replace(tzinfo=VIETNAM).date()
        except ValueError:
            continue
    raise BadUsage(f"“{text}” is no date such as 2026-12-31 or 31/12/2026.")


def _moment(text: str) -> dt.datetime:
    try:
        found = dt.datetime.fromisoformat(text)
    except ValueError as error:
        raise BadUsage(f"“{text}” is no time such as 2026-12-31T08:00.") from error
    return found if found.tzinfo else found.replace(tzinfo=VIETNAM)
