"""``kiosk decode``: read the codes in pictures through the scanner's own path."""

from __future__ import annotations

import argparse
import datetime as dt
from pathlib import Path
from typing import Any

from kiosk.clock import Clock, SetClock, SystemClock, wall_ms_of, wall_time
from kiosk.codes import Context, classify
from kiosk.commands.lines import code_line, say
from kiosk.errors import BadInput, NotEnrolled
from kiosk.identity import Identity
from kiosk.meaning import Meaning
from kiosk.model import ClockState
from kiosk.playback import read_picture
from kiosk.scanner import Scanner, scanner
from kiosk.tallies import LOCAL


def run(options: argparse.Namespace) -> int:
    """Print what was read; exit 1 if a file gave nothing."""
    reader = scanner(who=lambda _: None)
    context = _context(options.data, options.trust_list, options.at)
    missed = 0
    for path in options.files:
        facts = read(reader, path, context, reveal=options.reveal)
        missed += not facts["codes"]
        if options.json:
            say(facts | {"trust_list": signers_line(context)})
        else:
            _print(facts)
    return 1 if missed else 0


def read(reader: Scanner, path: Path, context: Context, *, reveal: bool) -> dict[str, Any]:
    """Return what is in one picture; a file that is none says so under ``error``."""
    try:
        sightings = reader.read_image(read_picture(path))
    except BadInput as error:
        return {"file": str(path), "codes": [], "error": str(error)}
    codes = []
    for sighting in sightings:
        code = classify(sighting.text or "", context)
        codes.append(
            {
                **code_line(code, reveal=reveal),
                "text": sighting.text if reveal else None,
                "decoder": sighting.decoder,
                "ms": round(sighting.ms, 1),
            }
        )
    return {"file": str(path), "codes": codes}


def signers_line(context: Context) -> dict[str, Any] | None:
    """Return how many signers of HC1 certificates are known, and how old their list is."""
    signers, now = context.trust_list, context.now
    if signers is None or now is None:
        return None
    return {
        "as_of": signers.as_of.isoformat(),
        "age_days": signers.age(now).days,
        "old": signers.is_old(now),
        "signers": len(signers),
    }


def _context(data: Path, trust_list: Path | None, at: str | None) -> Context:
    """Return what codes are checked against here: this kiosk's keys, if it has joined a place."""
    clock: Clock = SystemClock()
    if at is not None:
        clock = SetClock(wall_ms_of(_moment(at)))
    signers = None
    if trust_list is not None:
        from kiosk.codes.trustlist import load

        signers = load(trust_list)
    try:
        return Meaning(Identity.load(data), clock, trust_list=signers).context()
    except NotEnrolled:
        now = clock.now()
        trusted = now.state == ClockState.TRUSTED.value
        return Context(now=wall_time(now.wall_ms), clock_trusted=trusted, trust_list=signers)


def _moment(text: str) -> dt.datetime:
    try:
        moment = dt.datetime.fromisoformat(text)
    except ValueError as error:
        raise BadInput(f"“{text}” is no time; write it like 2026-03-01T08:00+07:00.") from error
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=LOCAL)


def _print(facts: dict[str, Any]) -> None:
    if not facts["codes"]:
        print(f"{facts['file']}: {facts.get('error') or 'no code was read'}")
    for code in facts["codes"]:
        person = code["person"] or {}
        shown = " · ".join(str(value) for value in person.values())
        text = f" {code['text']}" if code["text"] is not None else ""
        print(f"{facts['file']}: {code['kind']}, {code['trust']} {shown}{text} ({code['ms']} ms)")
