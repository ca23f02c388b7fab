"""An outbox at work in a process of its own, to be failed, cut off and recorded.

``python -m tests.e2e.faults.writer FOLDER ROUNDS`` opens (or salvages) the outbox there and
writes: in each round four entries, then a receipt for two of them, now and then a refusal,
a purge and a checkpoint. Each fact is said in a line once it is so: ``green SEQ HASH``,
``done SEQ`` (retired), ``red WHY``. ``--migrate`` adds a migration first; ``--aside`` sets a
damaged outbox of any size aside and brings its rows meanwhile.
"""

from __future__ import annotations

import sys
import uuid
from pathlib import Path

from kiosk import outbox_schema, salvage
from kiosk.errors import DiskRefused
from kiosk.presence import Passage
from kiosk.queue import Outbox
from kiosk.reclaim import Reclaim
from kiosk.salvage import open_outbox
from wire.batch import Answer
from wire.entry import Entry, Header, Link

KIOSK, BOOT = uuid.UUID(int=7), uuid.UUID(int=1)
WALL_MS = 1_780_000_000_000


def say(*words: object) -> None:
    """Say a fact at once."""
    sys.stdout.write(" ".join(map(str, words)) + "\n")
    sys.stdout.flush()


def entry_at(link: Link) -> Entry:
    """Make an entry whose sealed part is as long as a real one's."""
    header = Header(
        id=uuid.UUID(bytes=link.chain.bytes[:8] + link.seq.to_bytes(8, "big")), kiosk=KIOSK,
        place="p1", gate="A", chain=link.chain, seq=link.seq, prev=link.prev, type="passage",
        wall_ms=WALL_MS + link.seq, boot_ms=link.seq, boot_id=BOOT, clock="trusted",
        seal_kid=bytes(8), direction="in", basis="fixed",
    )  # fmt: skip
    return Entry(header.to_bytes(), link.seq.to_bytes(4, "big") * 76)


def scan(outbox: Outbox) -> None:
    """Write one entry; green once it is durable."""
    tag = (outbox.head()[0] % 9).to_bytes(12, "big")
    try:
        row = outbox.put(
            entry_at, wall_ms=WALL_MS + outbox.head()[0], passage=Passage((tag,), "in", 1)
        )
    except DiskRefused as error:
        say("red", error)
    else:
        say("green", row.seq, row.entry.hash.hex())


def settle(outbox: Outbox, number: int) -> None:
    """Retire two rows as the hub's receipt would, and refuse one now and then."""
    rows = outbox.due(limit=2, max_bytes=10_000)
    status = "refused" if number % 5 == 4 else "stored"
    answers = {row.seq: Answer(row.entry.hash, status, "") for row in rows}
    try:
        outbox.apply(answers, receipt_ms=WALL_MS + number)
    except DiskRefused as error:
        say("red", error)
    else:
        for row in rows:
            say("done", row.seq)


def keep_house(outbox: Outbox, number: int) -> None:
    """Purge what was retired a while ago, and write the journal back."""
    try:
        outbox.purge(before_ms=WALL_MS + number - 3)
        outbox.count("two-codes", wall_ms=WALL_MS)
        outbox.file.checkpoint()
    except DiskRefused as error:
        say("red", error)


def main(folder: Path, rounds: int) -> int:
    """Work; 1 when the outbox could not even be opened."""
    try:
        outbox, report = open_outbox(folder)
    except DiskRefused as error:
        say("red", error)
        return 1
    if report is not None:
        say("salvaged", report.rescued, report.lost_count)
    with outbox:
        reclaim = Reclaim(outbox, folder, tell=lambda lost: say("told", lost.lost_count))
        for number in range(rounds):
            reclaim.step(0.0)  # a slice
            for _ in range(4):
                scan(outbox)
            settle(outbox, number)
            if number % 3 == 2:
                keep_house(outbox, number)
        while reclaim.step(1.0):
            pass
    return 0


if __name__ == "__main__":
    if "--migrate" in sys.argv:
        sys.argv.remove("--migrate")
        outbox_schema.MIGRATIONS += (
            "CREATE TABLE later (a INTEGER);\nALTER TABLE counts ADD COLUMN later INTEGER",
        )
    if "--aside" in sys.argv:
        sys.argv.remove("--aside")
        salvage.AT_ONCE_BYTES = 0
    sys.exit(main(Path(sys.argv[1]), int(sys.argv[2])))
