"""A file on a worn card, read as far as it can be: what the medium no longer gives is zeros.

Mapping such a file into memory would end the process at the first bad block (SIGBUS), and
again at each start.
"""

from __future__ import annotations

import os
from pathlib import Path
from types import TracebackType

BLOCK_BYTES = 64 * 1024
PAGE_BYTES = 4096
"""What is tried alone inside a block that cannot be read: the least a card gives back."""


class WornFile:
    """The bytes of a file by slices; empty where there is no file. One reader, many reads."""

    def __init__(self, path: Path) -> None:
        self._handle = os.open(path, os.O_RDONLY) if path.is_file() else None
        self._size = 0 if self._handle is None else os.fstat(self._handle).st_size
        self._at, self._block = 0, b""
        self.unreadable = 0
        """How many bytes could not be read so far."""

    def __len__(self) -> int:
        return self._size

    def __getitem__(self, wanted: slice) -> bytes:
        start, stop, _ = wanted.indices(self._size)
        parts = []
        while start < stop:
            if not self._at <= start < self._at + len(self._block):
                self._at = start - start % BLOCK_BYTES
                self._block = self._read(self._at, min(BLOCK_BYTES, self._size - self._at))
            part = self._block[start - self._at : stop - self._at]
            parts.append(part)
            start += len(part)
        return b"".join(parts)

    def close(self) -> None:
        """Let the file go; harmless twice."""
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None

    def _read(self, at: int, size: int) -> bytes:
        if self._handle is None:
            return bytes(size)
        try:
            data = os.pread(self._handle, size, at)
        except OSError:
            if size > PAGE_BYTES:
                return b"".join(
                    self._read(part, min(PAGE_BYTES, at + size - part))
                    for part in range(at, at + size, PAGE_BYTES)
                )
            self.unreadable += size
            data = b""
        return data.ljust(size, b"\0")  # cut behind our back: zeros, too

    def __enter__(self) -> WornFile:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"WornFile({self._size} bytes, {self.unreadable} unreadable)"


def read_worn(path: Path) -> bytes:
    """Return a whole (short) file; nothing where there is none."""
    with WornFile(path) as file:
        return file[:]
