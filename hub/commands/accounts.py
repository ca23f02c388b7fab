"""``hub account add``, ``change``, ``list``: who works here, in which role, for which unit."""

from __future__ import annotations

import argparse
import getpass
import secrets
import sys

from django.contrib.auth.models import User
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from hub import database
from hub.commands.output import actor, print_json, print_table
from hub.desk.models import Role
from hub.desk.rights import official
from hub.errors import BadUsage
from hub.home import Home
from hub.intake.audit import record
from hub.intake.models import Place
from hub.intake.transactions import durable
from hub.places import units


def add(args: argparse.Namespace, home: Home) -> int:
    """Make an account with one role."""
    database.ready(home)
    if not args.name.isprintable() or not 1 <= len(args.name) <= 150 or " " in args.name:
        raise BadUsage("A name of 1 to 150 letters without spaces is needed.")
    if User.objects.filter(username=args.name).exists():
        raise BadUsage(f"There is an account “{args.name}” already.")
    place = Place.objects.filter(pk=args.place or "").first()
    if (args.role == Role.Kind.OWNER) != (place is not None):
        raise BadUsage("An owner's account, and only that, needs the --place that is theirs.")
    unit = units.named(args.unit, args.tree) if args.unit not in (None, "", "-") else None
    if unit is None and args.role == Role.Kind.VOLUNTEER:
        raise BadUsage("A volunteer's account needs the --unit whose streets it goes through.")
    password = sys.stdin.readline().rstrip("\n") if args.password_stdin else ""
    generated = None
    if args.password_stdin:
        try:
            validate_password(password, User(username=args.name))
        except ValidationError as error:
            raise BadUsage(" ".join(error.messages)) from error
    else:
        password = generated = secrets.token_urlsafe(15)
    with durable():
        account = User.objects.create_user(args.name, password=password)
        Role.objects.create(account=account, kind=args.role, place=place, unit=unit)
        record(
            "account-add",
            actor=actor(),
            subject=args.name,
            detail={
                "role": args.role,
                "place": args.place or "",
                "unit": unit.code if unit else "",
            },
        )
    if args.json:
        print_json({"name": args.name, "role": args.role, "password": generated})
    else:
        print(f"Account {args.name} made." + (f" Password: {generated}" if generated else ""))
    return 0


def change(args: argparse.Namespace, home: Home) -> int:
    """Give an account another unit or role, or switch it off."""
    database.ready(home)
    account = User.objects.filter(username=args.name).first()
    role = Role.objects.select_related("unit").filter(account=account).first()
    if account is None or role is None:
        raise BadUsage(f"There is no account “{args.name}” with a role; hub account list.")
    if args.role:
        role.kind = args.role
    if args.unit:
        role.unit = None if args.unit == "-" else units.named(args.unit, args.tree)
    if role.unit is None and role.kind == Role.Kind.VOLUNTEER:
        raise BadUsage("A volunteer's account needs the --unit whose streets it goes through.")
    with durable():
        role.save()
        if args.active:
            User.objects.filter(pk=account.pk).update(is_active=args.active == "yes")
        record(
            "account-change",
            actor=actor(),
            subject=args.name,
            detail={
                "role": role.kind,
                "unit": role.unit.code if role.unit else "",
                "active": args.active or "",
            },
        )
    print_json({"name": args.name}) if args.json else print(f"Account {args.name} is changed.")
    return 0


def list_(args: argparse.Namespace, home: Home) -> int:
    """Show the accounts."""
    database.ready(home)
    rows = Role.objects.select_related("account", "unit", "account__second_factor")
    for role in rows.order_by("account__username") if args.json else ():
        print_json(_facts(role))
    if not args.json:
        print_table(
            ("NAME", "ROLE", "UNIT", "PLACE", "SECOND FACTOR", "ACTIVE"),
            ([value or "–" for value in _facts(role).values()] for role in rows),
        )
    return 0


def _facts(role: Role) -> dict[str, object]:
    return {
        "name": role.account.get_username(),
        "role": str(role.kind),
        "unit": role.unit.code if role.unit else None,
        "place": role.place_id,
        "second_factor": hasattr(role.account, "second_factor"),
        "active": role.account.is_active,
    }


def asked(args: argparse.Namespace) -> str:
    """Return the name of the official who gives this command, by name and password."""
    return str(asked_role(args).account.get_username())


def asked_role(args: argparse.Namespace) -> Role:
    """Return the role of the official who gives this command, by name and password."""
    if args.password_stdin or not sys.stdin.isatty():
        password = sys.stdin.readline().rstrip("\n")
    else:
        password = getpass.getpass(f"Password of {args.account}: ")
    return official(args.account, password)
