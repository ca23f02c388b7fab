"""A whole kiosk for window tests: real window, threads, SQLite and hub; a scripted camera.

``with kiosk(folder, hub) as live:`` opens it; ``live.show(card(1))`` holds a code before the
camera and waits until its verdict was drawn. Time is the script's: :meth:`Live.passes` moves
the kiosk's clocks and the frames' stamps together, so an hour needs no hour, while threads,
commits and drawing take what they take.
"""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import qrcode
from kivy.base import EventLoop
from kivy.clock import Clock as KivyClock

from kiosk.camera import Camera
from kiosk.clock import SetClock
from kiosk.config import Config, Sound
from kiosk.enrolling import join
from kiosk.files import ensure_folder
from kiosk.frames import Frame, Image
from kiosk.identity import read_code
from kiosk.model import DirectionMode, Verdict
from kiosk.window import Windowed
from kiosk.workers import Latest
from tests.hubs import HubProcess
from tests.ui.robot import Robot, driven

SIZE = (1280, 720)
ACROSS = 0.04
"""Seconds of the script between two frames: 25 a second."""


def hall() -> Image:
    """Return the picture of nobody."""
    shade = np.linspace(150, 205, SIZE[1], dtype=np.uint8)
    return np.repeat(np.repeat(shade[:, None], SIZE[0], axis=1)[:, :, None], 3, axis=2)


def held(text: str, *, module: int = 5) -> Image:
    """Return a code as it is printed, with its white around."""
    code = qrcode.QRCode(border=4, error_correction=qrcode.constants.ERROR_CORRECT_L)
    code.add_data(text.encode(), optimize=0)
    dark = np.array(code.get_matrix(), np.uint8)
    tile = np.kron((1 - dark) * 255, np.ones((module, module), np.uint8)).astype(np.uint8)
    return np.repeat(tile[:, :, None], 3, axis=2)


def scene(text: str, behind: str = "") -> Image:
    """Return a picture of somebody who holds a code, and of a phone in the queue behind."""
    picture = hall()
    for shown, module, centre in ((behind, 2, (0.08, 0.5)), (text, 5, (0.5, 0.5))):
        if shown:
            tile = held(shown, module=module)
            top = round(SIZE[1] * centre[1]) - tile.shape[0] // 2
            left = round(SIZE[0] * centre[0]) - tile.shape[1] // 2
            left = max(4, left)
            picture[top : top + tile.shape[0], left : left + tile.shape[1]] = tile
    return picture


class Booth(Camera):
    """Gives the frames that it was told to, in order; none is overwritten before it was read."""

    def __init__(self, latest: Latest[Frame]) -> None:
        super().__init__("booth")
        self._latest = latest
        self._told: queue.SimpleQueue[tuple[Image, float]] = queue.SimpleQueue()

    def put(self, image: Image, at: float) -> None:
        """Give this frame next."""
        self._told.put((image, at))

    def read(self, timeout: float) -> Frame | None:
        """Return the next frame once the one before was taken."""
        try:
            image, at = self._told.get(timeout=min(timeout, 0.05))
        except queue.Empty:
            return None
        self._latest.wait_taken(5.0)
        return self._frame(image, at=at)


@dataclass
class Shown:
    """A verdict, and what stood on the screen in the picture that was drawn of it."""

    verdict: Verdict
    told_at: float
    drawn_at: float = 0.0
    ground: str = ""
    title: str = ""
    person: str = ""
    note: str = ""
    beat: bool = False

    @property
    def late_ms(self) -> float:
        """Milliseconds from the commit (the verdict is told right after it) to the picture."""
        return (self.drawn_at - self.told_at) * 1000


@dataclass
class Live:
    """The kiosk and everybody around it."""

    window: Windowed
    robot: Robot
    booth: Booth
    clock: SetClock
    coming: list[Shown] = field(default_factory=list)
    shown: list[Shown] = field(default_factory=list)
    frame_ms: list[float] = field(default_factory=list)
    work_ms: list[float] = field(default_factory=list)
    """Processor time of each picture: what it takes, whoever else is at work."""
    now: float = 1000.0
    empty: Image = field(default_factory=hall)
    posted: threading.Event = field(default_factory=threading.Event)

    def passes(self, seconds: float) -> None:
        """Let time pass before the camera."""
        self.now += seconds
        self.clock.advance(seconds)

    def draw(self) -> None:
        """Draw one picture; verdicts that came before it are on it."""
        began, worked = time.perf_counter(), time.thread_time()
        EventLoop.idle()
        self.frame_ms.append((time.perf_counter() - began) * 1000)
        self.work_ms.append((time.thread_time() - worked) * 1000)
        for one in self.coming:
            one.drawn_at = one.drawn_at or time.monotonic()
        self.shown += self.coming
        self.coming.clear()

    def _drawing(self) -> None:
        """Note when a verdict is first on the glass, also where a touch brought the picture on.

        The window outlives us all: :func:`kiosk` takes this off again.
        """
        window = self.robot.window
        flip = window.flip

        def noting() -> None:
            flip()
            for one in self.coming:
                one.drawn_at = one.drawn_at or time.monotonic()

        window.flip = noting

    def listen(self) -> None:
        """Note of each verdict when it was posted, and how the screen stands once it has it."""
        app = self.window.app
        post = app.post

        def noting(call: Callable[..., None], *facts: Any) -> None:
            if facts and isinstance(facts[0], Verdict):
                post(self._deliver, call, Shown(facts[0], time.monotonic()))
                self.posted.set()
            else:
                post(call, *facts)

        app.post = noting  # type: ignore[method-assign]  # what threads say passes here
        self._drawing()

    def _deliver(self, call: Callable[..., None], one: Shown) -> None:
        call(one.verdict)
        self._look(one)
        self.coming.append(one)

    def _look(self, one: Shown) -> None:
        face: Any = self.window.app.stage.face
        one.ground = self.window.app.stage.ground
        hero = face.ids.get("hero") if hasattr(face, "ids") else None
        if hero is not None:
            one.title, one.person, one.note = hero.title, hero.person, hero.note
            one.beat = hero.pulse < 1.0

    def until(self, holds: Callable[[], bool], *, within: float = 20.0) -> None:
        """Draw until something holds; raises :class:`TimeoutError`."""
        end = time.monotonic() + within
        while not holds():
            if time.monotonic() > end:
                raise TimeoutError(f"not within {within} s; {len(self.shown)} verdicts shown")
            self.draw()

    def hold(self, image: Image, *, frames: int = 1) -> None:
        """Hold this before the camera for some frames, a verdict or none."""
        for _ in range(frames):
            self.passes(ACROSS)
            self.booth.put(image, self.now)

    def show(self, text: str, *, behind: str = "", frames: int = 2) -> Shown:
        """Hold a code until its verdict was drawn, and take it away."""
        before = len(self.shown)
        self.hold(scene(text, behind), frames=frames)
        self.until(lambda: len(self.shown) > before)
        self.hold(self.empty)
        return self.shown[before]

    def asked(self, act: Callable[[], object]) -> Shown:
        """Do something that the desk answers, and wait until the answer was drawn."""
        before = len(self.shown)
        act()
        self.until(lambda: len(self.shown) > before)
        return self.shown[before]

    def laid_out(self, act: Callable[[], object], *, within: float = 20.0) -> Shown:
        """Do something that the desk answers, and lay its answer out without drawing it."""
        self.posted.clear()
        act()
        self.hold(self.empty)  # the desk looks up with every frame
        if not self.posted.wait(within):
            raise TimeoutError(f"not within {within} s; {len(self.shown)} verdicts shown")
        self.robot.settle()
        seen = self.coming.pop()
        self.coming.clear()
        return seen

    def sent(self, *, within: float = 60.0) -> None:
        """Wait until nothing waits for the hub."""
        outbox = self.window.gate.outbox
        self.until(lambda: outbox.stock().waiting == 0, within=within)


@contextmanager
def kiosk(
    data: Path,
    hub: HubProcess | None,
    config: Config | None = None,
    *,
    mode: DirectionMode | None = None,
    fps: int = 0,
    code: str = "",
    size: tuple[int, int] = (1024, 600),
) -> Iterator[Live]:
    """Open a kiosk of a fresh place of ``hub`` (or of ``code``); ``fps`` 0 draws without pause."""
    text = code or (hub.spare_code() if hub else "")
    ensure_folder(data)
    join(data, read_code(text, now_ms=None))
    config = config or Config()
    config = replace(
        config,
        screen=replace(config.screen, width=size[0], height=size[1], fullscreen=False),
        sound=Sound(volume=0.0),
    )
    clock = SetClock(round(time.time() * 1000))
    window = Windowed(data, config, mode=mode, clock=clock)
    booth = Booth(window.gate.latest)
    with window.gate as gate, driven(window.app) as robot:
        KivyClock._max_fps = fps
        gate.start(lambda: booth)
        live = Live(window, robot, booth, clock)
        live.listen()
        live.hold(live.empty, frames=2)
        live.until(lambda: gate.camera_state == "ok")
        try:
            yield live
        finally:
            KivyClock._max_fps = 0
            vars(robot.window).pop("flip", None)
            gate.close()
            robot.frames(2)  # what was posted last finds its window still open
