"""What a gate tells its steward: what lies here, who it is, what a helper afar must know.

Nothing in it is a person's.
"""

from __future__ import annotations

import platform
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import kiosk
from kiosk import machine
from kiosk.clock import wall_time
from kiosk.gate import Gate
from kiosk.notices import calendar_day, clock_time
from kiosk.outbox_file import SQLITE
from kiosk.rows import State
from kiosk.screens.services import Entry
from wire import signed
from wire.enrol import KioskCertificate
from wire.errors import WireError
from wire.keys import fingerprint

MOST_ROWS = 60
"""Entries that the screen lists of a kind; the counts tell of the rest."""


def rows(gate: Gate, kind: str) -> tuple[Entry, ...]:
    """Return what ``waiting`` or ``refused`` entries are, newest last; nobody's names."""
    view = gate.outbox
    state = State.REFUSED if kind == "refused" else State.WAITING
    reasons = {r.seq: r.reason for r in view.refusals()} if state is State.REFUSED else {}
    aside = dict(gate.sync.progress.set_aside)
    found = []
    for row in view.rows(state=state, limit=MOST_ROWS):
        try:
            header = row.entry.header
        except WireError:
            found.append(Entry(row.seq, "", "", "", "unreadable"))
            continue
        at = wall_time(header.wall_ms)
        found.append(
            Entry(
                row.seq,
                f"{calendar_day(at)} {clock_time(at)}",
                header.direction or "",
                header.kind or header.type,
                reasons.get(row.seq, "set-aside" if row.seq in aside else ""),
            )
        )
    return tuple(found)


def about(gate: Gate) -> tuple[tuple[str, str], ...]:
    """Return what this kiosk is and how old what it believes is: words and values."""
    me = gate.identity
    trust_list = gate.membership.trust_list_as_of
    facts = [
        ("place", f"{me.code.place_name} · {me.code.gate}"),
        ("hub", me.code.url),
        ("version", kiosk.__version__),
        ("key", fingerprint(me.key.public.raw)),
        ("hub_key", fingerprint(me.code.hub_key)),
        ("claim", me.claim),
        ("certificate", _until(me.certificate)),
        ("settings", str(me.settings.version or "–")),
        ("trust_list", calendar_day(trust_list) if trust_list else "–"),
    ]
    return tuple(facts)


def diagnostics(gate: Gate, cameras: Sequence[str], root: Path) -> dict[str, Any]:
    """Return what whoever helps from afar needs to know; nothing of a person in it."""
    health, progress = gate.health(), gate.sync.progress
    size = gate.outbox.stock()
    return {
        "version": kiosk.__version__,
        "machine": machine.board(root),
        "system": platform.platform(),
        "python": platform.python_version(),
        "sqlite": SQLITE,
        "cameras": [spec if "://" not in spec else "stream" for spec in cameras],
        "camera": health.camera,
        "clock": health.clock.value,
        "hub": {"state": health.hub, "failures": progress.failures},
        "rows": {"waiting": size.waiting, "acked": size.acked, "refused": size.refused},
        "set_aside": len(progress.set_aside),
        "outbox": {"state": health.outbox, "lost": health.lost, "differs": health.differs},
        "refusals": sorted({r.reason for r in gate.outbox.refusals()}),
        "disk_days_left": health.disk_days_left,
        "silent": gate.silent(),
        "about": dict(about(gate)),
    }


def _until(certificate: bytes) -> str:
    """Return when a certificate ends, as a day, or a dash for none."""
    if not certificate:
        return "–"
    found = KioskCertificate.unpack(signed.peek_payload(certificate))
    return calendar_day(wall_time(found.expires_ms))
