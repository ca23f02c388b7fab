"""Django's description of the app."""

from __future__ import annotations

from django.apps import AppConfig


class RetentionConfig(AppConfig):
    """What is forgotten, and when."""

    name = "hub.retention"
    verbose_name = "Lưu giữ"
