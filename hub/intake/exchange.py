"""One exchange with a kiosk: who, when by both clocks, and what is noted of it."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass

from hub.guard import clock
from hub.intake.answers import Refused, check_standing
from hub.intake.clocks import LAST_MS, LONGEST_BOOT_MS
from hub.intake.models import Claim, Kiosk
from hub.intake.transactions import now_ms
from wire.batch import Clocks
from wire.entry import CLOCK_STATES


@dataclass(frozen=True, slots=True)
class Exchange:
    """A verified request. ``now_ms`` is the hub's time at its arrival.

    ``carried``: it came on a stick, any time ago, so its arrival measures no clock.
    """

    claim: Claim
    request: uuid.UUID
    clocks: Clocks
    now_ms: int
    carried: bool = False

    @classmethod
    def with_(
        cls, claim: Claim, request: uuid.UUID, clocks: Clocks, *, carried: bool = False
    ) -> Exchange:
        """Take the hub's time now; raises :class:`Refused` for clocks that are none.

        Raises :class:`~hub.guard.clock.ClockDoubted` where the hub's own cannot be right.
        """
        if (
            clocks.state not in CLOCK_STATES
            or not 0 <= clocks.wall_ms < LAST_MS
            or not 0 <= clocks.boot_ms < LONGEST_BOOT_MS
        ):
            raise Refused("malformed", request)
        now = now_ms()
        clock.check(now)
        return cls(claim, request, clocks, now, carried)

    @property
    def now(self) -> dt.datetime:
        """The hub's time at the request's arrival."""
        return dt.datetime.fromtimestamp(self.now_ms / 1000, dt.UTC)


def met(exchange: Exchange) -> None:
    """Take the kiosk's row; call first in the transaction.

    The kiosk's row is what exchanges of one kiosk queue at, so a batch and its replay
    are never settled at once. A key that was revoked meanwhile is refused after all.
    """
    claim = exchange.claim
    claim.kiosk = Kiosk.objects.select_for_update().get(pk=claim.kiosk_id)
    claim.status = Claim.objects.values_list("status", flat=True).get(pk=claim.pk)
    check_standing(claim, exchange.request)


def heard(exchange: Exchange) -> None:
    """Note that the kiosk lives, and what its clock shows."""
    Kiosk.objects.filter(pk=exchange.claim.kiosk_id).update(
        last_seen=exchange.now,
        clock=exchange.clocks.state,
        clock_off_ms=exchange.clocks.wall_ms - exchange.now_ms,
    )
