"""``hub case`` and ``hub trace``: opening and approving a case, and what it finds."""

from __future__ import annotations

import argparse
import sys

from hub import database, sheets
from hub.commands.accounts import asked, asked_role
from hub.commands.output import actor, print_json, print_table
from hub.desk import rights
from hub.errors import BadUsage
from hub.home import Home
from hub.intake.audit import record
from hub.intake.transactions import durable, now_ms
from hub.tracing import calls, cases, people, tables
from hub.tracing.intervals import Bound
from hub.tracing.models import Case
from hub.tracing.trace import Line, Trace, trace


def open_(args: argparse.Namespace, home: Home) -> int:
    """Open a case about one person; several who may be meant are listed, masked."""
    database.ready(home)
    who = asked(args)
    person = {
        f: getattr(args, f) or "" for f in ("number", "phone", "qid", "bhyt", "name", "birth")
    }
    tags = people.tags_of(person)
    now = now_ms()
    found = people.matching(tags, now - args.days * cases.DAY_MS, now)
    if len(found) > 1 or (found and "name" in tags):
        if not args.pick:
            print("More than one person may be meant; say which with --pick N:", file=sys.stderr)
            for number, group in enumerate(found, 1):
                print(f"  {number}  {group.line}  ({len(group.seen)} entries)", file=sys.stderr)
            return 1
        if not 1 <= args.pick <= len(found):
            raise BadUsage(f"--pick takes 1 to {len(found)}.")
        tags = people.tags_in(found[args.pick - 1]) or tags
    case = cases.open_case(
        tags, reason=args.reason, actor=who, days=args.days, emergency=args.emergency
    )
    if args.emergency:
        print(
            "EMERGENCY: this trace by one person lasts 24 hours, is shown to every official "
            "and must be reviewed by another.",
            file=sys.stderr,
        )
    return _say(args, case, seen=sum(len(group.seen) for group in found))


def approve(args: argparse.Namespace, home: Home) -> int:
    """Approve a case that somebody else opened."""
    database.ready(home)
    case, who = _case(args)
    cases.approve(case, actor=who, days=args.days)
    return _say(args, case)


def review(args: argparse.Namespace, home: Home) -> int:
    """Review an emergency trace of somebody else."""
    database.ready(home)
    case, who = _case(args)
    cases.review(case, actor=who, finding=args.finding)
    return _say(args, case)


def close(args: argparse.Namespace, home: Home) -> int:
    """Close a case."""
    database.ready(home)
    case, who = _case(args)
    cases.close(case, actor=who)
    return _say(args, case)


def note(args: argparse.Namespace, home: Home) -> int:
    """Note what a call came to."""
    database.ready(home)
    case, who = _case(args)
    changed = calls.change(case, args.contact, state=args.state, note=args.note, actor=who)
    if args.json:
        print_json({"contact": str(changed.pk), "state": changed.state})
    else:
        print(f"{changed.pk} is {changed.state}.")
    return 0


def list_(args: argparse.Namespace, home: Home) -> int:
    """Show the cases, newest first."""
    database.ready(home)
    found = Case.objects.order_by("-opened_ms")
    if args.json:
        for case in found:
            print_json(_facts(case))
        return 0
    print_table(
        ("CASE", "STATUS", "OPENED BY", "APPROVED BY", "UNTIL", "REASON"),
        (
            (
                c.pk, cases.standing(c), c.opened_by, c.approved_by or "–",
                tables.moment(c.expires_ms) if c.expires_ms else "–", c.reason,
            )
            for c in found
        ),
    )  # fmt: skip
    return 0


def run(args: argparse.Namespace, home: Home) -> int:
    """Trace a case, print what was found, and export it if asked."""
    database.ready(home)
    if args.export and not args.reason.strip():
        raise BadUsage("An export needs --reason.")
    if not 1 <= args.generations <= 2:
        raise BadUsage("--generations takes 1 or 2.")
    role = asked_role(args) if args.account else None
    case = rights.case_for(role, args.case) if role else cases.find_case(args.case)
    who = str(role.account.get_username()) if role else actor()
    places = rights.scope(role) if role else None
    found = trace(
        case,
        actor=who,
        places=None if places is None else frozenset(places),
        generations=args.generations,
        least_minutes=args.minutes,
        reason=args.reason,
    )
    if args.export:
        with durable():
            record(
                "trace-export",
                actor=who,
                subject=case.pk,
                reason=args.reason,
                detail={"contacts": len(found.lines)},
            )
        sheets.write(args.export, case.pk, tables.HEAD, tables.rows(found))
    if args.json:
        print_json(tables.facts(found))
    else:
        _print(found)
    return 0


def _case(args: argparse.Namespace) -> tuple[Case, str]:
    """Return the case, which must be one of the account's unit, and the account's name."""
    role = asked_role(args)
    return rights.case_for(role, args.case), str(role.account.get_username())


def _print(found: Trace) -> None:
    name = found.person.get("name", "–")
    print(f"{found.case.pk}  {name}  ({cases.standing(found.case)}: {found.case.reason})")
    print_table(
        ("PLACE", "GATES", "TRIP", "IN", "OUT"),
        (
            (
                found.names.get(v.place, v.place), f"{v.gate_in or '?'} → {v.gate_out or '?'}",
                v.trip or "–", _bound(v.start), _bound(v.end),
            )
            for v in found.visits
        ),
    )  # fmt: skip
    print()
    print_table(
        ("GEN", "NAME", "PHONE", "MINUTES", "CONFIDENCE", "AT", "STATE", ""),
        (
            (
                line.generation, line.person.get("name", "–"), _reached_by(line),
                f"{line.met.minutes:.0f}", line.met.confidence,
                " ".join(sorted({m.overlap.at for m in line.met.meetings})), line.state,
                "new" if line.new else "",
            )
            for line in found.lines
        ),
    )  # fmt: skip
    if found.before_ms is not None:
        print(f"\n+{found.new} liên hệ mới từ {tables.moment(found.before_ms)}")
    for gate in found.incomplete:
        since = "chưa có dữ liệu" if gate.until_ms is None else (
            f"chưa có dữ liệu từ {tables.moment(gate.until_ms)}"
        )  # fmt: skip
        print(f"{gate.place_name}, {gate.gate}: {since}")


def _reached_by(line: Line) -> str:
    if "phone" in line.person:
        return line.person["phone"]
    return f"→ {line.route_to.name}" if line.route_to else "–"


def _bound(bound: Bound) -> str:
    error = f" ±{bound.error_ms / 1000:.0f}s" if bound.seen else f" ({bound.why})"
    return tables.moment(bound.ms) + error


def _say(args: argparse.Namespace, case: Case, **more: object) -> int:
    if args.json:
        print_json(_facts(case) | more)
    else:
        print(f"Case {case.pk}: {cases.standing(case)}.")
    return 0


def _facts(case: Case) -> dict[str, object]:
    return {
        "case": case.pk,
        "status": cases.standing(case),
        "reason": case.reason,
        "opened_by": case.opened_by,
        "approved_by": case.approved_by or None,
        "expires": tables.iso(case.expires_ms) if case.expires_ms else None,
        "reviewed_by": case.reviewed_by or None,
        "contacts": case.contacts.count(),
    }
