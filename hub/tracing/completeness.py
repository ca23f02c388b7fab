"""Gates whose data are not here yet, and since when: what a trace cannot know."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db.models import Q

from hub.intake.models import Kiosk, Ledger
from hub.tracing.asking import contents

CHUNK = 100
"""Entries asked for in one statement."""


@dataclass(frozen=True, slots=True)
class Reported:
    """Up to when everything a gate recorded is here; None: nothing ever came."""

    kiosk: str
    place: str
    place_name: str
    gate: str
    until_ms: int | None


def reported(kiosks: Iterable[Kiosk]) -> list[Reported]:
    """Return up to when each of these gates' data are whole.

    A gate that said where its chains end, and whose entries are all here, is whole up to
    that word; otherwise up to its last entry before the first gap.
    """
    asked = {kiosk: _last_known(kiosk) for kiosk in kiosks}
    times = _times_of({pair for pairs in asked.values() for pair in pairs or ()})
    found = []
    for kiosk, pairs in asked.items():
        if pairs is None and kiosk.last_pulse is not None:
            until: int | None = int(kiosk.last_pulse.timestamp() * 1000)
        else:
            known = [times[kiosk.pk, *pair] for pair in pairs or () if (kiosk.pk, *pair) in times]
            if _gaps(kiosk):
                # Where one chain has a gap, what the others told later is not the whole either.
                until = min(known) if pairs and len(known) == len(pairs) else None
            else:
                until = max(known, default=None)
        name = kiosk.place.name
        found.append(Reported(str(kiosk.pk), kiosk.place_id, name, kiosk.gate or "?", until))
    return found


def waiting_for(needed: Mapping[str, int]) -> list[Reported]:
    """Return the gates of these places that are not whole up to the time needed (ms)."""
    kiosks = Kiosk.objects.filter(place__in=list(needed)).exclude(
        # A page (web) keeps nothing back: what it took is here.
        status__in=(Kiosk.Status.REVOKED, Kiosk.Status.WEB)
    )
    found = reported(kiosks.select_related("place").prefetch_related("chains"))
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


def _gaps(kiosk: Kiosk) -> set[str]:
    """Return the chains that the gate named and that are not all here."""
    heads: Mapping[str, list[object]] = kiosk.heads
    ranges = {str(chain.chain): chain.ranges for chain in kiosk.chains.all()}
    return {c for c, h in heads.items() if not _whole(ranges.get(c, []), int(str(h[0])))}


def _last_known(kiosk: Kiosk) -> list[tuple[uuid.UUID, int]] | None:
    """Return chain and number of the entries before the first gaps; None: it is whole."""
    gaps = _gaps(kiosk)
    if kiosk.heads and not gaps and kiosk.last_pulse is not None:
        return None
    return [
        (chain.chain, chain.ranges[0][1])
        for chain in kiosk.chains.all()
        if chain.ranges and (not kiosk.heads or str(chain.chain) in gaps)
    ]


def _times_of(
    wanted: Iterable[tuple[uuid.UUID, int]],
) -> dict[tuple[uuid.UUID, uuid.UUID, int], int]:
    """Return when these entries were made, as far as that is known, by kiosk, chain and number."""
    asked = sorted(wanted)
    times: dict[tuple[uuid.UUID, uuid.UUID, int], int] = {}
    for start in range(0, len(asked), CHUNK):
        query = Q(pk__in=[])
        for chain, seq in asked[start : start + CHUNK]:
            query |= Q(chain=chain, seq=seq)
        rows = list(
            Ledger.objects.filter(query).values_list(
                "pk", "kiosk_id", "chain", "seq", "received_ms"
            )
        )
        made = {
            entry.pk: entry.at_ms if entry.at_ms is not None else entry.wall_ms
            for entry in contents(row[0] for row in rows)
        }
        for pk, kiosk, chain, seq, received in rows:
            times[kiosk, chain, seq] = made.get(pk, received)
    return times
