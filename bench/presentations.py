"""How long people wait: codes that are brought, held and taken away, until they are read.

``python -m bench presentations [--many N]``: made videos at 30 frames a second, in which a
code comes up in a moving hand and is held, tilted, blurred, under glare, on a dim phone or
as a small card. Each reader works through the same frames in its own time: while it works,
frames pass it by. 1 when the promise is broken or a peer is quicker.
"""

from __future__ import annotations

import argparse
import math
import multiprocessing
import random
import statistics
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np

from bench import machine
from bench.corpus import SIZE, Shot, take
from bench.payloads import payload
from bench.peers import Pyzbar, PyzbarBinary, Zxing
from kiosk.frames import Frame
from kiosk.scanner import scanner

if TYPE_CHECKING:
    from collections.abc import Callable

    from kiosk.frames import Image

FPS = 30
SECONDS = 2.5
EMPTY = 20
P50_S, P95_S = 0.4, 1.2
KINDS = ("moving", "tilted", "blurred", "glare", "dim phone", "small card")


@dataclass(frozen=True, slots=True)
class Presentation:
    """One code in one hand; ``hard`` is 0 (easy) to 1."""

    kind: str
    hard: float
    text: str
    seed: int

    def frame(self, number: int) -> Image:
        """Return frame ``number`` (from 0) in 1280x720: the hand comes to rest in 0.4 s."""
        second = number / FPS
        dice = random.Random(self.seed)
        unrest = math.exp(-second / 0.13)
        wobble = [dice.uniform(0, 6) for _ in range(4)]
        hand = 0.25 + 0.35 * abs(math.sin(second * 6 + wobble[0]))
        shot = Shot(
            pixels=4.2 * (0.86 + 0.14 * min(1.0, second / 0.3)),
            roll=dice.uniform(-12, 12) + 2 * math.sin(second * 5 + wobble[1]),
            yaw=dice.uniform(-8, 8) + 2 * math.sin(second * 4 + wobble[2]),
            pitch=dice.uniform(-8, 8),
            motion=3.5 * unrest + 0.5 * hand,
            blur=0.7,
            noise=5,
        )
        self._harder(shot, second, hand, wobble[3])
        seen = take(self.text, shot, self.seed, grain=number)
        frame = np.full((720, 1280), 118, np.uint8)
        left, top = (1280 - SIZE[0]) // 2, (720 - SIZE[1]) // 2
        frame[top : top + SIZE[1], left : left + SIZE[0]] = seen
        return frame

    def _harder(self, shot: Shot, second: float, hand: float, turn: float) -> None:
        hard = self.hard
        if self.kind == "moving":
            shot.motion += (0.5 + 1.6 * hard) * hand
        elif self.kind == "tilted":
            shot.yaw += 25 + 30 * hard
        elif self.kind == "blurred":
            shot.blur = (0.3 + 0.32 * hard) * shot.pixels
        elif self.kind == "glare":
            shot.glare = (0.2 + 0.45 * hard) * (0.55 + 0.45 * math.sin(second * 3 + turn))
        elif self.kind == "dim phone":
            shot.black, shot.white = 8, 8 + 60 - 46 * hard
        else:
            shot.pixels *= (2.6 - 1.0 * hard) / 4.2
            shot.yaw, shot.motion = 16 * math.sin(turn), shot.motion * 0.6


def graded(many: int) -> list[Presentation]:
    """Return ``many`` presentations of every kind, from easy to hard."""
    shown = []
    for n in range(many):
        dice = random.Random(n)
        kind = KINDS[n % len(KINDS)]
        hard = (n // len(KINDS)) / max(1, many // len(KINDS) - 1)
        text = payload(dice, dice.choice(("cccd", "national")))
        shown.append(Presentation(kind, min(hard, 1.0), text, dice.randrange(2**31)))
    return shown


def readers() -> dict[str, Callable[[], Callable[[Image, float], list[bytes]]]]:
    """Return who reads, each made anew for each presentation."""

    def ours() -> Callable[[Image, float], list[bytes]]:
        reader = scanner(who=lambda text: frozenset({text}))

        def read(image: Image, at: float) -> list[bytes]:
            shown = reader.look(Frame(image, at, 0)).presented
            return [shown.raw] if shown else []

        return read

    found: dict[str, Callable[[], Callable[[Image, float], list[bytes]]]] = {"kiosk": ours}
    for peer in (Zxing, Pyzbar, PyzbarBinary):
        try:
            made = peer()
        except (ImportError, OSError):
            continue
        found[made.name] = lambda made=made: lambda image, at: made.read(image)  # type: ignore[misc] # noqa: ARG005
    return found


def wait_of(read: Callable[[Image, float], list[bytes]], text: str, film: list[Image]) -> float:
    """Return after how many seconds ``text`` was read; infinite where it never was."""
    clock = 0.0
    while (number := math.ceil(clock * FPS - 1e-9)) < len(film):
        clock = number / FPS
        started = time.process_time()
        found = read(film[number], clock)
        clock += time.process_time() - started
        if text.encode() in found:
            return clock
        clock = max(clock, (number + 1) / FPS - 1e-6)
    return math.inf


def measured(presentation: Presentation) -> tuple[str, dict[str, float]]:
    """Return the kind of ``presentation``, and how long each reader takes with it."""
    cv2.setNumThreads(1)
    film = [presentation.frame(n) for n in range(round(SECONDS * FPS))]
    told = {}
    for name, make in readers().items():
        read = make()
        for n in range(EMPTY):  # the gate before anybody comes
            read(np.full((720, 1280), 118, np.uint8), (n - EMPTY) / FPS)
        told[name] = wait_of(read, presentation.text, film)
    return presentation.kind, told


def main(argv: list[str]) -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--many", type=int, default=200)
    parser.add_argument("--jobs", type=int, default=1, help="presentations at the same time")
    asked = parser.parse_args(argv)
    waits: dict[str, list[tuple[str, float]]] = {}
    # Forked after OpenCV has started threads, a process may hang.
    workers = ProcessPoolExecutor(asked.jobs, mp_context=multiprocessing.get_context("spawn"))
    with workers:
        for kind, found in workers.map(measured, graded(asked.many)):
            for name, wait in found.items():
                waits.setdefault(name, []).append((kind, wait))
    rows = []
    figures = {}
    for name, told in waits.items():
        every = sorted(wait for _, wait in told)
        p50, p95 = (every[min(len(every) - 1, int(len(every) * q))] for q in (0.5, 0.95))
        figures[name] = (p50, p95)
        kinds = [
            f"{100 * statistics.mean(w < math.inf for k, w in told if k == kind):.0f} %"
            for kind in KINDS
        ]
        rows.append((name, _shown(p50), _shown(p95), *kinds))
    print(machine.named())
    print(machine.table(("reader", "p50", "p95", *(f"read: {kind}" for kind in KINDS)), rows))
    plot(waits)
    p50, p95 = figures["kiosk"]
    others = [figure for name, figure in figures.items() if name != "kiosk"]
    quickest = all(p50 <= other[0] + 1 / FPS and p95 < other[1] for other in others)
    return 0 if p50 <= P50_S and p95 <= P95_S and quickest else 1


def _shown(seconds: float) -> str:
    return "never" if math.isinf(seconds) else f"{seconds:.2f} s"


def plot(waits: dict[str, list[tuple[str, float]]]) -> None:
    """Draw the share read against the time waited into docs/pictures/presentations.png."""
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib import pyplot as plt

    figure, axes = plt.subplots(figsize=(7.5, 4.2), layout="constrained")
    for name, told in waits.items():
        times = sorted(wait for _, wait in told if not math.isinf(wait))
        shares = [(n + 1) / len(told) for n in range(len(times))]
        axes.step(
            times, shares, where="post", label=name, linewidth=2.6 if name == "kiosk" else 1.2
        )
    axes.set_xlabel("seconds since the code came into view")
    axes.set_ylabel("share of presentations read")
    axes.set_xlim(0, SECONDS)
    axes.grid(alpha=0.3)
    axes.legend()
    machine.PICTURES.mkdir(parents=True, exist_ok=True)
    figure.savefig(machine.PICTURES / "presentations.png", dpi=110)
    plt.close(figure)
