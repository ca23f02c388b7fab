"""``kiosk run``: the kiosk, in its window or headless."""

from __future__ import annotations

import argparse
import os
import signal
import sys
import threading
import time
from collections.abc import Mapping
from types import FrameType
from typing import Any

from kiosk.commands.lines import say, verdict_line
from kiosk.commands.settings import settings
from kiosk.couriers import News
from kiosk.errors import BadInput
from kiosk.gate import Gate, Post
from kiosk.model import DirectionMode, Verdict
from kiosk.watchdog import Watchdog

LAST_SYNC_S = 10.0


def run(options: argparse.Namespace) -> int:
    """Run until the camera's file ends, a signal comes or a worker dies."""
    config = settings(options.config)
    mode = DirectionMode(options.direction) if options.direction else None
    if not options.headless:
        if sys.platform == "linux":
            _check_display(os.environ)
        from kiosk.window import run_window

        return run_window(options.data, config, options.camera, mode=mode, fps=options.fps)
    camera = options.camera or config.camera.source
    stop = threading.Event()
    _on_signals(stop)
    lines = Lines(stop)

    def tell(verdict: Verdict) -> None:
        lines.say(verdict_line(verdict))

    def tell_stick(news: News) -> None:
        lines.say({"stick": {"word": news.word, "ok": news.ok, "count": news.count,
                             "left_out": news.left_out, "retired": news.retired}})  # fmt: skip

    with Gate(options.data, config, Post(verdict=tell, carried=tell_stick), mode=mode) as gate:
        gate.start(camera, fps=options.fps)
        _wait(gate, stop)
        if gate.failed.is_set():
            return 1
        gate.rest()
        if not stop.is_set():
            gate.drain(LAST_SYNC_S)
        lines.say({"summary": summary(gate)})
    if lines.broken is not None:
        raise lines.broken
    return 0


class Lines:
    """The lines for whoever reads them, from any thread; where nobody can, ``stop`` is set.

    What is recorded is recorded: a reader that went away is no reason to die in a thread.
    """

    def __init__(self, stop: threading.Event) -> None:
        self._stop = stop
        self._lock = threading.Lock()
        self.broken: OSError | None = None

    def say(self, facts: dict[str, Any]) -> None:
        """Write one line of JSON at once."""
        with self._lock:
            if self.broken is None:
                try:
                    say(facts)
                except OSError as error:
                    self.broken = error
                    self._stop.set()


def _check_display(environment: Mapping[str, str]) -> None:
    """Raise :class:`BadInput` without a display: SDL would draw where nobody sees it."""
    if environment.get("WAYLAND_DISPLAY") or environment.get("SDL_VIDEODRIVER"):
        return
    if not environment.get("DISPLAY"):
        raise BadInput("There is no display here; use --headless, or set DISPLAY.")
    from kiosk.screens.design import display_size

    if display_size() is None:
        name = environment["DISPLAY"]
        raise BadInput(f"The display “{name}” cannot be opened; use --headless, or set DISPLAY.")


def summary(gate: Gate) -> dict[str, object]:
    """Return what happened, in numbers."""
    stock = gate.outbox.stock()
    return {
        **{outcome.value: n for outcome, n in gate.counted.items()},
        "waiting": stock.waiting,
        "acked": stock.acked,
        "refused_by_hub": stock.refused,
        "hub": gate.sync.progress.state.value,
    }


def _wait(gate: Gate, stop: threading.Event) -> None:
    watchdog, feeding = Watchdog.from_environment(), 0.0
    while not (stop.is_set() or gate.finished.wait(0.2)):
        if time.monotonic() >= feeding:
            feeding = time.monotonic() + 1.0
            watchdog.feed(gate.silent())
    watchdog.stopping()


def _on_signals(stop: threading.Event) -> None:
    def ask(number: int, frame: FrameType | None) -> None:
        del number, frame
        stop.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, ask)
