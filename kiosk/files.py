"""The kiosk's folder: owner-only files, written whole or not at all; one owner at a time.

The door to what only POSIX has (``fcntl``, ``fsync`` of folders); elsewhere these steps
are left out without harm, and the lock is the file itself.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import sys
from pathlib import Path
from types import TracebackType
from typing import Any

from kiosk.errors import BadInput, DiskRefused, OutboxBusy

fcntl: Any
try:
    import fcntl
except ImportError:  # no POSIX: one kiosk per machine is then the installer's business
    fcntl = None


def state_folder() -> Path:
    """Return where the kiosk keeps its files unless told otherwise (XDG, then systemd)."""
    given = os.environ.get("STATE_DIRECTORY") or os.environ.get("XDG_STATE_HOME")
    if given:
        base = Path(given.split(":")[0])
        return base if os.environ.get("STATE_DIRECTORY") else base / "kiosk"
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA", Path.home())) / "kiosk"
    return Path.home() / ".local" / "state" / "kiosk"


def ensure_folder(folder: Path) -> Path:
    """Make ``folder`` (mode 0700) where it is missing; raises :class:`BadInput`."""
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise BadInput(f"The folder {folder} cannot be made: {error.strerror}.") from error
    return folder


def write_private(path: Path, data: bytes) -> None:
    """Replace ``path`` by ``data`` (mode 0600), durably: whole or not at all."""
    draft = path.with_name(path.name + ".new")
    try:
        handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        try:
            view = memoryview(data)
            while view:
                view = view[os.write(handle, view) :]
            os.fsync(handle)
        finally:
            os.close(handle)
        draft.replace(path)
        sync_folder(path.parent)
    except OSError as error:
        raise DiskRefused(f"{path.name} cannot be written: {error.strerror}.") from error


def sync_folder(folder: Path) -> None:
    """Make names in ``folder`` durable."""
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def sync_file(path: Path) -> None:
    """Make a file's content durable."""
    try:
        handle = os.open(path, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
    except OSError as error:
        raise DiskRefused(f"{path.name} cannot be written: {error.strerror}.") from error


def free_bytes(folder: Path) -> int:
    """Return how much the disk under ``folder`` still takes from us."""
    return shutil.disk_usage(folder).free


def disk_bytes(folder: Path) -> int:
    """Return how large the disk under ``folder`` is."""
    return shutil.disk_usage(folder).total


def is_read_only(folder: Path) -> bool:
    """Whether the disk under ``folder`` takes no writes, as worn cards do in the end."""
    try:
        return bool(os.statvfs(folder).f_flag & os.ST_RDONLY)
    except (AttributeError, OSError):
        return False


SERVICE_MEMORY = Path("/run/kiosk")
"""RuntimeDirectory= of deploy/raspberrypi/units/kiosk.service."""


def memory_folder(data: Path) -> Path:
    """Return a folder that forgets when the plug is pulled (mode 0700), one per ``data``.

    ``$RUNTIME_DIRECTORY``, ``$XDG_RUNTIME_DIR``, the service's own if we are its user (a command
    by hand sees what the service knows), else ``/dev/shm``.
    """
    given = os.environ.get("RUNTIME_DIRECTORY") or os.environ.get("XDG_RUNTIME_DIR")
    with contextlib.suppress(OSError, AttributeError):
        if not given and SERVICE_MEMORY.stat().st_uid == os.getuid():
            given = str(SERVICE_MEMORY)
    base = Path(given.split(":")[0]) if given else Path("/dev/shm")  # noqa: S108  # the system's memory, as documented
    try:
        # The data folder's own identity, so that two kiosks never share and none collides.
        info = data.stat()
        folder = base / f"kiosk-{os.getuid()}-{info.st_dev:x}-{info.st_ino:x}"
        folder.mkdir(mode=0o700, exist_ok=True)
        seen = folder.lstat()
    except (OSError, AttributeError) as error:
        raise DiskRefused(
            f"No folder in memory can be made under {base}; give the service one "
            "(RuntimeDirectory= in its unit)."
        ) from error
    if seen.st_uid != os.getuid() or seen.st_mode & 0o077 or folder.is_symlink():
        raise DiskRefused(f"{folder} belongs to somebody else; remove it and start again.")
    return folder


def is_owned(folder: Path) -> bool:
    """Whether some process holds ``folder`` right now; changes nothing."""
    path = folder / "kiosk.lock"
    if fcntl is None or not path.exists():
        return False
    handle = os.open(path, os.O_RDWR)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return True
    finally:
        os.close(handle)
    return False


class Ownership:
    """Holds a folder for one process; the system lets go when the process ends."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "kiosk.lock"
        self._handle: int | None = None
        try:
            self._handle = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise DiskRefused(
                f"The folder {folder} cannot be written: {error.strerror}."
            ) from error
        if fcntl is None:
            return
        try:
            fcntl.flock(self._handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            os.close(self._handle)
            self._handle = None
            raise OutboxBusy(
                f"Another kiosk is running on {folder}; stop it first or use another --data folder."
            ) from error

    def close(self) -> None:
        """Let go; harmless twice."""
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None

    def __enter__(self) -> Ownership:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"Ownership({str(self._path)!r}, held={self._handle is not None})"
