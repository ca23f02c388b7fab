"""Photographs made worse in ways that the scanner was not tuned to, read by everybody.

``python -m bench variants [--each N] [--only NAME,…]``: each of the sample photographs, spoilt in
each of the ways of ``WAYS`` (seeded), is read by the kiosk; the other decoders are asked about
those that it does not read, and with ``--all`` about every one. Lists each picture that another
reads and the kiosk does not; 1 when, of all, the kiosk reads less than the others together.
"""

from __future__ import annotations

import argparse
import time
import zlib
from typing import TYPE_CHECKING

import cv2
import numpy as np

from bench import machine
from bench.decode import SAMPLES, Ours
from bench.peers import Peers

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from bench.peers import Peer
    from kiosk.frames import Image

    Way = Callable[[Image, np.random.Generator], Image]

_IN_COLOUR = {"kiosk", "WeChat", "jsQR"}


def _sized(image: Image, longest: int) -> Image:
    times = min(1.0, longest / max(image.shape[:2]))
    return _scaled(image, times, times)


def _scaled(image: Image, across: float, down: float, how: int = cv2.INTER_AREA) -> Image:
    return np.asarray(cv2.resize(image, None, fx=across, fy=down, interpolation=how), np.uint8)


def _clipped(levels: np.ndarray) -> Image:
    return np.clip(levels, 0, 255).astype(np.uint8)


def _smaller(image: Image, dice: np.random.Generator) -> Image:
    times = dice.uniform(0.25, 0.5)
    return _scaled(_sized(image, 1280), times, times)


def _jpeg(image: Image, dice: np.random.Generator) -> Image:
    quality = int(dice.integers(4, 14))
    coded = cv2.imencode(".jpg", _sized(image, 800), [cv2.IMWRITE_JPEG_QUALITY, quality])[1]
    return np.asarray(cv2.imdecode(coded, cv2.IMREAD_COLOR), np.uint8)


def _warped(image: Image, dice: np.random.Generator) -> Image:
    image = _sized(image, 1280)
    height, width = image.shape[:2]
    square = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    onto = square + dice.uniform(-0.18, 0.18, (4, 2)) * (width, height)
    onto = (onto - onto.min(0)).astype(np.float32)
    size = tuple(int(n) + 1 for n in onto.max(0))
    turn = cv2.getPerspectiveTransform(square, onto)
    return np.asarray(cv2.warpPerspective(image, turn, size, borderValue=(200,) * 3), np.uint8)


def _moved(image: Image, dice: np.random.Generator) -> Image:
    length = int(dice.choice((5, 7, 9)))
    smear = np.zeros((length, length), np.float32)
    turn, middle = dice.uniform(0, np.pi), length // 2
    ends = [(round(middle + s * np.cos(turn) * middle), round(middle + s * np.sin(turn) * middle))
            for s in (-1, 1)]  # fmt: skip
    cv2.line(smear, ends[0], ends[1], 1.0)
    return np.asarray(cv2.filter2D(_sized(image, 900), -1, smear / smear.sum()), np.uint8)


def _recoloured(image: Image, dice: np.random.Generator) -> Image:
    """Print dark and light in two colours, which may be equally bright."""
    ink, paper = dice.uniform(0, 255, (2, 3))
    while np.abs(ink - paper).max() < 110:
        ink, paper = dice.uniform(0, 255, (2, 3))
    light = cv2.cvtColor(image, cv2.COLOR_BGR2GRAY)[..., None] / 255.0
    return _clipped(ink * (1 - light) + paper * light)


def _spotted(image: Image, dice: np.random.Generator) -> Image:
    image = image.copy()
    height, width = image.shape[:2]
    for _ in range(6):
        at = (int(dice.uniform(0.2, 0.8) * width), int(dice.uniform(0.2, 0.8) * height))
        radius = int(min(height, width) * dice.uniform(0.01, 0.035))
        cv2.circle(image, at, radius, [int(n) for n in dice.integers(0, 255, 3)], -1)
    return image


def _banded(image: Image, dice: np.random.Generator) -> Image:
    lines = np.arange(image.shape[0]) / image.shape[0]
    light = 0.6 + 0.4 * np.sin(lines * 2 * np.pi * dice.uniform(3, 9))
    return _clipped(image * light[:, None, None])


def _shaded(image: Image, dice: np.random.Generator) -> Image:
    height, width = image.shape[:2]
    rows, columns = np.mgrid[:height, :width]
    slope = columns / width * dice.uniform(-1, 1) + rows / height * dice.uniform(-1, 1)
    return _clipped(image * np.clip(slope * 1.3 + 0.6, 0.06, 2.2)[..., None])


def _dithered(image: Image, _: np.random.Generator) -> Image:
    grey = cv2.cvtColor(_sized(image, 700), cv2.COLOR_BGR2GRAY)
    order = np.array([[0, 8, 2, 10], [12, 4, 14, 6], [3, 11, 1, 9], [15, 7, 13, 5]]) * 16 + 8
    screen = np.tile(order, (grey.shape[0] // 4 + 1, grey.shape[1] // 4 + 1))
    bits = np.where(grey > screen[: grey.shape[0], : grey.shape[1]], 255, 0).astype(np.uint8)
    return np.asarray(cv2.cvtColor(bits, cv2.COLOR_GRAY2BGR), np.uint8)


WAYS: dict[str, Way] = {
    "smaller": _smaller,
    "jpeg": _jpeg,
    "warped": _warped,
    "moved": _moved,
    "mirrored": lambda image, _: np.ascontiguousarray(image[:, ::-1]),
    "negative": lambda image, _: _clipped(255 - cv2.GaussianBlur(image, (0, 0), 1)),
    "stretched": lambda image, dice: _scaled(
        _sized(image, 1280), dice.uniform(1.2, 2), dice.uniform(0.5, 1)
    ),
    "too bright": lambda image, dice: _clipped(255 * (image / 255.0) ** dice.uniform(0.2, 0.4)),
    "too dark": lambda image, dice: _clipped(255 * (image / 255.0) ** dice.uniform(2.5, 4)),
    "hardly lit": lambda image, dice: _clipped(
        image * 0.06 + 10 + dice.normal(0, 1.2, image.shape)
    ),
    "recoloured": _recoloured,
    "spotted": _spotted,
    "in bands": _banded,
    "in shade": _shaded,
    "noisy": lambda image, dice: _clipped(image + dice.normal(0, 35, image.shape)),
    "out of focus": lambda image, dice: _clipped(
        cv2.GaussianBlur(_sized(image, 800), (0, 0), dice.uniform(1.5, 3))
    ),
    "dithered": _dithered,
}


def spoilt(path: Path, way: str) -> Image:
    """Return the photograph in ``path``, spoilt in one way; the same one each time."""
    dice = np.random.default_rng(zlib.crc32(f"{way}/{path.parent.name}/{path.name}".encode()))
    return WAYS[way](np.asarray(cv2.imread(str(path), cv2.IMREAD_COLOR), np.uint8), dice)


def main(argv: list[str]) -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--each", type=int, default=1, help="look at every N-th photograph")
    parser.add_argument("--only", default=",".join(WAYS), help="these ways, between commas")
    parser.add_argument("--all", action="store_true", help="ask the others about every picture")
    asked = parser.parse_args(argv)
    if not SAMPLES.is_dir():
        print("The sample photographs are not here (../shared/samples).")
        return 0
    photos = sorted(p for p in SAMPLES.rglob("*") if p.suffix in {".webp", ".png"})[:: asked.each]
    peers = Peers()
    ours = Ours()
    rows, lost, wrong = [], [], 0
    with peers as others:
        print(machine.named())
        truths = {path: truth(path, ours) for path in photos}
        known = [path for path in photos if truths[path]]
        for way in asked.only.split(","):
            read = together = slowest = 0.0
            for path in known:
                image = spoilt(path, way)
                began = time.process_time()
                found = texts(ours, image)
                slowest = max(slowest, time.process_time() - began)
                mine = truths[path] in found
                wrong += not mine and bool(found)
                read += mine
                if mine and not asked.all:
                    continue
                theirs = [p.name for p in others if truths[path] in texts(p, image)]
                together += bool(theirs)
                if theirs and not mine:
                    lost.append(f"{way}: {path.parent.name}/{path.name} ({', '.join(theirs)})")
            rows.append((way, len(known), int(read), int(together), f"{slowest:.1f} s"))
            print(*rows[-1], flush=True)
    five = "the five together" if asked.all else "the five alone"
    print(machine.table(("way", "photographs", "kiosk", five, "slowest, of the processor"), rows))
    print(f"in all {sum(r[2] for r in rows)} of {sum(r[1] for r in rows)}, {five} ", end="")
    print(f"{sum(r[3] for r in rows)}; other texts than expected: {wrong}")
    print(*lost, sep="\n")
    return 1 if asked.all and sum(r[2] for r in rows) < sum(r[3] for r in rows) else 0


def truth(path: Path, ours: Ours) -> bytes:
    """Return what a photograph says; where nobody wrote it down, what is read from it as it is."""
    said = path.with_suffix(".txt")
    if said.exists():
        return _plain(said.read_bytes())
    found = texts(ours, np.asarray(cv2.imread(str(path), cv2.IMREAD_COLOR), np.uint8))
    return found[0] if found else b""


def texts(peer: Peer, image: Image) -> list[bytes]:
    """Return what ``peer`` reads; some weigh colours in their own way, the others see grey."""
    colour = peer.name in _IN_COLOUR
    seen = image if colour else np.asarray(cv2.cvtColor(image, cv2.COLOR_BGR2GRAY), np.uint8)
    return [_plain(raw) for raw in peer.read(seen)]


def _plain(raw: bytes) -> bytes:
    return raw.strip().replace(b"\r\n", b"\n")
