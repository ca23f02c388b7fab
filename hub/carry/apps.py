"""Django's description of the app."""

from __future__ import annotations

from django.apps import AppConfig


class CarryConfig(AppConfig):
    """Sticks, couriers, hand-overs."""

    name = "hub.carry"
    verbose_name = "Mang tay"
