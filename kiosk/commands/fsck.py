"""``kiosk fsck``: check the outbox; exit 1 on damage."""

from __future__ import annotations

import argparse

from kiosk.commands.lines import say
from kiosk.errors import OutboxDamaged
from kiosk.files import Ownership
from kiosk.queue import FILE, Outbox


def run(options: argparse.Namespace) -> int:
    """Check the file, every entry and the chain, and say what was found."""
    path = options.data / FILE
    entries = 0
    with Ownership(options.data):
        try:
            with Outbox(path, read_only=True) as outbox:
                findings = outbox.check()
                stock = outbox.stock()
                entries = stock.waiting + stock.acked + stock.refused
        except OutboxDamaged as error:
            findings = [str(error)]
    if options.json:
        say({"entries": entries, "findings": findings})
    else:
        for finding in findings:
            print(finding)
        print(f"{entries} entries, {len(findings) or 'no'} findings.")
    return 1 if findings else 0
