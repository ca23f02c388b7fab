"""Django's description of the app."""

from __future__ import annotations

from django.apps import AppConfig


class TrustConfig(AppConfig):
    """Keys, settings and passes."""

    name = "hub.trust"
    verbose_name = "Khoá và thẻ"
