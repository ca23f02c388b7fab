"""``hub key rotate``, ``list``, ``drop``, ``escrow``, ``restore``, ``open``."""

from __future__ import annotations

import argparse
import getpass
import sys

from django.db import connection

from hub import database
from hub.commands.output import actor, print_json, print_table
from hub.errors import BadUsage
from hub.home import Home
from hub.intake.answers import ring
from hub.intake.audit import record
from hub.intake.models import HubKey
from hub.intake.transactions import durable
from hub.trust import escrow, rotation
from hub.trust.reopening import Reopened, reopen
from hub.trust.settings import newest_version


def rotate(args: argparse.Namespace, home: Home) -> int:
    """Make new keys; the old ones stay."""
    if not args.sign and not args.seal:
        raise BadUsage("Say which key: --sign, --seal or both.")
    database.ready(home)
    for kind in ("sign", "seal"):
        if getattr(args, kind):
            kid = rotation.rotate(home, kind, actor=actor())
            if args.json:
                print_json({"kind": kind, "key": kid, "settings": newest_version()})
            else:
                print(f"{kind}  {kid}  kiosks hear of it with their next pulse.")
    if not args.json:
        print("Make a new escrow copy: hub key escrow FILE.")
    return 0


def list_(args: argparse.Namespace, home: Home) -> int:
    """Show the keys and what still needs each."""
    database.ready(home)
    for_people = []
    for state in rotation.states():
        if args.json:
            facts = {"key": state.kid, "kind": state.kind, "current": state.current}
            print_json(facts | {"needed": list(state.needed)})
        for_people.append((state.kid, state.kind, "; ".join(state.needed) or "nothing"))
    if not args.json:
        print_table(("KEY", "KIND", "NEEDED BY"), for_people)
    return 0


def drop(args: argparse.Namespace, home: Home) -> int:
    """Destroy a seal key that nothing needs."""
    database.ready(home)
    rotation.drop(home, args.key, actor=actor())
    print_json({"dropped": args.key}) if args.json else print(f"The key {args.key} is gone.")
    return 0


def make_escrow(args: argparse.Namespace, home: Home) -> int:
    """Write the encrypted copy of all keys."""
    database.ready(home)
    count = escrow.export(home, args.file, _passphrase(args, twice=True))
    with durable():
        record("key-escrow", actor=actor(), detail={"keys": count})
    if args.json:
        print_json({"file": str(args.file), "keys": count})
    else:
        print(f"{count} keys in {args.file}. Lock it away, and the passphrase elsewhere.")
    return 0


def restore(args: argparse.Namespace, home: Home) -> int:
    """Put the keys back from their escrow copy."""
    names = escrow.opened(args.file, _passphrase(args))
    known: set[str] = set()
    if HubKey._meta.db_table in connection.introspection.table_names():  # noqa: SLF001 (Django's)
        known = set(HubKey.objects.values_list("kid", flat=True))
    present = {kid for kids in ring().ids.values() for kid in kids}
    count = escrow.restore(home, names, known=known, present=present)
    database.ready(home)
    with durable():
        record("key-restore", actor=actor(), detail={"keys": count})
    done = reopen(actor=actor())
    if args.json:
        print_json({"keys": count, **_told(done)})
    else:
        print(f"{count} keys are back. Start the hub anew.")
        if done.opened:
            print(f"{done.opened} entries that came meanwhile are open now.")
    return 0


def open_(args: argparse.Namespace, home: Home) -> int:
    """Open what came while its key was not here."""
    database.ready(home)
    done = reopen(actor=actor())
    if args.json:
        print_json(_told(done))
        return 0
    print(f"{done.opened} entries opened; {done.left} are sealed to keys that are not here.")
    if done.altered:
        print(f"{done.altered} do not open with the key that they name: they are flagged.")
    if done.gone:
        print(f"{done.gone} are of persons who were erased, or over: they are gone.")
    return 0


def _told(done: Reopened) -> dict[str, int]:
    return {
        "opened": done.opened, "altered": done.altered, "gone": done.gone, "left": done.left
    }  # fmt: skip


def _passphrase(args: argparse.Namespace, *, twice: bool = False) -> str:
    if args.passphrase_stdin or not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\n")
    given = getpass.getpass("Passphrase: ")
    if twice and getpass.getpass("Again: ") != given:
        raise BadUsage("The two passphrases differ.")
    return given
