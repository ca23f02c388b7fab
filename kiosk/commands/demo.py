"""``kiosk demo``: the product's first ninety seconds, on invented people and real processes."""

from __future__ import annotations

import argparse
import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

from kiosk.demo import film
from kiosk.demo.conductor import DemoFailed, VirtualDisplay, display, python
from kiosk.demo.story import Story


def run(options: argparse.Namespace) -> int:
    """Play the demo; returns 0 when every passage is at the hub with its right name."""
    out = options.screenshots or Path("kiosk-demo")
    out.mkdir(parents=True, exist_ok=True)
    for old in (out / "screens").glob("*.png"):
        old.unlink()
    # A terminated demo takes its hub, its kiosk and its screen along.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    with contextlib.ExitStack() as stack:
        # The demo's data are of invented people and of no use afterwards.
        data = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="kiosk-demo-")))
        story = Story(data, out, seconds=options.seconds, camera=options.camera)
        if options.camera is None:
            story.film = _film(stack)
        screen = display()
        if screen is None and VirtualDisplay.available():
            screen = stack.enter_context(VirtualDisplay((1024, 640)))
            story.environment["DISPLAY"] = screen
            # A virtual screen has no loudspeaker; looking for one only makes noise.
            story.environment["SDL_AUDIODRIVER"] = "dummy"
        elif screen is None:
            print("There is no display and no Xvfb here: the demo plays headless.")
        else:
            story.interactive = options.seconds is None and options.screenshots is None
        story.headless = screen is None
        stack.callback(story.close)
        return story.play()


def _film(stack: contextlib.ExitStack) -> Path:
    """Return the folder of the film; what is not rendered yet is, beside the demo."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "kiosk"
    try:
        cache.mkdir(parents=True, exist_ok=True)
    except OSError:
        cache = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="kiosk-film-")))
    folder = cache / f"film-{film.version()}"
    for old in cache.glob("film-*"):
        if old != folder:
            shutil.rmtree(old)
    folder.mkdir(exist_ok=True)
    lacking = film.missing(folder)
    if lacking:
        _draw(stack, folder, lacking)
    return folder


def _draw(stack: contextlib.ExitStack, folder: Path, lacking: list[int]) -> None:
    """Draw the scenes that are not there yet, on every core; the kiosk needs them all in time."""
    cores = max(1, min(os.cpu_count() or 1, len(lacking)))
    told = f"Drawing the visitors' film, once: {len(lacking)} scenes"
    print(told, flush=True)
    # Dealt like cards, so that all processes end at about the same time.
    shares = [lacking[core::cores] for core in range(cores)]
    drawing = [
        subprocess.Popen(python("-m", "kiosk.demo.film", str(folder), *map(str, share)))
        for share in shares
    ]
    for process in drawing:
        stack.callback(process.wait)
        stack.callback(process.terminate)
    while any(process.poll() is None for process in drawing):
        _show(folder, len(lacking))
        with contextlib.suppress(subprocess.TimeoutExpired):
            next(p for p in drawing if p.poll() is None).wait(0.5)
    if any(process.returncode for process in drawing):
        raise DemoFailed("The visitors' film could not be drawn; is the disk full?")


def _show(folder: Path, lacking: int) -> None:
    if sys.stdout.isatty():
        print(f"\r{lacking - len(film.missing(folder))} of {lacking} ", end="", flush=True)
