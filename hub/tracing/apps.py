"""Django's description of the app."""

from __future__ import annotations

from django.apps import AppConfig


class TracingConfig(AppConfig):
    """Cases and the people to call."""

    name = "hub.tracing"
    verbose_name = "Truy vết"
