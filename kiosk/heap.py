"""The C library's heap: kept small on boards with little memory (glibc; elsewhere nothing is done).

Each thread of its own may get a heap, and what was freed in one stays with the process: after a
day's work a kiosk would hold some megabytes that nobody uses.
"""

from __future__ import annotations

import ctypes

_HEAPS = 2

_M_ARENA_MAX = -8  # malloc.h


def share_heaps() -> None:
    """Let all threads share a few heaps; call it before they start."""
    if mallopt := getattr(ctypes.CDLL(None), "mallopt", None):
        mallopt(_M_ARENA_MAX, _HEAPS)


def give_back() -> None:
    """Give memory that nobody uses back to the system; some milliseconds."""
    if trim := getattr(ctypes.CDLL(None), "malloc_trim", None):
        trim(0)
