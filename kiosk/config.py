"""The configuration: one frozen Config from one TOML file.

Every key has a default; an unknown key is refused with the nearest right one, a wrong
value with what it should be, each in one line that names the key and the file.
``config/kiosk.example.toml`` shows every key with its default and is tested against this.
"""

from __future__ import annotations

import dataclasses
import difflib
import tomllib
import types
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from kiosk.errors import BadConfig
from kiosk.model import GatePolicy


@dataclass(frozen=True, slots=True)
class Gate:
    """Which way people pass here, and what for."""

    direction: Literal["in", "out", "auto", ""] = ""
    """"" lets the place decide: auto where it has one gate, in where it has several."""
    usual: Literal["in", "out"] = "in"
    """The direction that auto assumes for a person it has not seen."""
    trip: str = ""
    """The trip of a vehicle that this kiosk rides on."""
    trips: bool = False
    """Whether people pass for a trip that is named on the screen, and changes."""


@dataclass(frozen=True, slots=True)
class Codes:
    """What codes are checked against, besides the hub's own keys."""

    trust_list: str = ""
    """File with the signers of HC1 certificates; "" checks none."""


@dataclass(frozen=True, slots=True)
class Camera:
    """Where frames come from."""

    source: str = "0"
    """0, /dev/video0, picamera2, file:PATH, http(s)://…, rtsp://… or none."""
    width: int = 1280
    height: int = 720
    fps: float = 0.0
    """0 takes the camera's own rate."""
    mirror: bool = True
    """Show the preview as a mirror does; decoding is not affected."""


@dataclass(frozen=True, slots=True)
class Screen:
    """What the screen looks like."""

    language: str = "vi"
    theme: Literal["light", "dark"] = "light"
    width: int = 1024
    height: int = 600
    fullscreen: bool = False
    rotation: Literal[0, 90, 180, 270] = 0
    """By how many degrees the screen hangs turned; touches turn with it."""
    text_scale: float = 1.0
    reach: bool = False
    """Keep every control in the lower half, for a screen that hangs high."""
    self_service: bool = False
    """Whether visitors serve themselves: the attract screen instead of the guard's."""
    hotline: str = ""
    authority: str = ""
    """Who receives what is recorded, as the notice to visitors names it."""
    notice_days: int = 30
    """How long the authority keeps entries, as the notice to visitors says it."""


@dataclass(frozen=True, slots=True)
class Sound:
    """What the kiosk sounds like."""

    volume: float = 0.8
    """0 is silent, 1 is as loud as the machine goes."""
    phrases: str = ""
    """Folder of recorded words, LANGUAGE/PHRASE.wav; "" for none."""


@dataclass(frozen=True, slots=True)
class Privacy:
    """What of a code is sealed into an entry, and for how long rows stay here."""

    keep_address: bool = True
    keep_phone: bool = True
    keep_days: int = 7
    """Days that a row stays here after the hub's receipt; at least 7."""


@dataclass(frozen=True, slots=True)
class Storage:
    """The disk."""

    ballast_mb: int = 16
    """Room kept in reserve, so that settling still works when the disk is full."""


@dataclass(frozen=True, slots=True)
class Carry:
    """Carrying by hand, where there is no network."""

    roots: tuple[str, ...] = ("/media", "/run/media", "/mnt")
    """Below which folders sticks are mounted; [] looks for none."""
    folders: tuple[str, ...] = ()
    """Folders that count as sticks while they are there, mounted or not."""


@dataclass(frozen=True, slots=True)
class Signals:
    """What hangs at the board's pins, by GPIO number; 0 for what is not there."""

    relay: int = 0
    green: int = 0
    red: int = 0
    buzzer: int = 0
    torch: int = 0
    """A torch or a ring of LEDs; lights when it is too dark for a code in view."""
    beam: int = 0
    """A light barrier's contact to ground; counts who passes without a scan."""
    active_high: bool = True
    """False for relay boards that switch when their pin is pulled to ground."""
    open_s: float = 3.0
    match_s: float = 15.0
    """How far apart a scan and the walk through the barrier may be."""
    scanner: str = ""
    """A USB hand scanner's own device, /dev/input/by-id/…-event-kbd; "" for none."""


@dataclass(frozen=True, slots=True)
class Config:
    """Everything that can be set at a kiosk."""

    gate: Gate = field(default_factory=Gate)
    policy: GatePolicy = field(default_factory=GatePolicy)
    codes: Codes = field(default_factory=Codes)
    camera: Camera = field(default_factory=Camera)
    screen: Screen = field(default_factory=Screen)
    sound: Sound = field(default_factory=Sound)
    privacy: Privacy = field(default_factory=Privacy)
    storage: Storage = field(default_factory=Storage)
    carry: Carry = field(default_factory=Carry)
    signals: Signals = field(default_factory=Signals)


WORDS: Mapping[str, tuple[str, ...]] = {"policy.form": ("nationality", "email", "places")}
"""The words that a list can hold, where it holds no others."""

LIMITS: Mapping[str, tuple[float, float]] = {
    "camera.width": (160, 7680),
    "camera.height": (120, 4320),
    "camera.fps": (0, 240),
    "screen.width": (320, 7680),
    "screen.height": (240, 4320),
    "screen.text_scale": (0.8, 2.0),
    "sound.volume": (0, 1),
    "screen.notice_days": (1, 3650),
    "policy.declaration_days": (1, 60),
    "policy.second_code_s": (5, 600),
    "privacy.keep_days": (7, 365),
    "storage.ballast_mb": (0, 4096),
    "signals.relay": (0, 27),
    "signals.green": (0, 27),
    "signals.red": (0, 27),
    "signals.buzzer": (0, 27),
    "signals.torch": (0, 27),
    "signals.beam": (0, 27),
    "signals.open_s": (0.2, 30),
    "signals.match_s": (1, 120),
}
"""The least and the most of numbers; outside them nothing works as meant."""


_WANTED = {int: "a whole number", float: "a number", bool: "true or false", str: "a text"}


def load(path: Path | None) -> Config:
    """Return the configuration in ``path``, or the defaults; raises :class:`BadConfig`."""
    return Config() if path is None else read(table_of(path), source=str(path))


def table_of(path: Path) -> dict[str, Any]:
    """Return what ``path`` says, unchecked; raises :class:`BadConfig`."""
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise BadConfig(f"{path} is not a UTF-8 text file; save it as UTF-8.") from error
    except OSError as error:
        raise BadConfig(f"{path} cannot be read: {error.strerror}.") from error
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise BadConfig(f"{path} is not TOML: {error}.") from error


def read(table: Mapping[str, Any], *, source: str) -> Config:
    """Return the configuration that ``table`` holds; ``source`` is named in errors."""
    config: Config = _section(Config, table, "", source)
    return config


def _section(kind: type[Any], table: Any, prefix: str, source: str) -> Any:
    if not isinstance(table, Mapping):
        raise BadConfig(f"“{prefix.rstrip('.')}” in {source} must be a section like [gate].")
    hints = get_type_hints(kind)
    names = [f.name for f in dataclasses.fields(kind)]
    for name in table:
        if name not in names:
            hint = _section_of(name) if kind is Config else ""
            hint = hint or _nearest(name, names)
            raise BadConfig(f"{source} has an unknown key “{prefix}{name}”{hint}")
    values = {
        name: _value(hints[name], value, f"{prefix}{name}", source) for name, value in table.items()
    }
    return kind(**values)


def _value(kind: Any, value: Any, name: str, source: str) -> Any:
    if dataclasses.is_dataclass(kind):
        return _section(kind, value, f"{name}.", source)  # type: ignore[arg-type]  # a class
    origin = get_origin(kind)
    if origin in (Union, types.UnionType):
        options = [option for option in get_args(kind) if option is not type(None)]
        return _value(options[0], value, name, source)
    if origin is Literal:
        if any(type(value) is type(word) and value == word for word in get_args(kind)):
            return value
        words = ", ".join(
            f'"{word}"' if isinstance(word, str) else str(word) for word in get_args(kind)
        )
        raise BadConfig(f"“{name}” in {source} must be one of {words}; it is {value!r}.")
    if origin in (tuple, frozenset):
        if not isinstance(value, list):
            raise BadConfig(f"“{name}” in {source} must be a list; it is {value!r}.")
        for item in value:
            if name in WORDS and item not in WORDS[name]:
                known = ", ".join(f'"{word}"' for word in WORDS[name])
                raise BadConfig(f"“{name}” in {source} knows {known}, but not {item!r}.")
        return origin(_value(get_args(kind)[0], item, name, source) for item in value)
    if origin in (dict, Mapping) or kind is dict:
        if not isinstance(value, Mapping):
            raise BadConfig(f"“{name}” in {source} must be a table; it is {value!r}.")
        return dict(value)
    return _number_or_text(kind, value, name, source)


def _number_or_text(kind: Any, value: Any, name: str, source: str) -> Any:
    if isinstance(kind, type) and issubclass(kind, str) and kind is not str:
        try:
            return kind(value)
        except ValueError as error:
            words = ", ".join(f'"{word}"' for word in kind)  # type: ignore[attr-defined]  # an Enum
            text = f"“{name}” in {source} must be one of {words}; it is {value!r}."
            raise BadConfig(text) from error
    if kind is float and type(value) is int:
        value = float(value)
    if type(value) is not kind:
        wanted = _WANTED.get(kind, "something else")
        raise BadConfig(f"“{name}” in {source} must be {wanted}; it is {value!r}.")
    least, most = LIMITS.get(name, (float("-inf"), float("inf")))
    if kind in (int, float) and not least <= value <= most:
        raise BadConfig(f"“{name}” in {source} must be from {least:g} to {most:g}; it is {value}.")
    return value


def _section_of(name: str) -> str:
    """Say where a key belongs that stands at the top, outside of every section."""
    sections = [
        section.name
        for section in dataclasses.fields(Config)
        if any(
            key.name == name for key in dataclasses.fields(type(getattr(Config(), section.name)))
        )
    ]
    if not sections:
        return ""
    where = " or ".join(f"[{section}]" for section in sections)
    return f": it belongs below {where}, which goes on a line above it."


def _nearest(name: str, names: list[str]) -> str:
    close = difflib.get_close_matches(name, names, n=1, cutoff=0.5)
    return f"; did you mean “{close[0]}”?" if close else f"; known are {', '.join(names)}."
