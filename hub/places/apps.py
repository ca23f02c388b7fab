"""Django's description of the app."""

from __future__ import annotations

from django.apps import AppConfig


class PlacesConfig(AppConfig):
    """Places, their tree, their life cycle."""

    name = "hub.places"
    verbose_name = "Địa điểm"
