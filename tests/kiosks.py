"""A real kiosk in a process of its own, and people who walk past it.

``box = KioskBox(folder)``; ``box.enrol(hub)``; ``box.enter(card(1))`` runs one command;
``with box.running(pictures(folder, range(9))) as run:`` is ``kiosk run --headless``, whose
lines are kept as they come.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import qrcode

from tests.hubs import ROOT, HubProcess

TIMEOUT_S = 180
"""Nothing takes so long but on a machine that has something else to do."""

Wrap = Callable[[list[str]], list[str]]


def number(who: int) -> str:
    """Return the citizen number of the ``who``-th made person."""
    return f"0541990{who:05d}"


def name(who: int) -> str:
    """Return a name that is nobody else's here."""
    middle = ["An", "Bình", "Chi", "Dung", "Giang", "Hạnh", "Khuê", "Liên", "Mai", "Ngọc"]
    tens = [middle[int(digit)] for digit in f"{who:04d}"]
    return "Đỗ Thị " + " ".join(tens) + " Thử"


def phone(who: int) -> str:
    """Return a phone number."""
    return f"09000{who:05d}"


def card(who: int) -> str:
    """Return the code of a citizen card."""
    return f"{number(who)}||{name(who)}|01021999|Nữ|Thôn Phú Lộc, Hòa Thắng, Phú Yên|22062022"


def national(who: int) -> str:
    """Return a national personal code, with a phone."""
    plain = "DO THI VI DU"
    return f"{number(who)}|{plain}|1999-02-01|0|16297938858617{who:04d}|<2<0<{phone(who)}"


def pictures(folder: Path, people: Iterable[int], text: Callable[[int], str] = card) -> Path:
    """Draw each person's code into a folder that a ``file:`` camera plays in order."""
    folder.mkdir(parents=True, exist_ok=True)
    for place, who in enumerate(people):
        code = qrcode.QRCode(box_size=4, border=4)
        code.add_data(text(who))
        matrix = np.array(code.get_matrix(), dtype=np.uint8)
        tile = 255 - np.kron(matrix, np.full((4, 4), 255, np.uint8))
        frame = np.full((480, 640), 220, np.uint8)
        top, left = (480 - tile.shape[0]) // 2, (640 - tile.shape[1]) // 2
        frame[top : top + tile.shape[0], left : left + tile.shape[1]] = tile
        cv2.imwrite(str(folder / f"{place:05d}.png"), frame)
    return folder


def blank(folder: Path, count: int = 1) -> Path:
    """Draw pictures in which nothing can be read."""
    folder.mkdir(parents=True, exist_ok=True)
    for place in range(count):
        cv2.imwrite(str(folder / f"{place:05d}.png"), np.full((120, 160), 200, np.uint8))
    return folder


class KioskBox:
    """A kiosk's folder and its commands."""

    def __init__(self, data: Path) -> None:
        self.data = data

    def command(self, *args: str) -> list[str]:
        """Return the words of a command."""
        return [sys.executable, "-m", "kiosk", *args, "--data", str(self.data)]

    def cli(
        self, *args: str, check: bool = True, env: dict[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        """Run a command to its end."""
        done = subprocess.run(
            self.command(*args), cwd=ROOT, capture_output=True, text=True, timeout=TIMEOUT_S,
            check=False, env=os.environ | (env or {}),
        )  # fmt: skip
        if check and done.returncode:
            raise AssertionError(f"kiosk {args[0]}: {done.returncode}\n{done.stderr}")
        return done

    def json(self, *args: str, check: bool = True) -> dict[str, Any]:
        """Run a command with ``--json`` and return its last line."""
        lines = self.cli(*args, "--json", check=check).stdout.splitlines()
        found: dict[str, Any] = json.loads(lines[-1])
        return found

    def enrol(self, hub: HubProcess, *, url: str = "", place: str = "") -> dict[str, Any]:
        """Join a fresh place of ``hub``, reached at ``url``."""
        more = ("--url", url) if url else ()
        return self.json("enrol", hub.code(place or hub.place(), *more))

    def enter(self, text: str) -> dict[str, Any]:
        """Show one code."""
        return self.json("enter", "--direction", "in", text, check=False)

    def status(self) -> dict[str, Any]:
        """Return ``kiosk status``."""
        return self.json("status")

    @contextlib.contextmanager
    def running(
        self, camera: Path | str, *args: str, fps: float = 20, through: Wrap = list, **more: Any
    ) -> Iterator[Running]:
        """Run ``kiosk run --headless`` until the block ends (killed if it still runs).

        ``through`` may wrap the command's words into another command.
        """
        spec = camera if isinstance(camera, str) else f"file:{camera}"
        words = self.command(
            "run", "--headless", "--camera", spec, "--direction", "in", "--fps", str(fps), *args
        )
        run = Running(through(words), **more)
        try:
            yield run
        finally:
            run.end()

    def drain(self, folder: Path) -> dict[str, Any]:
        """Run once with nothing to see, so that what waits goes; returns the summary."""
        with self.running(blank(folder / "blank")) as run:
            assert run.wait() == 0, run.errors
            return run.summary


class Running:
    """A kiosk that runs; its lines as they come."""

    def __init__(self, words: list[str], **more: Any) -> None:
        self.lines: list[dict[str, Any]] = []
        self._changed = threading.Condition()
        environment = os.environ | more.pop("env", {})
        folder = more.pop("cwd", ROOT)
        self.process = subprocess.Popen(
            words, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
            env=environment, **more,
        )  # fmt: skip
        self.errors = ""
        self.ended = False
        self._readers = [
            threading.Thread(target=self._listen, daemon=True),
            threading.Thread(target=self._complain, daemon=True),
        ]
        for reader in self._readers:
            reader.start()

    def _listen(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            if not line.endswith("\n"):
                break  # cut by a kill
            with self._changed:
                self.lines.append(json.loads(line))
                self._changed.notify_all()
        with self._changed:
            self.ended = True
            self._changed.notify_all()

    def _complain(self) -> None:
        assert self.process.stderr is not None
        for line in self.process.stderr:
            self.errors += line

    @property
    def greens(self) -> list[dict[str, Any]]:
        """The verdicts that were shown as recorded."""
        return [line for line in self.lines if line.get("verdict") == "recorded"]

    def said(self, verdict: str) -> list[dict[str, Any]]:
        """The verdicts of one kind."""
        return [line for line in self.lines if line.get("verdict") == verdict]

    @property
    def summary(self) -> dict[str, Any]:
        """The last line."""
        found: dict[str, Any] = self.lines[-1]["summary"]
        return found

    def wait_for(self, test: Callable[[Running], bool], timeout: float = TIMEOUT_S) -> None:
        """Wait until ``test`` holds of what was said."""
        with self._changed:
            self._changed.wait_for(lambda: test(self) or self.ended, timeout)
            assert test(self), (self.lines[-3:], self.errors)

    def wait(self, timeout: float = TIMEOUT_S) -> int:
        """Wait for the end; returns the exit code."""
        code = self.process.wait(timeout)
        for reader in self._readers:
            reader.join(TIMEOUT_S)
        return code

    def lives(self, seconds: float) -> bool:
        """Watch it for a while; whether it still runs then."""
        try:
            self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            return True
        return False

    def until(self, test: Callable[[], bool], timeout: float = TIMEOUT_S) -> None:
        """Look ten times a second whether ``test`` holds of what it leaves behind."""
        for _ in range(round(timeout * 10)):
            if test() or not self.lives(0.1):
                break
        assert test(), self.errors

    def kill(self) -> None:
        """Pull the plug of the process."""
        self.process.send_signal(signal.SIGKILL)
        self.wait()

    def end(self) -> None:
        """End it, if it still runs."""
        if self.process.poll() is None:
            self.process.kill()
        self.wait()
        for pipe in (self.process.stdout, self.process.stderr):
            if pipe is not None:
                pipe.close()
