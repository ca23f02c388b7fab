"""The audit: what somebody did, chained so that a missing or changed row shows."""

from __future__ import annotations

import hashlib
from typing import Any

from django.db import connection

from hub.intake.models import AuditRow
from hub.intake.transactions import now_ms
from wire import cbor

_GENESIS = bytes(32)
_LOCK = 74_201  # any number of our own: the audit's advisory lock in PostgreSQL


def record(
    action: str, *, actor: str, subject: str = "", reason: str = "", detail: Any = None
) -> AuditRow:
    """Append a row; call it inside a transaction, which then holds the chain's end."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
    last = AuditRow.objects.order_by("-id").values_list("hash", flat=True).first()
    row = AuditRow(
        at_ms=now_ms(),
        actor=actor[:150],
        action=action,
        subject=subject[:200],
        reason=reason[:500],
        detail=detail or {},
        prev=bytes(last) if last is not None else _GENESIS,
    )
    row.hash = digest(row)
    row.save(force_insert=True)
    return row


def digest(row: AuditRow) -> bytes:
    """Return the hash a row must have."""
    facts = [row.at_ms, row.actor, row.action, row.subject, row.reason, row.detail]
    return hashlib.sha256(bytes(row.prev) + cbor.dumps(facts)).digest()


def first_break() -> int | None:
    """Return the id of the first row that was changed or follows a missing one, or None."""
    prev = _GENESIS
    for row in AuditRow.objects.order_by("id").iterator():
        if bytes(row.prev) != prev or bytes(row.hash) != digest(row):
            return int(row.pk)
        prev = bytes(row.hash)
    return None
