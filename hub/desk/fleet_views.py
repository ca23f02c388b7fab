"""The kiosks as devices: version, board, disk, temperature, power, camera, when last heard."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, QueryDict
from django.views.decorators.http import require_safe

from hub.compliance.gates import Gate, gates
from hub.compliance.hardware import WHEN
from hub.desk.pages import STAFF, gate_facts, page, show, word
from hub.desk.rights import scope
from hub.desk.views import LISTED, unit_names
from hub.intake.transactions import now_ms
from hub.places import units
from hub.trust.settings import newest_version
from wire.names import fold

GIB_MB = 1024
_STATES = {"voltage": WHEN, "camera": ("ok", "gone", "none", "starting")}


@page(*STAFF)
@require_safe
def fleet(request: HttpRequest) -> HttpResponse:
    """The kiosks of one's places, those in trouble first; found by name, unit or trouble."""
    asked = request.GET
    allowed = scope(request.role)
    if asked.get("unit"):
        within = set(units.places_of(units.named(asked["unit"])).values_list("pk", flat=True))
        allowed = sorted(within if allowed is None else within & set(allowed))
    wanted, only = fold(asked.get("q", "")), asked.get("trouble") == "1"
    every = gates(now_ms=now_ms(), places=allowed)
    found = [
        gate
        for gate in every
        if wanted in fold(f"{gate.place_name} {gate.gate} {gate.hardware.board} {gate.version}")
        and (gate.troubles or not only)
    ]
    sheet = Paginator(found, LISTED).get_page(asked.get("page"))
    rest = QueryDict(mutable=True)
    rest.update({k: v for k, v in asked.items() if k != "page" and v})
    newest = newest_version()
    versions: dict[str, int] = {}
    for gate in every:
        if gate.version:
            versions[gate.version] = versions.get(gate.version, 0) + 1
    facts = {
        "q": asked.get("q", ""),
        "only": only,
        "unit": asked.get("unit", ""),
        "units": unit_names(request),
        "rows": [_facts(gate, newest) for gate in sheet.object_list],
        "versions": sorted(versions.items(), reverse=True),
        "troubled": sum(1 for gate in every if gate.troubles),
        "total": len(every),
        "sheet": sheet,
        "rest": rest.urlencode(),
    }
    return show(request, "desk_fleet.html", facts)


def _facts(gate: Gate, newest: int) -> dict[str, Any]:
    """Return a kiosk's line; what it did not tell is a dash."""
    board = gate.hardware
    return gate_facts(gate) | {
        "kiosk": gate.kiosk,
        "version": gate.version or "–",
        "settings": "" if not newest else word("settings-new" if gate.settings >= newest
                                               else "settings-old"),
        "board": board.board or "–",
        "temperature": "–" if board.temperature_c is None else f"{board.temperature_c:.0f} °C",
        "voltage": _state("voltage", board.under_voltage),
        "camera": _state("camera", board.camera),
        "free": _size(board.disk_free_mb),
        "worn": "–" if board.disk_worn_percent is None else f"{board.disk_worn_percent} %",
        "memory": _size(board.memory_mb),
    }  # fmt: skip


def _state(what: str, told: str) -> str:
    return word(f"{what}-{told}") if told in _STATES[what] else "–"


def _size(mib: int | None) -> str:
    if mib is None:
        return "–"
    return f"{mib / GIB_MB:.1f} GB" if mib >= GIB_MB else f"{mib} MB"
