"""The C library's heap: kept small on boards with little memory (glibc; elsewhere nothing is done).

Each thread of its own may get a heap, and what was freed in one stays with the process: after a
day's work a kiosk would hold some megabytes that nobody uses. Pictures, the greatest blocks that
come and go, are kept out of the heaps: left alone, the library takes them in after the first was
freed, and what is small and stays settles between them.
"""

from __future__ import annotations

import ctypes

_HEAPS = 2
_PICTURE = 512 << 10
"""Bytes from which a block is the system's own and goes back to it when freed; a luma picture of
640 × 480 is below, and stays cheap, one of 1280 × 720 is above."""
_TOP = 2 << 20
"""Bytes that may lie free at the end of a heap before they are given back."""

_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD, _M_ARENA_MAX = -1, -3, -8  # malloc.h


def share_heaps() -> None:
    """Let all threads share a few heaps, without pictures; call it before they start."""
    if mallopt := getattr(ctypes.CDLL(None), "mallopt", None):
        mallopt(_M_ARENA_MAX, _HEAPS)
        mallopt(_M_MMAP_THRESHOLD, _PICTURE)
        mallopt(_M_TRIM_THRESHOLD, _TOP)


def give_back() -> None:
    """Give memory that nobody uses back to the system; some milliseconds."""
    if trim := getattr(ctypes.CDLL(None), "malloc_trim", None):
        trim(0)
