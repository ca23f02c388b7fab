"""Django's description of the app."""

from __future__ import annotations

from django.apps import AppConfig


class DeskConfig(AppConfig):
    """The pages of officials."""

    name = "hub.desk"
    verbose_name = "Bàn làm việc"
