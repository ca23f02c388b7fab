"""The door to sticks at the hub: reading what may be evil, writing whole or not at all.

Under one open folder (``gate/``), by plain names: a link, a pipe, a device or a file larger
than ours are is no file of ours.
"""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterable, Iterator
from contextlib import suppress
from itertools import islice
from pathlib import Path

from hub.errors import HubError
from wire import bundle
from wire.bundle import FOLDER

MOST_NAMES = 50_000


class StickFault(HubError):
    """The stick cannot be read or written."""


def found(path: Path) -> Iterator[tuple[str, bytes]]:
    """Yield name and content of the parts and manifests in a stick's folder, or of one file."""
    if path.is_dir():
        folder = path / FOLDER if (path / FOLDER).is_dir() else path
        yield from _folder(folder)
        return
    most = bundle.MAX_PART
    try:
        data = _read(path.name, os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY), most)
    except OSError as error:
        raise StickFault(f"{path} cannot be read: {error.strerror}.") from error
    if data is None:
        raise StickFault(f"{path} is no file that a kiosk wrote (or larger than one can be).")
    yield path.name, data


def _folder(folder: Path) -> Iterator[tuple[str, bytes]]:
    try:
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    except OSError as error:
        raise StickFault(f"There is no stick's folder at {folder}: {error.strerror}.") from error
    try:
        with os.scandir(handle) as some:
            names = sorted(
                one.name
                for one in islice(some, MOST_NAMES)
                if bundle.PART.fullmatch(one.name) or bundle.LIST.fullmatch(one.name)
            )
        for name in names:
            data = _read(name, os.dup(handle), bundle.MAX_PART)
            if data is not None:
                yield name, data
    except OSError as error:
        raise StickFault(f"The stick fails while it is read: {error.strerror}.") from error
    finally:
        os.close(handle)


def _read(name: str, folder: int, most: int) -> bytes | None:
    try:
        flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK
        try:
            handle = os.open(name, flags, dir_fd=folder)
        except OSError as error:
            if error.errno in (errno.ELOOP, errno.ENXIO):
                return None
            raise
    finally:
        os.close(folder)
    info = os.fstat(handle)
    if not stat.S_ISREG(info.st_mode) or info.st_size > most:
        os.close(handle)
        return None
    with os.fdopen(handle, "rb") as file:
        data = file.read(most + 1)
    return data if len(data) <= most else None


def write(stick: Path, files: Iterable[tuple[str, bytes]]) -> int:
    """Put files into a stick's folder, each whole and durable; returns how many."""
    count = 0
    try:
        folder = stick if stick.name == FOLDER else stick / FOLDER
        folder.mkdir(exist_ok=True)
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
        try:
            for name, data in files:
                _write(name, data, handle)
                count += 1
            _sync(handle)
        finally:
            os.close(handle)
    except OSError as error:
        raise StickFault(_why(error)) from error
    return count


def _write(name: str, data: bytes, folder: int) -> None:
    draft = f"{name}.new"
    with suppress(FileNotFoundError):
        os.unlink(draft, dir_fd=folder)
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW
    with os.fdopen(os.open(draft, flags, 0o644, dir_fd=folder), "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    os.rename(draft, name, src_dir_fd=folder, dst_dir_fd=folder)


def _sync(folder: int) -> None:
    try:
        os.fsync(folder)
    except OSError as error:
        if error.errno not in (errno.EINVAL, errno.ENOTSUP, errno.ENOSYS):
            raise
        os.sync()  # some drivers of foreign file systems sync no folder by itself


def _why(error: OSError) -> str:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return "The stick is full: the answers found no room; remove something and import again."
    if error.errno in (errno.EROFS, errno.EACCES, errno.EPERM):
        return (
            "The stick is write-protected, so the answers could not be written on it: take off "
            "the protection and import again, or give --answers DIR."
        )
    return f"The answers could not be written on the stick: {error.strerror}."
