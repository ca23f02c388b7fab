"""Payloads gone wrong in every way that cameras, printers and pranks know (seeded)."""

from __future__ import annotations

import os
import random
import time
import zlib
from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

import base45

from wire import b45

_SPICE = [
    "|", "<", "$", "*", "\0", "\ufeff", "\ufffd", "\ud800", "%", " ", "\n", "́", "ệ", "đ", "0",
    "999999999999", "HC1:", "VG1:", "VG2:", "GATE1:", "shc:/", "shc:/1/2/", "{", "[" * 2000,
    '{"data":', "https://", "/B/", "000201", "٣", "²", "１２", "-", "1e999", "NaN", "\U0001f600",
]  # fmt: skip


SLOWEST_S = 0.5 if "EMULATED" in os.environ else 0.05
"""Processor time that one payload may take; an emulated board, as ``deploy/raspberrypi/tiers``
says that it is one, takes some fifty times as long for each."""

Answer = TypeVar("Answer")


def in_time(work: Callable[[], Answer], length: int) -> Answer:
    """Return what ``work`` on a payload of ``length`` gives; it may take ``SLOWEST_S``.

    A busy machine's own doings are charged to whoever runs, so what took long is asked
    again: what is slow is so every time.
    """
    least = SLOWEST_S
    for _ in range(3):
        began = time.thread_time()
        answer = work()
        least = min(least, time.thread_time() - began)
        if least < SLOWEST_S:
            return answer
    raise AssertionError(f"over {SLOWEST_S} s of processor time for a payload of {length}")


def mutants(seeds: Sequence[str], *, count: int, seed: int) -> Iterator[str]:
    """Yield ``count`` mutated payloads of ``seeds``, the same ones for the same ``seed``."""
    chance = random.Random(seed)
    ways = (_flip, _cut, _insert, _repeat, _swap, _splice, _inside, _noise)
    for _ in range(count):
        text = chance.choice(seeds)
        for _turn in range(chance.choice((1, 1, 1, 2, 3, 6))):
            way: Callable[[str, random.Random, Sequence[str]], str] = chance.choice(ways)
            text = way(text, chance, seeds)[:8000]
        yield text


def _place(text: str, chance: random.Random) -> int:
    return chance.randrange(len(text) + 1)


def _flip(text: str, chance: random.Random, _: Sequence[str]) -> str:
    at = _place(text, chance)
    return (
        text[:at] + chr(chance.choice((32, 48, 65, 124, 255, 0x300, 0x1EC7)) ^ 1) + text[at + 1 :]
    )


def _cut(text: str, chance: random.Random, _: Sequence[str]) -> str:
    first, last = sorted((_place(text, chance), _place(text, chance)))
    return text[:first] + text[last:]


def _insert(text: str, chance: random.Random, _: Sequence[str]) -> str:
    at = _place(text, chance)
    return text[:at] + chance.choice(_SPICE) + text[at:]


def _repeat(text: str, chance: random.Random, _: Sequence[str]) -> str:
    at = _place(text, chance)
    return text[:at] + text[at : at + 40] * chance.randrange(1, 60) + text[at:]


def _swap(text: str, chance: random.Random, _: Sequence[str]) -> str:
    return chance.choice((text.swapcase, text.upper, text.lower, lambda: text[::-1]))()


def _splice(text: str, chance: random.Random, seeds: Sequence[str]) -> str:
    other = chance.choice(seeds)
    return text[: _place(text, chance)] + other[_place(other, chance) :]


def _noise(text: str, chance: random.Random, _: Sequence[str]) -> str:
    letters = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:|<"
    return text[:6] + "".join(chance.choices(letters, k=chance.randrange(400)))


def _inside(text: str, chance: random.Random, _: Sequence[str]) -> str:
    """Damage the bytes below base45 and zlib, so that what lies deeper is reached."""
    prefix, colon, body = text.partition(":")
    if not colon or not body.isascii():
        return text
    try:
        data = base45.b45decode(body)
    except ValueError:
        return text
    packed = data[:1] == b"\x78"
    if packed:
        try:
            data = zlib.decompress(data)
        except zlib.error:
            return text
    raw = bytearray(data)
    for _turn in range(chance.randrange(1, 5)):
        at = chance.randrange(len(raw)) if raw else 0
        match chance.randrange(3):
            case 0 if raw:
                raw[at] = chance.randrange(256)
            case 1:
                raw[at:at] = chance.choice(
                    (b"\x9b" + b"\xff" * 8, b"\xc2\x58\x40" + b"\xff" * 64, b"\x81" * 3000,
                     b"\xd8\x1c", b"\xd8\x1d\x00", b"\xd8\x23", b"\xc4\x82",
                     b"\xc5\x82\x1a\xff\xff",
                     b"\xbf", b"\x9f", b"\xff", b"\xf9\x7e\x00", b"\xfb" + b"\x7f\xf0" + bytes(6))
                )  # fmt: skip
            case _ if raw:
                del raw[at : at + chance.randrange(1, 9)]
    out = bytes(raw)
    return f"{prefix}:{b45.encode(zlib.compress(out, 1) if packed else out)}"
