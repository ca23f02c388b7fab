"""``kiosk enter``: one code as if read, for hand scanners and tests."""

from __future__ import annotations

import argparse
import os
import sys

from kiosk.clock import SystemClock, wall_time
from kiosk.codes.text import normalise
from kiosk.commands.lines import say, verdict_line
from kiosk.commands.settings import settings
from kiosk.errors import (
    BadInput,
    DiskRefused,
    NotEnrolled,
    OutboxBusy,
    OutboxDamaged,
    OutboxNewer,
    Stop,
)
from kiosk.gate import Gate, Post
from kiosk.model import DirectionMode, Outcome, Verdict

EXIT = {
    Outcome.RECORDED: 0,
    Outcome.DUPLICATE: 0,
    Outcome.REFUSED: 3,
    Outcome.NOT_FOR_US: 3,
    Outcome.TWO_CODES: 3,
    Outcome.OUT_OF_SERVICE: 1,
}

REASONS: dict[type[Stop], str] = {
    OutboxBusy: "busy",
    NotEnrolled: "not-enrolled",
    DiskRefused: "disk",
    OutboxDamaged: "damaged",
    OutboxNewer: "newer",
}


def run(options: argparse.Namespace) -> int:
    """Record one code; the outbox keeps it until ``kiosk run`` sends it."""
    config = settings(options.config)
    raw = sys.stdin.buffer.read() if options.text == "-" else os.fsencode(options.text)
    text = normalise(raw)
    if not raw.strip(b"\0\r\n\t \xef\xbb\xbf"):
        raise BadInput("Nothing was entered: give the code as TEXT, or - for standard input.")
    if text is None:
        raise BadInput("The code is not UTF-8 text; set the scanner to UTF-8.")
    mode = DirectionMode(options.direction) if options.direction else None
    verdict: Verdict
    try:
        with Gate(options.data, config, Post(verdict=lambda _: None), mode=mode) as gate:
            verdict = gate.desk.present(text)
            # With this process ends the wait for a second code: whoever waits has none.
            verdict = next(iter(gate.desk.lapse(everyone=True)), verdict)
    except Stop as error:
        print(f"kiosk: {error}", file=sys.stderr)
        at = wall_time(SystemClock().now().wall_ms)
        verdict = Verdict(Outcome.OUT_OF_SERVICE, at, reason=REASONS.get(type(error), "fault"))
    say(verdict_line(verdict))
    return EXIT[verdict.outcome]
