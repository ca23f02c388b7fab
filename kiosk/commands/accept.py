"""``kiosk accept``: take the hub's answers from a stick or a file; only they retire entries."""

from __future__ import annotations

import argparse

from kiosk.carry import Carrier
from kiosk.carrying import Accepted
from kiosk.clock import SystemClock
from kiosk.commands.export import report
from kiosk.commands.lines import say
from kiosk.files import Ownership
from kiosk.identity import Identity
from kiosk.membership import Membership
from kiosk.salvage import open_outbox
from kiosk.stick import Stick


def run(options: argparse.Namespace) -> int:
    """Take what is the hub's word to this kiosk; 1 when there was none, 3 when it refuses us."""
    clock = SystemClock()
    with Ownership(options.data), open_outbox(options.data)[0] as outbox:
        membership = Membership(options.data, Identity.load(options.data), clock)
        carrier = Carrier(outbox, membership, clock, report=lambda: report(outbox))
        if options.file.is_dir():
            with Stick(options.file) as stick:
                accepted = carrier.accept(stick)
        else:
            accepted = carrier.accept_file(options.file)
        waiting = outbox.stock().waiting
        claim = membership.identity.claim
    if options.json:
        say(
            {
                "retired": accepted.retired,
                "refused": accepted.refused,
                "sent_again": accepted.sent_again,
                "settings": accepted.settings,
                "claim": claim,
                "foreign": accepted.foreign,
                "stale": accepted.stale,
                "stranger": accepted.stranger or None,
                "waiting": waiting,
            }
        )
    else:
        _tell(accepted, waiting, claim)
    if accepted.stranger:
        return 3
    return 0 if accepted.files else 1


def _tell(accepted: Accepted, waiting: int, claim: str) -> None:
    if not accepted.files:
        print("There is no answer of this kiosk's hub to it here.")
    else:
        print(f"{accepted.retired} entries are done, {waiting} still wait; this kiosk is {claim}.")
    if accepted.refused:
        print(f"The hub does not take {accepted.refused} entries; they stay here.")
    if accepted.sent_again:
        print(f"The hub has lost {accepted.sent_again} entries; they wait again.")
    if accepted.settings:
        print("New settings are in force.")
    if accepted.stale:
        print(f"{accepted.stale} answers are to older copies and retire nothing: copy again.")
    if accepted.foreign:
        print(f"{accepted.foreign} objects are damaged or not for this kiosk; nothing was done.")
    if accepted.stranger:
        print(f"The hub refuses this kiosk ({accepted.stranger}); its entries stay here.")
