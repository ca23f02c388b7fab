"""``hub migrate`` and ``hub admin``."""

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
from hub.errors import BadUsage
from hub.home import Home
from hub.intake.audit import record
from hub.intake.transactions import durable


def migrate(args: argparse.Namespace, home: Home) -> int:
    """Bring the database to this version."""
    steps = database.migrate(home)
    if args.json:
        print_json({"steps": steps})
    else:
        print("The database is up to date." if not steps else f"The database is ready ({steps}).")
    return 0


def admin(args: argparse.Namespace, home: Home) -> int:
    """Make an account for the technicians' pages."""
    database.ready(home)
    if not args.name.isprintable() or not 1 <= len(args.name) <= 150 or " " in args.name:
        raise BadUsage("A name of 1 to 150 letters without spaces is needed.")
    if User.objects.filter(username=args.name).exists():
        raise BadUsage(f"There is an account “{args.name}” already.")
    generated = None
    if args.password_stdin:
        password = sys.stdin.readline().rstrip("\n")
    elif sys.stdin.isatty() and not args.json:
        password = getpass.getpass("Password (empty: one is made up): ")
        if password and getpass.getpass("Again: ") != password:
            raise BadUsage("The two passwords differ.")
    else:
        password = ""
    if password or args.password_stdin:
        try:
            validate_password(password, User(username=args.name))
        except ValidationError as error:
            raise BadUsage(" ".join(error.messages)) from error
    else:
        password = generated = secrets.token_urlsafe(15)
    with durable():
        User.objects.create_superuser(args.name, password=password)
        record("account-add", actor=actor(), subject=args.name)
    if args.json:
        print_json({"name": args.name, "password": generated})
    else:
        print(f"Account {args.name} made." + (f" Password: {generated}" if generated else ""))
    return 0
