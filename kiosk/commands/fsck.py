"""``kiosk fsck``: check the outbox, salvage what can be read; exit 1 on damage."""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import shutil
from pathlib import Path

from kiosk.commands.lines import say
from kiosk.errors import BadInput, OutboxDamaged
from kiosk.files import Ownership, is_read_only
from kiosk.inspection import examine, inspect
from kiosk.outbox_view import OutboxView
from kiosk.queue import FILE
from kiosk.salvage import Report, salvage


def run(options: argparse.Namespace) -> int:
    """Check the file, every entry and the chain, and say what was found."""
    path: Path = options.data / FILE
    if options.salvage and _within(options.salvage, options.data):
        raise BadInput(
            f"{options.salvage} is in the kiosk's own folder, where the damaged files are kept "
            "anyway; give another one, a stick's say."
        )
    # Nobody writes on a disk that takes no writes: it can be looked over without holding it.
    looking = is_read_only(options.data) and not options.salvage
    with contextlib.nullcontext() if looking else Ownership(options.data):
        entries, findings = _check(path)
        report = None
        if findings and options.salvage:
            report = salvage(options.data, findings)
            _hand_out(report, options.salvage)
    facts = {"entries": entries, "findings": findings} | (_facts(report) if report else {})
    if options.json:
        say(facts)
        return 1 if findings else 0
    for finding in findings:
        print(finding)
    print(f"{entries} entries, {len(findings) or 'no'} findings.")
    if report:
        print(
            f"{report.rescued} entries saved ({report.waiting} wait for the hub), "
            f"{report.lost_in_words} lost; the damaged files are in {options.salvage}."
        )
    elif findings:
        print("Give --salvage DIR to save what can be read; the damaged files go to DIR.")
    return 1 if findings else 0


def _within(folder: Path, data: Path) -> bool:
    try:
        return folder.resolve().is_relative_to(data.resolve())
    except (OSError, RuntimeError):  # no such name; a link that leads to itself
        return False


def _check(path: Path) -> tuple[int, list[str]]:
    if findings := examine(path):
        return 0, findings
    try:
        with OutboxView(path) as outbox:
            stock = outbox.stock()
            return stock.waiting + stock.acked + stock.refused, inspect(outbox)
    except OutboxDamaged as error:
        return 0, [str(error)]


def _facts(report: Report) -> dict[str, object]:
    return {
        "rescued": report.rescued,
        "waiting": report.waiting,
        "lost": [list(pair) for pair in report.lost],
        "lost_count": report.lost_count,
    }


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _hand_out(report: Report, target: Path) -> None:
    """Copy the damaged files and what became of them to ``target`` (a stick, say)."""
    try:
        target.mkdir(parents=True, exist_ok=True, mode=0o700)
        for file in report.kept.iterdir():
            with file.open("rb") as source, open(target / file.name, "wb", opener=_private) as copy:
                shutil.copyfileobj(source, copy)
                copy.flush()
                os.fsync(copy.fileno())
        text = json.dumps(_facts(report) | {"findings": list(report.findings)}, indent=2)
        with open(target / "salvage.json", "w", encoding="utf-8", opener=_private) as told:
            told.write(text + "\n")
    except OSError as error:
        raise BadInput(
            f"The entries are saved, but {target} takes no copy of the damaged files "
            f"({error.strerror}); they are kept in {report.kept}."
        ) from error
