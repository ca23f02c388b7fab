"""``kiosk decode``: read the codes in pictures through the scanner's own path."""

from __future__ import annotations

import argparse
import datetime as dt
from pathlib import Path
from typing import Any

from kiosk.codes import Context, classify
from kiosk.commands.lines import code_line, say
from kiosk.errors import BadInput
from kiosk.playback import read_picture
from kiosk.scanner import Scanner, scanner


def run(options: argparse.Namespace) -> int:
    """Print what was read; exit 1 if a file gave nothing."""
    reader = scanner(who=lambda _: None)
    context = _context(options.trust_list)
    missed = 0
    for path in options.files:
        facts = read(reader, path, context, reveal=options.reveal)
        missed += not facts["codes"]
        if options.json:
            say(facts)
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


def _context(trust_list: Path | None) -> Context:
    if trust_list is None:
        return Context()
    from kiosk.codes.trustlist import TrustList

    try:
        data, changed = trust_list.read_bytes(), trust_list.stat().st_mtime
    except OSError as error:
        raise BadInput(f"The trust list {trust_list} cannot be read: {error.strerror}.") from error
    as_of = dt.datetime.fromtimestamp(changed, dt.UTC)
    return Context(trust_list=TrustList.parse(data, as_of))


def _print(facts: dict[str, Any]) -> None:
    if not facts["codes"]:
        print(f"{facts['file']}: {facts.get('error') or 'no code was read'}")
    for code in facts["codes"]:
        person = code["person"] or {}
        shown = " · ".join(str(value) for value in person.values())
        text = f" {code['text']}" if code["text"] is not None else ""
        print(f"{facts['file']}: {code['kind']}, {code['trust']} {shown}{text} ({code['ms']} ms)")
