"""Plays the three sounds, and recorded words where there are any."""

from __future__ import annotations

import logging
import os
import sys
from pathlib import Path
from typing import Any

from kivy.clock import Clock
from kivy.core.audio import SoundLoader

from kiosk import sounds

log = logging.getLogger(__name__)


AFTER_S = 0.4
"""Seconds from a sound's beginning to the words that follow it."""


def has_loudspeaker() -> bool:
    """Whether it is worth asking for one: the sound library complains loudly where none is."""
    if sys.platform != "linux" or os.environ.get("SDL_AUDIODRIVER"):
        return True
    run = Path(os.environ.get("XDG_RUNTIME_DIR", "/nonexistent"))
    servers = (run / "pulse" / "native", run / "pipewire-0")
    cards = any(Path("/dev/snd").glob("pcm*p"))
    return cards or "PULSE_SERVER" in os.environ or any(server.exists() for server in servers)


class Player:
    """Holds the sounds ready, so that one starts without a file being read.

    Where the machine has no loudspeaker ``silent`` is true and playing does nothing: the
    screen says everything that a sound says. ``phrases`` is a folder of recorded words,
    ``<language>/<phrase>.wav``, and may be missing.
    """

    def __init__(self, *, volume: float = 0.8, phrases: Path | None = None) -> None:
        self._phrases = phrases
        self._spoken: dict[Path, Any] = {}
        self._sounds: dict[str, Any] = {}
        if has_loudspeaker():
            self._sounds = {name: self._load(Path(sounds.path(name))) for name in sounds.RHYTHMS}
        self.silent = not self._sounds or not all(self._sounds.values())
        self.volume = volume
        if self.silent:
            log.info("no sound: this machine has no loudspeaker that can be used")

    def _load(self, file: Path) -> Any:
        return SoundLoader.load(str(file))

    def play(self, name: str) -> None:
        """Start a sound from its beginning."""
        self._start(self._sounds.get(name))

    def say(self, phrase: str, language: str) -> bool:
        """Start a recorded phrase; say whether there is one."""
        if self._phrases is None or self.silent:
            return False
        file = self._phrases / language / f"{phrase}.wav"
        if file not in self._spoken:
            self._spoken[file] = self._load(file) if file.is_file() else None
        spoken = self._spoken[file]
        if spoken is not None:  # after the sound, which tells at once
            Clock.schedule_once(lambda _: self._start(spoken), AFTER_S)
        return spoken is not None

    def _start(self, sound: Any) -> None:
        if sound is not None:
            sound.stop()
            sound.volume = self.volume
            sound.play()
