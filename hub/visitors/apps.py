"""Django's description of the app."""

from __future__ import annotations

from django.apps import AppConfig


class VisitorsConfig(AppConfig):
    """Public pages."""

    name = "hub.visitors"
    verbose_name = "Trang cho người dân"
