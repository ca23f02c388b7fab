"""What each command takes; the words of ``hub --help``."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import NoReturn

from hub import arguments_more, desk_arguments, public_arguments
from hub.desk_arguments import Command, Group

_EPILOG = """\
A first hub, its first place and the code for its first kiosk:

  hub serve --bind 127.0.0.1:8000 &
  hub place add "Chợ Ví Dụ" --kind market --json
  hub kiosk enrol p7k2m4qa --qr code.png
  hub entries

Exit codes: 0 done, 1 something is wrong, 2 bad usage, 3 refused by policy.
"""


class Parser(argparse.ArgumentParser):
    """Says in one line what is wrong with a command; its help is asked for."""

    def error(self, message: str) -> NoReturn:
        """End with exit code 2."""
        self.exit(2, f"{self.prog}: {message}; see {self.prog} --help\n")


def parser() -> argparse.ArgumentParser:
    """Return the whole command line."""
    shared = argparse.ArgumentParser(add_help=False)
    shared.add_argument(
        "--data", type=Path, metavar="DIR", help="where the hub's files lie (keys, SQLite file)"
    )
    shared.add_argument(
        "--database",
        metavar="URL",
        help="postgresql://user@host/name; default: hub.sqlite3 in the data folder",
    )
    shared.add_argument(
        "--url",
        metavar="URL",
        help="how kiosks and phones reach this hub; default: where the last serve listened",
    )
    report = argparse.ArgumentParser(add_help=False, parents=[shared])
    report.add_argument("--json", action="store_true", help="for programs instead of people")

    root: argparse.ArgumentParser = Parser(
        prog="hub",
        description="The hub: places, their kiosks, and what those recorded.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = root.add_subparsers(dest="command", metavar="COMMAND", required=True)

    def command(
        group: argparse._SubParsersAction[argparse.ArgumentParser],
        name: str,
        run: str,
        text: str,
        *,
        parent: argparse.ArgumentParser = report,
    ) -> argparse.ArgumentParser:
        added = group.add_parser(name, help=text, description=text, parents=[parent])
        added.set_defaults(run=run)
        return added

    command(commands, "migrate", "setup:migrate", "make or update the database's tables")

    serve = command(commands, "serve", "serve:serve", "answer kiosks and people", parent=shared)
    serve.add_argument(
        "--bind",
        default="127.0.0.1:8000",
        metavar="HOST:PORT",
        help="where to listen; port 0 takes a free one and prints it (default: %(default)s)",
    )
    serve.add_argument(
        "--processes",
        type=int,
        default=1,
        metavar="N",
        help="worker processes; more than one is for PostgreSQL (default: %(default)s)",
    )
    serve.add_argument(
        "--threads",
        type=int,
        default=8,
        metavar="N",
        help="requests that one process answers at a time (default: %(default)s)",
    )

    serve.add_argument(
        "--tls",
        action="store_true",
        help="speak HTTPS with a certificate of the hub's own, for a local network: enrolment "
        "codes bring its fingerprint",
    )
    serve.add_argument("--cert", type=Path, metavar="F.pem", help="speak HTTPS with this one")
    serve.add_argument("--key", type=Path, metavar="F.pem", help="the key of --cert")

    admin = command(commands, "admin", "setup:admin", "make a technician's account")
    admin.add_argument("name", metavar="NAME")
    admin.add_argument(
        "--password-stdin", action="store_true", help="read the password from standard input"
    )

    places = commands.add_parser(
        "place", help="places: add, list, import, stage, temporary, worksheet"
    ).add_subparsers(dest="action", metavar="ACTION", required=True)
    add = command(places, "add", "places:add", "register a place")
    add.add_argument("name", metavar="NAME")
    add.add_argument("--kind", required=True, metavar="K", help="market, school, hospital, …")
    add.add_argument("--address", default="", metavar="A")
    add.add_argument("--gates", type=int, default=1, metavar="N", help="how many gates it has")
    for option, text in (
        ("territory", "the code of its commune"), ("body", "the code of its governing body"),
        ("responsible", "who answers for it"), ("phone", "that person's"), ("hours", "06:00–21:00"),
    ):  # fmt: skip
        add.add_argument(f"--{option}", default="", metavar=option[0].upper(), help=text)
    command(places, "list", "places:list_", "show the places")

    _kiosks(commands, command)
    entries = command(commands, "entries", "entries:entries", "show what was recorded")
    entries.add_argument("--place", metavar="P", help="only this place's")
    entries.add_argument("--since", metavar="T", help="from 2026-01-31 or 2026-01-31T08:00 on")
    entries.add_argument("--limit", type=int, metavar="N", help="only the newest N")
    entries.add_argument(
        "--reveal", action="store_true", help="names in full; the audit notes it first"
    )
    entries.add_argument(
        "--reason", default="hub entries --reveal", metavar="TEXT", help="why, for the audit"
    )

    arguments_more.add(commands, places, command)
    desk_arguments.add(commands, command)
    public_arguments.add(commands, command)
    return root


def _kiosks(commands: Group, command: Command) -> None:
    kiosks = commands.add_parser(
        "kiosk", help="kiosks: enrol, list, accept, revoke"
    ).add_subparsers(dest="action", metavar="ACTION", required=True)
    enrol = command(kiosks, "enrol", "kiosks:enrol", "make the code with which a kiosk joins")
    enrol.add_argument("place", metavar="PLACE", help="the place's id")
    enrol.add_argument(
        "--gate", default="", metavar="A", help="the gate's name; default: Cổng 1, 2, …"
    )
    enrol.add_argument("--qr", type=Path, metavar="F.png", help="write the code as a picture too")
    enrol.add_argument(
        "--valid", type=float, default=30, metavar="DAYS", help="default: %(default)s"
    )
    _first_boot(enrol)
    command(kiosks, "list", "kiosks:list_", "show the kiosks, how they are and what they sent")
    for name, text in (
        ("accept", "accept the held claim with this fingerprint"),
        ("revoke", "believe this kiosk (or one key of it) no more; nothing it sent is lost"),
    ):
        decide = command(kiosks, name, f"kiosks:{name}", text)
        decide.add_argument("kiosk", metavar="KIOSK", help="the id or its beginning")
        decide.add_argument(
            "--fingerprint", required=name == "accept", metavar="F", help="of the one key meant"
        )
        decide.add_argument("--reason", default="", metavar="TEXT")


def _first_boot(enrol: argparse.ArgumentParser) -> None:
    """Add how many codes, and what spares the steward a keyboard because they bring it."""
    enrol.add_argument(
        "--count", type=int, default=1, metavar="N", help="make N codes, for N kiosks"
    )
    enrol.add_argument("--language", default="", metavar="L", help="the kiosk's, e.g. vi or en")
    enrol.add_argument(
        "--profile", default="", metavar="KIND", help="the kind of venue, e.g. hospital (config/)"
    )
    enrol.add_argument(
        "--wifi", default="", metavar="SSID", help="the Wi-Fi that the kiosk shall join"
    )
    enrol.add_argument(
        "--wifi-password-file", type=Path, metavar="F", help="a file with that Wi-Fi's password"
    )
