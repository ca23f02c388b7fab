"""The door to sticks: which are plugged in, and reading and writing one that may be evil.

Everything happens under one open folder (``gate/``), by plain names: a link, a pipe, a
device or a file larger than ours are is no file of ours. What is written is written whole:
a draft, synced, renamed, the folder synced; pulling the stick at any moment leaves the old
file or the new one.
"""

from __future__ import annotations

import errno
import os
import re
import stat
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from types import TracebackType

from kiosk.errors import StickRefused
from wire.bundle import FOLDER

MOST_NAMES = 50_000
"""Names that are looked at in a folder; whoever fills a stick with more gains nothing."""

MOUNTS = Path("/proc/self/mountinfo")

_GONE = frozenset({errno.ENOENT, errno.EIO, errno.ENODEV, errno.ENXIO, errno.ESTALE})
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_CLOSED = frozenset({errno.EROFS, errno.EACCES, errno.EPERM})
_UNSYNCABLE = frozenset({errno.EINVAL, errno.ENOTSUP, errno.ENOSYS, errno.EBADF})


class Stick:
    """The ``gate`` folder of one stick; a context manager."""

    def __init__(self, root: Path, *, write: bool = False) -> None:
        """Open; with ``write`` the folder is made. Raises :class:`StickRefused`."""
        self.root = root
        self._handle: int | None = None
        flags = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW
        try:
            top = os.open(root, os.O_RDONLY | os.O_DIRECTORY)
        except OSError as error:
            raise StickRefused(
                f"There is no stick at {root}; plug it in, or name its folder.", word="no_stick"
            ) from error
        try:
            if write:
                _make_folder(top)
            self._handle = os.open(FOLDER, flags, dir_fd=top)
        except FileNotFoundError as error:
            if write:
                raise trouble(error) from error  # it was pulled between the two
            self._handle = None  # a stick without anything of ours
        except OSError as error:
            raise trouble(error) from error
        finally:
            os.close(top)

    @property
    def names(self) -> list[str]:
        """The plain files in the folder, sorted; never more than :data:`MOST_NAMES`."""
        if self._handle is None:
            return []
        try:
            with os.scandir(self._handle) as found:
                some = islice(found, MOST_NAMES)
                return sorted(one.name for one in some if one.is_file(follow_symlinks=False))
        except OSError as error:
            raise trouble(error) from error

    def matching(self, *patterns: re.Pattern[str]) -> list[str]:
        """Return the names that are wholly of one of the patterns."""
        return [name for name in self.names if any(p.fullmatch(name) for p in patterns)]

    def read(self, name: str, *, most: int) -> bytes | None:
        """Return a file's content; None where there is none or it is not one of ours.

        A link, a device or a file of more than ``most`` bytes is none of ours. Raises
        :class:`StickRefused` when the stick itself fails.
        """
        if self._handle is None:
            return None
        try:
            handle = _open_to_read(name, self._handle)
        except OSError as error:
            if error.errno in (errno.ENOENT, errno.ELOOP, errno.ENXIO, errno.EISDIR):
                return None
            raise trouble(error) from error
        try:
            info = os.fstat(handle)
            if not stat.S_ISREG(info.st_mode) or info.st_size > most:
                return None
            parts, left = [], most + 1
            while left and (part := os.read(handle, min(left, 1024 * 1024))):
                parts.append(part)
                left -= len(part)
            return b"".join(parts) if left else None
        except OSError as error:
            raise trouble(error) from error
        finally:
            os.close(handle)

    def write(self, name: str, data: bytes) -> None:
        """Put a file there, whole or not at all, durably; raises :class:`StickRefused`."""
        assert self._handle is not None, "the stick was opened to write"
        draft = f"{name}.new"
        try:
            self._unlink(draft)
            flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW
            handle = os.open(draft, flags, 0o600, dir_fd=self._handle)
            try:
                view = memoryview(data)
                while view:
                    view = view[os.write(handle, view) :]
                os.fsync(handle)
            finally:
                os.close(handle)
            os.rename(draft, name, src_dir_fd=self._handle, dst_dir_fd=self._handle)
            self._sync()
        except OSError as error:
            self._give_up(draft)
            raise trouble(error) from error

    def remove(self, names: Iterable[str]) -> None:
        """Take files away; raises :class:`StickRefused`."""
        assert self._handle is not None, "the stick was opened to write"
        try:
            for name in names:
                self._unlink(name)
            self._sync()
        except OSError as error:
            raise trouble(error) from error

    def _unlink(self, name: str) -> None:
        try:
            os.unlink(name, dir_fd=self._handle)
        except FileNotFoundError:
            return

    def _give_up(self, draft: str) -> None:
        """Free a draft's room; a stick that is gone needs no tidying."""
        try:
            self._unlink(draft)
        except OSError as error:
            if error.errno not in _GONE | _CLOSED:
                raise trouble(error) from error

    def _sync(self) -> None:
        assert self._handle is not None
        try:
            os.fsync(self._handle)
        except OSError as error:
            if error.errno not in _UNSYNCABLE:
                raise
            os.sync()  # some drivers of foreign file systems sync no folder by itself

    def close(self) -> None:
        """Let go, so that it can be unmounted; harmless twice."""
        handle, self._handle = self._handle, None
        if handle is not None:
            os.close(handle)

    def __enter__(self) -> Stick:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"Stick({str(self.root)!r}, open={self._handle is not None})"


def _make_folder(top: int) -> None:
    try:
        os.mkdir(FOLDER, 0o700, dir_fd=top)
    except FileExistsError:
        return


def _open_to_read(name: str, folder: int) -> int:
    # No waiting on a pipe, and no access time written to a stick that is only looked at.
    flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK
    try:
        return os.open(name, flags | getattr(os, "O_NOATIME", 0), dir_fd=folder)
    except PermissionError:
        return os.open(name, flags, dir_fd=folder)


def trouble(error: OSError) -> StickRefused:
    """Return what is wrong with a stick, in a sentence."""
    number = error.errno
    if number in _FULL:
        return StickRefused("The stick is full; use one with more room.", word="stick_full")
    if number in _CLOSED:
        return StickRefused(
            "The stick takes nothing: it is write-protected, or mounted for somebody else.",
            word="stick_read_only",
        )
    if number in _GONE:
        return StickRefused("The stick is gone; plug it in again.", word="stick_gone")
    return StickRefused(
        f"The stick does not work ({error.strerror}); use another one.", word="stick_bad"
    )


@dataclass(frozen=True, slots=True)
class Plugged:
    """A place where a stick is; another stick at the same place is another ``mark``."""

    path: Path
    mark: str


def plugged(
    roots: Iterable[str], folders: Iterable[str] = (), *, mounts: Path = MOUNTS
) -> Iterator[Plugged]:
    """Yield the mount points under ``roots``, and those of ``folders`` that are there."""
    under = [Path(root) for root in roots]
    try:
        lines = mounts.read_text(encoding="utf-8", errors="surrogateescape").splitlines()
    except OSError:
        lines = []  # no Linux: only named folders count
    for line in lines:
        fields = line.split(" ")
        if len(fields) < 6:
            continue
        path = Path(_unescaped(fields[4]))
        if any(root == path or root in path.parents for root in under):
            yield Plugged(path, f"{fields[0]} {fields[2]}")
    for name in folders:
        path = Path(name)
        try:
            info = path.stat()
        except OSError:
            continue
        if stat.S_ISDIR(info.st_mode):
            yield Plugged(path, f"{info.st_dev} {info.st_ino}")


def _unescaped(field: str) -> str:
    """Undo the octal escapes of blanks in mountinfo (proc(5))."""
    return re.sub(r"\\([0-7]{3})", lambda found: chr(int(found.group(1), 8)), field)
