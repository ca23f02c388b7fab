"""``hub audit``: who did what, and whether the chain of these rows is whole."""

from __future__ import annotations

import argparse
import datetime as dt
import sys

from hub import database
from hub.commands.output import iso, local, print_json, print_table
from hub.home import Home
from hub.intake.audit import first_break
from hub.intake.models import AuditRow
from hub.intake.models.records import EPOCH


def audit(args: argparse.Namespace, home: Home) -> int:
    """Print the audit, oldest first; exit code 1 when a row was changed or taken out."""
    database.ready(home)
    rows = AuditRow.objects.order_by("id")
    if args.action:
        rows = rows.filter(action=args.action)
    if args.json:
        for row in rows.iterator():
            print_json(
                {
                    "id": row.pk,
                    "at": iso(_at(row)),
                    "actor": row.actor,
                    "action": row.action,
                    "subject": row.subject,
                    "reason": row.reason,
                    "detail": row.detail,
                }
            )
    else:
        print_table(
            ("NO", "TIME", "WHO", "DID", "WHAT", "WHY"),
            ((r.pk, local(_at(r)), r.actor, r.action, r.subject, r.reason) for r in rows),
        )
    broken = first_break()
    if broken is not None:
        print(f"hub: The audit was tampered with: row {broken} does not fit.", file=sys.stderr)
        return 1
    return 0


def _at(row: AuditRow) -> dt.datetime:
    return EPOCH + dt.timedelta(milliseconds=row.at_ms)
