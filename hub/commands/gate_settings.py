"""``hub settings set``, ``unset`` and ``list``: what kiosks are set to from here."""

from __future__ import annotations

import argparse
import json
from typing import Any

from hub import database
from hub.commands.output import actor, print_json, print_table
from hub.errors import BadUsage
from hub.home import Home
from hub.trust.gate_settings import change
from hub.trust.models import GateSetting


def set_(args: argparse.Namespace, home: Home) -> int:
    """Set one value."""
    database.ready(home)
    return _changed(args, _value(args.value))


def unset(args: argparse.Namespace, home: Home) -> int:
    """Take one value back."""
    database.ready(home)
    return _changed(args, None)


def list_(args: argparse.Namespace, home: Home) -> int:
    """Show what is set."""
    database.ready(home)
    rows = list(GateSetting.objects.order_by("scope", "key").values("scope", "key", "value"))
    if args.json:
        for row in rows:
            print_json(row)
        return 0
    print_table(
        ("WHERE", "KEY", "VALUE"),
        ((r["scope"] or "all", r["key"], json.dumps(r["value"], ensure_ascii=False)) for r in rows),
    )
    return 0


def _changed(args: argparse.Namespace, value: Any) -> int:
    if args.place and args.profile:
        raise BadUsage("Give --place or --profile, not both.")
    scope = f"place:{args.place}" if args.place else ""
    scope = f"profile:{args.profile}" if args.profile else scope
    version = change(scope, args.key, value, actor=actor())
    if args.json:
        print_json({"scope": scope, "key": args.key, "value": value, "version": version})
    else:
        print(f"Settings {version}: kiosks take them with their next pulse.")
    return 0


def _value(text: str) -> Any:
    """Read JSON (true, 21, ["guest"]); anything else is a text."""
    try:
        return json.loads(text)
    except ValueError:
        return text
