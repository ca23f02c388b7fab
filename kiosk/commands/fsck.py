"""``kiosk fsck``: check the outbox; exit 1 on damage."""

from __future__ import annotations

import argparse

from kiosk.commands.lines import say
from kiosk.errors import OutboxDamaged
from kiosk.files import Ownership
from kiosk.inspection import inspect
from kiosk.outbox_view import OutboxView
from kiosk.queue import FILE


def run(options: argparse.Namespace) -> int:
    """Check the file, every entry and the chain, and say what was found."""
    entries = 0
    with Ownership(options.data):
        try:
            with OutboxView(options.data / FILE) as outbox:
                findings = inspect(outbox)
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
