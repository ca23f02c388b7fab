"""The whole kiosk at 1024 x 600, as it is and as a small board has it: memory and work.

Each way is a real ``kiosk run`` in its window under Xvfb, playing a film of citizen cards; after
a warm-up its memory is read from /proc/PID/smaps_rollup and its processor time counted for a
fixed time.
``--instructions`` counts under valgrind what reading one frame takes. docs/boards.md says how
both are projected to a Raspberry Pi.
"""

from __future__ import annotations

import argparse
import os
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import qrcode

from bench.machine import named, table
from kiosk.board import SMALL_CAMERA
from kiosk.frames import Frame, Image
from kiosk.scanner import scanner
from wire.enrol import EnrolmentCode
from wire.keys import OpenKey, SigningKey

ROOT = Path(__file__).resolve().parents[1]
MOST_MB = 300
SCREEN = "1024x600x24"
SHOWN_S, AWAY_S = 2.0, 1.0
WARM_S = 12.0
COUNTED_S = 20.0
LOOKS = (3, 12)


@dataclass(frozen=True, slots=True)
class Way:
    """One way to run: the camera's picture and its rate."""

    name: str
    size: tuple[int, int]
    fps: float


WAYS = (
    Way("1280 x 720, 30 a second", (1280, 720), 30),
    Way("small board", SMALL_CAMERA[:2], SMALL_CAMERA[2]),
)


@dataclass(frozen=True, slots=True)
class Cost:
    """What a way costs: MiB, and seconds of processor in a second of service."""

    pss_mb: float
    rss_mb: float
    processor: float
    recorded: int


def film(path: Path, way: Way, seconds: float) -> Path:
    """Draw people who hold their cards into the frame one after the other."""
    out = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), way.fps, way.size)
    each = round((SHOWN_S + AWAY_S) * way.fps)
    room, last, shown = scene(None, way.size), -1, scene(0, way.size)
    for number in range(round(seconds * way.fps)):
        who, within = divmod(number, each)
        if who != last:
            last, shown = who, scene(who, way.size)
        out.write(shown if within < SHOWN_S * way.fps else room)
    out.release()
    return path


def scene(who: int | None, size: tuple[int, int]) -> Image:
    """Return a room, with a person's card held into it."""
    width, height = size
    noise = np.random.default_rng(7).integers(90, 140, (height, width, 3), dtype=np.uint8)
    picture: Image = cv2.GaussianBlur(noise, (0, 0), 3)  # type: ignore[assignment]  # uint8 in
    if who is None:
        return picture
    code = qrcode.QRCode(box_size=max(2, round(4 * height / 720)), border=4)
    code.add_data(f"0541990{who:05d}||Nguyễn Thị Ví Dụ|01021999|Nữ|Hòa Thắng|22062022")
    tile = np.where(np.array(code.get_matrix()), 0, 255).astype(np.uint8)
    tile = tile.repeat(code.box_size, 0).repeat(code.box_size, 1)
    top, left = (height - len(tile)) // 2, (width - len(tile)) // 2
    picture[top : top + len(tile), left : left + len(tile)] = tile[:, :, None]
    return picture


def run(way: Way, folder: Path) -> Cost:
    """Run a kiosk that way and measure it."""
    data = folder / "kiosk"
    enrol(data)
    kiosk = [sys.executable, "-m", "kiosk"]
    played = film(folder / "film.avi", way, WARM_S + COUNTED_S + 20)
    words = ["xvfb-run", "-a", "-s", f"-screen 0 {SCREEN}", *kiosk, "run", "--direction", "in",
             "--camera", f"file:{played}", "--data", str(data)]  # fmt: skip
    process = subprocess.Popen(words, cwd=ROOT, stderr=subprocess.DEVNULL, start_new_session=True)
    try:
        return measured(child(process.pid), data)
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(30)


def enrol(data: Path) -> None:
    """Join a place of a hub that is nowhere: the kiosk works, and sends nothing."""
    hub = SigningKey.new()
    code = EnrolmentCode(
        kiosk=uuid.uuid4(), token=bytes(16), url="http://127.0.0.1:9", hub_key=hub.public.raw,
        seal_key=OpenKey.new().public.raw, place="p1", place_name="Chợ Ví Dụ", gate="Cổng 1",
        expires_ms=2**41,
    )  # fmt: skip
    words = [sys.executable, "-m", "kiosk", "enrol", code.to_text(hub), "--data", str(data)]
    subprocess.run(words, cwd=ROOT, check=True, capture_output=True)


def child(of: int, wanted: bytes = b"-m\0kiosk\0run") -> int:
    """Return the program below ``of`` whose command line holds ``wanted``, once it is there."""
    until = time.monotonic() + 60
    while time.monotonic() < until:
        wait(0.5)
        for proc in Path("/proc").glob("[0-9]*"):
            try:
                command = (proc / "cmdline").read_bytes()
                session = int((proc / "stat").read_text().rpartition(")")[2].split()[3])
            except OSError:
                continue
            if wanted in command and b"xvfb" not in command and session == of:
                return int(proc.name)
    raise RuntimeError("The program did not start; run it by hand to see why.")


def measured(pid: int, data: Path) -> Cost:
    """Warm up, then count for a fixed time."""
    wait(WARM_S)
    began, at = processor_s(pid), time.monotonic()
    wait(COUNTED_S)
    took = time.monotonic() - at
    spent = processor_s(pid) - began
    memory = Path(f"/proc/{pid}/smaps_rollup").read_text()
    pss, rss = (
        int(re.search(rf"^{name}:\s+(\d+) kB", memory, re.MULTILINE)[1]) / 1024  # type: ignore[index]
        for name in ("Pss", "Rss")
    )
    asked = [sys.executable, "-m", "kiosk", "status", "--json", "--data", str(data)]
    status = subprocess.run(asked, cwd=ROOT, capture_output=True, text=True, check=False)
    waiting = re.search(r'"waiting": *(\d+)', status.stdout)
    return Cost(pss, rss, spent / took, int(waiting[1]) if waiting else 0)


def instructions(size: tuple[int, int]) -> int:
    """Return the instructions that looking at one frame of ``size`` takes, by valgrind.

    The difference of two runs of different length: what starts and ends a program falls out.
    """
    return round((_counted(size, LOOKS[1]) - _counted(size, LOOKS[0])) / (LOOKS[1] - LOOKS[0]))


def _counted(size: tuple[int, int], looks: int) -> int:
    words = ["valgrind", "--tool=cachegrind", "--cache-sim=no", "--cachegrind-out-file=/dev/null",
             sys.executable, "-m", "bench", "board", "--look"]  # fmt: skip
    words += map(str, (*size, looks))
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=True)
    counted = re.search(r"I\s+refs:\s+([\d,]+)", done.stderr)
    if counted is None:
        raise RuntimeError(f"valgrind did not count: {done.stderr[-300:]}")
    return int(counted[1].replace(",", ""))


def look(width: int, height: int, looks: int) -> None:
    """Look at frames as the scan thread does: a card comes, and goes."""
    cv2.setNumThreads(1)
    reader = scanner(who=lambda _: None)
    shown = scene(0, (width, height))
    empty = scene(None, (width, height))
    for number in range(looks):
        picture = shown if number % 3 else empty
        reader.look(Frame(picture, number / 10, number + 1))


def processor_s(pid: int) -> float:
    """Return the processor time that a process has had, all threads of it."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def wait(seconds: float) -> None:
    """Let time pass."""
    threading.Event().wait(seconds)


def main(argv: list[str]) -> int:
    """Print the table; 0 when the whole kiosk stays within what was promised."""
    words = argparse.ArgumentParser(prog="bench board", description=__doc__)
    words.add_argument("--instructions", action="store_true", help="count instead; minutes long")
    words.add_argument("--look", nargs=3, type=int, metavar=("W", "H", "N"), help=argparse.SUPPRESS)
    asked = words.parse_args(argv)
    if asked.look:
        look(*asked.look)
        return 0
    print(named())
    if asked.instructions:
        for size in ((1280, 720), SMALL_CAMERA[:2]):
            print(f"{size[0]} x {size[1]}: {instructions(size) / 1e6:.1f} M instructions a frame")
        return 0
    rows, within = [], True
    for way in WAYS:
        with tempfile.TemporaryDirectory() as folder:
            cost = run(way, Path(folder))
        within &= cost.rss_mb <= MOST_MB and cost.recorded > 0
        rows.append((way.name, f"{cost.pss_mb:.0f}", f"{cost.rss_mb:.0f}",
                     f"{cost.processor:.2f}", cost.recorded))  # fmt: skip
    head = ("way", "PSS MiB", "RSS MiB", "processor", "recorded")
    print(table(head, rows))
    print(f"Promised: at most {MOST_MB} MiB resident: {'kept' if within else 'NOT KEPT'}.")
    return 0 if within else 1
