"""Looking an outbox over: is the file sound, does every row prove itself, does the chain hold.

:func:`examine` runs before the kiosk uses the file, :func:`inspect` when ``kiosk fsck``
asks; neither changes anything.
"""

from __future__ import annotations

import logging
from pathlib import Path

from kiosk.carving import holds_pages, plain_header, torn_inside
from kiosk.errors import DiskRefused, OutboxDamaged
from kiosk.outbox_file import OutboxFile
from kiosk.outbox_place import damage_mark
from kiosk.outbox_view import OutboxView
from kiosk.worn import WornFile, read_worn
from wire.entry import GENESIS
from wire.errors import WireError

_log = logging.getLogger(__name__)

SMALL_BYTES = 32 * 1024 * 1024
"""An outbox up to this size (two busy weeks) is checked at each start; it takes 0.3 s."""


def examine(path: Path) -> list[str]:
    """Look for damage before the outbox is used; a large file is looked at when it shows."""
    journal = read_worn(beside(path, "-wal"))
    if holds_pages(journal) and not (path.exists() and path.stat().st_size):
        return ["The database is gone, its journal is not."]  # SQLite would throw that away
    if not path.exists():
        return []
    if damage_mark(path).exists():
        # Found damaged while in use: whatever a look now says, it is not used as it is again.
        return ["The outbox was found damaged while it was used."]
    if torn_inside(journal):
        return ["The journal is damaged before its end."]
    if not journal and not plain_header(_head(path)):
        return ["The database's first page is damaged."]
    if path.stat().st_size > SMALL_BYTES:
        return []
    try:
        if unmade(path):
            return []
        with OutboxView(path) as outbox:
            return _integrity(outbox) or _marks(outbox)
    except OutboxDamaged as error:
        return [str(error)]
    except DiskRefused as error:
        _log.warning("The outbox was not examined: %s", error)
        return []


def unmade(path: Path) -> bool:
    """Whether the file has no tables, as after a power cut between making it and them."""
    file = OutboxFile(path, read_only=True)
    try:
        return file.version == 0
    finally:
        file.close()


def inspect(outbox: OutboxView) -> list[str]:
    """Check the file and the chain; returns findings, each one plain sentence."""
    try:
        return _integrity(outbox) + _chain(outbox)
    except OutboxDamaged as error:
        return [str(error)]


def _integrity(outbox: OutboxView) -> list[str]:
    told = [str(row[0]) for row in outbox.file.read("PRAGMA integrity_check(20)")]
    plain = [" ".join(text.replace("*** in database main ***", "").split()) for text in told]
    return [f"The database is damaged: {text}." for text in plain if text != "ok"]


def _marks(outbox: OutboxView) -> list[str]:
    after = -(2**63)
    while page := outbox.rows(after=after, limit=2000):  # raises where a mark does not fit
        after = page[-1].seq
    return []


def _chain(outbox: OutboxView) -> list[str]:
    findings: list[str] = []
    after, prev, expected = 0, None, None
    while page := outbox.rows(after=after):
        for row in page:
            try:
                header = row.entry.header
            except WireError as error:
                findings.append(f"Entry {row.seq} cannot be read: {error}")
                prev, expected = None, row.seq + 1
                continue
            if header.seq != row.seq or header.chain != outbox.chain:
                findings.append(f"Entry {row.seq} lies in a foreign place.")
            contiguous = expected is None or row.seq == expected
            if prev is not None and contiguous and header.prev != prev:
                findings.append(f"Entry {row.seq} does not follow the entry before it.")
            first = outbox.before.hash if outbox.before else GENESIS
            if row.seq == 1 and header.prev != first:
                findings.append("The first entry does not begin the chain.")
            prev, expected = row.entry.hash, row.seq + 1
        after = page[-1].seq
    return findings


def _head(path: Path) -> bytes:
    with WornFile(path) as file:
        return file[:100]


def beside(path: Path, suffix: str) -> Path:
    """Return the file that SQLite names after ``path``."""
    return path.with_name(path.name + suffix)
