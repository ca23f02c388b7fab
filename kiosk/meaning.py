"""What codes mean at this very kiosk: its clock, keys and revocations put together."""

from __future__ import annotations

import datetime as dt

from kiosk.clock import Clock, wall_time
from kiosk.codes import Context
from kiosk.codes.trustlist import TrustList
from kiosk.identity import Identity
from kiosk.model import ClockState
from kiosk.policy import Now
from kiosk.tallies import LOCAL
from wire.batch import Clocks


class Meaning:
    """Made anew whenever the identity or its settings change.

    ``floor`` is the latest time that is sure whatever the clock says (the last receipt's).
    """

    def __init__(
        self,
        identity: Identity,
        clock: Clock,
        *,
        trust_list: TrustList | None = None,
        floor: dt.datetime | None = None,
    ) -> None:
        self._clock = clock
        self._trust_list = trust_list
        self._floor = floor
        self._issuers = identity.issuers
        self._revoked = frozenset(identity.settings.revoked)
        self._place, self._boards = identity.code.place, identity.boards

    def context(self) -> Context:
        """Return what is known at this moment."""
        now = self._clock.now()
        at, trusted = wall_time(now.wall_ms), now.state == ClockState.TRUSTED.value
        if trusted:
            self._floor = at
        return Context(
            now=at,
            clock_trusted=trusted,
            floor=self._floor,
            trust_list=self._trust_list,
            issuers=self._issuers,
            revoked=self._revoked,
            place=self._place,
            boards=self._boards,
        )


def moment_of(clocks: Clocks) -> Now:
    """Return the moment of a decision as the policy knows it."""
    at = wall_time(clocks.wall_ms)
    trusted = clocks.state == ClockState.TRUSTED.value
    return Now(clocks.boot_ms, at.astimezone(LOCAL).date().isoformat(), at if trusted else None)
