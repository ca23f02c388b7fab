"""Keys on glass: number pad, code letters; large, and each says what it types."""

from __future__ import annotations

from typing import Any

from kivy.properties import ObjectProperty, StringProperty
from kivy.uix.boxlayout import BoxLayout

from kiosk.screens.design import DESIGN, Design
from kiosk.screens.parts import Pad
from kiosk.words import Words, load

Row = tuple[str, ...]

PLANS: dict[str, tuple[Row, ...]] = {
    "numbers": (
        ("1", "2", "3", "backspace"),
        ("4", "5", "6", "clear"),
        ("7", "8", "9", "letters"),
        ("-", "0", ".", "enter"),
    ),
    "letters": (
        ("1", "2", "3", "4", "5", "6", "7", "8", "9", "0"),
        ("Q", "W", "E", "R", "T", "Y", "U", "I", "O", "P"),
        ("A", "S", "D", "F", "G", "H", "J", "K", "L", "backspace"),
        ("Z", "X", "C", "V", "B", "N", "M", "-", "numbers", "enter"),
    ),
}
"""Which keys stand where; a name of more than one letter is a function."""

_SHAPES = {"backspace": "backspace", "shift": "shift", "enter": "tick"}
_WORDS = {
    "clear": "entry.clear",
    "letters": "entry.keys_letters",
    "numbers": "entry.keys_numbers",
    "space": "entry.space",
}


class Keyboard(BoxLayout):
    """A plan of keys; ``on_key`` tells each one's letter or name."""

    design: Design = ObjectProperty(DESIGN, rebind=True)
    words: Words = ObjectProperty(load("vi"))
    plan = StringProperty("numbers")

    __events__ = ("on_key",)

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("orientation", "vertical")
        super().__init__(**kwargs)
        self.fbind("plan", self._build)
        self.fbind("words", self._build)
        self.design.fbind("u", self._build)
        self._build()

    def on_key(self, key: str) -> None:
        """A key was touched."""

    def key(self, name: str) -> Pad:
        """Return the pad of a key."""
        for row in self.children:
            for pad in row.children:
                if pad.value == name:
                    return pad
        raise KeyError(name)

    def _build(self, *_: object) -> None:
        self.clear_widgets()
        gap = self.design.u * (1.0 if self.plan == "numbers" else 0.6)
        self.spacing = gap
        for names in PLANS[self.plan]:
            row = BoxLayout(spacing=gap)
            for name in names:
                row.add_widget(self._pad(name))
            self.add_widget(row)

    def _pad(self, name: str) -> Pad:
        letter = len(name) == 1
        pad = Pad(
            value=name,
            text=name if letter else self.words[_WORDS[name]] if name in _WORDS else "",
            shape=_SHAPES.get(name, ""),
            tone="key" if letter else "function",
            role="title" if letter else "label",
        )
        if name == "enter":
            pad.tone, pad.ink, pad.shape_size = "go", "on_go", 5
        pad.bind(on_release=lambda pad: self.dispatch("on_key", pad.value))
        return pad
