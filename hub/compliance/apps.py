"""Django's description of the app."""

from __future__ import annotations

from django.apps import AppConfig


class ComplianceConfig(AppConfig):
    """Figures of gates."""

    name = "hub.compliance"
    verbose_name = "Giám sát"
