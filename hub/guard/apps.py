"""Django's description of the app."""

from __future__ import annotations

from django.apps import AppConfig


class GuardConfig(AppConfig):
    """Lock-outs and second factors."""

    name = "hub.guard"
    verbose_name = "Bảo vệ"

    def ready(self) -> None:
        """Let the technicians' pages ask for the second factor too."""
        from django.contrib import admin

        from hub.guard.forms import LoginForm

        admin.site.login_form = LoginForm
