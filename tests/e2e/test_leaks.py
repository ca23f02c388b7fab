"""A stolen kiosk tells nothing: every name, number and phone is looked for in every byte."""

from __future__ import annotations

import base64
import os
import subprocess
import sys
import unicodedata
from collections.abc import Iterator
from pathlib import Path

import pytest

from kiosk.files import memory_folder
from tests.hubs import ROOT, HubProcess
from tests.kiosks import KioskBox, card, name, national, number, phone, pictures

PEOPLE = range(4)


def forms(text: str) -> Iterator[bytes]:
    """Yield the ways in which a text may lie in a file."""
    for spelt in {
        text, text.upper(), text.lower(),
        unicodedata.normalize("NFD", text), unicodedata.normalize("NFC", text),
    }:  # fmt: skip
        for encoding in ("utf-8", "utf-16-le", "utf-16-be", "utf-32-le"):
            raw = spelt.encode(encoding)
            yield raw
            yield raw.hex().encode()
            yield raw.hex().upper().encode()
            # Base64 depends on where in a longer text the needle begins.
            for shift in range(3):
                whole = base64.b64encode(bytes(shift) + raw)
                yield whole[4 if shift else 0 : -4]


def needles(who: int) -> list[bytes]:
    """Return what must be found nowhere of a person; words of a name too, where telling."""
    found = set(forms(number(who))) | set(forms(phone(who))) | set(forms(name(who)))
    found |= set(forms(number(who)[3:]))
    return [needle for needle in found if len(needle) >= 8]


def search(haystack: bytes) -> list[bytes]:
    """Return the needles of all people that lie in ``haystack``."""
    return [needle for who in PEOPLE for needle in needles(who) if needle in haystack]


def files(*folders: Path) -> Iterator[Path]:
    for folder in folders:
        yield from (path for path in folder.rglob("*") if path.is_file())


def test_the_search_finds_what_lies_open(tmp_path: Path) -> None:
    for raw in (
        card(1).encode(), name(1).upper().encode("utf-16-le"),
        base64.b64encode(b"xy" + card(1).encode()), card(1).encode().hex().encode(),
    ):  # fmt: skip
        assert search(b"...." + raw + b"....")


def test_no_file_of_the_kiosk_holds_who_passed(tmp_path: Path) -> None:
    box = KioskBox(tmp_path / "kiosk")
    with HubProcess(tmp_path / "hub") as hub:
        box.enrol(hub)
        told = ""
        for text in (card, national):
            queue = pictures(tmp_path / text.__name__, PEOPLE, text)
            with box.running(queue, "--log", "debug", fps=4) as run:
                run.wait_for(lambda r: len(r.greens) >= len(PEOPLE))
                run.kill()  # so that the journal stays as it is
            told += run.errors + "".join(map(str, run.lines))
        done = box.cli("enter", card(0), "--log", "debug", check=False)
        told += done.stdout + done.stderr
        memory = memory_folder(box.data)
        searched = list(files(box.data, memory))
        assert {path.name for path in searched} >= {"identity.cbor", "outbox.sqlite3", "tags.key"}
        for path in searched:
            assert not search(path.read_bytes()), path
        assert not search(told.encode())
        assert len(hub.entries()) > 0


@pytest.mark.slow
def test_no_byte_of_a_stolen_disk_holds_who_passed(tmp_path: Path) -> None:
    """The raw image, free space included, after scans, syncing, kills and a purge."""
    if os.geteuid() != 0:
        pytest.skip("mounting an image needs root")
    from tests.e2e.faults.disk import mounted

    image = tmp_path / "disk.img"
    with HubProcess(tmp_path / "hub") as hub, mounted(image, tmp_path / "disk", 48) as disk:
        box = KioskBox(disk / "gate-1")
        box.enrol(hub)
        for _ in range(3):
            for text in (card, national):
                queue = pictures(tmp_path / text.__name__, PEOPLE, text)
                with box.running(queue, "--log", "debug", fps=8, cwd=disk) as run:
                    run.wait_for(lambda r: len(r.lines) >= len(PEOPLE))
                    run.kill()
        box.drain(tmp_path)
    raw = image.read_bytes()
    assert b"outbox.sqlite3" in raw
    assert not search(raw)


def test_every_file_is_its_owner_s_alone_and_no_crash_writes_the_memory_down(
    tmp_path: Path,
) -> None:
    box = KioskBox(tmp_path / "kiosk")
    with HubProcess(tmp_path / "hub") as hub:
        box.enrol(hub)
        queue = pictures(tmp_path / "people", PEOPLE)
        with box.running(queue, fps=4) as run:
            run.wait_for(lambda r: bool(r.greens))
            for process in (run.process.pid, hub.pid):
                limits = Path(f"/proc/{process}/limits").read_text(encoding="ascii")
                (core,) = [line for line in limits.splitlines() if "core file" in line]
                assert core.split()[4:6] == ["0", "0"], core
            for folder in (box.data, memory_folder(box.data), tmp_path / "hub"):
                for path in (folder, *folder.rglob("*")):
                    if not path.is_socket():
                        assert path.stat().st_mode & 0o077 == 0, path
    code = (
        "import ctypes, kiosk.secrecy as k, hub.secrecy as h\n"
        "for side in (k, h):\n"
        "    ctypes.CDLL(None).prctl(4, 1)\n"
        "    side.keep_memory_secret()\n"
        "    print(ctypes.CDLL(None).prctl(3))\n"  # PR_GET_DUMPABLE
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, check=True, capture_output=True, text=True,
        timeout=60,
    )  # fmt: skip
    assert done.stdout.split() == ["0", "0"]
