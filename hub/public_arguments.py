"""What ``hub declaration issue`` and ``hub roster set`` take."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any, Protocol

Group = Any  # argparse names its type of subparsers privately


class Command(Protocol):
    """Adds one command to a group (see :mod:`hub.arguments`)."""

    def __call__(self, group: Group, name: str, run: str, text: str) -> argparse.ArgumentParser:
        """Return its parser."""
        ...


def add(commands: Group, command: Command) -> None:
    """Add the commands."""
    declarations = commands.add_parser(
        "declaration", help="signed declarations: issue"
    ).add_subparsers(dest="action", metavar="ACTION", required=True)
    issue = command(
        declarations, "issue", "declarations:issue", "sign what somebody declared to an official"
    )
    issue.add_argument("name", metavar="NAME")
    for name, text in (
        ("birth", "31/01/1990, 1990-01-31 or 1990"),
        ("number", "citizen or passport number"),
        ("phone", ""),
        ("purpose", "patient, relative, staff, business, …"),
        ("summary", "fever,contact-case …: what was declared; nothing: clear"),
    ):
        issue.add_argument(f"--{name}", default="", metavar=name[0].upper(), help=text)
    issue.add_argument("--by-other", action="store_true", help="somebody else declared for them")
    issue.add_argument("--valid", type=float, default=3, metavar="DAYS", help="default: 3")
    issue.add_argument("--qr", type=Path, metavar="F.png", help="write the code as a picture too")
    rosters = commands.add_parser(
        "roster", help="who is expected at a place each day: set"
    ).add_subparsers(dest="action", metavar="ACTION", required=True)
    setting = command(
        rosters, "set", "rosters:set_", "replace a place's roster; no names are kept in full"
    )
    setting.add_argument("place", metavar="PLACE")
    setting.add_argument("file", type=Path, metavar="FILE", help="XLSX or CSV, a row for each")
