"""Django's description of the app."""

from __future__ import annotations

from django.apps import AppConfig


class IntakeConfig(AppConfig):
    """The intake of entries."""

    name = "hub.intake"
    verbose_name = "Tiếp nhận"
