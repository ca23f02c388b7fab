"""The one way to a name: the audit row is on disk before anything is decrypted.

Nothing else in the hub opens ``Entry.content`` or a sealed part after its intake, the admin
and the shell's commands included (a test looks).
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from hub.errors import NotAllowed
from hub.intake.answers import vault
from hub.intake.audit import record
from hub.intake.models import Entry
from hub.intake.transactions import durable

Content = dict[str, Any]


def open_names(
    entries: Iterable[Entry],
    *,
    actor: str,
    reason: str,
    subject: str = "",
    detail: Mapping[str, Any] | None = None,
) -> Iterator[tuple[Entry, Content]]:
    """Yield each entry with what its sealed part said (empty where it does not open).

    Raises :class:`NotAllowed` without a reason. The audit row is written by the call itself,
    not by the first item taken, and also when there turns out to be no entry.
    """
    if not reason.strip():
        raise NotAllowed("Opening names needs a reason.")
    with durable():
        record("reveal", actor=actor, subject=subject, reason=reason, detail=dict(detail or {}))
    return _opened(entries)


def open_boxes(
    boxes: Iterable[tuple[uuid.UUID, bytes]], *, actor: str, reason: str, subject: str
) -> Iterator[tuple[uuid.UUID, Any]]:
    """Yield what other rows' boxes hold (a caller's notes), under the same rule as names."""
    if not reason.strip():
        raise NotAllowed("Opening notes needs a reason.")
    with durable():
        record("reveal-notes", actor=actor, subject=subject, reason=reason)
    safe = vault()
    return ((row, safe.unbox(box, row)) for row, box in boxes)


def _opened(entries: Iterable[Entry]) -> Iterator[tuple[Entry, Content]]:
    safe = vault()
    for entry in entries:
        box = entry.content
        yield entry, ({} if box is None else safe.unbox(bytes(box), entry.pk))
