"""What ``hub account``, ``case``, ``trace`` and ``report`` take."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any, Protocol

from hub import carry_arguments

ROLES = ("official", "technician", "owner", "volunteer")
Group = Any  # argparse's action of subcommands, which its types do not name publicly


class Command(Protocol):
    """Adds one command to a group (see :mod:`hub.arguments`)."""

    def __call__(self, group: Group, name: str, run: str, text: str) -> argparse.ArgumentParser:
        """Return its parser."""
        ...


def add(commands: Group, command: Command) -> None:
    """Add the commands."""
    accounts = commands.add_parser("account", help="accounts: add, change, list").add_subparsers(
        dest="action", metavar="ACTION", required=True
    )
    made = command(accounts, "add", "accounts:add", "make an account with one role")
    made.add_argument("name", metavar="NAME")
    made.add_argument("--role", required=True, choices=ROLES)
    made.add_argument("--place", metavar="P", help="an owner's place")
    made.add_argument("--password-stdin", action="store_true", help="read the password there")
    changed = command(accounts, "change", "accounts:change", "another unit or role, or off")
    changed.add_argument("name", metavar="NAME")
    changed.add_argument("--role", default="", choices=ROLES)
    changed.add_argument("--active", default="", choices=("yes", "no"))
    for one in (made, changed):
        one.add_argument("--unit", default="", metavar="U", help="whose places it sees; - for all")
        one.add_argument("--tree", default="", choices=("territory", "body"))
    command(accounts, "list", "accounts:list_", "show the accounts")
    carry_arguments.add(commands, command)
    _cases(commands, command)
    trace = command(commands, "trace", "cases:run", "who was with the person of a case")
    trace.add_argument("--case", required=True, metavar="C")
    trace.add_argument(
        "--generations", type=int, default=1, metavar="N", help="1, or 2: contacts of contacts"
    )
    trace.add_argument(
        "--minutes", type=float, default=0, metavar="M", help="leave out shorter contacts"
    )
    trace.add_argument("--export", type=Path, metavar="F", help="write F.csv or F.xlsx too")
    trace.add_argument("--reason", default="", metavar="TEXT", help="why it is exported")
    report = command(commands, "report", "reports:report_", "which gates scan, and which do not")
    span = report.add_mutually_exclusive_group()
    span.add_argument("--day", metavar="D", help="2026-01-31; default: today")
    span.add_argument("--week", metavar="D", help="the seven days that end with this one")
    report.add_argument("--place", metavar="P", help="only this place")
    report.add_argument("--unit", default="", metavar="U", help="only this unit's places")
    report.add_argument("--tree", default="", choices=("territory", "body"), help="U's tree")
    for kind, text in (
        ("xlsx", "a workbook"), ("docx", "an official letter"), ("pdf", "the same, to send"),
    ):  # fmt: skip
        report.add_argument(f"--{kind}", type=Path, metavar="F", help=f"write {text}")
    letters = command(commands, "letters", "reports:letters", "remind units that are late")
    letters.add_argument("--unit", default="", metavar="U", help="only this unit and below")
    letters.add_argument("--tree", default="", choices=("territory", "body"), help="U's tree")
    letters.add_argument("--out", type=Path, required=True, metavar="DIR")
    letters.add_argument("--within", type=int, default=7, metavar="DAYS", help="time to mend")
    for one in (report, letters, trace):
        one.add_argument("--account", default="", metavar="NAME", help="act as this official")
        one.add_argument("--password-stdin", action="store_true", help="read the password there")


def _cases(commands: Group, command: Command) -> None:
    group = commands.add_parser(
        "case", help="cases: open, approve, review, close, note, list"
    ).add_subparsers(dest="action", metavar="ACTION", required=True)
    opened = command(group, "open", "cases:open_", "say who may be traced, and why")
    for name, text in (
        ("number", "document number"), ("phone", "phone"), ("qid", "QID"), ("bhyt", "insurance"),
        ("name", "name, with --birth"), ("birth", "year of birth"),
    ):  # fmt: skip
        opened.add_argument(f"--{name}", metavar="X", help=text)
    opened.add_argument("--reason", required=True, metavar="TEXT")
    opened.add_argument("--days", type=int, default=21, metavar="N", help="look back so far")
    opened.add_argument("--pick", type=int, metavar="N", help="which of several people")
    opened.add_argument(
        "--emergency", action="store_true", help="trace at once, alone, for 24 hours; reviewed"
    )
    approved = command(group, "approve", "cases:approve", "approve a case somebody else opened")
    approved.add_argument("--days", type=int, default=14, metavar="N", help="for so long")
    reviewed = command(group, "review", "cases:review", "review somebody's emergency trace")
    reviewed.add_argument("--finding", required=True, metavar="TEXT")
    closed = command(group, "close", "cases:close", "end a case")
    noted = command(group, "note", "cases:note", "note what a call came to")
    for one in (approved, reviewed, closed, noted):
        one.add_argument("case", metavar="CASE")
    noted.add_argument("contact", metavar="CONTACT")
    noted.add_argument("--state", required=True, metavar="S", help="todo, reached, no-answer, …")
    noted.add_argument("--note", metavar="TEXT")
    for one in (opened, approved, reviewed, closed, noted):
        one.add_argument("--account", required=True, metavar="NAME", help="an official's")
        one.add_argument("--password-stdin", action="store_true", help="read the password there")
    command(group, "list", "cases:list_", "show the cases")
