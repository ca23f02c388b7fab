"""``kiosk refused``: what the hub does not take, and sending it again when that was mended."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from kiosk.clock import wall_time
from kiosk.commands.lines import moment, say
from kiosk.errors import OutboxBusy
from kiosk.files import Ownership, write_private
from kiosk.housekeeping import AGAIN_FILE
from kiosk.outbox_view import OutboxView
from kiosk.queue import FILE, Outbox
from wire.errors import WireError


def run(options: argparse.Namespace) -> int:
    """List the refused entries (exit 1 if there are any), or send them again (exit 0)."""
    if options.again:
        return _again(options.data, json=options.json)
    with OutboxView(options.data / FILE) as outbox:
        listed = [_facts(outbox, one.seq, one.reason) for one in outbox.refusals()]
    for facts in listed:
        if options.json:
            say(facts)
        else:
            print(f"{facts['seq']:>9}  {facts['at'] or '-':24}  {facts['reason']}")
    if not options.json:
        print(f"{len(listed) or 'No'} refused entries{'; --again sends them.' * bool(listed)}")
    return 1 if listed else 0


def _facts(outbox: OutboxView, seq: int, reason: str) -> dict[str, Any]:
    row = outbox.row(seq)
    facts: dict[str, Any] = {"seq": seq, "id": None, "type": None, "at": None, "reason": reason}
    if row is not None:
        try:
            header = row.entry.header
            facts |= {"id": str(header.id), "type": header.type}
            facts["at"] = moment(wall_time(header.wall_ms))
        except WireError:
            facts["reason"] = reason or "its header cannot be read"
    return facts


def _again(data: Path, *, json: bool) -> int:
    try:
        with Ownership(data), Outbox(data / FILE) as outbox:
            count = outbox.retry_refused()
    except OutboxBusy:
        # The kiosk that runs owns the outbox: it is asked, and looks within a second.
        with OutboxView(data / FILE) as view:
            count = view.stock().refused
        write_private(data / AGAIN_FILE, b"")
    if json:
        say({"again": count})
    else:
        print(f"{count} entries wait for the hub again.")
    return 0
