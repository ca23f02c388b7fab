"""A trace as rows for programs and for spreadsheets."""

from __future__ import annotations

import datetime as dt
from typing import Any

from hub.intake.models.records import EPOCH
from hub.sheets import Cell
from hub.tracing.cases import standing
from hub.tracing.intervals import Bound, Stay
from hub.tracing.pairing import VIETNAM
from hub.tracing.residence import Commune
from hub.tracing.trace import Line, Trace

HEAD = (
    "Thế hệ", "Họ tên", "Năm sinh", "Giới tính", "Số giấy tờ", "Điện thoại", "Nguồn điện thoại",
    "Địa chỉ", "Nơi gặp", "Từ", "Đến", "Phút", "Ít nhất", "Nhiều nhất", "Cùng", "Độ tin cậy",
    "Trạng thái", "Chuyển về",
)  # fmt: skip


def moment(ms: int) -> str:
    """Return a time as people here read it (UTC+7)."""
    return (EPOCH + dt.timedelta(milliseconds=ms)).astimezone(VIETNAM).strftime("%d/%m/%Y %H:%M:%S")


def iso(ms: int) -> str:
    """Return a time as ISO 8601 in UTC."""
    text = (EPOCH + dt.timedelta(milliseconds=ms)).isoformat(timespec="milliseconds")
    return text.replace("+00:00", "Z")


def rows(found: Trace) -> list[list[Cell]]:
    """Return a row for each meeting on the call list."""
    return [
        [
            line.generation, line.person.get("name", ""), line.person.get("birth", "")[:4],
            line.person.get("sex", ""), line.person.get("number", ""),
            line.person.get("phone", ""), line.phone_from, line.person.get("address", ""),
            found.names.get(m.stay.place, m.stay.place), moment(m.overlap.start_ms),
            moment(m.overlap.end_ms), round(m.overlap.minutes, 1), round(m.overlap.least, 1),
            round(m.overlap.most, 1), m.overlap.at, m.overlap.confidence, line.state,
            line.route_to.name if line.route_to else "",
        ]
        for line in found.lines
        for m in line.met.meetings
    ]  # fmt: skip


def facts(found: Trace) -> dict[str, Any]:
    """Return the whole trace as JSON."""
    return {
        "case": found.case.pk,
        "status": standing(found.case),
        "reason": found.case.reason,
        "person": found.person or None,
        "people": found.people,
        "visits": [_visit(visit, found) for visit in found.visits],
        "contacts": [_line(line) for line in found.lines],
        "new_contacts": found.new if found.before_ms is not None else None,
        "incomplete": [
            {
                "kiosk": gate.kiosk,
                "place": gate.place,
                "place_name": gate.place_name,
                "gate": gate.gate,
                "complete_until": None if gate.until_ms is None else iso(gate.until_ms),
            }
            for gate in found.incomplete
        ],
    }


def _visit(visit: Stay, found: Trace) -> dict[str, Any]:
    return {
        "place": visit.place,
        "place_name": found.names.get(visit.place, ""),
        "trip": visit.trip or None,
        "gate_in": visit.gate_in or None,
        "gate_out": visit.gate_out or None,
        "in": _bound(visit.start),
        "out": _bound(visit.end),
        "join": visit.join,
    }


def _bound(bound: Bound) -> dict[str, Any]:
    return {"at": iso(bound.ms), "error_s": bound.error_ms / 1000, "why": bound.why}


def _line(line: Line) -> dict[str, Any]:
    return {
        "contact": line.id,
        "generation": line.generation,
        "person": line.person,
        "phone_from": line.phone_from or None,
        "route_to": _commune(line.route_to),
        "minutes": round(line.met.minutes, 2),
        "confidence": line.met.confidence,
        "state": line.state,
        "new": line.new,
        "meetings": [
            {
                "place": m.stay.place,
                "trip": m.stay.trip or None,
                "from": iso(m.overlap.start_ms),
                "to": iso(m.overlap.end_ms),
                "minutes": round(m.overlap.minutes, 2),
                "least": round(m.overlap.least, 2),
                "most": round(m.overlap.most, 2),
                "at": m.overlap.at,
                "confidence": m.overlap.confidence,
            }
            for m in line.met.meetings
        ],
    }


def _commune(found: Commune | None) -> dict[str, str] | None:
    return {"unit": found.code, "name": found.name, "head": found.head} if found else None
