"""Django's description of the app."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig


class TracingConfig(AppConfig):
    """Cases and the people to call."""

    name = "hub.tracing"
    verbose_name = "Truy vết"

    def ready(self) -> None:
        """Let lines of call lists go with the entries that named their people."""
        from hub.retention.signals import entries_gone, person_erased

        entries_gone.connect(_forget, dispatch_uid="tracing")
        person_erased.connect(_forget_person, dispatch_uid="tracing")


def _forget(ids: list[uuid.UUID], **_more: Any) -> None:
    from hub.tracing.models import Contact

    Contact.objects.filter(entry__in=ids).delete()


def _forget_person(found: Sequence[tuple[str, bytes]], **_more: Any) -> None:
    """Take a person off the call lists, and their tags out of the cases that are about them."""
    from django.db.models import Q

    from hub.tracing.models import Case, Contact

    lines = Q(pk__in=[])
    gone = {(field, tag.hex()) for field, tag in found}
    for field, tag in gone:
        lines |= Q(key=f"{field}:{tag}") | Q(key__startswith=f"{field}:{tag}:")
    Contact.objects.filter(lines).delete()
    for case in Case.objects.all():
        left = {f: [tag for tag in tags if (f, tag) not in gone] for f, tags in case.tags.items()}
        if left != case.tags:
            case.tags = {field: tags for field, tags in left.items() if tags}
            case.save(update_fields=["tags"])
