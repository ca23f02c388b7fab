"""``kiosk run``: the kiosk, in its window or headless."""

from __future__ import annotations

import argparse
import os
import signal
import sys
import threading
import time
from types import FrameType

from kiosk import config as configuration
from kiosk.commands.lines import say, verdict_line
from kiosk.couriers import News
from kiosk.errors import BadInput
from kiosk.gate import Gate, Post
from kiosk.model import DirectionMode, Verdict
from kiosk.watchdog import Watchdog

LAST_SYNC_S = 10.0


def run(options: argparse.Namespace) -> int:
    """Run until the camera's file ends, a signal comes or a worker dies."""
    config = configuration.load(options.config)
    mode = DirectionMode(options.direction) if options.direction else None
    if not options.headless:
        if sys.platform == "linux" and not (
            os.environ.get("DISPLAY")
            or os.environ.get("WAYLAND_DISPLAY")
            or os.environ.get("SDL_VIDEODRIVER")
        ):
            raise BadInput("There is no display here; use --headless, or set DISPLAY.")
        from kiosk.window import run_window

        return run_window(options.data, config, options.camera, mode=mode, fps=options.fps)
    camera = options.camera or config.camera.source
    spoken = threading.Lock()

    def tell(verdict: Verdict) -> None:
        with spoken:
            say(verdict_line(verdict))

    def tell_stick(news: News) -> None:
        with spoken:
            say({"stick": {"word": news.word, "ok": news.ok, "count": news.count,
                           "left_out": news.left_out, "retired": news.retired}})  # fmt: skip

    stop = threading.Event()
    _on_signals(stop)
    with Gate(options.data, config, Post(verdict=tell, carried=tell_stick), mode=mode) as gate:
        gate.start(camera, fps=options.fps)
        _wait(gate, stop)
        if gate.failed.is_set():
            return 1
        if not stop.is_set():
            gate.drain(LAST_SYNC_S)
        with spoken:
            say({"summary": summary(gate)})
    return 0


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
