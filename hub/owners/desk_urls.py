"""Addresses of the officials' pages about owners' changes, below ``/desk/``."""

from __future__ import annotations

from django.urls import path

from hub.owners import desk_views

app_name = "changes"

urlpatterns = [
    path("changes", desk_views.change_list, name="changes"),
    path("changes/<int:pk>", desk_views.one_change, name="change"),
]
