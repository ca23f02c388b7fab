"""What codes mean at this very kiosk: its clock, keys and revocations put together."""

from __future__ import annotations

from kiosk.clock import Clock, wall_time
from kiosk.codes import Context
from kiosk.identity import Identity
from kiosk.model import ClockState


class Meaning:
    """Made anew whenever the identity or its settings change."""

    def __init__(self, identity: Identity, clock: Clock) -> None:
        self._clock = clock
        self._issuers = identity.issuers
        self._revoked = frozenset(identity.settings.revoked)

    def context(self) -> Context:
        """Return what is known at this moment."""
        now = self._clock.now()
        return Context(
            now=wall_time(now.wall_ms),
            clock_trusted=now.state == ClockState.TRUSTED.value,
            issuers=self._issuers,
            revoked=self._revoked,
        )
