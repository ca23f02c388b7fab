"""The window: the door to Kivy, and what the rest of the program says to the screens.

:class:`KioskApp` is made and driven on the main thread. Other threads reach it only
through :meth:`KioskApp.post`.
"""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import kiosk.screens  # noqa: F401 - prepares the process; must run before Kivy is imported

# isort: split
from kivy.app import App
from kivy.clock import Clock

from kiosk import notices
from kiosk.model import Command, Health, Outcome, Verdict
from kiosk.notices import Notice
from kiosk.screens.design import DESIGN, prepare_window, with_strip
from kiosk.screens.face import Means
from kiosk.screens.faces import FACES
from kiosk.screens.hands import Hands
from kiosk.screens.picture import write_picture
from kiosk.screens.player import Player
from kiosk.screens.preview import Source
from kiosk.screens.recollection import Recollection
from kiosk.screens.services import Answer, Services, Session
from kiosk.screens.settings import ScreenSettings
from kiosk.screens.stage import Stage
from kiosk.words import load

log = logging.getLogger(__name__)


class KioskApp(App):
    """The kiosk's face.

    ``send`` takes commands to the desk, ``latest`` holds the newest frame. ``narrator`` is
    the first sentence's key in the demo's strip, or None for no strip; ``keys`` are the demo's own
    keys (``{"n": …, " ": …}``). ``now`` is the gate's wall time, ``ready`` is called once
    the first picture of the window was drawn, ``pulse`` once a second while it lives.
    """

    use_kivy_settings = False

    def __init__(
        self,
        settings: ScreenSettings,
        *,
        send: Callable[[Command], None],
        latest: Source | None = None,
        narrator: str | None = None,
        keys: Mapping[str, Callable[[], None]] | None = None,
        now: Callable[[], dt.datetime] | None = None,
        ready: Callable[[], None] | None = None,
        pulse: Callable[[], None] | None = None,
        services: Services | None = None,
    ) -> None:
        super().__init__()
        self.settings = settings
        self._send = send
        self._latest = latest
        self._narrator = narrator
        self._now = now or (lambda: dt.datetime.now(dt.UTC))
        self._ready = ready
        self._pulse = pulse
        self._services = services or Services()
        self.recollection = Recollection(settings.trip)
        self._out_by_health = False
        self._window: Any = None
        self._stage: Any = None
        self._ticking: Any = None
        self._hands = Hands(lambda: self.stage, self._command, keys or {})
        self._bound: dict[str, Callable[..., Any]] = {
            "on_resize": self._resized,
            "on_request_close": self._asked_to_close,
            **self._hands.bound,
        }
        self.sounds: Player | None = None
        self.title = settings.place or "Kiosk"
        DESIGN.dark, DESIGN.text, DESIGN.reach = settings.dark, settings.text, settings.reach
        size = settings.size if narrator is None else with_strip(settings.size)
        prepare_window(size, settings.rotation, fullscreen=settings.fullscreen)

    def build(self) -> Stage:
        """Make the window's content."""
        from kivy.core.window import Window  # importing it opens the window

        self._window = Window
        DESIGN.fit(*Window.size)
        DESIGN.bind(colours=self._coloured)
        Window.bind(**self._bound)
        self.sounds = Player(volume=self.settings.volume, phrases=self.settings.phrases)
        self._ticking = Clock.schedule_interval(self._tick, 1)
        stage = self._make_stage()
        self._coloured()
        return stage

    def _make_stage(self) -> Stage:
        settings = self.settings
        means = Means(
            settings=settings,
            send=self._send,
            source=self._latest,
            now=self._now,
            go=self._go,
            sound=self._sound,
            speak=self._speak,
            recollection=self.recollection,
            services=self._services,
            session=Session(free=settings.home == "welcome"),
            looks=self,
        )
        home = settings.home or ("attract" if settings.self_service else "guard")
        stage = Stage(means, FACES, home, words=load(settings.language))
        stage.fbind("ground", self._coloured)
        if self._narrator is not None:
            stage.narrated, stage.narration = True, stage.words.said(self._narrator)
        self._stage = stage
        return stage

    def become(
        self,
        settings: ScreenSettings,
        *,
        send: Callable[[Command], None],
        latest: Source | None,
        services: Services,
    ) -> None:
        """Go on as the screen of another gate, in the same window: a place was joined."""
        before = self.stage
        before.face.leave()
        before.funbind("ground", self._coloured)
        self.settings, self._send, self._latest = settings, send, latest
        self._services = services
        self.recollection = Recollection(settings.trip)
        self._out_by_health = False
        self.title = settings.place or "Kiosk"
        DESIGN.dark, DESIGN.text, DESIGN.reach = settings.dark, settings.text, settings.reach
        if self.sounds is not None:
            self.sounds.volume = settings.volume
        self._window.remove_widget(before)
        self.root = self._make_stage()
        self._window.add_widget(self.root)
        self._coloured()

    def close(self) -> None:
        """Let go of the window, which may outlive the app."""
        self._ticking.cancel()
        self._hands.rest()
        self._window.unbind(**self._bound)
        DESIGN.unbind(colours=self._coloured)
        self.stage.face.leave()

    def on_start(self) -> None:
        """Tell that the window is there, once it was drawn."""
        if self._ready is not None:
            ready = self._ready
            Clock.schedule_once(lambda _: ready(), 0)

    def open_settings(self, *_: object) -> bool:
        """Kivy's own settings are no way out of the kiosk."""
        return False

    # What the rest of the program says. Call on the main thread, or through post().

    def post(self, call: Callable[..., None], *facts: Any) -> None:
        """Call on the main thread, soon; may be used from any thread."""
        Clock.schedule_once(lambda _: call(*facts))

    def later(self, seconds: float, call: Callable[[], Any]) -> None:
        """Call on the main thread after ``seconds``."""
        Clock.schedule_once(lambda _: call(), seconds)

    def show_verdict(self, verdict: Verdict) -> None:
        """Show and sound a verdict, whatever screen is open."""
        notice = notices.notice(verdict, self.stage.words)
        if verdict.outcome is Outcome.OUT_OF_SERVICE:
            self.show_out_of_service(verdict.reason)
            return
        if self.stage.name == "out":
            self.stage.go_home()
        self._remember(verdict, notice)
        if verdict.receipt or verdict.token:
            self.stage.go("receipt").fill(notice, code=verdict.receipt, token=verdict.token)
        else:
            self.stage.show(notice)
        if notice.quiet:
            return
        self._sound(notice.sound)
        if self.sounds is not None:
            self.sounds.say(notice.phrase, self.stage.words.language)

    def _remember(self, verdict: Verdict, notice: Notice) -> None:
        who = verdict.person.masked_name if verdict.person else ""
        self.recollection.note(verdict, time=notice.time, who=who)

    def show_health(self, health: Health) -> None:
        """Show how the kiosk is."""
        self.stage.health = health
        self.recollection.heard(health, time=notices.clock_time(self._now()))
        if health.out_of_service:
            self._out_by_health = True
            self.show_out_of_service(health.out_of_service)
        elif self._out_by_health:
            self._out_by_health = False
            self.show_out_of_service("")

    def show_hint(self, word: str) -> None:
        """Show how to hold a code better; an empty word takes the hint away."""
        self.stage.face.hint(word)

    def show_out_of_service(self, reason: str) -> None:
        """Show that nothing can be recorded; an empty reason: that it can be again."""
        if not reason:
            if self.stage.name == "out":
                self.stage.go_home()
            return
        if self.stage.name != "out":
            self._sound("stop")
        face = self.stage.go("out")
        face.reason = reason

    def show_answer(self, errand: str, answer: Answer) -> None:
        """Show what came of an errand."""
        self.stage.face.answer(errand, answer)

    def narrate(self, key: str) -> None:
        """Say a sentence in the demo's strip."""
        self.stage.narration = self.stage.words[key]

    def picture(self, file: Path) -> None:
        """Draw the window once and write it to a PNG file (demo and gallery: made people)."""
        write_picture(self._window, file)

    @property
    def stage(self) -> Stage:
        """What carries the screens."""
        assert isinstance(self.root, Stage)
        return self.root

    # What the screens ask.

    def _command(self, command: Command) -> None:
        self._send(command)

    def _go(self, name: str) -> None:
        if name == "home":
            self.stage.go_home()
        else:
            self.stage.go(name)

    def _speak(self, language: str) -> None:
        self.stage.words = load(language)

    @property
    def volume(self) -> float:
        """How loud it is, 0 to 1."""
        return self.sounds.volume if self.sounds is not None else 0.0

    def play(self, name: str) -> None:
        """Play a sound."""
        self._sound(name)

    def keep(self, name: str, value: object) -> None:
        """Change one of the looks now, and for the next start."""
        if name == "volume" and self.sounds is not None:
            self.sounds.volume = float(str(value))
        elif name in ("dark", "text", "reach"):
            setattr(DESIGN, name, value)
        if self._services.keep is not None:
            self._services.keep(name, value)

    def _sound(self, name: str) -> None:
        if self.sounds is not None:
            self.sounds.play(name)

    def _tick(self, *_: object) -> None:
        self.stage.tick()
        if self._pulse is not None:
            self._pulse()

    # What the window says.

    def _asked_to_close(self, *_: object, **__: object) -> bool:
        """Refuse in the kiosk's full screen: there is no way out to the system."""
        return self.settings.fullscreen

    def _resized(self, window: Any, *_: float) -> None:
        DESIGN.fit(*window.size)

    def _coloured(self, *_: object) -> None:
        # The window's own clearing colour: a rectangle of that size costs a software
        # renderer 5 ms a picture, a tenth of its time.
        self._window.clearcolor = DESIGN.colours[self._stage.ground]
