"""A kiosk with its window: the gate's posts become screens, touches become commands."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from pathlib import Path

from kiosk.camera import Camera
from kiosk.clock import Clock, wall_time
from kiosk.config import Config
from kiosk.gate import Gate, Post
from kiosk.model import DirectionMode, Health, Verdict
from kiosk.screens.services import Services
from kiosk.screens.settings import ScreenSettings
from kiosk.ui import KioskApp
from kiosk.watchdog import Watchdog

FAREWELL_S = 1.5
"""How long "out of service" stands before the process ends for systemd to start it anew."""


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
        self._verdict = verdict
        self._watchdog = Watchdog.from_environment()
        self._app: KioskApp | None = None
        post = Post(
            verdict=self._show_verdict,
            health=self._show_health,
            hint=self._show_hint,
            died=self._show_death,
        )
        self.gate = Gate(data, config, post, clock=clock, mode=mode)
        try:
            self._app = KioskApp(
                _settings(config, self.gate),
                send=self.gate.send,
                latest=self.gate.latest,
                narrator=narrator,
                keys=keys,
                now=self._now,
                ready=ready,
                pulse=self._watch,
                services=Services(
                    paper=self.gate.send,
                    declare=self.gate.send,
                    change_guard=self.gate.send,
                    households=True,
                ),
            )
        except BaseException:
            self.gate.close()
            raise

    @property
    def app(self) -> KioskApp:
        """The window."""
        assert self._app is not None
        return self._app

    def run(self, camera: str | Callable[[], Camera], *, fps: float | None = None) -> int:
        """Run until the window closes or a worker dies; returns the exit code."""
        with self.gate:
            self.gate.start(camera, fps=fps)
            self.app.run()
            self._watchdog.stopping()
            return 1 if self.gate.failed.is_set() else 0

    def _now(self) -> dt.datetime:
        return wall_time(self.gate.clock.now().wall_ms)

    def _show_verdict(self, verdict: Verdict) -> None:
        self.app.post(self.app.show_verdict, verdict)
        self._verdict(verdict)

    def _show_health(self, health: Health) -> None:
        self.app.post(self.app.show_health, health)

    def _show_hint(self, word: str) -> None:
        self.app.post(self.app.show_hint, word)

    def _show_death(self, name: str) -> None:
        self.app.post(self.app.show_out_of_service, "fault")
        self.app.post(self._leave_soon)
        del name  # logged by the worker; the guard has no use for it

    def _leave_soon(self) -> None:
        self.app.later(FAREWELL_S, self.app.stop)

    def _watch(self) -> None:
        """Once a second on the main thread: a worker that hangs shows, and starves the watchdog."""
        hanging = self.gate.silent()
        self._watchdog.feed(hanging)
        if hanging:
            self.gate.failed.set()
            self.app.show_out_of_service("fault")
            self._leave_soon()


def run_window(
    data: Path,
    config: Config,
    camera: str,
    *,
    mode: DirectionMode | None = None,
    fps: float | None = None,
) -> int:
    """Run a kiosk in its window; returns the exit code."""
    return Windowed(data, config, mode=mode).run(camera, fps=fps)


def _settings(config: Config, gate: Gate) -> ScreenSettings:
    screen, code = config.screen, gate.identity.code
    return ScreenSettings(
        place=code.place_name,
        gate=code.gate,
        hotline=screen.hotline,
        language=screen.language,
        size=(screen.width, screen.height),
        fullscreen=screen.fullscreen,
        dark=screen.theme == "dark",
        text=screen.text_scale,
        direction=gate.desk.mode,
        volume=config.sound.volume,
        mirror=config.camera.mirror,
        reach=screen.reach,
        self_service=screen.self_service,
        purposes=config.policy.purposes,
        trip=config.gate.trip,
    )
