"""Which language the kiosk speaks first, and at which kind of place it stands."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from kivy.lang import Builder
from kivy.properties import ListProperty, StringProperty

from kiosk.screens.face import Means
from kiosk.screens.page import Choices  # noqa: F401 - named in venue.kv
from kiosk.screens.steward import StewardFace
from kiosk.words import languages, load


class VenueFace(StewardFace):
    """The language changes at once; what the gate asks of whom, from the next start."""

    back_to = StringProperty("settings")
    kinds = ListProperty()
    tongues = ListProperty()
    chosen = StringProperty("")

    def __init__(self, means: Means, **kwargs: Any) -> None:
        super().__init__(means, **kwargs)
        self.chosen = means.services.profile
        self.fbind("words", self._list)
        self._list()

    def speak(self, language: str) -> None:
        """Speak another language, now and first from the next start."""
        self.means.looks.keep("language", language)
        self.means.speak(language)

    def choose(self, kind: str) -> None:
        """Take the settings of a kind of venue from the next start."""
        self.means.looks.keep("profile", kind)
        self.chosen = kind
        self.aside = self.words["steward.next_start"]

    def _list(self, *_: object) -> None:
        self.tongues = [(code, load(code)["language.name"]) for code in languages()]
        self.kinds = [
            (kind, self.words.either(f"venue.{kind}", kind))
            for kind in self.means.services.profiles
        ]


Builder.load_file(str(Path(__file__).with_suffix(".kv")))
