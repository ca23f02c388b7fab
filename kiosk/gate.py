"""A running kiosk: everything wired together, in five named threads.

``camera`` puts frames into a slot, ``scan`` answers codes and touches and owns the desk,
``sync`` talks to the hub, ``errands`` keeps house; the main thread belongs to the window
(or waits). Of the kiosk only this module and :mod:`kiosk.main` know everybody.
"""

from __future__ import annotations

import difflib
import json
import logging
import queue
import random
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Any

import kiosk
from kiosk import board, picamera
from kiosk.answering import Answering
from kiosk.bidden import bidden
from kiosk.camera import Camera, comes_and_goes, feed, open_camera
from kiosk.camera_choice import CameraChoice
from kiosk.carry import Carrier
from kiosk.clock import Clock, SystemClock, wall_time
from kiosk.codes import KINDS
from kiosk.codes.trustlist import load
from kiosk.config import Config
from kiosk.couriers import Couriers, News, watched
from kiosk.delivering import Delivering
from kiosk.desk import Desk, Services
from kiosk.errors import BadConfig, DiskRefused
from kiosk.files import Ownership, ensure_folder, free_bytes, memory_folder, write_private
from kiosk.frames import Frame
from kiosk.gate_facts import STATUS_FILE, days_left, live_facts
from kiosk.heap import share_heaps
from kiosk.housekeeping import Ballast, Housekeeping, reserve_bytes
from kiosk.identity import Identity
from kiosk.membership import Membership
from kiosk.mishap import mishap, tell_now
from kiosk.model import (
    ClockState,
    Command,
    CountUnscanned,
    Direction,
    DirectionMode,
    EnterText,
    Health,
    Outcome,
    Verdict,
)
from kiosk.outbox_file import SQLITE
from kiosk.preferences import Preferences
from kiosk.presence import tag_key
from kiosk.queue import Outbox
from kiosk.reclaim import Reclaim
from kiosk.recorder import Recorder, Station, start_chain
from kiosk.returns import heard_ms
from kiosk.salvage import Report, open_outbox
from kiosk.signals import open_signals
from kiosk.sync import Sync
from kiosk.tallies import midnight_ms, recount
from kiosk.timekeeping import Timekeeper
from kiosk.upstream import Hub
from kiosk.wedge.device import HandScanner
from kiosk.workers import Latest, Worker

_log = logging.getLogger(__name__)

PATIENCE_S = {"scan": 10.0, "camera": 30.0, "sync": 240.0, "errands": 120.0, "signals": 10.0,
             "scanner": 10.0, "carry": 300.0}  # fmt: skip
"""After how long without a pulse a worker hangs: longer than its longest honest step (a
stream that opens; a batch and then a pulse that leave and are answered as slowly as may be)."""


@dataclass(frozen=True, slots=True)
class Post:
    """What the kiosk tells whoever shows it; each may be called from any thread."""

    verdict: Callable[[Verdict], None]
    health: Callable[[Health], None] = lambda _: None
    hint: Callable[[str], None] = lambda _: None
    died: Callable[[str], None] = lambda _: None
    carried: Callable[[News], None] = lambda _: None


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
        self._made = time.monotonic()
        share_heaps()
        self.data = ensure_folder(data)
        self._post = post
        check_kinds(config)
        identity = Identity.load(data)
        venue = str(Preferences(data).get("profile") or "")
        # What the hub set goes before the file; of the policy it holds at once, else from a start.
        self._bidden = partial(bidden, config, venue=venue)
        self.config = config = self._bidden(identity)
        self._obeyed = identity
        trust_list = load(Path(config.codes.trust_list)) if config.codes.trust_list else None
        self._owner = Ownership(data)
        try:
            self.memory = memory_folder(data)
            self.clock = clock or SystemClock()
            self.outbox, self.salvaged = open_in_need(data, config)
            """``salvaged``: what became of an outbox that was damaged, or gone, just now."""
            self.outbox.presence.index_in(self.memory)
        except BaseException:
            self._owner.close()
            raise
        self._timekeeper = (
            Timekeeper(self.memory, self.clock) if isinstance(self.clock, SystemClock) else None
        )
        last_ms, state = self.outbox.last_moment()
        self.clock.raise_floor(last_ms, sure=state == ClockState.TRUSTED.value)
        self.clock.raise_floor(heard_ms(self.outbox), sure=True)
        self.latest: Latest[Frame] = Latest()
        self.membership = Membership(
            data,
            identity,
            self.clock,
            trust_list=trust_list,
            last_receipt_ms=self.outbox.stock().last_receipt_ms,
        )
        self.desk = self._make_desk(mode or usual_mode(config, identity))
        self.answering = Answering(
            self.desk,
            self.latest,
            verdict=self._tell,
            hint=self._hint,
            second=self._tell_health,
            both_codes=config.policy.declaration,
        )
        self.finished = self.answering.finished
        self.signals = open_signals(
            config.signals,
            unscanned=lambda count: self.send(CountUnscanned(count, sensor=True)),
        )
        self.hub = Hub(identity.code.url, pin=identity.code.pin)
        self.sync = self._make_sync()
        recorder = Recorder(self._station, self.outbox, self.clock)
        reclaim = Reclaim(
            self.outbox,
            data,
            tell=lambda before: start_chain(recorder, self.clock.now(), before),
        )
        self.housekeeping = Housekeeping(self.outbox, data, self.clock, config, reclaim=reclaim)
        self.delivering = Delivering(self.sync, lambda: self.outbox.stock().waiting)
        self.couriers = Couriers(
            Carrier(self.outbox, self.membership, self.clock, report=lambda: self._report()[:2]),
            me=lambda: self.membership.identity,
            clock=self.clock,
            heard_ms=lambda: heard_ms(self.outbox),
            seen=watched(config.carry.roots, config.carry.folders),
            tell=post.carried,
        )
        self.failed = threading.Event()
        self.camera_state = "starting"
        self.camera_choice: CameraChoice | None = None
        self._jobs: queue.SimpleQueue[Callable[[Worker], None]] = queue.SimpleQueue()
        self._workers: list[Worker] = []
        self._health: Health | None = None

    @property
    def identity(self) -> Identity:
        """Who this kiosk is now."""
        return self.membership.identity

    @property
    def counted(self) -> Mapping[Outcome, int]:
        """How often each outcome was told since the start."""
        return self.answering.counted

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
        station = self._station = Station(
            code.kiosk,
            code.place,
            code.gate,
            lambda: self.membership.identity.seal_key,
            trip=self.config.gate.trip or None,
        )
        if self.outbox.before is not None and self.outbox.head()[0] == 0:
            start_chain(Recorder(station, self.outbox, self.clock), now, self.outbox.before)
        recorder = Recorder(station, self.outbox, self.clock)
        tell_now(self.outbox, lambda loss: start_chain(recorder, now, loss))
        return Desk(
            station,
            self.outbox,
            Services(
                tags=key.tags,
                context=self.membership.context,
                leave_out=left_out(self.config),
                issue=self.membership.issue,
            ),
            self.clock,
            policy=self.config.policy,
            mode=mode,
            usual=Direction(self.config.gate.usual),
            memory_lost=lost,
            tally=recount(self.outbox.headers_since(midnight_ms(now.wall_ms))),
        )

    def _make_sync(self) -> Sync:
        return Sync(
            outbox=self.outbox,
            hub=self.hub,
            me=lambda: self.membership.identity,
            clock=self.clock,
            report=self._report,
            settings=self.membership.believe,
            boards=self.membership.hear_of_boards,
            claim=self.membership.claim,
            claimed=self.membership.claimed,
            chance=random.random,
        )

    def _report(self) -> tuple[Mapping[str, int], Mapping[str, Any], int]:
        health = self._health or self.health()  # the first pulse tells the truth, too
        tally = health.tally
        facts: dict[str, Any] = {
            "version": kiosk.__version__,
            "sqlite": SQLITE,
            "camera": health.camera,
            "waiting": health.waiting,
            "refused": health.refused,
            "differs": health.differs,
            "outbox": health.outbox,
            "disk_days_left": round(health.disk_days_left or 0),
        } | board.facts(self.data)
        if health.lost is not None:
            facts["lost"] = health.lost
        counts = {"entered": tally.entered, "left": tally.left, "inside": tally.inside,
                  "unscanned": tally.unscanned, "refused": tally.refused}  # fmt: skip
        return counts, facts, self.identity.settings.version

    # -- running -------------------------------------------------------------------------

    def start(self, camera: str | Callable[[], Camera], *, fps: float | None = None) -> None:
        """Start the threads.

        ``camera`` is a specification (:func:`open_camera`), or opens one. Raises
        :class:`~kiosk.errors.BadInput` for a file that can never be played.
        """
        opened = self._choose_camera(camera, fps) if isinstance(camera, str) else camera
        works: dict[str, Callable[[Worker], None]] = {
            "scan": self.answering.work,
            "sync": self.delivering.work,
            "errands": self._errands,
            "camera": lambda worker: feed(
                worker,
                opened,
                self.latest,
                status=self._camera_is,
            ),
        }
        if self.config.carry.roots or self.config.carry.folders:
            works["carry"] = self.couriers.work
        if self.signals is not None:
            works["signals"] = self.signals.work
        if path := self.config.signals.scanner:
            works["scanner"] = HandScanner(Path(path), lambda text: self.send(EnterText(text))).work
        for name, work in works.items():
            worker = Worker(name, work, on_death=self._died)
            self._workers.append(worker)
            worker.start()

    def _choose_camera(self, spec: str, fps: float | None) -> Callable[[], Camera]:
        wished = board.suited(self.config).camera
        size, rate = (wished.width, wished.height), fps or wished.fps or None
        if spec == "picamera2":
            picamera.required()
        elif not comes_and_goes(spec):
            # Opened once here, so that what can never be played is said at once.
            open_camera(spec, fps=rate, size=size).close()
        self.camera_choice = CameraChoice(spec, lambda spec: open_camera(spec, fps=rate, size=size))
        return self.camera_choice.open

    @property
    def age_s(self) -> float:
        """Seconds since this gate was made."""
        return time.monotonic() - self._made

    def ask(self, job: Callable[[Worker], None]) -> None:
        """Have something slow done in the errands thread; it beats the worker's pulse."""
        self._jobs.put(job)

    def send(self, command: Command) -> None:
        """Ask something of the scan thread; its verdict is posted."""
        self.answering.ask(command)

    def _hint(self, word: str) -> None:
        if self.signals is not None:
            self.signals.hint(word)
        self._post.hint(word)

    def _camera_is(self, word: str) -> None:
        self.camera_state = word

    def _died(self, name: str, error: BaseException) -> None:
        self.failed.set()
        self.finished.set()
        del error  # the worker has logged it
        self._post.died(name)

    def _tell(self, verdict: Verdict) -> None:
        if self.signals is not None:
            self.signals.show(verdict)
        self._post.verdict(verdict)
        self._tell_health()
        if verdict.recorded:
            self.delivering.nudge()

    def _errands(self, worker: Worker) -> None:
        while not worker.wait(0):
            try:
                job = self._jobs.get(timeout=1.0)
            except queue.Empty:
                pass
            else:
                job(worker)
            self.housekeeping.step()

    def rest(self) -> None:
        """Read and answer no more; whoever waits for a second code is recorded without it."""
        for worker in [w for w in self._workers if w.name in ("camera", "scan")]:
            self._workers.remove(worker)
            worker.stop(timeout=30.0)

    def drain(self, seconds: float) -> None:
        """Give sync one chance of at most ``seconds`` to send what waits."""
        self.delivering.drain(seconds)

    # -- how the kiosk is ----------------------------------------------------------------

    def health(self) -> Health:
        """Return how the kiosk is."""
        stock, now = self.outbox.stock(), self.clock.now()
        oldest, last = stock.oldest_waiting_ms, stock.last_receipt_ms
        progress, befell = self.sync.progress, mishap(self.outbox, now)
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
            disk_days_left=0.0 if self.outbox.full else days_left(free_bytes(self.data)),
            tally=self.desk.tally(),
            trust_list=self.membership.trust_list_as_of,
            differs=progress.differs,
            outbox=befell.what if befell else "ok",
            lost=befell.lost if befell else None,
        )

    def _obey(self) -> None:
        """Take what newer settings say, however they came; on the desk's own thread."""
        if self.identity is not self._obeyed:
            self._obeyed = self.identity
            policy = self._bidden(self._obeyed).policy
            self.desk.policy, self.answering.both_codes = policy, policy.declaration

    def _tell_health(self) -> None:
        self._obey()
        self._health = self.health()
        if self._timekeeper is not None:
            self._timekeeper.keep()
        self._post.health(self._health)
        unwritten = [[seq, at_ms] for seq, (_, at_ms) in self.outbox.unwritten.copy().items()]
        live = live_facts(self._health) | {"unwritten": unwritten}
        try:
            write_private(self.memory / STATUS_FILE, json.dumps(live).encode())
        except DiskRefused as error:
            _log.warning("The status for other programs cannot be written: %s", error)

    def silent(self) -> list[str]:
        """Return the names of workers that have not gone round for too long."""
        return [w.name for w in self._workers if w.alive and w.pulse.age_s > PATIENCE_S[w.name]]

    def close(self) -> None:
        """Stop the threads and let the files go; harmless twice."""
        self._jobs.put(lambda _: None)  # the errands thread need not wait for its second
        if self._timekeeper is not None:
            self._timekeeper.keep()
        while self._workers:
            self._workers.pop().stop(timeout=30.0)
        if self.signals is not None:
            self.signals.close()
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


def open_in_need(data: Path, config: Config) -> tuple[Outbox, Report | None]:
    """Open the outbox; on a full disk the reserve is given up, so that what waits can be sent."""
    try:
        return open_outbox(data)
    except DiskRefused as error:
        ballast = Ballast(data, reserve_bytes(data, config))
        if not ballast.held:
            raise
        _log.warning("The reserve on the disk is given up to begin at all: %s", error)
        ballast.give_up()
        outbox, report = open_outbox(data)
        outbox.full = True
        return outbox, report


def check_kinds(config: Config, *, source: str = "the configuration") -> None:
    """Refuse a policy that names kinds of code that nobody can show."""
    for kind in config.policy.kinds:
        if kind not in KINDS:
            close = difflib.get_close_matches(kind, KINDS, n=1)
            hint = f"; did you mean “{close[0]}”?" if close else "; docs/codes.md lists them."
            told = f"names “{kind}”, which is no kind of code{hint}"
            raise BadConfig(f"“policy.kinds” in {source} {told}")


def left_out(config: Config) -> frozenset[str]:
    """Return the personal fields that this gate does not keep."""
    kept = {"address": config.privacy.keep_address, "phone": config.privacy.keep_phone}
    return frozenset(name for name, keep in kept.items() if not keep)


def usual_mode(config: Config, identity: Identity) -> DirectionMode:
    """Return the direction a gate starts with: auto where its place has one gate."""
    if config.gate.direction:
        return DirectionMode(config.gate.direction)
    return DirectionMode.AUTO if identity.code.gates == 1 else DirectionMode.IN
