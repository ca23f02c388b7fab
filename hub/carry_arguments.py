"""What ``hub import``, ``courier`` and ``handover`` take."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hub.desk_arguments import Command, Group


def add(commands: Group, command: Command) -> None:
    """Add the commands."""
    taken = command(commands, "import", "imports:import_", "take in what sticks bring")
    taken.add_argument(
        "paths", nargs="+", type=Path, metavar="DIR|FILE", help="a stick's folder, or its files"
    )
    taken.add_argument(
        "--answers", type=Path, metavar="DIR",
        help="where the answers go; default: back onto the stick",
    )  # fmt: skip
    group = commands.add_parser("courier", help="couriers: issue, list, revoke").add_subparsers(
        dest="action", metavar="ACTION", required=True
    )
    made = command(group, "issue", "couriers:issue", "make a stick that copies by being plugged in")
    made.add_argument("name", metavar="NAME", help="who carries it")
    made.add_argument("--out", type=Path, required=True, metavar="DIR", help="the stick's folder")
    made.add_argument("--days", type=float, default=30, metavar="N", help="default: %(default)s")
    made.add_argument("--place", action="append", default=[], metavar="P", help="only there")
    made.add_argument("--kiosk", action="append", default=[], metavar="K", help="only this one")
    command(group, "list", "couriers:list_", "show the couriers")
    gone = command(group, "revoke", "couriers:revoke", "take a courier's stick back")
    gone.add_argument("courier", metavar="COURIER", help="the id or its beginning")
    gone.add_argument("--reason", default="", metavar="TEXT")
    group = commands.add_parser("handover", help="hand-overs: begin, list, lost").add_subparsers(
        dest="action", metavar="ACTION", required=True
    )
    begun = command(group, "begin", "handovers:begin", "let a new box take an old one's place")
    begun.add_argument("kiosk", metavar="KIOSK", help="the old one's id or its beginning")
    begun.add_argument("--qr", type=Path, metavar="F.png", help="write the code as a picture too")
    command(group, "list", "handovers:list_", "show what of the old boxes is here")
    lost = command(group, "lost", "handovers:lost", "say that the rest will not come")
    lost.add_argument("kiosk", metavar="KIOSK", help="the old one's id or its beginning")
    lost.add_argument("--reason", required=True, metavar="TEXT")
