"""Setting up: joining a place by its code, and putting the camera right."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from kivy.clock import Clock
from kivy.lang import Builder
from kivy.properties import ListProperty, NumericProperty, ObjectProperty, StringProperty

from kiosk.screens import meter
from kiosk.screens.face import Means
from kiosk.screens.page import Choices  # noqa: F401 - named in setup.kv
from kiosk.screens.parts import Box
from kiosk.screens.preview import Preview  # noqa: F401 - the same
from kiosk.screens.services import Answer
from kiosk.screens.steward import StewardFace

METER_S = 0.5


class EnrolFace(StewardFace):
    """Joins a place: its code is held before the camera, or comes from a hand scanner."""

    back_to = StringProperty("settings")
    result = StringProperty("")
    result_tone = StringProperty("ink")
    standing = StringProperty("")
    ahead = ObjectProperty(None, allownone=True)

    def __init__(self, means: Means, **kwargs: Any) -> None:
        super().__init__(means, **kwargs)
        self.fbind("words", self._stand)
        self._stand()
        self.ids.preview.source = means.source
        self.ids.preview.guide = list(means.settings.guide)

    def _stand(self, *_: object) -> None:
        place = self.means.settings.place or "–"
        self.standing = self.words.say("steward.enrolled_at", place=place)

    def enter(self) -> None:
        """Watch for an enrolment code."""
        super().enter()
        if not self.means.session.open:
            return
        self.ids.preview.start()
        if self.means.services.watch_for_enrolment is not None:
            self.means.services.watch_for_enrolment(True)

    def leave(self) -> None:
        """Watch for people again."""
        self.ids.preview.stop()
        if self.means.services.watch_for_enrolment is not None:
            self.means.services.watch_for_enrolment(False)

    def scan(self, text: str) -> bool:
        """Take an enrolment code from a hand scanner; at a gate other codes are the desk's."""
        nowhere = self.means.settings.home == "welcome"
        if self.means.services.enrol is None or not (nowhere or text.startswith("GATE")):
            return False
        self.means.services.enrol(text)
        return True

    def answer(self, errand: str, answer: Answer) -> None:
        """Say whether the code was taken."""
        if errand == "enrol":
            self.result = self.words.say(f"answer.{answer.word}", **dict(answer.facts))
            self.result_tone = "good" if answer.ok else "bad"
            self.ahead = answer.ahead

    def go_ahead(self) -> None:
        """Do what the answer asked to be confirmed."""
        ahead, self.ahead = self.ahead, None
        if ahead is not None:
            self.result, self.result_tone = self.words["answer.working"], "quiet"
            ahead()


class WelcomeFace(EnrolFace):
    """The first screen of a kiosk that belongs to no place: nothing to protect, one thing to do."""

    patience = None

    def press(self, key: str) -> bool:
        """There is no way back from the first screen."""
        del key
        return False


class Meter(Box):
    """A bar from nothing to full."""

    text = StringProperty("")
    value = NumericProperty(0.0)
    tone = StringProperty("good")


class CameraFace(StewardFace):
    """The picture with meters for light and focus, and which camera to take."""

    back_to = StringProperty("settings")
    options = ListProperty()
    chosen = ListProperty()
    light = NumericProperty(0.0)
    focus = NumericProperty(0.0)
    distance = NumericProperty(0.0)
    advice = StringProperty("")

    def __init__(self, means: Means, **kwargs: Any) -> None:
        super().__init__(means, **kwargs)
        self._measuring: Any = None
        self.chosen = list(means.services.cameras[:1])
        self.fbind("words", self._list)
        self._list()
        self.ids.preview.source = means.source
        self.ids.preview.guide = list(means.settings.guide)
        self.ids.preview.mirrored = means.settings.mirror

    def enter(self) -> None:
        """Follow the camera and measure."""
        super().enter()
        if not self.means.session.open:
            return
        self.ids.preview.start()
        self._measuring = Clock.schedule_interval(self._measure, METER_S)
        self._measure()

    def leave(self) -> None:
        """Stop."""
        if self._measuring is not None:
            self._measuring.cancel()
        self.ids.preview.stop()

    def hint(self, word: str) -> None:
        """Say what the scanner says of the distance."""
        if word:
            self.advice = self.words[f"hint.{word}"]

    def choose(self, camera: str) -> None:
        """Take another camera, now and from the next start."""
        self.means.looks.keep("camera", camera)
        self.chosen = [camera]
        self.trouble = ""
        self.aside = self.words.say("steward.camera_now", camera=self._name(camera))

    def _list(self, *_: object) -> None:
        self.options = [(spec, self._name(spec)) for spec in self.means.services.cameras]

    def _name(self, spec: str) -> str:
        words = self.words
        if spec.isdecimal() or spec.startswith("/dev/video"):
            return words.say("cameras.usb", number=spec.removeprefix("/dev/video"))
        kind = spec.partition(":")[0]
        return words.either(f"cameras.{kind}", "cameras.stream")

    def _measure(self, *_: object) -> None:
        frame = self.means.source.peek() if self.means.source else None
        if frame is None:
            self.light = self.focus = self.distance = 0.0
            self.advice = self.words["guard.camera_none"]
            return
        reading = meter.read(frame.image)
        self.light, self.focus = reading.light, reading.focus
        self.distance = reading.distance
        self.advice = self.words[f"meter.{reading.word}"]


Builder.load_file(str(Path(__file__).with_suffix(".kv")))
