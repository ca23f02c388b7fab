"""Relay, lights, torch, buzzer and light barrier: the door to gpiozero, absent without harm.

One worker owns every pin. It hears verdicts only after their commit, so that the gate opens
for what is on the disk and for nothing else; it closes by its own clock, and when it ends for
whatever reason the pins go to rest. A killed process cannot do that: the service then runs
``python -m kiosk.signals CONFIG``, and the wiring decides until it has (deploy/raspberrypi).
"""

from __future__ import annotations

import logging
import queue
import sys
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

from kiosk import config as configuration
from kiosk.beam import Beam
from kiosk.config import Signals as Pins
from kiosk.model import Outcome, Verdict
from kiosk.workers import Worker

_log = logging.getLogger(__name__)

OUTPUTS = ("relay", "green", "red", "buzzer")
SHORT_S, LONG_S = 0.12, 0.7
RED_S = 3.0
TORCH_S = 60.0
"""How long the torch stays on after it was too dark for a code, or after the last person since."""
WAIT_S = 0.5
NO_PASSAGE = frozenset({"undone", "flipped", "purpose", "unscanned", "paper"})
"""Reasons of recorded verdicts by which nobody stands at the gate."""


def opens(verdict: Verdict) -> bool:
    """Return whether the gate opens for a verdict: somebody was recorded just now."""
    recorded = verdict.outcome is Outcome.RECORDED and verdict.recorded
    return recorded and verdict.reason not in NO_PASSAGE


def stops(verdict: Verdict) -> bool:
    """Return whether the red light shows."""
    return verdict.outcome in (Outcome.REFUSED, Outcome.TWO_CODES, Outcome.OUT_OF_SERVICE)


class Signals:
    """What a gate has besides its screen. :meth:`work` is the thread that owns the pins.

    ``unscanned`` is told how many went through the barrier without a scan.
    """

    def __init__(
        self, pins: Pins, *, unscanned: Callable[[int], None], factory: Any = None
    ) -> None:
        """``factory`` is gpiozero's pin factory; None lets gpiozero find the board's."""
        import gpiozero

        self._open_s = pins.open_s
        self._unscanned = unscanned
        self._said: queue.SimpleQueue[Verdict | float | str] = queue.SimpleQueue()
        self._beam = Beam(pins.match_s)
        self._until: dict[str, float] = {}
        self._outputs: dict[str, Any] = {}
        self._sensor: Any = None
        try:
            for name in (*OUTPUTS, "torch"):
                if number := getattr(pins, name):
                    self._outputs[name] = gpiozero.DigitalOutputDevice(
                        number,
                        active_high=pins.active_high,
                        initial_value=False,
                        pin_factory=factory,
                    )
            if pins.beam:
                self._sensor = gpiozero.DigitalInputDevice(
                    pins.beam, pull_up=True, pin_factory=factory
                )
                self._sensor.when_activated = lambda: self._said.put(time.monotonic())
        except BaseException:
            self.close()
            raise

    def show(self, verdict: Verdict) -> None:
        """Take a verdict, after its commit; from any thread."""
        self._said.put(verdict)

    def hint(self, word: str) -> None:
        """Take what the scanner would tell a person; from any thread."""
        if word == "too-dark":
            self._said.put(word)

    def work(self, worker: Worker) -> None:
        """Drive the pins until asked to stop; at the end, however it comes, they rest."""
        try:
            while not worker.stopping.is_set():
                worker.pulse.beat()
                self.step(self._patience())
        finally:
            self.close()

    def step(self, wait_s: float) -> None:
        """Answer one verdict or pulse, if one comes within ``wait_s``, and what time brought."""
        try:
            said = self._said.get(timeout=wait_s) if wait_s > 0 else self._said.get_nowait()
        except queue.Empty:
            said = None
        now = time.monotonic()
        if isinstance(said, Verdict):
            self._answer(said, now)
        elif isinstance(said, str):
            self._light("torch", now + TORCH_S)
        elif said is not None:
            self._beam.pulse(said)
        for name in [name for name, until in self._until.items() if now >= until]:
            self._outputs[name].off()
            del self._until[name]
        if count := self._beam.lapse(now):
            self._unscanned(count)

    def _patience(self) -> float:
        soonest = min(self._until.values(), default=time.monotonic() + WAIT_S)
        return min(WAIT_S, max(0.001, soonest - time.monotonic()))

    def _answer(self, verdict: Verdict, now: float) -> None:
        if "torch" in self._until:
            self._light("torch", now + TORCH_S)
        if opens(verdict):
            self._beam.passage(now)
            self._put_out("red")
            self._light("relay", now + self._open_s)
            self._light("green", now + self._open_s)
            self._light("buzzer", now + SHORT_S)
        elif stops(verdict):
            # Whoever was let in before may still be passing: the relay keeps its time.
            self._put_out("green")
            self._light("red", now + RED_S)
            self._light("buzzer", now + LONG_S)

    def _light(self, name: str, until: float) -> None:
        if name in self._outputs:
            self._outputs[name].on()
            self._until[name] = until

    def _put_out(self, name: str) -> None:
        if name in self._outputs:
            self._outputs[name].off()
            self._until.pop(name, None)

    def close(self) -> None:
        """Bring every pin to rest and let go; harmless twice."""
        if self._sensor is not None:
            self._sensor.close()
        for device in self._outputs.values():
            if not device.closed:
                device.off()
                device.close()
        self._until.clear()

    def __repr__(self) -> str:
        on = ", ".join(sorted(self._until)) or "at rest"
        return f"Signals({'/'.join(self._outputs)}: {on})"


def open_signals(
    pins: Pins, *, unscanned: Callable[[int], None], factory: Any = None
) -> Signals | None:
    """Return the signals that ``pins`` name; None, with a word in the log, for none."""
    if not any((pins.relay, pins.green, pins.red, pins.buzzer, pins.torch, pins.beam)):
        return None
    try:
        with warnings.catch_warnings():
            # gpiozero warns of each pin library that is not there; one line says it all.
            warnings.simplefilter("ignore")
            return Signals(pins, unscanned=unscanned, factory=factory)
    except ModuleNotFoundError:
        _log.error("Relay and lights are off: this installation has no gpiozero.")
    except ImportError:  # gpiozero's BadPinFactory is one
        _log.error("Relay and lights are off: this board has no pins that gpiozero can drive.")
    except Exception as error:  # noqa: BLE001  each pin library raises its own
        _log.error("Relay and lights are off: %s (%s).", error, type(error).__name__)
    return None


def rest(arguments: list[str]) -> int:
    """Bring the pins of a configuration file to rest, after a process that could not."""
    signals = open_signals(configuration.load(Path(arguments[0])).signals, unscanned=lambda _: None)
    if signals is not None:
        signals.close()
    return 0


if __name__ == "__main__":
    sys.exit(rest(sys.argv[1:]))
