"""Hands at the window: touches, a keyboard, a hand scanner that acts as one."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any

from kivy.clock import Clock

from kiosk.model import Command, EnterText
from kiosk.screens.stage import Stage
from kiosk.wedge import Heard, Keystrokes

_NAMED_KEYS = {13: "enter", 271: "enter", 8: "backspace", 27: "escape", 9: "tab"}
_PAD_DIGITS = {256 + digit: str(digit) for digit in range(10)}
_ALT = frozenset({307, 308})

PAUSE_S = 0.1
"""After this long without a key it is clear that a person typed it."""


class Hands:
    """Tells a scanner's keys from a person's, and gives each where it belongs.

    ``keys`` are keys of the demo's own, which work on the first screen alone.
    """

    def __init__(
        self,
        stage: Callable[[], Stage],
        send: Callable[[Command], None],
        keys: Mapping[str, Callable[[], None]],
    ) -> None:
        self._stage = stage
        self._send = send
        self._demo_keys = dict(keys)
        self._keys = Keystrokes()
        self._pause = Clock.create_trigger(self._paused, PAUSE_S)
        self.bound: dict[str, Callable[..., bool]] = {
            "on_textinput": self._typed,
            "on_key_down": self._pressed,
            "on_key_up": self._let_go,
            "on_touch_down": self._touched,
        }

    def __repr__(self) -> str:
        return f"Hands({self._keys!r})"

    def rest(self) -> None:
        """Wait for nothing more."""
        self._pause.cancel()

    def _touched(self, *_: object) -> bool:
        return self._stage().stir()

    def _typed(self, _window: Any, text: str) -> bool:
        stage = self._stage()
        if text.lower() in self._demo_keys and stage.name == stage.home:
            self._demo_keys[text.lower()]()
            return True
        self._pass_on(self._keys.add(text, time.monotonic()))
        self._pause.cancel()
        self._pause()
        return True

    def _paused(self, *_: object) -> None:
        self._pass_on(self._keys.idle(time.monotonic()))

    def _pressed(self, _window: Any, key: int, _scan: int, _text: str, held: list[str]) -> bool:
        name = _NAMED_KEYS.get(key, "")
        if "alt" in held and key in _PAD_DIGITS:
            self._pass_on(self._keys.alt_digit(_PAD_DIGITS[key], time.monotonic()))
        elif name in {"enter", "tab"}:
            self._pass_on(self._keys.enter(time.monotonic()))
        elif name:  # no hand scanner sends it: what is held was typed
            self._pass_on(self._keys.idle(time.monotonic() + 1.0))
            self._stage().stir()
            self._stage().face.press(name)
        return bool(name)

    def _let_go(self, _window: Any, key: int, *_: object) -> bool:
        if key in _ALT:
            self._keys.alt_up(time.monotonic())
        return False

    def _pass_on(self, heard: Heard) -> None:
        stage = self._stage()
        if heard.scan and not stage.face.scan(heard.scan):
            self._send(EnterText(heard.scan))
        if heard.typed or heard.enter:
            stage.stir()
        if heard.typed:
            stage.face.type(heard.typed)
        if heard.enter:
            stage.face.press("enter")
