"""A kiosk with its window: the gate's posts become screens, touches become commands.

Where no place was joined yet the window opens all the same, with a screen that waits for
the enrolment code; what follows is the gate, in the same window.
"""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from kiosk import notices
from kiosk.camera import Camera
from kiosk.clock import Clock, SystemClock, wall_time
from kiosk.config import Config
from kiosk.couriers import News
from kiosk.enrolling import move
from kiosk.errors import KioskError, NotEnrolled
from kiosk.files import Ownership, ensure_folder
from kiosk.gate import Gate, Post
from kiosk.identity import FILE as IDENTITY
from kiosk.model import DirectionMode, Health, Verdict
from kiosk.preferences import Preferences
from kiosk.screens.services import Answer, Services
from kiosk.screens.settings import ScreenSettings, screen_settings
from kiosk.stewardship import Stewardship
from kiosk.threshold import Threshold
from kiosk.ui import KioskApp
from kiosk.watchdog import Watchdog
from kiosk.words import look_in
from kiosk.workers import Worker
from wire.enrol import EnrolmentCode

FAREWELL_S = 1.5
"""How long "out of service" stands before the process ends for systemd to start it anew."""

WELCOME_S = 2.0
"""How long it stands which place was joined, before its gate opens."""

_log = logging.getLogger(__name__)


class Windowed:
    """A gate and its window. Make it on the main thread, then :meth:`run`."""

    def __init__(
        self,
        data: Path,
        config: Config,
        *,
        mode: DirectionMode | None = None,
        narrator: str | None = None,
        keys: Mapping[str, Callable[[], None]] | None = None,
        verdict: Callable[[Verdict], None] = lambda _: None,
        ready: Callable[[], None] | None = None,
        clock: Clock | None = None,
    ) -> None:
        """``verdict`` hears each one too, from the scan thread, after it was posted."""
        self.data = ensure_folder(data)
        self._given, self._mode, self._verdict, self._clock = config, mode, verdict, clock
        look_in(data / "words")
        self.preferences, self._watchdog = Preferences(data), Watchdog.from_environment()
        self._app: KioskApp | None = None
        self._camera: str | Callable[[], Camera] = "none"
        self._fps: float | None = None
        self._failed = False
        self._gate: Gate | None = None
        self.steward: Stewardship | None = None
        self.threshold: Threshold | None = None
        try:
            settings, send, latest, services = self._compose()
            self._app = KioskApp(
                settings,
                send=send,
                latest=latest,
                narrator=narrator,
                keys=keys,
                now=self._now,
                ready=ready,
                pulse=self._watch,
                services=services,
            )
        except BaseException:
            self.close()
            raise

    @property
    def gate(self) -> Gate:
        """The gate; there is one as soon as a place was joined."""
        assert self._gate is not None
        return self._gate

    @property
    def app(self) -> KioskApp:
        """The window."""
        assert self._app is not None
        return self._app

    def run(self, camera: str | Callable[[], Camera] | None, *, fps: float | None = None) -> int:
        """Run until the window closes or a worker dies; returns the exit code."""
        with self:
            self.start(camera, fps=fps)
            self.app.run()
            self._watchdog.stopping()
            return 1 if self._failed or (self._gate and self._gate.failed.is_set()) else 0

    def start(self, camera: str | Callable[[], Camera] | None, *, fps: float | None = None) -> None:
        """Start the threads behind the window; no camera named: the one that was chosen."""
        chosen = self.preferences.applied(self._given).camera.source
        self._camera, self._fps = chosen if camera is None else camera, fps
        worker = self._gate or self.threshold
        assert worker is not None
        worker.start(self._camera, fps=fps)

    def close(self) -> None:
        """Stop the threads and let the files go; harmless twice."""
        for part in (self._gate, self.threshold):
            if part is not None:
                part.close()

    def __enter__(self) -> Windowed:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # -- composing ---------------------------------------------------------------------------

    def _compose(self) -> tuple[ScreenSettings, Callable[[Any], None], Any, Services]:
        """Make the gate, or what waits for one; return what the screens are made with."""
        config = self.preferences.applied(self._given)
        try:
            self._gate = gate = Gate(
                self.data, config, self._posts(), clock=self._clock, mode=self._mode
            )
        except NotEnrolled:
            if (self.data / IDENTITY).exists():
                _log.error("The identity cannot be read; a fresh enrolment code is needed.")
            self.threshold = Threshold(
                self.data,
                config,
                self.preferences,
                post=self._answer,
                joined=lambda: self.app.post(self._joined),
                camera_is=lambda word: self._show_health(Health(camera=word, hub="none")),
                died=self._show_death,
            )
            settings = screen_settings(config, home="welcome")
            return settings, lambda _: None, self.threshold.latest, self.threshold.services()
        self.steward = Stewardship(gate, self.preferences, self._answer, move=self._move)
        self.steward.offer("export", self._export)
        services = self.steward.services(
            Services(paper=gate.send, declare=gate.send, change_guard=gate.send, households=True)
        )
        return _settings(gate.config, gate), gate.send, gate.latest, services

    def _posts(self) -> Post:
        return Post(
            verdict=self._show_verdict,
            carried=self._show_carried,
            health=self._show_health,
            hint=self._show_hint,
            died=self._show_death,
        )

    def _joined(self) -> None:
        self.app.later(WELCOME_S, self._open_gate)

    def _open_gate(self) -> None:
        """Go on with the gate of the place that was joined; on the main thread."""
        assert self.threshold is not None
        self.threshold.close()
        self.threshold = None
        self._begin()

    def _move(self, code: EnrolmentCode) -> None:
        """Leave this place for another: nothing waits here any more."""
        self.gate.close()
        try:
            with Ownership(self.data):
                move(self.data, code)
        except KioskError as error:
            _log.error("The other place could not be joined: %s", error)
        self._begin()

    def _begin(self) -> None:
        try:
            settings, send, latest, services = self._compose()
            worker = self._gate or self.threshold
            assert worker is not None
            worker.start(self._camera, fps=self._fps)
        except KioskError as error:
            _log.critical("The gate cannot be opened: %s", error)
            self._failed = True
            self.app.show_out_of_service("fault")
            self._leave_soon()
            return
        self.app.become(settings, send=send, latest=latest, services=services)

    # -- what the threads say ----------------------------------------------------------------

    def _now(self) -> dt.datetime:
        clock = self._gate.clock if self._gate is not None else SystemClock()
        return wall_time(clock.now().wall_ms)

    def _answer(self, errand: str, answer: Answer) -> None:
        self.app.post(self.app.show_answer, errand, answer)

    def _show_verdict(self, verdict: Verdict) -> None:
        self.app.post(self.app.show_verdict, verdict)
        self._verdict(verdict)

    def _show_health(self, health: Health) -> None:
        self.app.post(self.app.show_health, health)

    def _show_hint(self, word: str) -> None:
        self.app.post(self.app.show_hint, word)

    def _show_carried(self, news: News) -> None:
        self.app.post(self._carried, news)

    def _carried(self, news: News) -> None:
        stage = self.app.stage
        text = stage.words.say(f"answer.{news.word}", **dict(news.facts))
        if news.asked:
            stage.face.progress("export", text)
            return
        stage.show(notices.stick(text, news.word, ok=news.ok))
        if news.word != "copying":
            self.app.play("ok" if news.ok else "look")

    def _export(self, worker: Worker) -> Answer:
        """Copy to the stick that is there, for the steward."""
        news = self.gate.couriers.wanted(beat=worker.pulse.beat)
        return Answer(news.ok, news.word, news.facts)

    def _show_death(self, name: str) -> None:
        self._failed = True
        self.app.post(partial(self.app.show_out_of_service, "fault"))
        self.app.post(self._leave_soon)
        del name  # logged by the worker; the guard has no use for it

    def _leave_soon(self) -> None:
        self.app.later(FAREWELL_S, self.app.stop)

    def _watch(self) -> None:
        """Once a second on the main thread: a worker that hangs shows, and starves the watchdog."""
        part = self._gate or self.threshold
        hanging = part.silent() if part is not None else []
        self._watchdog.feed(hanging)
        if hanging:
            self._failed = True
            self.app.show_out_of_service("fault")
            self._leave_soon()


def run_window(
    data: Path,
    config: Config,
    camera: str | None,
    *,
    mode: DirectionMode | None = None,
    fps: float | None = None,
) -> int:
    """Run a kiosk in its window; returns the exit code."""
    return Windowed(data, config, mode=mode).run(camera, fps=fps)


def _settings(config: Config, gate: Gate) -> ScreenSettings:
    code = gate.identity.code
    return screen_settings(config, place=code.place_name, gate=code.gate, direction=gate.desk.mode)
