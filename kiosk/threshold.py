"""A kiosk that belongs to no place yet: its camera looks for an enrolment code, nothing else.

Three named threads, as at a gate: ``camera``, ``scan`` (codes of people are not even
classified), ``errands`` (joining, Wi-Fi, asking a hub).
"""

from __future__ import annotations

import logging
import queue
from collections.abc import Callable
from functools import partial
from pathlib import Path

from kiosk import board, machine
from kiosk.camera import Camera, comes_and_goes, feed, open_camera
from kiosk.camera_choice import CameraChoice
from kiosk.clock import SystemClock
from kiosk.config import Config
from kiosk.enrolling import ask_for_code, join, remember
from kiosk.errors import BadEnrolment, KioskError, Retry
from kiosk.files import Ownership, ensure_folder
from kiosk.frames import Frame
from kiosk.identity import read_code
from kiosk.model import ClockState
from kiosk.preferences import Preferences, profiles
from kiosk.scanner import scanner
from kiosk.screens.services import Answer, Services
from kiosk.workers import Latest, Worker
from wire.enrol import PREFIX, EnrolmentCode

PATIENCE_S = {"scan": 10.0, "camera": 30.0, "errands": 120.0}

_log = logging.getLogger(__name__)


class Threshold:
    """Waits for an enrolment code and joins its place; a context manager.

    ``post`` takes an errand's answer, ``joined`` hears that the place was joined and whether
    its Wi-Fi was, ``died`` that a worker died: each from a worker's thread.
    """

    def __init__(
        self,
        data: Path,
        config: Config,
        preferences: Preferences,
        *,
        post: Callable[[str, Answer], None],
        joined: Callable[[], None],
        camera_is: Callable[[str], None],
        died: Callable[[str], None],
        root: Path = Path("/"),
    ) -> None:
        self.data = ensure_folder(data)
        self.latest: Latest[Frame] = Latest()
        self.camera_choice: CameraChoice | None = None
        self._config = config
        self._preferences = preferences
        self._post = post
        self._joined = joined
        self._camera_is = camera_is
        self._died = died
        self._root = root
        self._jobs: queue.SimpleQueue[Callable[[Worker], None]] = queue.SimpleQueue()
        self._workers: list[Worker] = []
        self._done = False
        self._owner: Ownership | None = Ownership(data)

    def services(self) -> Services:
        """Return what the screens can ask for before there is a place."""
        errands = {"restart": "reboot", "power-off": "poweroff"}
        backlight = machine.Backlight(self._root)
        return Services(
            enrol=self.enrol,
            enrol_typed=self.enrol_typed,
            errand=lambda name: self._jobs.put(partial(self._power, name, errands[name])),
            errands=frozenset(errands),
            keep=self.keep,
            cameras=self._cameras(),
            brightness=backlight if backlight.present else None,
            profiles=tuple(profiles()),
            profile=str(self._preferences.get("profile") or ""),
        )

    def keep(self, name: str, value: object) -> None:
        """Keep a setting; another camera is taken at once."""
        self._preferences.keep(name, value)
        if name == "camera" and self.camera_choice is not None:
            self.camera_choice.choose(str(value))

    def enrol(self, text: str) -> None:
        """Take an enrolment code's text; the answer comes as ``enrol``."""
        self._jobs.put(lambda worker: self._try(worker, lambda: text))

    def enrol_typed(self, address: str, typed: str) -> None:
        """Ask the hub at ``address`` what ten typed characters stand for, and take it."""
        self._jobs.put(lambda worker: self._try(worker, lambda: ask_for_code(address, typed)))

    def start(self, camera: str | Callable[[], Camera], *, fps: float | None = None) -> None:
        """Start the threads; :class:`~kiosk.errors.BadInput` for a file that cannot be played."""
        if isinstance(camera, str):
            wished = board.suited(self._config).camera
            size, rate = (wished.width, wished.height), fps or wished.fps or None

            def opened(spec: str) -> Camera:
                return open_camera(spec, fps=rate, size=size)

            if not comes_and_goes(camera):
                opened(camera).close()
            self.camera_choice = CameraChoice(camera, opened)
        open_ = camera if callable(camera) else self.camera_choice.open  # type: ignore[union-attr]
        for name, work in (
            ("scan", self._scan),
            ("errands", self._errands),
            ("camera", lambda worker: feed(worker, open_, self.latest, status=self._camera_is)),
        ):
            worker = Worker(name, work, on_death=lambda name, _: self._died(name))
            self._workers.append(worker)
            worker.start()

    def silent(self) -> list[str]:
        """Return the names of workers that have not gone round for too long."""
        return [w.name for w in self._workers if w.alive and w.pulse.age_s > PATIENCE_S[w.name]]

    def close(self) -> None:
        """Stop the threads and let the folder go; harmless twice."""
        self._jobs.put(lambda _: None)
        while self._workers:
            self._workers.pop().stop(timeout=30.0)
        if self._owner is not None:
            self._owner.close()
            self._owner = None

    # -- the threads -------------------------------------------------------------------------

    def _scan(self, worker: Worker) -> None:
        reader = scanner(who=lambda _: None)
        tried = ""
        while not worker.stopping.is_set():
            worker.pulse.beat()
            frame = self.latest.wait(0.1)
            if frame is None:
                worker.wait(0.1 if self.latest.closed else 0)
                continue
            look = reader.look(frame)
            text = (look.presented.text if look.presented is not None else None) or ""
            # A code that was turned down is not asked about again until it was away.
            if text.startswith(PREFIX) and text != tried:
                tried = text
                self.enrol(text)
            elif look.presented is not None:
                tried = ""

    def _errands(self, worker: Worker) -> None:
        while not worker.wait(0):
            try:
                job = self._jobs.get(timeout=1.0)
            except queue.Empty:
                continue
            job(worker)

    def _power(self, name: str, wanted: str, worker: Worker) -> None:
        worker.pulse.beat()
        done = machine.power(wanted)
        word = "restarting" if wanted == "reboot" else "off"
        well = done == "done"
        self._post(name, Answer(ok=well, word=word if well else f"power_{done}"))

    def _try(self, worker: Worker, text: Callable[[], str]) -> None:
        if self._done:
            return
        now = SystemClock().now()
        trusted = now.state == ClockState.TRUSTED.value
        try:
            code = read_code(text(), now_ms=now.wall_ms if trusted else None)
            worker.pulse.beat()
            join(self.data, code)
        except Retry:
            self._post("enrol", Answer(ok=False, word="no_hub_there"))
            return
        except BadEnrolment as error:
            _log.info("An enrolment code was not taken: %s", error)
            self._post("enrol", Answer(ok=False, word="code_bad"))
            return
        except KioskError as error:
            _log.error("The place could not be joined: %s", error)
            self._post("enrol", Answer(ok=False, word="failed"))
            return
        self._done = True
        remember(self._preferences, code)
        self._post("enrol", self._welcome(code, worker))
        self._joined()

    def _welcome(self, code: EnrolmentCode, worker: Worker) -> Answer:
        place = (("place", code.place_name),)
        if code.wifi is None:
            return Answer(ok=True, word="enrolled", facts=place)
        worker.pulse.beat()
        joined = machine.join_wifi(code.wifi)
        facts = (*place, ("network", code.wifi.ssid))
        return Answer(ok=True, word=f"enrolled_wifi_{joined}", facts=facts)

    def _cameras(self) -> tuple[str, ...]:
        first = self.camera_choice.spec if self.camera_choice else self._config.camera.source
        return tuple(dict.fromkeys((first, *machine.cameras(self._root))))

    def __repr__(self) -> str:
        return f"Threshold({str(self.data)!r}, joined={self._done})"
