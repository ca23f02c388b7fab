"""``hub account add``: accounts of officials, technicians and owners."""

from __future__ import annotations

import argparse
import getpass
import secrets
import sys

from django.contrib.auth.models import User
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from hub import database
from hub.commands.output import actor, print_json
from hub.desk.models import Role
from hub.desk.rights import official
from hub.errors import BadUsage
from hub.home import Home
from hub.intake.audit import record
from hub.intake.models import Place
from hub.intake.transactions import durable


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
        Role.objects.create(account=account, kind=args.role, place=place)
        record(
            "account-add",
            actor=actor(),
            subject=args.name,
            detail={"role": args.role, "place": args.place or ""},
        )
    if args.json:
        print_json({"name": args.name, "role": args.role, "password": generated})
    else:
        print(f"Account {args.name} made." + (f" Password: {generated}" if generated else ""))
    return 0


def asked(args: argparse.Namespace) -> str:
    """Return the official who gives this command, by name and password."""
    if args.password_stdin or not sys.stdin.isatty():
        password = sys.stdin.readline().rstrip("\n")
    else:
        password = getpass.getpass(f"Password of {args.account}: ")
    return official(args.account, password)
