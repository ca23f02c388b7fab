"""Drives the window without a person: touches, keys, frames, pictures of it.

The gallery takes its pictures with this and the window tests their touches. Touches go
through Kivy's own dispatch, from the window down, as a finger's do.
"""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from kivy.base import EventLoop, runTouchApp
from kivy.clock import Clock
from kivy.input.motionevent import MotionEvent
from kivy.lang import Builder
from kivy.uix.widget import Widget

from kiosk.screens.parts import Pad
from kiosk.ui import KioskApp
from tests.ui import faults


class Finger(MotionEvent):
    """One finger on the glass."""

    def __init__(self, number: int, x: float, y: float) -> None:
        super().__init__("robot", number, (x, y), is_touch=True, type_id="touch")

    def depack(self, args: Any) -> None:
        """Take a place in shares of the window."""
        self.profile = ["pos"]
        self.sx, self.sy = args
        super().depack(args)


class Robot:
    """A person and a desk's main loop in one: nothing moves but what is told to."""

    def __init__(self, app: KioskApp) -> None:
        self.app = app
        self._fingers = 0

    @property
    def window(self) -> Any:
        """The window."""
        return EventLoop.window

    def frames(self, count: int = 2) -> None:
        """Let so many frames pass."""
        for _ in range(count):
            EventLoop.idle()

    def settle(self) -> None:
        """Let everything be laid out, without drawing it (a software renderer is slow).

        Where the window draws at its own pace, as for a measurement, all of it is drawn.
        """
        if Clock._max_fps:
            self.frames(4)
            return
        for _ in range(4):
            Clock.tick()
            EventLoop.dispatch_input()
            Builder.sync()
            Clock.tick_draw()
            Builder.sync()

    def until(self, holds: Callable[[], bool], *, within: float = 5.0) -> None:
        """Let frames pass until something holds.

        :raises TimeoutError: when it does not within so many seconds.
        """
        end = time.monotonic() + within
        while not holds():
            if time.monotonic() > end:
                raise TimeoutError(f"not within {within} s")
            EventLoop.idle()

    def touch(self, widget: Widget) -> None:
        """Put a finger on a widget's middle and lift it."""
        self.touch_at(*widget.to_window(*widget.center))

    def touch_at(self, x: float, y: float, *, meanwhile: Callable[[], None] | None = None) -> None:
        """Put a finger on a place in window pixels and lift it, after something else happened."""
        self._fingers += 1
        finger = Finger(self._fingers, x / (self.window.width - 1), y / (self.window.height - 1))
        EventLoop.post_dispatch_input("begin", finger)
        self.frames(1)
        if meanwhile is not None:
            meanwhile()
            self.settle()
        EventLoop.post_dispatch_input("end", finger)
        self.frames(1)

    def press(self, text: str) -> None:
        """Touch the pad in front that bears a text or a value."""
        self.touch(self.pad(text))
        self.settle()

    def hold(self, text: str, choice: str) -> None:
        """Hold the pad that bears a text until it offers more, and touch what is wanted."""
        pad = self.pad(text)
        pad.state = "down"
        pad.dispatch("on_press")
        self.until(lambda: any(choice in (p.text, p.value) for p in self.pads()), within=2)
        pad.dispatch("on_release")
        self.settle()
        self.press(choice)

    def pad(self, text: str) -> Pad:
        """Return the pad in front that bears a text or a value."""
        for pad in self.pads():
            if text in (pad.text, pad.value):
                return pad
        raise KeyError(text)

    def pads(self) -> Iterator[Pad]:
        """Yield every pad that can be touched, the front screen's."""
        for widget in self.app.stage.walk(restrict=True):
            if isinstance(widget, Pad) and not widget.disabled and widget.opacity > 0:
                yield widget

    def type(self, text: str) -> None:
        """Type slowly on a keyboard, as a person does."""
        for letter in text:
            self.window.dispatch("on_textinput", letter)
            end = time.monotonic() + 0.11
            self.until(lambda end=end: time.monotonic() > end)  # type: ignore[misc]
            self.until(lambda: not self.app._hands._keys._held)  # a slow machine sees it late

    def key(self, code: int) -> None:
        """Strike one key by its code (13 Enter, 8 backspace, 27 escape)."""
        self.window.dispatch("on_key_down", code, 0, None, [])
        self.frames(1)

    def scan(self, text: str) -> None:
        """Type as a hand scanner does: at once, and Enter."""
        for letter in text:
            self.window.dispatch("on_textinput", letter)
        self.key(13)

    def picture(self, file: Path) -> None:
        """Draw the window once and write it to a PNG file."""
        file.parent.mkdir(parents=True, exist_ok=True)
        self.app.picture(file)


def texts(robot: Robot) -> set[str]:
    """Return every text that can be seen."""
    return {w.text for w in faults.shown(robot.app.stage) if getattr(w, "text", "")}


def left_over(*typed: str) -> list[str]:
    """Return which widgets, textures and caches still know what was typed."""
    from kivy.cache import Cache
    from kivy.uix.label import Label

    gc.collect()
    found = []
    for known in gc.get_objects():
        if issubclass(type(known), Label) and any(text in known.text for text in typed):
            found.append(f"label {known.text!r}")
        if str(type(known).__module__).startswith("kiosk.screens"):
            held = [
                getattr(known, name, "") for name in ("phone_text", "name_text", "text", "typed")
            ]
            found += [f"{known!r}" for text in typed if text in held]
    for category, entries in Cache._objects.items():
        found += [f"cache {category}" for key in entries if any(t in str(key) for t in typed)]
    return found


@contextmanager
def driven(app: KioskApp) -> Iterator[Robot]:
    """Open the app's window without its main loop; close the app, not the window, at the end.

    A process has one window: apps that are driven one after another share it.
    """
    EventLoop.ensure_window()
    window = EventLoop.window
    # Frames are counted here, not timed: nothing is gained by waiting between them.
    Clock._max_fps = 0
    size = app.settings.size
    resized = tuple(window.size) != size
    if resized:
        window.size = size
    app._run_prepare()
    if EventLoop.status != "started":
        runTouchApp(embedded=True)
    robot = Robot(app)
    robot.until(lambda: tuple(window.size) == size)
    if resized:  # Kivy takes a tenth of a second to believe the new size
        end = time.monotonic() + 0.4
        robot.until(lambda: time.monotonic() > end)
    robot.settle()
    try:
        yield robot
    finally:
        app.close()
        window.remove_widget(app.root)
        app.root = None  # type: ignore[assignment]  # Kivy starts with none
        Clock.tick()
