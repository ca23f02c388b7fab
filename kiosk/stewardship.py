"""What the steward's screens can ask of a running gate: each errand in words, none that raises.

Errands run in the gate's own errands thread and answer through ``post``; touches that are
quick are done at once on the main thread.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

from kiosk import machine
from kiosk.clock import wall_time
from kiosk.diagnosis import look
from kiosk.enrolling import ask_for_code
from kiosk.errors import BadEnrolment, DiskRefused, KioskError, Retry
from kiosk.files import write_private
from kiosk.gate import Gate
from kiosk.inspection import inspect
from kiosk.model import ClockState
from kiosk.notices import GATE_TIME
from kiosk.outbox_view import OutboxView
from kiosk.preferences import Preferences, profiles
from kiosk.queue import FILE
from kiosk.safe import LockedDrawer
from kiosk.screens.services import Answer, Modules, Services
from kiosk.steward_facts import about, diagnostics, rows
from kiosk.stick import plugged
from kiosk.workers import Worker
from wire import qr
from wire.enrol import EnrolmentCode
from wire.errors import WireError

_log = logging.getLogger(__name__)

STICKS = ("/media", "/run/media", "/mnt")
"""Where systems show sticks that are plugged in."""

QUIET_S = 60.0
"""How long after joining the code that was just used is overlooked: it is still held up."""


class Stewardship:
    """The steward's side of one gate."""

    def __init__(
        self,
        gate: Gate,
        preferences: Preferences,
        post: Callable[[str, Answer], None],
        *,
        move: Callable[[EnrolmentCode], None],
        root: Path = Path("/"),
    ) -> None:
        """``post`` takes an errand's answer from any thread; ``move`` joins another place."""
        self.gate = gate
        self.preferences = preferences
        self.safe = LockedDrawer(gate.data)
        self.backlight = machine.Backlight(root)
        self._post = post
        self._move = move
        self._root = root
        self._watching = False
        self._seen = ""
        gate.answering.catch = self._shown
        self._errands: dict[str, Callable[[Worker], Answer]] = {
            "diagnose": self._diagnose,
            "send-again": self._send_again,
            "fsck": self._fsck,
            "diagnostics": self._diagnostics,
            "restart": partial(self._power, "reboot", "restarting"),
            "power-off": partial(self._power, "poweroff", "off"),
        }

    def offer(self, name: str, errand: Callable[[Worker], Answer]) -> None:
        """Add an errand that another part of the program does (``export``, ``accept``)."""
        self._errands[name] = errand

    def services(self, more: Services) -> Services:
        """Return ``more`` with everything a steward can ask for."""
        return replace(
            more,
            board=lambda: self.gate.membership.board(self.gate.outbox.chain),
            modules=self._modules,
            safe=self.safe,
            errand=self.errand,
            errands=frozenset(self._errands),
            enrol=self.enrol,
            enrol_typed=self.enrol_typed,
            watch_for_enrolment=self.watch,
            cameras=self._cameras(),
            keep=self.keep,
            rows=partial(rows, self.gate),
            about=partial(about, self.gate),
            brightness=self.backlight if self.backlight.present else None,
            profiles=tuple(profiles()),
            profile=str(self.preferences.get("profile") or ""),
        )

    # -- quick ones --------------------------------------------------------------------------

    def keep(self, name: str, value: object) -> None:
        """Keep a setting; another camera is taken at once."""
        self.preferences.keep(name, value)
        if name == "camera" and self.gate.camera_choice is not None:
            self.gate.camera_choice.choose(str(value))

    def watch(self, watching: bool) -> None:  # noqa: FBT001 - a plain callable of the screens
        """Take the next enrolment code before the camera, or leave codes to the desk."""
        self._watching, self._seen = watching, ""

    def _cameras(self) -> tuple[str, ...]:
        choice = self.gate.camera_choice
        if choice is None:
            return ()
        return tuple(dict.fromkeys((choice.spec, *machine.cameras(self._root), "none")))

    def _modules(self, text: str, then: Callable[[Modules], None]) -> None:
        """Work out a QR code beside the screen's own thread."""
        self.gate.ask(lambda _: then(qr.smallest(text)))

    # -- enrolment codes ---------------------------------------------------------------------

    def _shown(self, text: str) -> bool:
        """Take an enrolment code that was shown; from the scan thread."""
        if not text.startswith("GATE"):
            return False
        if self._watching and text != self._seen:
            self._seen = text
            self.enrol(text)
        return self._watching or self._just_joined(text)

    def _just_joined(self, text: str) -> bool:
        if self.gate.age_s > QUIET_S:
            return False
        try:
            return EnrolmentCode.from_text(text).token == self.gate.identity.code.token
        except WireError:
            return False

    def enrol(self, text: str) -> None:
        """Take an enrolment code's text; the answer comes as ``enrol``."""
        self.gate.ask(lambda _: self._post("enrol", self._enrolled(lambda: text)))

    def enrol_typed(self, address: str, typed: str) -> None:
        """Ask the hub at ``address`` what ten typed characters stand for, and take it."""
        self.gate.ask(
            lambda _: self._post("enrol", self._enrolled(lambda: ask_for_code(address, typed)))
        )

    def _enrolled(self, text: Callable[[], str]) -> Answer:
        try:
            return self._taken(EnrolmentCode.from_text(text()))
        except Retry:
            return Answer(ok=False, word="no_hub_there")
        except (BadEnrolment, WireError):
            return Answer(ok=False, word="code_bad")

    def _taken(self, code: EnrolmentCode) -> Answer:
        me, now = self.gate.identity, self.gate.clock.now()
        place = (("place", code.place_name),)
        if now.state == ClockState.TRUSTED.value and code.expires_ms < now.wall_ms:
            return Answer(ok=False, word="code_bad")
        ours = code.hub_key in {key.raw for key in me.hub_keys.values()}
        same = ours and code.place == me.code.place
        fresh = code.token != me.code.token and code.expires_ms > max(
            me.code.expires_ms, self.safe.cured_ms
        )
        if same and not fresh:
            return Answer(ok=False, word="code_used")
        if same:
            # Whoever holds a fresh code of this place is its steward, whatever the PIN was.
            self.safe.cure(code.expires_ms)
            if code.kiosk == me.kiosk:
                self.gate.membership.rejoin(code)
            elif not self._waits():
                return Answer(True, "cured_ahead", place, ahead=partial(self._move, code))
            return Answer(ok=True, word="cured", facts=place)
        if self._waits():
            return Answer(ok=False, word="rows_wait", facts=place)
        return Answer(ok=True, word="another_place", facts=place, ahead=partial(self._move, code))

    def _waits(self) -> bool:
        stock = self.gate.outbox.stock()
        return bool(stock.waiting + stock.refused)

    # -- slow ones ---------------------------------------------------------------------------

    def errand(self, name: str) -> None:
        """Do something slow; its answer comes through ``post``."""

        def job(worker: Worker) -> None:
            worker.pulse.beat()
            try:
                answer = self._errands[name](worker)
            except KioskError as error:
                _log.warning("The errand %r failed: %s", name, error)
                answer = Answer(ok=False, word=getattr(error, "word", "failed"))
            self._post(name, answer)

        self.gate.ask(job)

    def _diagnose(self, worker: Worker) -> Answer:
        steps = look(self.gate.identity, self.gate.clock, worker.pulse.beat, root=self._root)
        well = all(fine for _, fine in steps)
        if well:
            self.gate.delivering.nudge()
        return Answer(ok=well, word="all_well" if well else "see_above", steps=steps)

    def _send_again(self, worker: Worker) -> Answer:
        worker.pulse.beat()
        count = self.gate.outbox.retry_refused()
        self.gate.delivering.again()
        return Answer(ok=True, word="sent_again", facts=(("count", str(count)),))

    def _fsck(self, worker: Worker) -> Answer:
        with OutboxView(self.gate.data / FILE) as view:
            findings = inspect(view)
        worker.pulse.beat()
        return Answer(ok=not findings, word="damaged" if findings else "sound")

    def _power(self, wanted: str, word: str, worker: Worker) -> Answer:
        worker.pulse.beat()
        done = machine.power(wanted)
        return Answer(ok=done == "done", word=word if done == "done" else f"power_{done}")

    def _diagnostics(self, worker: Worker) -> Answer:
        worker.pulse.beat()
        at = wall_time(self.gate.clock.now().wall_ms).astimezone(GATE_TIME)
        name = f"kiosk-{str(self.gate.identity.kiosk)[:8]}-{at:%Y%m%d-%H%M}.json"
        packed = json.dumps(
            diagnostics(self.gate, self._cameras(), self._root), ensure_ascii=False, indent=2
        ).encode()
        for folder in (*(stick.path for stick in plugged(STICKS)), self.gate.data):
            try:
                write_private(folder / name, packed)
            except DiskRefused:
                continue
            return Answer(ok=True, word="saved", facts=(("file", str(folder / name)),))
        return Answer(ok=False, word="failed")
