"""Gates whose data are not here yet, and since when: what a trace cannot know."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from hub.intake.models import Entry, Kiosk, Ledger


@dataclass(frozen=True, slots=True)
class Reported:
    """Up to when everything a gate recorded is here; None: nothing ever came."""

    kiosk: str
    place: str
    place_name: str
    gate: str
    until_ms: int | None


def reported(kiosk: Kiosk) -> Reported:
    """Return up to when this gate's data are whole.

    A gate that said where its chains end, and whose entries are all here, is whole up to
    that word; otherwise up to its last entry before the first gap.
    """
    until: int | None = None
    heads: Mapping[str, list[object]] = kiosk.heads
    ranges = {str(chain.chain): chain.ranges for chain in kiosk.chains.all()}
    missing = {c: h for c, h in heads.items() if not _whole(ranges.get(c, []), int(str(h[0])))}
    if heads and not missing and kiosk.last_pulse is not None:
        until = int(kiosk.last_pulse.timestamp() * 1000)
    else:
        known = [
            _time_of(kiosk, chain, held[0][1])
            for chain, held in ranges.items()
            if held and (not heads or chain in missing)
        ]
        times = [time for time in known if time is not None]
        until = max(times, default=None) if not missing else min(times, default=None)
    return Reported(str(kiosk.pk), kiosk.place_id, kiosk.place.name, kiosk.gate or "?", until)


def waiting_for(needed: Mapping[str, int]) -> list[Reported]:
    """Return the gates of these places that are not whole up to the time needed (ms)."""
    kiosks = Kiosk.objects.filter(place__in=list(needed)).exclude(
        # A page (web) keeps nothing back: what it took is here.
        status__in=(Kiosk.Status.REVOKED, Kiosk.Status.WEB)
    )
    found = [reported(k) for k in kiosks.select_related("place").prefetch_related("chains")]
    late = [one for one in found if one.until_ms is None or one.until_ms < needed[one.place]]
    return sorted(late, key=lambda one: (one.place_name, one.gate))


def needed(windows: Iterable[tuple[str, int]]) -> dict[str, int]:
    """Return per place up to when data are needed."""
    latest: dict[str, int] = {}
    for place, until in windows:
        latest[place] = max(latest.get(place, until), until)
    return latest


def _whole(ranges: list[list[int]], head: int) -> bool:
    return head <= 0 or (len(ranges) == 1 and ranges[0][0] <= 1 and ranges[0][1] >= head)


def _time_of(kiosk: Kiosk, chain: str, seq: int) -> int | None:
    """Return when the entry with this number was made, as far as that is known."""
    row = Ledger.objects.filter(chain=chain, seq=seq, kiosk=kiosk).first()
    if row is None:
        return None
    times = Entry.objects.filter(pk=row.pk).values_list("at_ms", "wall_ms").first()
    if times is None:
        return int(row.received_ms)
    return int(times[0] if times[0] is not None else times[1])
