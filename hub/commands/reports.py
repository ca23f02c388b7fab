"""``hub report``: which gates scan, which do not, and who must act."""

from __future__ import annotations

import argparse
import datetime as dt

from hub import database, sheets
from hub.commands.output import print_json, print_table
from hub.compliance.figures import Span
from hub.compliance.report import Report, Row, report
from hub.errors import BadUsage
from hub.home import Home
from hub.tracing.pairing import VIETNAM
from hub.tracing.tables import iso, moment

HEAD = (
    "Nơi", "Tên", "Loại", "Đơn vị chịu trách nhiệm", "Người đứng đầu", "Đã quét", "Nhập tay",
    "Không quét", "Tỉ lệ quét", "Do ai đếm", "Từ chối", "Số người", "Dấu hiệu",
)  # fmt: skip


def report_(args: argparse.Namespace, home: Home) -> int:
    """Print the report; with --xlsx also as a workbook."""
    database.ready(home)
    made = report(_span(args), places=[args.place] if args.place else None)
    if args.place and not made.rows:
        raise BadUsage(f"There is no place “{args.place}”; hub place list shows them.")
    if args.xlsx:
        sheets.save(args.xlsx, workbook(made))
    if args.json:
        print_json(facts(made))
        return 0
    print_table(
        ("PLACE", "NAME", "SCANNED", "BY HAND", "UNSCANNED", "SHARE", "COUNTED BY", "SIGNS"),
        (
            (
                r.place, r.name, r.figures.scanned, r.figures.by_hand, r.figures.unscanned,
                _share(r), r.figures.counted_by, " ".join(s.word for s in r.signs) or "–",
            )
            for r in [*made.flagged, *(row for row in made.rows if not row.signs)]
        ),
    )  # fmt: skip
    for gate in made.gates:
        if gate.troubles:
            since = "never" if gate.last_ms is None else moment(gate.last_ms)
            print(f"{gate.place_name}, {gate.gate}: {' '.join(gate.troubles)} (last: {since})")
    return 0


def workbook(made: Report) -> bytes:
    """Return the report as XLSX: every place, and what has signs of a violation."""
    flagged = "Có dấu hiệu vi phạm"
    return sheets.as_xlsx(
        [
            ("Các nơi", HEAD, [_cells(row) for row in made.rows]),
            (flagged, HEAD, [_cells(row) for row in made.flagged]),
        ]
    )


def facts(made: Report) -> dict[str, object]:
    """Return the report for programs."""
    return {
        "first": made.span.first.isoformat(),
        "last": made.span.last.isoformat(),
        "scanned": made.total.scanned,
        "by_hand": made.total.by_hand,
        "unscanned": made.total.unscanned,
        "refused": made.total.refused,
        "places": [_place(row) for row in made.rows],
        "flagged": [row.place for row in made.flagged],
        "gates": [
            {
                "kiosk": gate.kiosk,
                "place": gate.place,
                "gate": gate.gate,
                "last_seen": None if gate.last_ms is None else iso(gate.last_ms),
                "waiting": gate.waiting,
                "clock_off_s": None if gate.clock_off_ms is None else gate.clock_off_ms / 1000,
                "troubles": list(gate.troubles),
            }
            for gate in made.gates
        ],
    }


def _place(row: Row) -> dict[str, object]:
    seen = row.figures
    return {
        "place": row.place,
        "name": row.name,
        "unit": row.unit or None,
        "scanned": seen.scanned,
        "by_hand": seen.by_hand,
        "unscanned": seen.unscanned,
        "share": seen.share,
        "counted_by": seen.counted_by,
        "refused": seen.refused,
        "people": seen.people,
        "most_by_one": seen.most_by_one,
        "gates": row.gates,
        "signs": [{"sign": s.word, "weight": s.weight, "detail": s.detail} for s in row.signs],
    }


def _cells(row: Row) -> list[sheets.Cell]:
    seen = row.figures
    return [
        row.place, row.name, row.kind, row.unit, row.head, seen.scanned, seen.by_hand,
        seen.unscanned, None if seen.share is None else round(seen.share, 4), seen.counted_by,
        seen.refused, seen.people, ", ".join(s.word for s in row.signs),
    ]  # fmt: skip


def _share(row: Row) -> str:
    return "–" if row.figures.share is None else f"{row.figures.share:.0%}"


def _span(args: argparse.Namespace) -> Span:
    given = args.week or args.day
    try:
        last = dt.date.fromisoformat(given) if given else dt.datetime.now(VIETNAM).date()
    except ValueError as error:
        raise BadUsage("--day and --week take a date such as 2026-01-31.") from error
    return Span(last - dt.timedelta(days=6), last) if args.week else Span(last, last)
