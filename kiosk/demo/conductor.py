"""Runs the demo: starts hub, film and kiosk as the processes they are, and tells the story."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from kiosk.errors import KioskError

HUB_WAIT_S = 30.0


class DemoFailed(KioskError):
    """A part of the demo did not start."""


def python(*arguments: str) -> list[str]:
    """Return a command of this very Python."""
    return [sys.executable, *arguments]


def display() -> str | None:
    """Return the display there is, if any."""
    return os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")


class VirtualDisplay:
    """An Xvfb of its own; a context manager that gives the display's name."""

    def __init__(self, size: tuple[int, int]) -> None:
        self._size = size
        self._process: subprocess.Popen[str] | None = None

    @staticmethod
    def available() -> bool:
        """Whether Xvfb is installed."""
        return shutil.which("Xvfb") is not None

    def __enter__(self) -> str:
        width, height = self._size
        read, write = os.pipe()
        command = ["Xvfb", "-displayfd", str(write), "-screen", "0", f"{width}x{height}x24",
                   "-nolisten", "tcp"]  # fmt: skip
        self._process = subprocess.Popen(
            command, pass_fds=(write,), stderr=subprocess.DEVNULL, text=True
        )
        os.close(write)
        with os.fdopen(read) as told:
            number = told.readline().strip()
        if not number:
            self._process.wait()
            raise DemoFailed("Xvfb did not start; try “kiosk demo” with a display.")
        return f":{number}"

    def __exit__(self, *_: object) -> None:
        if self._process is not None:
            self._process.terminate()
            self._process.wait()


@dataclass
class HubProcess:
    """A real hub on loopback, which can go away and come back at the same address."""

    data: Path
    url: str = ""
    _process: subprocess.Popen[str] | None = None
    _log: IO[bytes] | None = None

    def start(self) -> None:
        """Start it; returns when it answers."""
        bind = self.url.removeprefix("http://") or "127.0.0.1:0"
        self.data.mkdir(parents=True, exist_ok=True)
        self._log = (self.data / "hub.log").open("ab")
        self._process = subprocess.Popen(
            python("-m", "hub", "serve", "--bind", bind, "--data", str(self.data)),
            stdout=subprocess.PIPE,
            stderr=self._log,
            text=True,
        )
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if "http://" not in line:
            self._process.wait()
            raise DemoFailed(f"The hub did not start; see {self.data / 'hub.log'}.")
        self.url = "http://" + line.split("http://")[1].strip()

    def stop(self) -> None:
        """Stop it; harmless twice."""
        if self._process is not None:
            self._process.send_signal(signal.SIGTERM)
            self._process.wait()
            if self._process.stdout is not None:
                self._process.stdout.close()
            self._process = None
        if self._log is not None:
            self._log.close()
            self._log = None

    @property
    def up(self) -> bool:
        """Whether it runs."""
        return self._process is not None

    def command(self, *arguments: str) -> list[dict[str, Any]]:
        """Run a ``hub`` command on its data; returns its lines of JSON."""
        done = subprocess.run(
            python("-m", "hub", *arguments, "--data", str(self.data), "--json"),
            capture_output=True,
            text=True,
            check=False,
            env=os.environ | {"PYTHONIOENCODING": "utf-8"},
        )
        if done.returncode:
            raise DemoFailed(f"“hub {arguments[0]}” failed: {done.stderr.strip()}")
        return [json.loads(line) for line in done.stdout.splitlines() if line.strip()]


@dataclass
class KioskProcess:
    """The demo's kiosk as a process; ``heard`` gets its lines, from a thread of its own."""

    arguments: list[str]
    heard: Callable[[dict[str, Any]], None]
    log: Path
    environment: dict[str, str] = field(default_factory=dict)
    _process: subprocess.Popen[str] | None = None
    _reader: threading.Thread | None = None

    def start(self) -> None:
        """Start it."""
        environment = os.environ | {"PYTHONIOENCODING": "utf-8"} | self.environment
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                python("-m", "kiosk.demo.child", *self.arguments),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                env=environment,
            )
        self._reader = threading.Thread(target=self._read, args=(self._process,), daemon=True)
        self._reader.start()

    def _read(self, process: subprocess.Popen[str]) -> None:
        assert process.stdout is not None
        with process.stdout as lines:
            for line in lines:
                self.heard(json.loads(line))

    def say(self, line: str) -> None:
        """Pass a word to the kiosk; one that is gone hears nothing."""
        process = self._process
        if process is None or process.stdin is None or process.poll() is not None:
            return
        try:
            process.stdin.write(line + "\n")
            process.stdin.flush()
        except BrokenPipeError:
            return  # it ended between the look and the word

    @property
    def ended(self) -> bool:
        """Whether it has ended."""
        return self._process is not None and self._process.poll() is not None

    def kill(self) -> None:
        """Kill it as a pulled plug would (SIGKILL), and wait."""
        if self._process is not None:
            self._process.kill()
            self.wait()

    def wait(self, timeout: float | None = None) -> int:
        """Wait for its end; returns its exit code."""
        assert self._process is not None
        code = self._process.wait(timeout)
        if self._reader is not None:
            self._reader.join()
        if self._process.stdin is not None:
            with contextlib.suppress(BrokenPipeError):  # its last line had nobody to read it
                self._process.stdin.close()
        return code


def passing(seconds: float, until: Callable[[], bool], wake: threading.Event) -> Iterator[float]:
    """Give the time passed, about ten times a second, until ``seconds`` or ``until``."""
    began = time.monotonic()
    while (passed := time.monotonic() - began) < seconds and not until():
        yield passed
        wake.wait(0.1)
