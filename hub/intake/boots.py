"""The boots of a kiosk that an exchange measures, and the time of entries made in them."""

from __future__ import annotations

import datetime as dt
import uuid

from hub.intake import store
from hub.intake.clocks import DELAY_MS, Sample, Stated, better, stated
from hub.intake.exchange import Exchange, heard
from hub.intake.models import Boot
from hub.retention.purge import first_day_kept
from wire.entry import Header

ONE_DAY = dt.timedelta(days=1)


class Boots:
    """States times; making it takes the exchange's own measure into account.

    ``late``: the kiosk has said something newer since. The exchange was kept back on the
    way, or somebody sends it again: it tells how the kiosk was, not how it is.
    """

    def __init__(self, exchange: Exchange) -> None:
        self._kiosk = exchange.claim.kiosk_id
        self._samples: dict[uuid.UUID, Sample | None] = {}
        self.late = False
        if not exchange.carried:
            self._measure(exchange)

    def _measure(self, exchange: Exchange) -> None:
        clocks, now = exchange.clocks, exchange.now_ms
        seen = Sample(now - clocks.boot_ms, clocks.boot_ms)
        boot = Boot.objects.filter(kiosk_id=self._kiosk, boot_id=clocks.boot_id).first()
        if boot is None:
            Boot.objects.create(
                kiosk_id=self._kiosk,
                boot_id=clocks.boot_id,
                offset_ms=seen.offset_ms,
                sample_ms=seen.at_ms,
                first_ms=now,
                last_ms=now,
                heard_ms=clocks.boot_ms,
            )
            kept = first_day_kept(exchange.now), first_day_kept(exchange.now, -ONE_DAY)
            store.correct_boot(self._kiosk, clocks.boot_id, seen, delay_ms=DELAY_MS, kept=kept)
            best = seen
        else:
            best = better(Sample(boot.offset_ms, boot.sample_ms), seen)
            self.late = clocks.boot_ms < boot.heard_ms
            if not self.late:
                boot.last_ms, boot.heard_ms = now, clocks.boot_ms
            boot.offset_ms, boot.sample_ms = best.offset_ms, best.at_ms
            boot.save(update_fields=["offset_ms", "sample_ms", "last_ms", "heard_ms"])
        self._samples[clocks.boot_id] = best
        if not self.late:
            heard(exchange)

    def stated(self, header: Header) -> Stated:
        """Return when the entry was made, as well as that can be known now."""
        if header.boot_id not in self._samples:
            boot = Boot.objects.filter(kiosk_id=self._kiosk, boot_id=header.boot_id).first()
            self._samples[header.boot_id] = boot and Sample(boot.offset_ms, boot.sample_ms)
        return stated(
            wall_ms=header.wall_ms,
            boot_ms=header.boot_ms,
            state=header.clock,
            own_error_ms=header.error_ms,
            sample=self._samples[header.boot_id],
        )
