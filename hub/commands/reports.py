"""``hub report`` and ``hub letters``: which gates scan, which do not, and who must act."""

from __future__ import annotations

import argparse
import datetime as dt

from hub import database, sheets
from hub.commands.accounts import asked_role
from hub.commands.output import actor, print_json, print_table
from hub.compliance import documents, reminders
from hub.compliance.figures import Span
from hub.compliance.progress import progress
from hub.compliance.report import Report, Row, report
from hub.desk import rights
from hub.desk.models import Role
from hub.errors import BadUsage, NotAllowed
from hub.home import Home
from hub.paper import letter_docx, letter_pdf
from hub.places import units
from hub.places.models import Unit
from hub.tracing.pairing import VIETNAM
from hub.tracing.tables import iso, moment

HEAD = (
    "Nơi", "Tên", "Loại", "Tình trạng", "Đơn vị chịu trách nhiệm", "Người đứng đầu", "Địa bàn",
    "Cơ quan chủ quản", "Đã quét", "Nhập tay", "Không quét", "Tỉ lệ quét", "Do ai đếm", "Từ chối",
    "Số người", "Dấu hiệu",
)  # fmt: skip
PROGRESS = (
    "Đơn vị", "Người đứng đầu", "Đã biết", "Đã đăng ký", "Có bảng hoặc máy", "Có quét",
    "Có dấu hiệu",
)  # fmt: skip


def report_(args: argparse.Namespace, home: Home) -> int:
    """Print the report; with --xlsx, --docx or --pdf also as a file."""
    database.ready(home)
    span = _span(args)
    role = asked_role(args) if args.account else None
    unit = units.named(args.unit, args.tree) if args.unit else None
    made = report(span, places=_scope(args, role, unit))
    if args.place and not made.rows:
        raise BadUsage(f"There is no place “{args.place}”; hub place list shows them.")
    unit = unit or (role.unit if role else None)
    tree = args.tree or (str(unit.tree) if unit else "")
    if args.xlsx:
        sheets.save(args.xlsx, workbook(made))
    if args.docx or args.pdf:
        today = dt.datetime.now(VIETNAM).date()
        said = documents.letter(made, documents.Sender.of(unit), tree=tree, day=today)
        if args.docx:
            sheets.save(args.docx, letter_docx.draw(said))
        if args.pdf:
            sheets.save(args.pdf, letter_pdf.draw(said))
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


def letters(args: argparse.Namespace, home: Home) -> int:
    """Write a reminder for each unit whose places show signs of a violation."""
    database.ready(home)
    if not 1 <= args.within <= 90:
        raise BadUsage("--within takes 1 to 90 days.")
    role = asked_role(args) if args.account else None
    unit = units.named(args.unit, args.tree) if args.unit else None
    args.place = ""
    who = str(role.account.get_username()) if role else actor()
    made = reminders.make(
        _scope(args, role, unit),
        sender=unit or (role.unit if role else None),
        within=args.within,
        actor=who,
    )
    try:
        args.out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise BadUsage(f"{args.out} cannot be made: {error.strerror}.") from error
    for one in made:
        path = args.out / f"{one.unit.tree}-{one.unit.code}"
        sheets.save(path.with_suffix(".docx"), letter_docx.draw(one.letter))
        sheets.save(path.with_suffix(".pdf"), letter_pdf.draw(one.letter))
        if args.json:
            facts = {"unit": one.unit.code, "tree": str(one.unit.tree), "file": f"{path}.pdf"}
            print_json(facts | {"places": [row.place for row in one.rows]})
    if not args.json:
        print(f"{len(made)} letters in {args.out}.")
    return 0


def _scope(args: argparse.Namespace, role: Role | None, unit: Unit | None) -> list[str] | None:
    """Return the places asked for; raises NotAllowed for what the account may not see."""
    allowed = rights.scope(role) if role else None
    if args.place:
        if role:
            rights.place_for(role, args.place)
        return [args.place]
    if unit is None:
        return allowed
    ids = list(units.places_of(unit).values_list("pk", flat=True))
    if role and role.unit and unit.pk not in units.below(role.unit):
        raise NotAllowed("This unit is not below the account's.")
    return ids


def workbook(made: Report) -> bytes:
    """Return the report as XLSX: every place, and what has signs of a violation."""
    flagged = "Có dấu hiệu vi phạm"
    return sheets.as_xlsx(
        [
            ("Các nơi", HEAD, [_cells(row) for row in made.rows]),
            (flagged, HEAD, [_cells(row) for row in made.flagged]),
            *(
                (
                    title,
                    PROGRESS,
                    [
                        (p.unit, p.head, p.known, p.registered, p.equipped, p.scanning, p.flagged)
                        for p in progress(made.rows, tree)
                    ],
                )
                for title, tree in (("Theo địa bàn", "territory"), ("Theo chủ quản", "body"))
            ),
        ]
    )


def facts(made: Report) -> dict[str, object]:
    """Return the report for programs."""
    return {
        "first": made.span.first.isoformat(),
        "last": made.span.last.isoformat(),
        "scanned": made.total.scanned,
        "self_reported": made.total.self_reported,
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
        "head": row.head or None,
        "stage": row.stage,
        "territory": row.territory.code or None,
        "body": row.body.code or None,
        "scanned": seen.scanned,
        "self_reported": seen.self_reported,
        "by_hand": seen.by_hand,
        "unscanned": seen.unscanned,
        "by_sensor": seen.by_sensor,
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
        row.place, row.name, row.kind, row.stage, row.unit, row.head, row.territory.name,
        row.body.name, seen.scanned, seen.by_hand,
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
