"""Pulls the stick at the Nth of the system calls that reach it.

``eio``: the stick is gone from that call on; ``short``: half of a write gets there first.
"""

from __future__ import annotations

import contextlib
import errno
import os
from collections.abc import Callable, Iterator
from typing import Any

CALLS = ("open", "write", "fsync", "rename", "unlink", "mkdir")


class Pulled:
    """Counts the calls that reach a stick; from the ``at``-th on, each fails."""

    def __init__(self, at: int, how: str) -> None:
        self.at, self.how = at, how
        self.count = 0

    def call(self, name: str, real: Callable[..., Any], *args: Any, **more: Any) -> Any:
        """Do the call, or what happens in its place."""
        self.count += 1
        if self.count < self.at:
            return real(*args, **more)
        if self.how == "short" and name == "write" and self.count == self.at:
            handle, data = args
            real(handle, bytes(data)[: len(data) // 2])
        if name == "unlink" and self.how == "short":
            return real(*args, **more)
        raise OSError(errno.EIO, os.strerror(errno.EIO))


@contextlib.contextmanager
def broken(at: int, how: str) -> Iterator[Pulled]:
    """Let the stick go at the ``at``-th call; only what :mod:`kiosk.stick` calls is touched."""
    from kiosk import stick

    pulled = Pulled(at, how)
    real = {name: getattr(os, name) for name in CALLS}

    class Os:
        """The module ``os`` as the door to sticks sees it."""

        def __getattr__(self, name: str) -> Any:
            if name in real:
                return lambda *args, **more: pulled.call(name, real[name], *args, **more)
            return getattr(os, name)

    before = vars(stick)["os"]
    vars(stick)["os"] = Os()
    try:
        yield pulled
    finally:
        vars(stick)["os"] = before
