"""Disks that fail: a small one that fills up, and system calls that answer with errors.

``mounted`` makes a file system of its own in a file (needs root); ``injected`` runs a
command whose writes to one folder fail as told (``strace --inject``, as anybody);
``short`` lets a process write no further than so many bytes into any file, which the
kernel does honestly: a short write first, then an error.
"""

from __future__ import annotations

import contextlib
import resource
import signal
import subprocess
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path


@contextlib.contextmanager
def mounted(image: Path, folder: Path, megabytes: int) -> Iterator[Path]:
    """Make an ext4 file system of this size and mount it."""
    with image.open("wb") as file:
        file.truncate(megabytes * 1024 * 1024)
    _run("mkfs.ext4", "-q", "-m", "0", "-O", "^has_journal", str(image))
    folder.mkdir()
    _run("mount", "-o", "loop", str(image), str(folder))
    try:
        yield folder
    finally:
        _run("umount", str(folder))


def injected(
    command: Sequence[str], call: str, error: str, when: str, paths: Sequence[Path]
) -> list[str]:
    """Return ``command`` under a tracer that lets ``call`` on ``paths`` fail with ``error``.

    ``when`` counts calls as strace does: ``3`` the third, ``3+`` from the third on.
    """
    only = [word for path in paths for word in ("-P", str(path))]
    return [
        "strace", "-f", "-qq", "-o", "/dev/null", *only,
        "-e", f"trace={call}", "-e", f"inject={call}:error={error}:when={when}", *command,
    ]  # fmt: skip


def short(most: int) -> Callable[[], None]:
    """Return what a child process does first so that no file grows past ``most`` bytes."""

    def limit() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))

    return limit


def _run(*words: str) -> None:
    subprocess.run(words, check=True, capture_output=True, timeout=60)
