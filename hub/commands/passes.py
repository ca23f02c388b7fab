"""``hub pass issue``, ``list`` and ``revoke``."""

from __future__ import annotations

import argparse
import datetime as dt

from hub import database
from hub.commands.output import actor, iso, local, print_json, print_table
from hub.errors import BadUsage
from hub.home import Home
from hub.paper.cards import draw_cards
from hub.paper.files import write_checked
from hub.trust import passes, roster
from hub.trust.models import IssuedPass
from wire.claims import Bearer


def issue(args: argparse.Namespace, home: Home) -> int:
    """Issue one pass, or one for each row of a roster; cards as a PDF."""
    if bool(args.name) == bool(args.roster):
        raise BadUsage("Give either one NAME or a --roster of names.")
    if args.roster and not args.out and not args.json:
        raise BadUsage("Passes of a roster are printed: give --out F.pdf.")
    if args.roster:
        wishes = roster.read(args.roster, purpose=args.purpose, place=args.place)
    else:
        wishes = [
            roster.wish(
                Bearer(
                    name=args.name, birth=args.birth, sex=args.sex, number=args.number,
                    qid="", bhyt=args.bhyt, phone=args.phone,
                ),
                purpose=args.purpose,
                place=args.place,
            )
        ]  # fmt: skip
    database.ready(home)
    cards = passes.issue(
        wishes, valid=dt.timedelta(days=args.valid), actor=actor(), renew=args.renew
    )
    if args.out:
        write_checked(args.out, draw_cards(cards), [card.text for card in cards])
    for card in cards:
        if args.json:
            print_json({"pass": card.id, "code": card.text, "until": iso(card.until)})
        elif not args.out:
            print(card.text)
    if args.out and not args.json:
        many = "1 card" if len(cards) == 1 else f"{len(cards)} cards"
        print(f"{many} in {args.out}, each read back from the print.")
    return 0


def list_(args: argparse.Namespace, home: Home) -> int:
    """Show the passes that were issued; no names."""
    database.ready(home)
    rows = IssuedPass.objects.order_by("issued", "id")
    if args.json:
        for row in rows:
            print_json(
                {
                    "pass": row.pk, "purpose": row.purpose, "place": row.place or None,
                    "issued": iso(row.issued), "until": iso(row.until),
                    "revoked": iso(row.revoked), "reason": row.reason or None,
                }
            )  # fmt: skip
        return 0
    print_table(
        ("PASS", "PURPOSE", "PLACE", "UNTIL", "TAKEN BACK"),
        ((r.pk, r.purpose or "–", r.place or "–", local(r.until), local(r.revoked)) for r in rows),
    )
    return 0


def revoke(args: argparse.Namespace, home: Home) -> int:
    """Take passes back."""
    if bool(args.id) == bool(args.number):
        raise BadUsage("Give either the pass's ID or its bearer's --number.")
    database.ready(home)
    rows = passes.find(id_=args.id or "", number=args.number or "")
    version = passes.revoke(rows, reason=args.reason, actor=actor())
    if args.json:
        print_json({"revoked": [row.pk for row in rows], "settings": version})
    else:
        for row in rows:
            print(f"{row.pk} is taken back; kiosks hear it with their next pulse.")
    return 0
