"""A running kiosk: everything wired together, in five named threads.

``camera`` puts frames into a slot, ``scan`` answers codes and touches and owns the desk,
``sync`` talks to the hub, ``errands`` keeps house; the main thread belongs to the window
(or waits). Of the kiosk only this module and :mod:`kiosk.main` know everybody.
"""

from __future__ import annotations

import json
import logging
import queue
import random
import threading
import time
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from types import TracebackType
from typing import Any

import kiosk
from kiosk import scanner as scanners
from kiosk.camera import Camera, feed, open_camera
from kiosk.clock import Clock, SystemClock, wall_time
from kiosk.codes import Context
from kiosk.codes.trustlist import load
from kiosk.config import Config
from kiosk.desk import Desk, Services
from kiosk.errors import DiskRefused
from kiosk.files import Ownership, ensure_folder, free_bytes, memory_folder, write_private
from kiosk.frames import Frame
from kiosk.gate_facts import STATUS_FILE, days_left, live_facts
from kiosk.identity import Identity
from kiosk.meaning import Meaning
from kiosk.model import (
    ClockState,
    Command,
    Direction,
    DirectionMode,
    Health,
    Outcome,
    Verdict,
)
from kiosk.outbox_file import SQLITE
from kiosk.presence import PAIRING_S, tag_key
from kiosk.recorder import Recorder, Station, start_chain
from kiosk.salvage import open_outbox
from kiosk.sync import Sync
from kiosk.tallies import midnight_ms, recount
from kiosk.upstream import Hub
from kiosk.workers import Latest, Worker
from wire.enrol import Claim, ClaimAnswer

_log = logging.getLogger(__name__)

LINGER_S = 1.0
"""A scan waits this long for company before it is sent: one settling commit for several."""

HOUSEKEEPING_S = 600.0

PATIENCE_S = {"scan": 10.0, "camera": 30.0, "sync": 120.0, "errands": 120.0}
"""After how long without a pulse a worker hangs: longer than its longest honest step (a
stream that opens, an answer that trickles)."""


@dataclass(frozen=True, slots=True)
class Post:
    """What the kiosk tells whoever shows it; each may be called from any thread."""

    verdict: Callable[[Verdict], None]
    health: Callable[[Health], None] = lambda _: None
    hint: Callable[[str], None] = lambda _: None
    died: Callable[[str], None] = lambda _: None


class Gate:
    """A kiosk at work; a context manager. Raises :class:`~kiosk.errors.Stop` to begin with."""

    def __init__(
        self,
        data: Path,
        config: Config,
        post: Post,
        *,
        clock: Clock | None = None,
        mode: DirectionMode | None = None,
    ) -> None:
        self.data = ensure_folder(data)
        self.config = config
        self._post = post
        self.identity = Identity.load(data)
        self.trust_list = load(Path(config.codes.trust_list)) if config.codes.trust_list else None
        self._owner = Ownership(data)
        try:
            self.memory = memory_folder(data)
            self.clock = clock or SystemClock()
            self.outbox, self.salvaged = open_outbox(data)
        except BaseException:
            self._owner.close()
            raise
        self.clock.raise_floor(self.outbox.last_wall_ms())
        self.latest: Latest[Frame] = Latest()
        self.commands: queue.SimpleQueue[Command] = queue.SimpleQueue()
        self.desk = self._make_desk(mode or usual_mode(config, self.identity))
        self.meaning = self._make_meaning()
        self.hub = Hub(self.identity.code.url, pin=self.identity.code.pin)
        self.sync = self._make_sync()
        self.counted = dict.fromkeys(Outcome, 0)
        self.failed = threading.Event()
        self.finished = threading.Event()
        self.camera_state = "starting"
        self._nudge = threading.Event()
        self._stepped = threading.Condition()
        self._claim_request = uuid.uuid4()
        self._workers: list[Worker] = []
        self._health = Health()

    # -- composing -----------------------------------------------------------------------

    def _make_desk(self, mode: DirectionMode) -> Desk:
        key = tag_key(self.memory)
        lost = self.salvaged is not None or (key.fresh and self.outbox.head()[0] > 0)
        if key.fresh:
            try:
                self.outbox.presence.forget()
            except DiskRefused as error:
                # Tags of a key that is gone match nobody; a full disk must still show itself.
                _log.warning("Who was inside cannot be dropped yet: %s", error)
        now = self.clock.now()
        code = self.identity.code
        station = Station(
            code.kiosk,
            code.place,
            code.gate,
            lambda: self.identity.seal_key,
            trip=self.config.gate.trip or None,
        )
        if self.outbox.before is not None and self.outbox.head()[0] == 0:
            start_chain(Recorder(station, self.outbox, self.clock), now, self.outbox.before)
        return Desk(
            station,
            self.outbox,
            Services(
                tags=key.tags,
                context=self._context,
                leave_out=left_out(self.config),
            ),
            self.clock,
            policy=self.config.policy,
            mode=mode,
            usual=Direction(self.config.gate.usual),
            memory_lost=lost,
            tally=recount(self.outbox.headers_since(midnight_ms(now.wall_ms))),
        )

    def _make_meaning(self) -> Meaning:
        last = self.outbox.stock().last_receipt_ms
        floor = None if last is None else wall_time(last)
        return Meaning(self.identity, self.clock, trust_list=self.trust_list, floor=floor)

    def _context(self) -> Context:
        return self.meaning.context()

    def _make_sync(self) -> Sync:
        return Sync(
            outbox=self.outbox,
            hub=self.hub,
            me=lambda: self.identity,
            clock=self.clock,
            report=self._report,
            settings=self._believe,
            claim=self._claim,
            claimed=self._claimed,
            chance=random.random,
        )

    def _claim(self) -> Claim | None:
        if self.identity.claim == "accepted":
            return None
        me = self.identity
        return Claim(
            me.kiosk, self._claim_request, me.code.token, me.key.public.raw,
            self.clock.now(), kiosk.__version__,
        )  # fmt: skip

    def _claimed(self, answer: ClaimAnswer) -> None:
        me = replace(self.identity, claim=answer.status)
        if answer.certificate:
            me = me.believe_certificate(answer.certificate)
        if answer.settings:
            me = me.believe_settings(answer.settings)
        self._become(me)

    def _believe(self, settings: bytes) -> None:
        self._become(self.identity.believe_settings(settings))

    def _become(self, me: Identity) -> None:
        if me != self.identity:
            me.save(self.data)
            self.identity = me
            self.meaning = self._make_meaning()

    def _report(self) -> tuple[Mapping[str, int], Mapping[str, Any], int]:
        tally, health = self._health.tally, self._health
        facts = {
            "version": kiosk.__version__,
            "sqlite": SQLITE,
            "camera": health.camera,
            "waiting": health.waiting,
            "refused": health.refused,
            "disk_days_left": round(health.disk_days_left or 0),
        }
        counts = {"entered": tally.entered, "left": tally.left, "inside": tally.inside,
                  "unscanned": tally.unscanned, "refused": tally.refused}  # fmt: skip
        return counts, facts, self.identity.settings.version

    # -- running -------------------------------------------------------------------------

    def start(self, camera: str | Callable[[], Camera], *, fps: float | None = None) -> None:
        """Start the threads.

        ``camera`` is a specification (:func:`open_camera`), or opens one. Raises
        :class:`~kiosk.errors.BadInput` for a file that can never be played.
        """
        if isinstance(camera, str):
            spec, size = camera, (self.config.camera.width, self.config.camera.height)
            rate = fps or self.config.camera.fps or None

            def opened() -> Camera:
                return open_camera(spec, fps=rate, size=size)

            if spec.startswith("file:"):
                # Opened once here, so that what can never be played is said at once.
                opened().close()
        else:
            opened = camera
        works: dict[str, Callable[[Worker], None]] = {
            "scan": self._scan,
            "sync": self._synchronise,
            "errands": self._errands,
            "camera": lambda worker: feed(
                worker,
                opened,
                self.latest,
                status=self._camera_is,
            ),
        }
        for name, work in works.items():
            worker = Worker(name, work, on_death=self._died)
            self._workers.append(worker)
            worker.start()

    def send(self, command: Command) -> None:
        """Ask something of the scan thread; its verdict is posted."""
        self.commands.put(command)

    def _camera_is(self, word: str) -> None:
        self.camera_state = word

    def _died(self, name: str, error: BaseException) -> None:
        self.failed.set()
        self.finished.set()
        del error  # the worker has logged it
        self._post.died(name)

    def _scan(self, worker: Worker) -> None:
        scanner = scanners.scanner(who=self.desk.who)
        hint, next_health = "", 0.0
        while not worker.stopping.is_set():
            worker.pulse.beat()
            self._answer_commands(wait=self.latest.closed)
            frame = self.latest.wait(0.05)
            if frame is not None:
                look = scanner.look(frame)
                if look.ambiguous:
                    self._tell(self.desk.two_codes(), since=look.at)
                elif look.presented is not None:
                    self._tell(self.desk.present(look.presented.text or ""), since=look.at)
                if look.hint != hint:
                    hint = look.hint
                    self._post.hint(hint)
            elif self.latest.closed and not self.finished.is_set():
                self.finished.set()
            if time.monotonic() >= next_health:
                next_health = time.monotonic() + 1.0
                for verdict in self.desk.lapse():
                    self._tell(verdict, since=time.monotonic())
                self._tell_health()

    def _answer_commands(self, *, wait: bool) -> None:
        try:
            while True:
                command = self.commands.get(block=wait, timeout=0.1 if wait else None)
                wait = False
                verdict = self.desk.handle(command)
                if verdict is not None:
                    self._tell(verdict, since=time.monotonic())
        except queue.Empty:
            return

    def _tell(self, verdict: Verdict, *, since: float) -> None:
        elapsed = (time.monotonic() - since) * 1000
        self.counted[verdict.outcome] += 1
        self._post.verdict(replace(verdict, elapsed_ms=elapsed))
        self._tell_health()
        if verdict.recorded:
            self._nudge.set()

    def _synchronise(self, worker: Worker) -> None:
        while not worker.stopping.is_set():
            delay = self.sync.step()
            with self._stepped:
                self._stepped.notify_all()
            if delay is not None:
                self._rest(worker, delay)

    def _rest(self, worker: Worker, seconds: float) -> None:
        """Wait; a new entry shortens the wait, but not a back-off."""
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0 and not worker.stopping.is_set():
            worker.pulse.beat()
            if self._nudge.wait(min(left, 0.5)):
                self._nudge.clear()
                if not self.sync.progress.failures:
                    worker.wait(LINGER_S)
                    return

    def _errands(self, worker: Worker) -> None:
        while not worker.stopping.is_set():
            now = self.clock.now()
            self.outbox.presence.forget_before(now.boot_ms - PAIRING_S * 1000)
            if now.state == ClockState.TRUSTED.value:
                days = self.config.privacy.keep_days
                self.outbox.purge(before_ms=now.wall_ms - days * 86_400_000)
            until = time.monotonic() + HOUSEKEEPING_S
            while time.monotonic() < until and not worker.wait(1.0):
                pass

    def drain(self, seconds: float) -> None:
        """Give sync one chance of at most ``seconds`` to send what waits."""
        until = time.monotonic() + seconds
        failures = self.sync.progress.failures
        with self._stepped:
            while self.outbox.stock().waiting and self.sync.progress.failures <= failures:
                self._nudge.set()
                left = until - time.monotonic()
                if left <= 0 or not self._stepped.wait(left):
                    return

    # -- how the kiosk is ----------------------------------------------------------------

    def health(self) -> Health:
        """Return how the kiosk is."""
        stock, now = self.outbox.stock(), self.clock.now()
        oldest, last = stock.oldest_waiting_ms, stock.last_receipt_ms
        progress = self.sync.progress
        return Health(
            waiting=stock.waiting,
            acked=stock.acked,
            refused=stock.refused,
            oldest_waiting_s=None if oldest is None else max(0.0, (now.wall_ms - oldest) / 1000),
            last_receipt=None if last is None else wall_time(last),
            clock=ClockState(now.state),
            camera=self.camera_state,
            hub=progress.state.value,
            hub_detail=progress.detail,
            disk_days_left=days_left(
                free_bytes(self.data), ballast_mb=self.config.storage.ballast_mb
            ),
            tally=self.desk.tally(),
            trust_list=None if self.trust_list is None else self.trust_list.as_of,
        )

    def _tell_health(self) -> None:
        self._health = self.health()
        self._post.health(self._health)
        try:
            write_private(self.memory / STATUS_FILE, json.dumps(live_facts(self._health)).encode())
        except DiskRefused as error:
            _log.warning("The status for other programs cannot be written: %s", error)

    def silent(self) -> list[str]:
        """Return the names of workers that have not gone round for too long."""
        return [w.name for w in self._workers if w.alive and w.pulse.age_s > PATIENCE_S[w.name]]

    def close(self) -> None:
        """Stop the threads and let the files go; harmless twice."""
        while self._workers:
            self._workers.pop().stop(timeout=30.0)
        self.hub.close()
        self.outbox.close()
        self._owner.close()

    def __enter__(self) -> Gate:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"Gate({str(self.data)!r}, running={bool(self._workers)})"


def left_out(config: Config) -> frozenset[str]:
    """Return the personal fields that this gate does not keep."""
    kept = {"address": config.privacy.keep_address, "phone": config.privacy.keep_phone}
    return frozenset(name for name, keep in kept.items() if not keep)


def usual_mode(config: Config, identity: Identity) -> DirectionMode:
    """Return the direction a gate starts with: auto where its place has one gate."""
    if config.gate.direction:
        return DirectionMode(config.gate.direction)
    return DirectionMode.AUTO if identity.code.gates == 1 else DirectionMode.IN
