"""``hub handover begin``, ``list`` and ``lost``."""

from __future__ import annotations

import argparse
from typing import Any

from hub import database
from hub.carry import handover
from hub.carry.models import HandOver
from hub.commands.kiosks import address, draw
from hub.commands.output import actor, iso, print_json, print_table
from hub.home import Home
from hub.intake.registry import find_kiosk


def begin(args: argparse.Namespace, home: Home) -> int:
    """Make the code with which a new box takes the place of an old one."""
    served, pin = home.remembered_url()
    url = address(args.url or served)
    database.ready(home)
    old = find_kiosk(args.kiosk)
    _, made = handover.begin(old, url=url, pin=pin if url == served else b"", actor=actor())
    if args.qr:
        draw(made.text, args.qr)
    if args.json:
        print_json(
            {
                "code": made.text, "expires": iso(made.expires), "old": str(old.pk),
                "kiosk": str(made.code.kiosk), "place": made.code.place, "gate": made.code.gate,
            }
        )  # fmt: skip
        return 0
    print(made.text)
    print("1. Show this code to the new box (kiosk enrol).")
    print("2. Let the old box send what it holds, or copy it to a stick (kiosk export).")
    print("3. hub handover list says whether all of it is here; if the old box is dead,")
    print(f"   hub handover lost {str(old.pk)[:8]} --reason … says what is lost.")
    return 0


def list_(args: argparse.Namespace, home: Home) -> int:
    """Show the hand-overs and what of the old boxes is missing."""
    database.ready(home)
    rows = [
        _facts(row) for row in HandOver.objects.select_related("old", "new").order_by("begun_ms")
    ]
    if args.json:
        for row in rows:
            print_json(row)
        return 0
    print_table(
        ("OLD", "NEW", "PLACE", "GATE", "STATE", "LAST KNOWN", "MISSING"),
        (
            (
                r["old"][:8], r["new"][:8], r["place"], r["gate"], r["state"],
                " ".join(str(chain["last"]) for chain in r["chains"]) or "–", r["missing"],
            )
            for r in rows
        ),
    )  # fmt: skip
    return 0


def lost(args: argparse.Namespace, home: Home) -> int:
    """Declare what is missing of an old box lost."""
    database.ready(home)
    row = handover.declare_lost(find_kiosk(args.kiosk), reason=args.reason, actor=actor())
    facts = _facts(row)
    if args.json:
        print_json(facts)
    else:
        print(
            f"Declared lost: {facts['missing']} entries known to be missing, and whatever came "
            "after the last known one. What comes all the same is taken, and flagged."
        )
    return 0


def _facts(row: HandOver) -> dict[str, Any]:
    now = handover.standing(row)
    return {
        "old": str(row.old_id),
        "new": str(row.new_id),
        "place": row.old.place_id,
        "gate": row.old.gate,
        "state": now.state,
        "chains": now.chains,
        "missing": sum(b - a + 1 for chain in now.chains for a, b in chain["missing"]),
        "reason": row.reason or None,
    }
