"""What the commands on keys, passes, places, boards and forgetting take."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any, Protocol

Group = Any  # argparse names its type of subparsers privately


class Command(Protocol):
    """Adds one command to a group."""

    def __call__(self, group: Group, name: str, run: str, text: str) -> argparse.ArgumentParser:
        """Return the new command's parser."""


def add(commands: Group, places: Group, command: Command) -> None:
    """Add them all; ``places`` is the group ``hub place``."""
    _places(places, command)
    _keys(commands, command)
    _clock(commands, command)
    _passes(commands, command)
    _settings(commands, command)
    _boards(commands, command)
    _units(commands, command)
    _forgetting(commands, command)
    _exchange(commands, command)
    factor = command(
        commands, "second-factor", "factors:give", "give an account a code to log in with besides"
    )
    factor.add_argument("name", metavar="NAME")
    factor.add_argument("--qr", type=Path, metavar="F.png", help="for an authenticator's camera")
    factor.add_argument("--remove", action="store_true", help="take it away (a lost phone)")
    audit = command(commands, "audit", "audits:audit", "show who did what, and check its chain")
    audit.add_argument("--action", metavar="A", help="only these, such as reveal")


def _group(commands: Group, name: str, text: str) -> Group:
    return commands.add_parser(name, help=text).add_subparsers(
        dest="action", metavar="ACTION", required=True
    )


def _settings(commands: Group, command: Command) -> None:
    settings = _group(commands, "settings", "what kiosks are set to: set, unset, list")
    for name, run, text in (
        ("set", "gate_settings:set_", "set a value at kiosks; they take it with their next pulse"),
        ("unset", "gate_settings:unset", "take a value back; the kiosk's own holds again"),
    ):
        one = command(settings, name, run, text)
        one.add_argument("key", metavar="KEY", help="such as policy.declaration_days")
        if name == "set":
            one.add_argument("value", metavar="VALUE", help="JSON (true, 21) or a text")
        one.add_argument("--place", default="", metavar="ID", help="only at this place")
        one.add_argument("--profile", default="", metavar="NAME", help="only at such venues")
    command(settings, "list", "gate_settings:list_", "show what is set")


def _clock(commands: Group, command: Command) -> None:
    clock = _group(commands, "clock", "this machine's clock: show whether it can be right, confirm")
    command(clock, "show", "clocks:show", "what speaks against it; 1 where it is in doubt")
    command(clock, "confirm", "clocks:confirm", "vouch for it until this machine starts again")


def _keys(commands: Group, command: Command) -> None:
    keys = _group(commands, "key", "the hub's keys: rotate, list, drop, escrow, restore, open")
    rotate = command(keys, "rotate", "trust:rotate", "make a new key; old ones stay")
    rotate.add_argument("--sign", action="store_true", help="what answers, passes, boards bear")
    rotate.add_argument("--seal", action="store_true", help="what kiosks seal entries to")
    command(keys, "list", "trust:list_", "show the keys and what still needs each")
    drop = command(keys, "drop", "trust:drop", "destroy an old seal key that nothing needs")
    drop.add_argument("key", metavar="KEY", help="its id, as hub key list shows it")
    command(keys, "open", "trust:open_", "open entries that came while their seal key was not here")
    for name, text in (
        ("escrow", "write the copy of all keys that is locked away, encrypted"),
        ("restore", "put the keys back from their escrow copy"),
    ):
        run = "trust:make_escrow" if name == "escrow" else "trust:restore"
        escrow = command(keys, name, run, text)
        escrow.add_argument("file", type=Path, metavar="FILE")
        escrow.add_argument(
            "--passphrase-stdin", action="store_true", help="read it from standard input"
        )


def _passes(commands: Group, command: Command) -> None:
    passes = _group(commands, "pass", "personal passes: issue, list, revoke")
    issue = command(passes, "issue", "passes:issue", "issue signed passes, as cards to print")
    issue.add_argument("name", metavar="NAME", nargs="?", default="")
    issue.add_argument("--roster", type=Path, metavar="FILE", help="XLSX or CSV, a row for each")
    for name, text in (
        ("number", "citizen or passport number"),
        ("birth", "31/01/1990, 1990-01-31 or 1990"),
        ("sex", "Nam or Nữ"),
        ("phone", ""),
        ("bhyt", "health insurance number"),
        ("purpose", "staff, worker, pupil, patient, …"),
        ("place", "the only place it is for; default: every place"),
    ):
        issue.add_argument(f"--{name}", default="", metavar=name[0].upper(), help=text)
    issue.add_argument(
        "--valid", type=float, default=365, metavar="DAYS", help="default: %(default)s"
    )
    issue.add_argument("--out", type=Path, metavar="F.pdf", help="cards, ten to an A4 sheet")
    issue.add_argument(
        "--renew", action="store_true", help="take back what the same people had for the same place"
    )
    command(passes, "list", "passes:list_", "show what was issued; no names")
    revoke = command(passes, "revoke", "passes:revoke", "take passes back")
    revoke.add_argument("id", metavar="ID", nargs="?", default="", help="or its beginning")
    revoke.add_argument("--number", default="", metavar="N", help="all of this bearer's")
    revoke.add_argument("--reason", default="", metavar="TEXT")


def _boards(commands: Group, command: Command) -> None:
    board = command(
        commands,
        "board",
        "boards:board",
        "draw places' boards (hub board PLACE… --out F.pdf), check one from a picture "
        "(hub board check PICTURE --place P), take one back (hub board revoke NUMBER)",
    )
    board.add_argument("what", metavar="PLACE", nargs="*", help="or check PICTURE, revoke NUMBER")
    board.add_argument("--out", type=Path, metavar="F.pdf")
    board.add_argument("--size", choices=("A4", "A5"), default="A4", help="default: %(default)s")
    board.add_argument("--gate", default="", metavar="A", help="a board for this gate alone")
    board.add_argument("--hotline", default="", metavar="N", help="a phone number to print")
    board.add_argument("--all", action="store_true", help="of every place that is not closed")
    board.add_argument("--unit", default="", metavar="U", help="of every place of a unit")
    board.add_argument("--tree", default="", choices=("territory", "body"), help="U's tree")
    board.add_argument("--renew", action="store_true", help="new numbers; the old boards are old")
    board.add_argument("--place", default="", metavar="P", help="check: where the board hangs")
    board.add_argument("--reason", default="", metavar="TEXT", help="revoke: why")


def _places(places: Group, command: Command) -> None:
    load = command(places, "import", "venues:import_", "take places from a list, all or none")
    load.add_argument("file", type=Path, metavar="FILE", help="XLSX or CSV")
    load.add_argument("--dry-run", action="store_true", help="only say what is wrong")
    stage = command(places, "stage", "venues:stage", "move a place to its next stage")
    stage.add_argument("place", metavar="PLACE")
    stage.add_argument("stage", metavar="STAGE", help="applied, verified, active, suspended, …")
    stage.add_argument("--decision", default="", metavar="N", help="the decision's number")
    stage.add_argument("--date", default="", metavar="D", help="and its date")
    stage.add_argument("--note", default="", metavar="TEXT")
    sheet = command(places, "worksheet", "venues:worksheet", "draw the list by street, to walk")
    sheet.add_argument("--unit", required=True, metavar="U", help="the commune, or a body")
    sheet.add_argument("--tree", default="", choices=("territory", "body"))
    sheet.add_argument("--out", type=Path, required=True, metavar="F.pdf")
    event = command(places, "temporary", "venues:temporary", "register what closes itself")
    event.add_argument("name", metavar="NAME")
    event.add_argument("--host", default="", metavar="WHO")
    event.add_argument("--address", default="", metavar="A")
    event.add_argument("--starts", required=True, metavar="T")
    event.add_argument("--ends", required=True, metavar="T", help="such as 2026-12-31T14:00")


def _units(commands: Group, command: Command) -> None:
    command(commands, "kinds", "venues:list_kinds", "show the kinds of venue")
    units = _group(commands, "unit", "the trees of territory and governing bodies")
    load = command(units, "import", "venues:unit_import", "take a tree from a list, all or none")
    load.add_argument("file", type=Path, metavar="FILE", help="XLSX or CSV")
    load.add_argument("--dry-run", action="store_true", help="only say what is wrong")
    show = command(units, "list", "venues:unit_list", "show the units that exist on a day")
    show.add_argument("--on", default="", metavar="D", help="default: today")
    for parser in (load, show):
        parser.add_argument(
            "--tree",
            choices=("territory", "body"),
            default="territory",
            help="default: %(default)s",
        )


def _forgetting(commands: Group, command: Command) -> None:
    purge = command(commands, "purge", "forgetting:purge", "delete what is over its days")
    purge.add_argument(
        "--days", type=int, default=30, metavar="N", help="kept so long; default: %(default)s"
    )
    erase = command(commands, "erase", "forgetting:erase", "delete one person's entries for good")
    for name in ("number", "phone", "qid", "bhyt", "name", "birth"):
        erase.add_argument(f"--{name}", default="", metavar=name[0].upper())
    erase.add_argument("--reason", default="", metavar="TEXT", help="such as the request's number")


def _exchange(commands: Group, command: Command) -> None:
    out = command(commands, "export", "exports:run", "entries as files for another system")
    out.add_argument("folder", type=Path, metavar="DIR", help="parts lie here; run again: the next")
    out.add_argument("--format", choices=("jsonl", "csv"), default="jsonl")
    out.add_argument("--since", default="", metavar="D", help="first day; default: 30 days ago")
    out.add_argument("--until", default="", metavar="D", help="last day; default: today")
    out.add_argument(
        "--limit", type=int, default=10_000, metavar="N", help="in one part; default: %(default)s"
    )
    out.add_argument(
        "--settle", type=float, default=120, metavar="S", help="younger entries wait; %(default)s s"
    )
    out.add_argument("--reveal", action="store_true", help="names in full; the audit has it first")
    out.add_argument("--reason", required=True, metavar="TEXT", help="why, for the audit")
    out.add_argument("--account", required=True, metavar="NAME", help="an official's")
    out.add_argument("--password-stdin", action="store_true", help="read the password there")
