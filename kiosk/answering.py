"""The scan thread's loop: frames and touches to the desk, its verdicts to whoever shows them."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable
from dataclasses import replace

from kiosk.codes.shc import Parts
from kiosk.desk import Desk
from kiosk.frames import Frame
from kiosk.model import Command, Outcome, Verdict
from kiosk.scanner import Look, Scanner, scanner
from kiosk.workers import Latest, Worker

WAIT_S = 0.05
"""Longest wait for a frame: a touch is answered within it, also when the camera is gone."""


class Answering:
    """Owns the desk; :meth:`work` is the scan thread."""

    def __init__(
        self,
        desk: Desk,
        latest: Latest[Frame],
        *,
        verdict: Callable[[Verdict], None],
        hint: Callable[[str], None],
        second: Callable[[], None],
        both_codes: bool,
    ) -> None:
        """``second`` is called about once a second; ``both_codes`` hands the desk the other
        code of a person too, where a declaration beside the card counts.
        """
        self.desk = desk
        self._latest = latest
        self._verdict = verdict
        self._hint = hint
        self._second = second
        self.both_codes = both_codes
        self._parts = Parts()
        self._asked: queue.SimpleQueue[Command] = queue.SimpleQueue()
        self.catch: Callable[[str], bool] = lambda _: False
        """Asked first of every code that is shown; True keeps it from the desk (enrolment)."""
        self.counted = dict.fromkeys(Outcome, 0)
        self.finished = threading.Event()
        """Set when the camera's file has ended and its last frame was answered."""

    def ask(self, command: Command) -> None:
        """Ask something of the desk, from any thread; its verdict is posted."""
        self._asked.put(command)

    def work(self, worker: Worker) -> None:
        """Answer until asked to stop."""
        reader = scanner(who=self.desk.who)
        hinted, next_second = "", 0.0
        while not worker.stopping.is_set():
            worker.pulse.beat()
            self._touches(wait=self._latest.closed)
            hint = self._frame(reader, hinted)
            if hint != hinted:
                hinted = hint
                self._hint(hint)
            if time.monotonic() >= next_second:
                next_second = time.monotonic() + 1.0
                for verdict in self.desk.lapse():
                    self._tell(verdict, since=time.monotonic())
                self._second()
        self._dismiss()

    def _dismiss(self) -> None:
        """Record those who still wait for a second code: nobody will see it any more."""
        for verdict in self.desk.lapse(everyone=True):
            self._tell(verdict, since=time.monotonic())

    def _frame(self, reader: Scanner, hinted: str) -> str:
        frame = self._latest.wait(WAIT_S)
        if frame is None:
            if self._latest.closed:
                self._dismiss()
                self.finished.set()
            return hinted
        look = reader.look(frame)
        if look.ambiguous:
            self._tell(self.desk.two_codes(), since=look.at)
        elif look.presented is not None and not self.catch(look.presented.text or ""):
            text = self._parts.take(look.presented.text or "", look.at)
            self._tell(self.desk.present(text), since=look.at)
        self._companions(look)
        return look.hint

    def _companions(self, look: Look) -> None:
        for sighting in look.companions if self.both_codes else ():
            self._tell(self.desk.present(sighting.text or ""), since=look.at)

    def _touches(self, *, wait: bool) -> None:
        try:
            while True:
                command = self._asked.get(block=wait, timeout=0.1 if wait else None)
                wait = False
                asked = time.monotonic()
                verdict = self.desk.handle(command)
                if verdict is not None:
                    self._tell(verdict, since=asked)
        except queue.Empty:
            return

    def _tell(self, verdict: Verdict, *, since: float) -> None:
        elapsed = (time.monotonic() - since) * 1000
        self.counted[verdict.outcome] += 1
        self._verdict(replace(verdict, elapsed_ms=elapsed))
