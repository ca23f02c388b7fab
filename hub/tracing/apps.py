"""Django's description of the app."""

from __future__ import annotations

import uuid
from typing import Any

from django.apps import AppConfig


class TracingConfig(AppConfig):
    """Cases and the people to call."""

    name = "hub.tracing"
    verbose_name = "Truy vết"

    def ready(self) -> None:
        """Let lines of call lists go with the entries that named their people."""
        from hub.retention.signals import entries_gone

        entries_gone.connect(_forget, dispatch_uid="tracing")


def _forget(ids: list[uuid.UUID], **_more: Any) -> None:
    from hub.tracing.models import Contact

    Contact.objects.filter(entry__in=ids).delete()
