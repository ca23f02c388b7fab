"""A whole Debian with its own systemd, in namespaces of its own: where the units really run.

``with Machine(root, {"good": bundle}) as machine:`` boots what lies in ``root``; the bundle is
at ``/media/good`` there. :meth:`Machine.pull_plug` ends every process of it at once (the disk's
cache outlives that; what a real power cut does to a disk is tested elsewhere).
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import shutil
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

ROOT = Path(__file__).resolve().parents[3]
BOOT = Path(__file__).with_name("boot")
LATEST_S = 120
PACKAGES = "systemd-sysv,dbus,udev,gpgv,grim"

_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
_PTRACE_SEIZE, _PTRACE_INTERRUPT, _WALL = 0x4206, 0x4207, 0x40000000


class Machine:
    """A booted Debian; a context manager that leaves its files and no process."""

    def __init__(self, root: Path, shelves: Mapping[str, Path]) -> None:
        self.root = root
        self._shelves = dict(shelves)
        self._process: subprocess.Popen[bytes] | None = None
        self._init = 0
        self._pause = threading.Event()

    def boot(self) -> None:
        """Switch it on and wait until everything that boots has booted."""
        words = [str(BOOT), str(self.root)]
        for name, folder in self._shelves.items():
            words += [str(folder), name]
        self._process = subprocess.Popen(
            words, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        self.until(self._has_init, 30)
        self.until(lambda: self.says("systemctl", "is-system-running") in ("running", "degraded"))

    def _has_init(self) -> bool:
        assert self._process is not None
        assert self._process.poll() is None, "the machine did not boot"
        children = Path(f"/proc/{self._process.pid}/task/{self._process.pid}/children")
        for child in children.read_text().split():
            # Others come and go before systemd takes their place.
            with contextlib.suppress(FileNotFoundError, ProcessLookupError):
                if Path(f"/proc/{child}/comm").read_text().strip() == "systemd":
                    self._init = int(child)
        return self._init != 0

    def pull_plug(self) -> None:
        """End all of it at once."""
        if self._process is None:
            return
        self._process.send_signal(signal.SIGKILL)
        self._process.wait()
        gone = Path(f"/proc/{self._init}")
        self.until(lambda: not self._init or not gone.exists(), 30)
        own = f"kiosk-board.{self._process.pid}/**/"  # others may be running
        self._process, self._init = None, 0
        for parent in (Path("/sys/fs/cgroup/unified"), Path("/sys/fs/cgroup")):
            for group in sorted(parent.glob(own), reverse=True):
                if not (group / "cgroup.procs").read_text():
                    group.rmdir()

    def __enter__(self) -> Self:
        try:
            self.boot()
        except BaseException:
            self.pull_plug()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.pull_plug()

    # -- inside --------------------------------------------------------------------------

    def words(self, *words: str) -> list[str]:
        """Return the command that runs ``words`` in there as root."""
        inside = ["nsenter", "--target", str(self._init), "-m", "-p", "-n", "-i", "-u", "-C"]
        return [*inside, "env", "-i", "HOME=/root", "LANG=C.UTF-8", f"PATH={_PATH}", *words]

    def run(self, *words: str, timeout: float = 600) -> subprocess.CompletedProcess[str]:
        """Run a command in there to its end."""
        return subprocess.run(
            self.words(*words), capture_output=True, text=True, timeout=timeout, check=False,
            stdin=subprocess.DEVNULL, cwd="/",
        )  # fmt: skip

    def start(self, *words: str) -> subprocess.Popen[bytes]:
        """Begin a command in there."""
        quiet = subprocess.DEVNULL
        return subprocess.Popen(self.words(*words), stdin=quiet, stdout=quiet, stderr=quiet)

    def says(self, *words: str) -> str:
        """Return what a command printed."""
        return self.run(*words).stdout.strip()

    def does(self, *words: str, timeout: float = 600) -> str:
        """Run a command that must succeed, and return what it printed."""
        done = self.run(*words, timeout=timeout)
        assert done.returncode == 0, f"{words}: {done.returncode}\n{done.stdout}{done.stderr}"
        return done.stdout.strip()

    def write(self, path: str, text: str) -> None:
        """Write a file of it."""
        target = self.root / path.lstrip("/")
        target.parent.mkdir(parents=True, exist_ok=True)
        if target.is_symlink():  # it would lead out of the machine, into this one
            target.unlink()
        target.write_text(text)
        target.chmod(0o644)

    # -- its kiosk -----------------------------------------------------------------------

    def shown(self, what: str) -> str:
        """Return a property of the kiosk's unit."""
        return self.says("systemctl", "show", "-P", what, "kiosk.service")

    @property
    def serves(self) -> bool:
        """Whether the service says that it stands at the gate."""
        lines = self.says(
            "systemctl", "show", "-p", "ActiveState,StatusText", "kiosk.service"
        ).splitlines()
        return sorted(lines) == ["ActiveState=active", "StatusText=at the gate"]

    def pids(self, command: str) -> list[int]:
        """Return the processes of the kiosk's service by their program's name, as seen here."""
        found = []
        groups = Path(f"/proc/{self._init}/root/sys/fs/cgroup")
        for group in groups.glob("**/kiosk.service/cgroup.procs"):
            for pid in group.read_text().split():
                with contextlib.suppress(FileNotFoundError, ProcessLookupError):
                    if Path(f"/proc/{pid}/comm").read_text().strip() == command:
                        found.append(int(pid))
        return sorted(found)

    def kiosk_pid(self) -> int:
        """Return the process that is the kiosk itself, as seen here."""
        found = [
            pid for name in ("kiosk", "python", "python3", "python3.11", "python3.13")
            for pid in self.pids(name)
        ]  # fmt: skip
        return found[0]

    def back_after(self, hurt: Callable[[], None]) -> float:
        """Do ``hurt`` and return the seconds until another process of the kiosk serves."""
        before = self.kiosk_pid()
        began = time.monotonic()
        hurt()
        gone = Path(f"/proc/{before}")
        self.until(lambda: not gone.exists() and self.serves)
        return time.monotonic() - began

    def halt_thread(self, name: str) -> Thread:
        """Halt one thread of the kiosk where it stands; everything else of it goes on."""
        return Thread(self.kiosk_pid(), name)

    def until(self, test: Callable[[], bool], timeout: float = LATEST_S) -> None:
        """Look five times a second whether ``test`` holds."""
        end = time.monotonic() + timeout
        while not test():
            assert time.monotonic() < end, f"not within {timeout:g} s\n" + self.says(
                "journalctl", "-n", "40", "-o", "cat"
            )
            self._pause.wait(0.2)


class Thread:
    """A debugger's hold on one thread of a process: it stands still until the process ends."""

    def __init__(self, pid: int, name: str) -> None:
        found = [
            int(task.parent.name)
            for task in Path(f"/proc/{pid}/task").glob("*/comm")
            if task.read_text().strip() == name or (name == "main" and task.parent.name == str(pid))
        ]
        assert found, f"no thread {name}"
        self._tid = found[0]
        self._held = threading.Event()
        self.error = 0
        # A debugger is a thread, too, and its hold ends with it.
        self._keeper = threading.Thread(target=self._hold, daemon=True)
        self._keeper.start()
        self._held.wait(10)
        assert self.error == 0, os.strerror(self.error)

    def _hold(self) -> None:
        libc = ctypes.CDLL(None, use_errno=True)
        for request in (_PTRACE_SEIZE, _PTRACE_INTERRUPT):
            if libc.ptrace(request, ctypes.c_long(self._tid), None, None):
                self.error = ctypes.get_errno()
        self._held.set()
        # A dead thread stays a zombie, and its process with it, until its debugger has heard.
        while not self.error and not os.WIFEXITED(status := os.waitpid(self._tid, _WALL)[1]):
            if os.WIFSIGNALED(status):
                break

    def release(self) -> None:
        """Wait until it is gone."""
        self._keeper.join(10)


def fresh(folder: Path, suite: str = "bookworm") -> Path:
    """Make a bare Debian of this machine's kind with systemd in ``folder``."""
    done = subprocess.run(
        ["debootstrap", "--variant=minbase", f"--include={PACKAGES}", suite, str(folder), mirror()],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-2000:]
    folder.chmod(0o755)
    return folder


def mirror() -> str:
    """Return where this machine gets Debian from."""
    targets = subprocess.run(
        ["apt-get", "indextargets", "--format", "$(SITE)", "Created-By: Packages"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    sites = [site for site in targets.stdout.splitlines() if site.endswith("/debian")]
    return sites[0] if sites else "http://deb.debian.org/debian"


def copy(root: Path, target: Path) -> Path:
    """Copy a machine's files."""
    subprocess.run(["cp", "-a", "--reflink=auto", str(root), str(target)], check=True)
    return target


def remove(root: Path) -> None:
    """Throw a machine away."""
    shutil.rmtree(root)
