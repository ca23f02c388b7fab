"""Opening, approving, reviewing and closing cases; each step is in the audit.

A second official approves. In an emergency one alone may trace: for 24 hours, told to
everybody who opens the desk until another official has reviewed it.
"""

from __future__ import annotations

import base64
import secrets

from hub.errors import BadUsage, NotAllowed
from hub.intake.audit import record
from hub.intake.transactions import durable, now_ms
from hub.tracing.models import Case
from hub.tracing.people import Tags

HOUR_MS = 3600 * 1000
DAY_MS = 24 * HOUR_MS
EMERGENCY_MS = 24 * HOUR_MS
VALID_DAYS = 14
LONGEST_DAYS = 30
WINDOW_DAYS = 21


def open_case(
    tags: Tags, *, reason: str, actor: str, days: int = WINDOW_DAYS, emergency: bool = False
) -> Case:
    """Open a case about whoever ``tags`` mean, looking back ``days`` days."""
    reason = " ".join(reason.split())
    if len(reason) < 5 or len(reason) > 500:
        raise BadUsage("A case needs a reason of 5 to 500 letters.")
    if not 1 <= days <= 60:
        raise BadUsage("A case looks back 1 to 60 days.")
    now = now_ms()
    case = Case(
        id="c" + base64.b32encode(secrets.token_bytes(5)).decode().lower(),
        reason=reason,
        tags=tags,
        since_ms=now - days * DAY_MS,
        until_ms=now + LONGEST_DAYS * DAY_MS,
        status=Case.Status.EMERGENCY if emergency else Case.Status.WAITING,
        opened_by=actor,
        opened_ms=now,
        expires_ms=now + EMERGENCY_MS if emergency else None,
    )
    with durable():
        case.save(force_insert=True)
        record(
            "case-emergency" if emergency else "case-open",
            actor=actor,
            subject=case.pk,
            reason=reason,
            detail={"days": days},
        )
    return case


def find_case(text: str) -> Case:
    """Return a case by its id; raises :class:`BadUsage`."""
    case: Case | None = Case.objects.filter(pk=text.strip().lower()).first()
    if case is None:
        raise BadUsage(f"There is no case “{text}”; hub case list shows them.")
    return case


def approve(case: Case, *, actor: str, days: int = VALID_DAYS) -> None:
    """Let a case be traced for ``days`` days; not by whoever opened it."""
    if not 1 <= days <= LONGEST_DAYS:
        raise BadUsage(f"A case is approved for 1 to {LONGEST_DAYS} days.")
    with durable():
        now = now_ms()
        fresh = Case.objects.select_for_update().get(pk=case.pk)
        if fresh.opened_by == actor:
            _refused(fresh)
        if fresh.status != Case.Status.WAITING:
            raise NotAllowed("Only a case that waits for it can be approved.")
        fresh.status = Case.Status.APPROVED
        fresh.approved_by, fresh.approved_ms = actor, now
        fresh.expires_ms = now + days * DAY_MS
        fresh.save()
        record("case-approve", actor=actor, subject=case.pk, detail={"days": days})
    case.refresh_from_db()


def review(case: Case, *, actor: str, finding: str) -> None:
    """Say what another official thinks of an emergency trace."""
    if not finding.strip():
        raise BadUsage("A review needs a finding.")
    if case.status != Case.Status.EMERGENCY and not case.reviewed_by:
        raise NotAllowed("Only emergency traces are reviewed.")
    if case.opened_by == actor:
        _refused(case)
    with durable():
        Case.objects.filter(pk=case.pk).update(
            reviewed_by=actor, reviewed_ms=now_ms(), review=finding.strip()[:500]
        )
        record("case-review", actor=actor, subject=case.pk, reason=finding.strip())
    case.refresh_from_db()


def close(case: Case, *, actor: str) -> None:
    """End a case: it can be traced no more."""
    with durable():
        Case.objects.filter(pk=case.pk).update(status=Case.Status.CLOSED)
        record("case-close", actor=actor, subject=case.pk)
    case.refresh_from_db()


def standing(case: Case) -> str:
    """Return ``waiting``, ``approved``, ``emergency``, ``lapsed`` or ``closed``."""
    if case.status in (Case.Status.APPROVED, Case.Status.EMERGENCY) and (
        case.expires_ms is None or case.expires_ms <= now_ms()
    ):
        return "lapsed"
    return str(case.status)


def must_be_open(case: Case) -> None:
    """Raise :class:`NotAllowed` unless the case may be traced now."""
    why = {
        "waiting": "The case waits for the approval of a second official.",
        "lapsed": "The case's time is over; open a new one.",
        "closed": "The case is closed; open a new one.",
    }.get(standing(case))
    if why:
        raise NotAllowed(why)


def unreviewed() -> list[Case]:
    """Return emergency traces that nobody has reviewed yet, lapsed ones included."""
    found = Case.objects.filter(status=Case.Status.EMERGENCY, reviewed_by="")
    return list(found.order_by("opened_ms"))


def _refused(case: Case) -> None:
    raise NotAllowed(f"{case.opened_by} opened this case: it takes another official.")
