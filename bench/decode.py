"""Our scanner beside the decoders it stands on: cost of nothing, photographs read, wrong text.

``python -m bench decode [--no-node] [--texts N]``; 1 when a promise is broken.
"""

from __future__ import annotations

import argparse
import random
import statistics
import time
import unicodedata
from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np

from bench import machine
from bench.corpus import modules
from bench.payloads import payload
from bench.peers import Peers
from kiosk.demo import stage
from kiosk.frames import Frame
from kiosk.scanner import Scanner, scanner

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from bench.peers import Peer
    from kiosk.frames import Image

SAMPLES = Path(__file__).resolve().parents[2] / "shared" / "samples" / "qr-photos"
MOST_RATIO, LEAST_PHOTOS = 1.5, 107
_IN_NODE = {"WeChat", "jsQR"}
_SHAPES = ("cccd", "national", "bhyt")


class Ours:
    """The kiosk's scanner on pictures that stand alone."""

    name, ms = "kiosk", 0.0

    def __init__(self) -> None:
        self._scanner = scanner(who=lambda text: None)  # noqa: ARG005

    def read(self, grey: Image) -> list[bytes]:
        """Read with every effort."""
        started = time.perf_counter()
        found = self._scanner.read_image(grey)
        self.ms = (time.perf_counter() - started) * 1000
        return [(s.text or "").encode() for s in found]


def main(argv: list[str]) -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--no-node", action="store_true", help="leave WeChat's and jsQR out")
    parser.add_argument("--texts", type=int, default=300)
    asked = parser.parse_args(argv)
    peers = Peers(node=not asked.no_node)
    with peers as others:
        print(machine.named())
        everybody: list[Peer] = [Ours(), *others]
        empty = costs(others)
        photos = {peer.name: photographs(peer) for peer in everybody}
        wrong = {peer.name: texts(peer, asked.texts) for peer in everybody}
    for name in peers.absent:
        print(f"absent: {name}")
    rows = [
        (
            peer.name,
            f"{empty[peer.name]:.2f}",
            f"{empty[peer.name] / empty['zxing-cpp']:.2f}",
            "no photographs here" if photos[peer.name] is None else photos[peer.name],
            f"{wrong[peer.name][0]} / {wrong[peer.name][1]}",
        )
        for peer in everybody
    ]
    head = (
        "decoder",
        "empty frame, ms of processor",
        "× zxing-cpp",
        "of 117 photographs",
        f"wrong / unread of {asked.texts} texts",
    )
    print(machine.table(head, rows))
    plot(rows)
    good = empty["kiosk"] <= empty["zxing-cpp"] * MOST_RATIO and wrong["kiosk"][0] == 0
    return 0 if good and (photos["kiosk"] is None or photos["kiosk"] >= LEAST_PHOTOS) else 1


def empty_frames() -> list[Image]:
    """Return frames of 1280x720 without a code, with grain: one place after another.

    The dark, a wall, a gradient, blinds, a shelf, leaves out of focus, a hall.
    """
    dice = np.random.default_rng(7)
    leaves = cv2.GaussianBlur(dice.normal(0, 1, (720, 1280)).astype(np.float32), (0, 0), 3)
    places = (
        np.full((720, 1280), 12),
        np.full((720, 1280), 90),
        np.tile(np.linspace(20, 220, 1280), (720, 1)),
        np.where(np.arange(720)[:, None] % 24 < 12, 200, 60).repeat(1280, 1),
        np.kron(dice.integers(30, 220, (24, 43)), np.ones((30, 30)))[:, :1280],
        120 + leaves * 400,
        cv2.cvtColor(stage.scenery(1), cv2.COLOR_BGR2GRAY),
    )
    return [
        np.clip(place + dice.normal(0, 4, place.shape), 0, 255).astype(np.uint8)
        for place in places
        for _ in range(45)
    ]


def costs(others: list[Peer]) -> dict[str, float]:
    """Return the mean cost of an empty frame in ms, the lesser of two runs."""
    frames = empty_frames()

    def measured(work: Callable[[int, Image], object]) -> float:
        runs = []
        for _ in range(2):
            started = time.process_time()
            for n, image in enumerate(frames):
                work(n, image)
            runs.append((time.process_time() - started) / len(frames) * 1000)
        return min(runs)

    reader: Scanner = scanner(who=lambda text: None)  # noqa: ARG005
    found = {"kiosk": measured(lambda n, image: reader.look(Frame(image, n / 30, n)))}
    for peer in others:
        if peer.name in _IN_NODE:  # another process: its own clock
            found[peer.name] = statistics.mean(_own_clock(peer, image) for image in frames[::6])
        else:
            found[peer.name] = measured(lambda _, image, peer=peer: peer.read(image))  # type: ignore[misc]
    return found


def _own_clock(peer: Peer, image: Image) -> float:
    peer.read(image)
    return peer.ms


def photographs(peer: Peer) -> int | None:
    """Return how many photographs ``peer`` reads right; None where they are absent."""
    if not SAMPLES.is_dir():
        return None
    read = 0
    for path in sorted(p for p in SAMPLES.rglob("*") if p.suffix in {".webp", ".png"}):
        # WeChat's and jsQR weigh the colours in their own way, and read more so.
        colours = cv2.IMREAD_COLOR if peer.name in _IN_NODE else cv2.IMREAD_GRAYSCALE
        image = cv2.imread(str(path), colours)
        truth = path.with_suffix(".txt")
        wanted = _plain(truth.read_bytes()) if truth.exists() else None
        found = [_plain(raw) for raw in peer.read(np.asarray(image, np.uint8))]
        read += any(f == wanted if wanted is not None else f for f in found)
    return read


def _plain(raw: bytes) -> bytes:
    return raw.strip().replace(b"\r\n", b"\n")


def texts(peer: Peer, many: int) -> tuple[int, int]:
    """Return how many Vietnamese texts ``peer`` reads wrong, and not at all."""
    wrong = unread = 0
    for n in range(many):
        dice = random.Random(n)
        text = unicodedata.normalize("NFC", payload(dice, _SHAPES[n % 3]))
        code = np.kron(modules(text, mask=2), np.ones((4, 4), np.uint8))
        image = np.where(np.pad(code, 16), 30, 225).astype(np.uint8)
        found = peer.read(image)
        unread += not found
        wrong += any(
            unicodedata.normalize("NFC", f.decode("utf-8", "replace")) != text for f in found
        )
    return wrong, unread


def plot(rows: Sequence[tuple[object, ...]]) -> None:
    """Draw cost against photographs into docs/pictures/decode.png."""
    if any(not isinstance(row[3], int) for row in rows):
        return
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib import pyplot as plt

    figure, axes = plt.subplots(figsize=(7.5, 4.2), layout="constrained")
    for name, cost, _, photos, _ in rows:
        colour = "#0b6e4f" if name == "kiosk" else "#6b7280"
        axes.scatter(float(str(cost)), int(str(photos)), s=70, color=colour, zorder=3)
        place = (float(str(cost)), int(str(photos)))
        axes.annotate(str(name), place, (7, 5), textcoords="offset points", color=colour)
    axes.set_xscale("log")
    axes.set_xlabel("an empty 1280×720 frame, ms of processor time")
    axes.set_ylabel("photographs read, of 117")
    axes.grid(alpha=0.3)
    machine.PICTURES.mkdir(parents=True, exist_ok=True)
    figure.savefig(machine.PICTURES / "decode.png", dpi=110)
    plt.close(figure)
