"""Named, stoppable, noisy threads, and the one-slot Latest between them.

Nothing else in the kiosk starts a thread. A worker that raises logs, tells, and stays
dead: a restart of the process is the cure, as every recorded row is on the disk. A loop
waits on an event with a time-out and beats its pulse on each round, so that a loop that
hangs shows, too.
"""

from __future__ import annotations

import ctypes
import logging
import sys
import threading
import time
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType
    from typing import Self

log = logging.getLogger(__name__)

T = TypeVar("T")

_PR_SET_NAME = 15  # linux/prctl.h


class Latest(Generic[T]):
    """One slot that holds the newest value: overwritten, never queued.

    One reader takes values with :meth:`wait`; others may :meth:`peek` at any time.
    """

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._value: T | None = None
        self._fresh = False
        self._closed = False

    def __repr__(self) -> str:
        return f"<Latest {'closed' if self._closed else 'open'}, fresh={self._fresh}>"

    @property
    def closed(self) -> bool:
        """Whether no newer value will come and the last one was taken."""
        with self._changed:
            return self._closed and not self._fresh

    def put(self, value: T) -> None:
        """Overwrite the slot."""
        with self._changed:
            self._value, self._fresh = value, True
            self._changed.notify_all()

    def wait(self, timeout: float) -> T | None:
        """Take a value not yet taken; None after ``timeout`` seconds or once closed."""
        with self._changed:
            self._changed.wait_for(lambda: self._fresh or self._closed, timeout)
            if not self._fresh:
                return None
            self._fresh = False
            self._changed.notify_all()
            return self._value

    def peek(self) -> T | None:
        """Return the newest value, taken or not; None before the first."""
        with self._changed:
            return self._value

    def wait_taken(self, timeout: float) -> bool:
        """Wait until the reader has taken the newest value; whether it has."""
        with self._changed:
            return self._changed.wait_for(lambda: not self._fresh, timeout)

    def close(self) -> None:
        """Say that no newer value will come; what lies in the slot can still be taken."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()


class Pulse:
    """When a loop last went round."""

    def __init__(self) -> None:
        self._beaten = time.monotonic()

    def __repr__(self) -> str:
        return f"<Pulse {self.age_s:.1f} s ago>"

    def beat(self) -> None:
        """Say that the loop is alive."""
        self._beaten = time.monotonic()

    @property
    def age_s(self) -> float:
        """Seconds since the last beat."""
        return time.monotonic() - self._beaten


class Worker:
    """A thread with a name, a stop event and a pulse.

    ``work`` is called once with this worker and returns when :attr:`stopping` is set (or its
    work is done). When it raises, ``on_death`` is told, from that thread.
    """

    def __init__(
        self,
        name: str,
        work: Callable[[Worker], None],
        *,
        on_death: Callable[[str, BaseException], None] | None = None,
    ) -> None:
        self.name = name
        self.pulse = Pulse()
        self.stopping = threading.Event()
        self.error: BaseException | None = None
        self._work = work
        self._on_death = on_death
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    def __repr__(self) -> str:
        state = "alive" if self.alive else "died" if self.error else "not running"
        return f"<Worker {self.name} {state}>"

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    @property
    def alive(self) -> bool:
        """Whether the thread runs."""
        return self._thread.is_alive()

    def start(self) -> None:
        """Start the thread."""
        self.pulse.beat()
        self._thread.start()

    def wait(self, seconds: float) -> bool:
        """Beat, then wait until asked to stop or ``seconds`` passed; whether to stop."""
        self.pulse.beat()
        return self.stopping.wait(seconds)

    def stop(self, timeout: float = 5.0) -> None:
        """Ask the thread to end and wait for it; calling it again costs nothing.

        :raises RuntimeError: when it does not end within ``timeout`` seconds.
        """
        self.stopping.set()
        if not self.alive or self._thread is threading.current_thread():
            return
        self._thread.join(timeout)
        if self.alive:
            msg = f"The thread {self.name!r} did not end within {timeout:g} s."
            raise RuntimeError(msg)

    def join(self, timeout: float | None = None) -> bool:
        """Wait until the work ends by itself; whether it has."""
        self._thread.join(timeout)
        return not self.alive

    def _run(self) -> None:
        if sys.platform == "linux":
            # So that top -H and a debugger name it, too; the kernel keeps 15 bytes.
            ctypes.CDLL(None).prctl(_PR_SET_NAME, self.name.encode()[:15], 0, 0, 0)
        try:
            self._work(self)
        except BaseException as error:
            self.error = error
            log.critical("The thread %r died.", self.name, exc_info=error)
            if self._on_death:
                self._on_death(self.name, error)


def backoff(attempt: int, *, first: float, most: float) -> float:
    """Return the seconds to wait before try ``attempt`` (from 0): ``first``, doubling to ``most``.

    >>> [backoff(n, first=0.5, most=5.0) for n in range(5)]
    [0.5, 1.0, 2.0, 4.0, 5.0]
    """
    return min(most, first * 2.0 ** min(attempt, 30))
