"""What a service manager is told: ready, alive, and which worker hangs (systemd's sd_notify).

The main thread feeds the watchdog, and only while every worker pulses: whatever hangs, the
feeding stops, and the service manager kills the process and starts it anew. Nothing of this
exists outside a service: without ``$NOTIFY_SOCKET`` every call does nothing.

The protocol is that of sd_notify(3): lines of ``NAME=value`` in one datagram.

A compositor that hangs leaves the window drawing into nothing, and nobody else would notice: so
it is asked for a sign of life, too (``wl_display.sync`` of Wayland's wire format).
"""

from __future__ import annotations

import logging
import os
import socket
import struct
import time
from collections.abc import Mapping, Sequence

_log = logging.getLogger(__name__)


COMPOSITOR_PATIENCE_S = 10.0
"""A compositor that has not answered for so long hangs; it answers within a frame."""

_SYNC = struct.pack("=III", 1, 12 << 16, 2)  # to wl_display: sync, answered to the new object 2
_ANSWER_BYTES = 24  # wl_callback.done, and wl_display.delete_id: the number is free again


class Compositor:
    """Asks the Wayland compositor at ``path`` for signs of life, never waiting for one."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._door: socket.socket | None = None
        self._asked_at: float | None = None
        self._heard = 0

    def hangs(self) -> bool:
        """Look for the answer to the last question, or ask the next; call about once a second."""
        try:
            if self._asked_at is None:
                self._heard, self._asked_at = 0, time.monotonic()
                self._send()
            elif self._door is None:
                self._send()
            else:
                self._heard += len(self._door.recv(_ANSWER_BYTES))
                if self._heard >= _ANSWER_BYTES:
                    self._asked_at = None
        except BlockingIOError:
            pass  # no answer yet
        except OSError:
            self.close()
        return (
            self._asked_at is not None and time.monotonic() - self._asked_at > COMPOSITOR_PATIENCE_S
        )

    def _send(self) -> None:
        if self._door is None:
            self._door = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM | socket.SOCK_CLOEXEC)
            self._door.setblocking(False)
            self._door.connect(self._path)
        self._door.send(_SYNC)

    def close(self) -> None:
        """Let the connection go."""
        if self._door is not None:
            self._door.close()
            self._door = None

    def __repr__(self) -> str:
        return f"Compositor({self._path!r})"


class Watchdog:
    """Speaks to the service manager at ``address``; empty for none. Used by one thread."""

    def __init__(self, address: str = "", compositor: Compositor | None = None) -> None:
        """``address`` is a path, or a name of the abstract namespace that begins with ``@``."""
        self._compositor = compositor
        self._address = "\0" + address[1:] if address.startswith("@") else address
        self._ready = False
        self._hanging: tuple[str, ...] = ()

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None) -> Watchdog:
        """Return the watchdog that the service manager asked for.

        ``$WATCHDOG_PID`` is not looked at: under a compositor the kiosk is its child.
        """
        given = os.environ if environment is None else environment
        address, display = given.get("NOTIFY_SOCKET", ""), given.get("WAYLAND_DISPLAY", "")
        if not address or not display:
            return cls(address)
        # An absolute name stands for itself, as in libwayland.
        return cls(address, Compositor(os.path.join(given.get("XDG_RUNTIME_DIR", ""), display)))  # noqa: PTH118

    def feed(self, hanging: Sequence[str]) -> bool:
        """Say that the kiosk lives, unless workers hang; call about once a second.

        ``hanging`` are the workers that have not pulsed. The first feeding says that the
        kiosk is ready, so that a start which never gets so far counts as failed. Returns
        whether the watchdog was fed.
        """
        if self._compositor is not None and self._compositor.hangs():
            hanging = [*hanging, "compositor"]
        if hanging:
            if tuple(hanging) != self._hanging:
                _log.critical("Hangs: %s.", ", ".join(hanging))
                self._say(f"STATUS=hangs: {', '.join(hanging)}")
            self._hanging = tuple(hanging)
            return False
        lines = "WATCHDOG=1"
        if not self._ready or self._hanging:
            lines = "READY=1\nSTATUS=at the gate\n" + lines
        self._ready, self._hanging = True, ()
        return self._say(lines)

    def stopping(self) -> None:
        """Say that the end is meant."""
        self._say("STOPPING=1")
        if self._compositor is not None:
            self._compositor.close()

    def _say(self, lines: str) -> bool:
        if not self._address:
            return False
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as door:
                door.setblocking(False)
                door.sendto(lines.encode(), self._address)
        except OSError as error:
            # No manager that listens: it will not wait for us, either.
            _log.warning("The service manager cannot be told: %s.", error.strerror)
            return False
        return True

    def __repr__(self) -> str:
        return f"Watchdog({'on' if self._address else 'off'}, ready={self._ready})"
