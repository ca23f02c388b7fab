"""What the card bears: bytes that reach a real block device while the real kiosk serves.

The kiosk's folder lies on an ext4 of its own on a loop device, whose kernel counter tells what
was written: data, journal and metadata. Once all entries are at the hub it is synced and read.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from kiosk.presence import TAG_BYTES, Passage
from kiosk.queue import FILE, Outbox
from tests.hubs import HubProcess
from tests.kiosks import KioskBox, Running, pictures
from wire.batch import STORED, Answer
from wire.entry import Entry, Header, Link

pytestmark = pytest.mark.slow

SCANS = int(os.environ.get("CARD_SCANS", "1000"))
RATE = float(os.environ.get("CARD_RATE", "4"))
"""Scans a second. Slower gates settle more scans one by one, which costs more."""

MOST_MB = 12.0
"""For 1,000 scans; an entry of about 1.4 kB is 1.4 MB of it."""

ENTRY_BYTES = 506
"""A citizen card's: a header of 202 and a sealed part of 304."""
WALL_MS = 1_790_000_000_000
IDLE_S = int(os.environ.get("CARD_IDLE_S", "90"))
IDLE_MOST_KB_A_MINUTE = 40


@contextlib.contextmanager
def disk(folder: Path) -> Iterator[tuple[Path, Path]]:
    """A fresh ext4: its mount and its counter."""
    if os.geteuid() != 0:
        pytest.fail("This test mounts a loop device: run it as root.")
    file, place = folder / "card.fs", folder / "card"
    place.mkdir()
    # Blocks as a card has them: mke2fs gives so small a disk smaller ones, which cost less.
    subprocess.run(["mkfs.ext4", "-q", "-m", "0", "-b", "4096", str(file), "256M"], check=True)
    device = subprocess.run(
        ["losetup", "--find", "--show", str(file)], check=True, capture_output=True, text=True
    ).stdout.strip()
    try:
        # As kiosk-card.service and kiosk-readonly have it.
        subprocess.run(["mount", "-o", "noatime,commit=60", device, str(place)], check=True)
        # A fresh ext4 goes on writing its tables in the background; not the kiosk's doing.
        subprocess.run(["mount", "-o", "remount,noinit_itable", str(place)], check=True)
        yield place, Path("/sys/block") / Path(device).name / "stat"
    finally:
        subprocess.run(["umount", str(place)], check=False)
        subprocess.run(["losetup", "--detach", device], check=True)


def written(place: Path, counter: Path) -> int:
    """Return the bytes written to the device so far, after a sync."""
    subprocess.run(["sync", "--file-system", str(place)], check=True)
    return int(counter.read_text().split()[6]) * 512


def test_a_thousand_scans_cost_the_card_no_more_than_promised(tmp_path, record_property):
    with disk(tmp_path) as (place, counter), HubProcess(tmp_path / "hub") as hub:
        box = KioskBox(place / "kiosk")
        box.enrol(hub)
        queue = pictures(tmp_path / "people", range(SCANS))
        with box.running(queue, fps=RATE) as run:
            # What a start costs comes once: the reserve, the first pages.
            run.wait_for(lambda r: len(r.greens) >= 1)
            before, first = written(place, counter), len(run.greens)
            assert run.wait(900) == 0, run.errors
            assert run.summary["waiting"] == 0
            assert len(run.greens) == SCANS
            bytes_ = written(place, counter) - before
    megabytes = bytes_ / (SCANS - first) * 1000 / 1e6
    record_property("megabytes", round(megabytes, 1))
    print(f"{SCANS} scans at {RATE:g} a second: {megabytes:.1f} MB written for 1,000")
    assert megabytes <= MOST_MB


def test_people_who_come_one_by_one_cost_no_more(tmp_path, record_property):
    # Each is durable, sent and received before the next comes, however long that takes.
    with disk(tmp_path) as (place, counter), Outbox(place / FILE) as outbox:
        before = 0
        for seq in range(1, 2 * SCANS + 1):
            if seq == SCANS + 1:  # the journal has its length now, as after a first day
                before = written(place, counter)
            tags = [os.urandom(TAG_BYTES) for _ in range(4)]  # as a citizen card has them
            passage = Passage((tags[0],), "in", seq, tuple(tags[1:]))
            outbox.put(entry, wall_ms=WALL_MS + seq, passage=passage)
            outbox.retire({seq: Answer(bytes(32), STORED)}, receipt_ms=WALL_MS + seq)
        bytes_ = written(place, counter) - before
    megabytes = bytes_ / SCANS * 1000 / 1e6
    record_property("megabytes", round(megabytes, 1))
    print(f"{SCANS} scans one by one: {megabytes:.1f} MB written for 1,000")
    assert megabytes <= MOST_MB


def entry(link: Link) -> Entry:
    """Return an entry as long as one of a citizen card."""
    header = Header(
        id=uuid.uuid4(), kiosk=uuid.UUID(int=7), place="p1", gate="A", chain=link.chain,
        seq=link.seq, prev=link.prev, type="passage", wall_ms=WALL_MS + link.seq, boot_ms=1,
        boot_id=uuid.UUID(int=1), clock="trusted", seal_kid=bytes(8), direction="in", basis="fixed",
    )  # fmt: skip
    return Entry(header.to_bytes(), os.urandom(ENTRY_BYTES - len(header.to_bytes())))


def test_an_idle_kiosk_writes_nothing_but_its_pulse(tmp_path, record_property):
    with disk(tmp_path) as (place, counter), HubProcess(tmp_path / "hub") as hub:
        box = KioskBox(place / "kiosk")
        box.enrol(hub)
        with box.running("none") as run:
            settled(run)
            before = written(place, counter)
            assert run.lives(IDLE_S)
            bytes_ = written(place, counter) - before
    kilobytes = bytes_ / 1000 / (IDLE_S / 60)
    record_property("kilobytes_a_minute", round(kilobytes, 1))
    print(f"idle: {kilobytes:.1f} kB a minute, {kilobytes * 60 / 1000:.2f} MB an hour")
    assert kilobytes <= IDLE_MOST_KB_A_MINUTE


def settled(run: Running) -> None:
    """Let the start's own writing pass: the reserve, the first pulse, the first look round."""
    assert run.lives(20)
