"""The C library's heap: what was freed goes back to the system, and threads share a few heaps."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

START = """
import sys, threading
from kiosk import heap

def resident():
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * 4096 / 1e6

if "few" in sys.argv:
    heap.share_heaps()
kept = []
"""

THREADS = """

def work(count):
    many = [bytes(1000) for _ in range(count)]
    kept.append(many[-1])  # the newest lies last: what is below it cannot simply be cut off

def day(threads, count):
    threads = [threading.Thread(target=work, args=(count,)) for _ in range(threads)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    if "trim" in sys.argv:
        heap.give_back()

day(12, 10)  # under emulation a process grows with what was run the first time: that is no heap
before = resident()
day(12, 8000)
print(resident() - before)
"""

PICTURES = """
def picture():
    return bytearray(b"x") * (1 << 20)

one = picture() + picture()
del one  # from now on the library would take in what is smaller than this
before = resident()
several = []
for _ in range(20):
    several.append(picture())
    kept.extend(bytes(1000) for _ in range(8))  # stays, and lies above the picture
del several
print(resident() - before)
"""


def held(*words: str, script: str = THREADS) -> float:
    """Return the megabytes that stay with a process after it has freed everything."""
    words = (sys.executable, "-c", START + script, *words)
    return float(subprocess.run(words, capture_output=True, text=True, check=True).stdout)


@pytest.mark.skipif(sys.platform != "linux", reason="glibc's heap")
def test_memory_that_nobody_uses_goes_back_to_the_system() -> None:
    # An emulated process keeps 0.3 MB of each thread that ever ran, whatever it did.
    most = 8.0 if "EMULATED" in os.environ else 2.0
    assert held("few", "trim") < min(most, held() / 3)


@pytest.mark.skipif(sys.platform != "linux", reason="glibc's heap")
def test_a_picture_leaves_nothing_in_a_heap() -> None:
    assert held("few", script=PICTURES) < 2.0
