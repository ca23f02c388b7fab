"""``hub import``: take in what sticks bring, and put the answers back on them."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from hub import database
from hub.carry import files, trips
from hub.commands.output import actor, print_json, print_table
from hub.errors import BadUsage, HubError
from hub.home import Home
from hub.intake.models import Kiosk
from wire.bundle import FOLDER


def import_(args: argparse.Namespace, home: Home) -> int:
    """Take in each path; 1 when something was no use or the answers could not be written."""
    database.ready(home)
    wrong = 0
    for path in args.paths:
        if not path.exists():
            raise BadUsage(f"{path} is not there.")
        taken = trips.take(files.found(path), actor=actor())
        target = args.answers or (path if path.is_dir() else path.parent)
        wrong |= _tell(taken, path, json=args.json)
        wrong |= _give_back(taken, target, json=args.json)
    return wrong


def _give_back(taken: trips.Taken, target: Path, *, json: bool) -> int:
    """Write the answers, and for every other gate on the courier's way the settings."""
    if not taken.kiosks:
        return 0
    news = trips.briefing(Kiosk.objects.filter(status=Kiosk.Status.ACTIVE))
    try:
        files.write(target, [*taken.returns(), *news])
    except HubError as error:
        print(f"hub: {error} What the stick brought is stored all the same.", file=sys.stderr)
        return 1
    if not json:
        folder = target if target.name == FOLDER else target / FOLDER
        print(f"The answers are in {folder}: plug the stick into its kiosks again.")
    return 0


def _tell(taken: trips.Taken, path: Path, *, json: bool) -> int:
    if json:
        for came in taken.came:
            print_json(came)
    else:
        if taken.came:
            print_table(
                ("KIOSK", "PLACE", "GATE", "NEW", "KNOWN", "REFUSED", "MISSING", "NOTES"),
                [_row(came) for came in taken.came],
            )
        if not (taken.kiosks or taken.damaged or taken.foreign):
            print(f"Nothing that a kiosk wrote is in {path}.")
    if taken.damaged:
        print(
            f"hub: {taken.damaged} pieces in {path} are damaged; their kiosk keeps what was in "
            "them until it is copied again.",
            file=sys.stderr,
        )
    if taken.foreign:
        print(
            f"hub: {taken.foreign} pieces in {path} are of no kiosk of this hub; nothing was "
            "taken from them.",
            file=sys.stderr,
        )
    refused = any(came["refusal"] for came in taken.came)
    return 1 if taken.damaged or taken.foreign or refused or not taken.kiosks else 0


def _row(came: dict[str, Any]) -> tuple[object, ...]:
    notes = []
    if came["claim"]:
        notes.append(f"claim {came['claim']}")
    if came["refusal"]:
        notes.append(f"not taken: {came['refusal']}")
    if came["late"]:
        notes.append("replaced by another box: flagged")
    if came["left_out"]:
        notes.append(f"{came['left_out']} found no room on the stick")
    if came["missing_parts"]:
        notes.append(f"{len(came['missing_parts'])} parts are not here or damaged")
    for _, first, last in came["missing_ranges"][:5]:
        notes.append(f"lacks {first}–{last}")
    return (
        came["kiosk"][:8], came["place"], came["gate"], came["stored"], came["known"],
        came["refused"], came["missing"], "; ".join(notes) or "–",
    )  # fmt: skip
