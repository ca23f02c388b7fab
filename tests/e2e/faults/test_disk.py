"""A disk that fails at any call: red is shown, nothing green is lost, and it recovers."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from kiosk.inspection import inspect
from kiosk.queue import FILE
from kiosk.salvage import open_outbox
from tests.e2e.faults.disk import injected, short
from tests.hubs import ROOT, HubProcess
from tests.kiosks import KioskBox, pictures

CALLS = {
    "pwrite64": ("EIO", "ENOSPC"),
    "fdatasync": ("EIO", "ENOSPC"),
    "fsync": ("EIO",),
    "ftruncate": ("EIO",),
    "openat": ("ENOSPC", "EIO"),
}
ROUNDS = 4


def work(
    folder: Path,
    *,
    fault: tuple[str, str, str] | None = None,
    limit: Callable[[], None] | None = None,
) -> subprocess.CompletedProcess[str]:
    """Let the writer work on ``folder``, with a fault or a limit on what the disk takes."""
    command = [sys.executable, "-m", "tests.e2e.faults.writer", str(folder), str(ROUNDS)]
    if fault is not None:
        paths = [folder, *(folder / (FILE + end) for end in ("", "-wal", "-shm"))]
        command = injected(command, *fault, paths)
    return subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, timeout=300, check=False,
        preexec_fn=limit,
    )  # fmt: skip


def greens(output: str) -> dict[int, str]:
    """Return what was said to be durable: hash by seq."""
    lines = (line.split() for line in output.splitlines())
    return {int(words[1]): words[2] for words in lines if words[0] == "green"}


def proved(folder: Path, said: str) -> None:
    """Open what is there: every green lies in it or was retired, and the chain is whole."""
    outbox, report = open_outbox(folder)
    with outbox:
        assert report is None, report
        assert inspect(outbox) == []
        held = {row.seq: row.entry.hash.hex() for row in outbox.rows(limit=10_000)}
        done = {int(line.split()[1]) for line in said.splitlines() if line.startswith("done")}
        for seq, hash_ in greens(said).items():
            assert held.get(seq, hash_ if seq in done else None) == hash_, seq
        assert outbox.head()[0] >= max(greens(said), default=0)


def calls_made(tmp_path: Path, call: str) -> int:
    """Count how often the writer makes a call, undisturbed."""
    folder, log = tmp_path / f"count-{call}", tmp_path / f"{call}.log"
    folder.mkdir()
    paths = [word for end in ("", "-wal", "-shm") for word in ("-P", str(folder / (FILE + end)))]
    subprocess.run(
        ["strace", "-f", "-qq", "-o", str(log), *paths, "-P", str(folder), "-e", f"trace={call}",
         sys.executable, "-m", "tests.e2e.faults.writer", str(folder), str(ROUNDS)],
        cwd=ROOT, check=True, capture_output=True, timeout=300,
    )  # fmt: skip
    return len([line for line in log.read_text().splitlines() if f" {call}(" in line])


def sites(tmp_path: Path, step: int) -> Iterator[tuple[str, str, str]]:
    for call, errors in CALLS.items():
        made = calls_made(tmp_path, call)
        for error in errors:
            for number in range(1, made + 1, step):
                yield call, error, str(number)
            if made:
                yield call, error, f"{max(1, made // 2)}+"  # and never again


def fail_everywhere(tmp_path: Path, step: int) -> int:
    count = 0
    for count, fault in enumerate(sites(tmp_path, step), 1):
        folder = tmp_path / f"fault-{count}"
        folder.mkdir()
        first = work(folder, fault=fault)
        assert "Traceback" not in first.stderr, (fault, first.stderr)
        if not fault[2].endswith("+"):
            assert first.returncode == 0 or "red" in first.stdout, (fault, first.stdout)
        else:
            assert "red" in first.stdout, fault
        proved(folder, first.stdout)
        again = work(folder)  # the disk is well again
        assert again.returncode == 0, again.stderr
        assert "red" not in again.stdout
        assert len(greens(again.stdout)) == 4 * ROUNDS
        proved(folder, first.stdout + again.stdout)
    return count


def test_errors_of_the_disk_lose_nothing_green(tmp_path: Path) -> None:
    assert fail_everywhere(tmp_path, step=60) >= 12


@pytest.mark.slow
def test_an_error_at_each_call_site_loses_nothing_green(tmp_path: Path) -> None:
    print(fail_everywhere(tmp_path, step=1), "faults, 0 greens lost, all recovered")


@pytest.mark.parametrize("most", [600, 3_000, 12_345, 33_000])
def test_a_disk_that_writes_short_and_then_no_more_loses_nothing_green(
    most: int, tmp_path: Path
) -> None:
    first = work(tmp_path, limit=short(most))
    assert "Traceback" not in first.stderr, first.stderr
    assert "red" in first.stdout
    proved(tmp_path, first.stdout)
    again = work(tmp_path)
    assert "red" not in again.stdout
    proved(tmp_path, first.stdout + again.stdout)


def test_a_gate_on_a_failing_disk_shows_red_and_is_green_again_with_the_disk(
    tmp_path: Path,
) -> None:
    box = KioskBox(tmp_path / "kiosk")
    queue = pictures(tmp_path / "people", range(50))
    with HubProcess(tmp_path / "hub") as hub:
        box.enrol(hub)
        hub.stop()  # so that every write is a scan's
        journal = box.data / (FILE + "-wal")

        def failing(words: list[str]) -> list[str]:
            return injected(words, "pwrite64", "EIO", "60..80", [journal])

        with box.running(queue, fps=8, through=failing) as run:
            assert run.wait() == 0, run.errors
        hub.start()
        summary = box.drain(tmp_path)
        said = [line["verdict"] for line in run.lines if "verdict" in line]
        first_red = said.index("out_of_service")
        assert "recorded" in said[:first_red]
        assert "recorded" in said[first_red:]
        assert all(line["id"] is None for line in run.said("out_of_service"))
        ids = {entry["id"] for entry in hub.entries("--limit", "1000")}
        assert {line["id"] for line in run.greens} <= ids
        assert summary["waiting"] == 0


def read_errors(tmp_path: Path, step: int) -> int:
    """Let reads fail, one after the other; a start that finds damage salvages it."""
    made = calls_made(tmp_path, "pread64")
    numbers = range(1, made + 1, step)
    for number in numbers:
        folder = tmp_path / f"read-{number}"
        folder.mkdir()
        first = work(folder, fault=("pread64", "EIO", str(number)))
        outbox, _ = open_outbox(folder)
        with outbox:
            assert inspect(outbox) == []
            held = {row.entry.hash.hex() for row in outbox.rows(limit=10_000)}
        done = {int(line.split()[1]) for line in first.stdout.splitlines() if "done" in line}
        lost = {seq for seq, hash_ in greens(first.stdout).items() if hash_ not in held} - done
        assert not lost, (number, first.stdout)
        again = work(folder)  # the disk is well again
        assert (again.returncode, "red" in again.stdout) == (0, False), again.stderr
    return len(numbers)


def test_a_place_that_cannot_be_read_loses_nothing_green(tmp_path: Path) -> None:
    assert read_errors(tmp_path, step=11) >= 3


@pytest.mark.slow
def test_a_read_that_fails_at_any_call_loses_nothing_green(tmp_path: Path) -> None:
    print(read_errors(tmp_path, step=1), "reads failed, 0 greens lost, all recovered")
