"""Django's description of the app."""

from __future__ import annotations

from django.apps import AppConfig


class OwnersConfig(AppConfig):
    """Owners' pages."""

    name = "hub.owners"
    verbose_name = "Trang của chủ cơ sở"

    def ready(self) -> None:
        """Hear of persons who are erased."""
        from hub.owners.rosters import forget
        from hub.retention.signals import person_erased

        person_erased.connect(forget, dispatch_uid="owners")
