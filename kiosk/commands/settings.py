"""The configuration that a command was given, looked over before anything starts."""

from __future__ import annotations

from pathlib import Path

from kiosk import config as configuration
from kiosk.codes.trustlist import load
from kiosk.config import Config, Signals
from kiosk.errors import BadConfig, BadInput
from kiosk.gate import check_kinds
from kiosk.words import languages

PINS = ("relay", "green", "red", "buzzer", "torch", "beam")


def settings(path: Path | None) -> Config:
    """Return what ``path`` says; raises :class:`~kiosk.errors.BadConfig` naming key and file."""
    config = configuration.load(path)
    if path is not None:
        check(config, source=str(path))
    return config


def check(config: Config, *, source: str) -> None:
    """Refuse what names something that is not there, which no key by itself can tell."""
    check_kinds(config, source=source)
    if config.screen.language not in languages():
        known = ", ".join(f'"{language}"' for language in languages())
        wrong = f"it is {config.screen.language!r}"
        raise BadConfig(f"“screen.language” in {source} must be one of {known}; {wrong}.")
    if config.codes.trust_list:
        try:
            load(Path(config.codes.trust_list))
        except BadInput as error:
            raise BadConfig(f"“codes.trust_list” in {source}: {error}") from error
    if config.sound.phrases and not Path(config.sound.phrases).is_dir():
        raise BadConfig(f"“sound.phrases” in {source}: {config.sound.phrases} is no folder.")
    _check_pins(config.signals, source)


def _check_pins(signals: Signals, source: str) -> None:
    taken: dict[int, str] = {}
    for name in PINS:
        pin = getattr(signals, name)
        if pin and pin in taken:
            both = f"GPIO {pin} is “signals.{taken[pin]}” already"
            raise BadConfig(f"“signals.{name}” in {source}: {both}.")
        taken[pin] = name
