"""Printing for people (tables) and for programs (JSON, a line each)."""

from __future__ import annotations

import datetime as dt
import getpass
import json
import sys
import unicodedata
from collections.abc import Iterable, Sequence
from typing import Any


def actor() -> str:
    """Return who runs this command, for the audit."""
    try:
        return f"shell:{getpass.getuser()}"
    except (KeyError, OSError):
        return "shell"


def print_json(value: Any) -> None:
    """Print one line of JSON."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False) + "\n")


def safe(text: str) -> str:
    """Return ``text`` as a terminal may show it: what a visitor's code held commands nothing.

    Escape sequences, line breaks and marks that turn the writing round become ``·``.
    """
    return "".join("·" if unicodedata.category(c) in _COMMANDING else c for c in text)


_COMMANDING = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})


def print_line(text: str) -> None:
    """Print one line for people."""
    sys.stdout.write(safe(text) + "\n")


def print_table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Print rows under their headings, or a dash when there are none."""
    lines = [[safe(str(cell)) for cell in row] for row in rows]
    widths = [max(map(_width, column)) for column in zip(head, *lines, strict=True)]
    for line in ([*head], *lines):
        cells = (c + " " * (w - _width(c)) for c, w in zip(line, widths, strict=True))
        sys.stdout.write("  ".join(cells).rstrip() + "\n")


def iso(moment: dt.datetime | None) -> str | None:
    """Return a time as ISO 8601 in UTC with milliseconds."""
    if moment is None:
        return None
    text = moment.astimezone(dt.UTC).isoformat(timespec="milliseconds")
    return text.replace("+00:00", "Z")


def local(moment: dt.datetime | None) -> str:
    """Return a time as people here read it (UTC+7)."""
    if moment is None:
        return "–"
    return moment.astimezone(dt.timezone(dt.timedelta(hours=7))).strftime("%d/%m/%Y %H:%M:%S")


def _width(text: str) -> int:
    return sum(not unicodedata.combining(c) for c in text)
