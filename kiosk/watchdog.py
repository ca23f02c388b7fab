"""What a service manager is told: ready, alive, and which worker hangs (systemd's sd_notify).

The main thread feeds the watchdog, and only while every worker pulses: whatever hangs, the
feeding stops, and the service manager kills the process and starts it anew. Nothing of this
exists outside a service: without ``$NOTIFY_SOCKET`` every call does nothing.

The protocol is that of sd_notify(3): lines of ``NAME=value`` in one datagram.
"""

from __future__ import annotations

import logging
import os
import socket
from collections.abc import Mapping, Sequence

_log = logging.getLogger(__name__)


class Watchdog:
    """Speaks to the service manager at ``address``; empty for none. Used by one thread."""

    def __init__(self, address: str = "") -> None:
        """``address`` is a path, or a name of the abstract namespace that begins with ``@``."""
        self._address = "\0" + address[1:] if address.startswith("@") else address
        self._ready = False
        self._hanging: tuple[str, ...] = ()

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None) -> Watchdog:
        """Return the watchdog that the service manager asked for.

        ``$WATCHDOG_PID`` is not looked at: under a compositor the kiosk is its child.
        """
        given = os.environ if environment is None else environment
        return cls(given.get("NOTIFY_SOCKET", ""))

    def feed(self, hanging: Sequence[str]) -> bool:
        """Say that the kiosk lives, unless workers hang; call about once a second.

        ``hanging`` are the workers that have not pulsed. The first feeding says that the
        kiosk is ready, so that a start which never gets so far counts as failed. Returns
        whether the watchdog was fed.
        """
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
