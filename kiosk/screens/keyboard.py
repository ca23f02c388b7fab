"""Keys on glass: numbers, code letters, Vietnamese; large, and each says what it types.

On the Vietnamese plan Telex works as on any keyboard; tones and marks also have keys of
their own, and a key that is held offers its letter's other forms in the top row.
"""

from __future__ import annotations

from typing import Any

from kivy.clock import Clock
from kivy.properties import BooleanProperty, NumericProperty, ObjectProperty, StringProperty
from kivy.uix.boxlayout import BoxLayout

from kiosk.screens.design import DESIGN, Design
from kiosk.screens.parts import Pad
from kiosk.words import Words, load

PLANS: dict[str, tuple[str, ...]] = {
    "numbers": (
        "1 2 3 backspace",
        "4 5 6 clear",
        "7 8 9 letters",
        "- 0 . enter",
    ),
    "digits": (
        "1 2 3 backspace",
        "4 5 6 clear",
        "7 8 9 +84",
        "nothing 0 nothing enter",
    ),
    "digits-only": (
        "1 2 3",
        "4 5 6",
        "7 8 9",
        "+84 0 backspace",
    ),
    "pin": (
        "1 2 3 backspace",
        "4 5 6 clear",
        "7 8 9 nothing",
        "nothing 0 nothing enter",
    ),
    "letters": (
        "1 2 3 4 5 6 7 8 9 0",
        "Q W E R T Y U I O P",
        "A S D F G H J K L backspace",
        "Z X C V B N M - numbers enter",
    ),
    "address": (
        "1 2 3 4 5 6 7 8 9 0",
        "q w e r t y u i o p",
        "a s d f g h j k l backspace",
        "z x c v b n m . - enter",
    ),
    "ten": (
        "1 2 3 4 5 6 7 8 9 0",
        "Q W E R T Y P backspace",
        "A S D F G H J K",
        "Z X C V B N M enter",
    ),
    "email": (
        "1 2 3 4 5 6 7 8 9 0",
        "q w e r t y u i o p",
        "a s d f g h j k l backspace",
        "z x c v b n m @ . enter",
    ),
    "trip": (
        "1 2 3 4 5 6 7 8 9 0",
        "q w e r t y u i o p",
        "a s d f g h j k l backspace",
        "z x c v b n m : space enter",
    ),
    "vietnamese": (
        "q w e r t y u i o p",
        "a s d f g h j k l backspace",
        "shift z x c v b n m ' enter",
        "sharp falling asking tumbling heavy space hat horn breve",
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
_WIDE = {"space": 2.0}

ACCENTS = {
    "sharp": ("á", "\u0301"),
    "falling": ("à", "\u0300"),
    "asking": ("ả", "\u0309"),
    "tumbling": ("ã", "\u0303"),
    "heavy": ("ạ", "\u0323"),
    "hat": ("â", "\u0302"),
    "horn": ("ơ", "\u031b"),
    "breve": ("ă", "\u0306"),
}
"""Keys of tones and marks: what stands on them, and the combining character they strike."""

HELD = {
    "a": "á à ả ã ạ ă â",
    "b": "ƀ",
    "c": "č",
    "d": "đ",
    "e": "é è ẻ ẽ ẹ ê ĕ 3",
    "i": "í ì ỉ ĩ ị ĭ 8",
    "n": "ñ",
    **dict(zip("qwrtp", "12450", strict=True)),
    "o": "ó ò ỏ õ ọ ô ơ ŏ 9",
    "u": "ú ù ủ ũ ụ ư ŭ 7",
    "y": "ý ỳ ỷ ỹ ỵ 6",
    "'": "’ ʼ - . , /",
    ".": "- _ + : /",
}
"""What a key offers when it is held: the tones, letters of Central Highland names, figures."""

HOLD_S = 0.45


class Keyboard(BoxLayout):
    """A plan of keys; ``on_key`` tells each one's letter or name."""

    design: Design = ObjectProperty(DESIGN, rebind=True)
    words: Words = ObjectProperty(load("vi"), rebind=True)
    plan = StringProperty("numbers")
    unit = NumericProperty(8.0)
    shifted = BooleanProperty(defaultvalue=False)
    offered = StringProperty("")

    __events__ = ("on_key",)

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("orientation", "vertical")
        self._holding: Any = None
        self._held = False
        build = Clock.create_trigger(self._build, -1)
        super().__init__(**kwargs)
        for name in ("plan", "words", "unit", "shifted", "offered"):
            self.fbind(name, build)
        self._build()

    def on_key(self, key: str) -> None:
        """A key was touched."""

    def key(self, value: str) -> Pad:
        """Return the pad that strikes a value."""
        pads = [pad for row in self.children for pad in row.children if pad.value == value]
        return pads[0]

    def _build(self, *_: object) -> None:
        self.clear_widgets()
        gap = self.unit * (1.0 if self.plan in {"numbers", "digits", "digits-only", "pin"} else 0.6)
        self.spacing = gap
        rows = list(PLANS[self.plan])
        if self.offered:
            rows[0] = f"{HELD[self.offered]} nothing"
        for names in rows:
            row = BoxLayout(spacing=gap)
            for name in names.split():
                row.add_widget(self._pad(name))
            self.add_widget(row)

    def _pad(self, name: str) -> Pad:
        letter = len(name) == 1
        text, value = name, name
        if letter and self.shifted:
            text = value = name.upper()
        elif name in ACCENTS:
            text, value = ACCENTS[name]
        elif not letter:
            text = self.words[_WORDS[name]] if name in _WORDS else name if name == "+84" else ""
        pad = Pad(
            value=value,
            text=text,
            shape=_SHAPES.get(name, ""),
            tone="key" if letter else "function",
            role="title" if letter or name in ACCENTS else "label",
            size_hint_x=1.0 if self.plan == "trip" else _WIDE.get(name, 1.0),
        )
        if name == "enter":
            pad.tone, pad.ink, pad.shape_size = "go", "on_go", 5
        elif name == "shift" and self.shifted:
            pad.tone, pad.ink = "accent", "on_accent"
        elif name == "nothing":
            pad.opacity, pad.disabled = 0, True
        pad.bind(on_press=self._pressed, on_release=self._released)
        return pad

    def _pressed(self, pad: Pad) -> None:
        self._held = False
        letter = str(pad.value).lower()
        offers = self.plan in {"vietnamese", "trip"} or (
            self.plan in {"email", "address"} and letter == "."
        )
        if letter in HELD and offers and not self.offered:
            self._holding = Clock.schedule_once(lambda _: self._offer(letter), HOLD_S)

    def _offer(self, letter: str) -> None:
        self._held = True
        self.offered = letter

    def _released(self, pad: Pad) -> None:
        if self._holding is not None:
            self._holding.cancel()
            self._holding = None
        if self._held:
            self._held = False
            return
        self.offered = ""
        if pad.value == "shift":
            self.shifted = not self.shifted
            return
        self.dispatch("on_key", " " if pad.value == "space" else pad.value)
        if len(str(pad.value)) == 1 and self.shifted:
            self.shifted = False
