"""Addresses: ``/v1/`` for kiosks, ``/admin/`` for technicians, ``/healthz`` for monitors."""

from __future__ import annotations

from django.contrib import admin
from django.urls import path

from hub.intake.api import api, healthz

admin.autodiscover()

urlpatterns = [
    path("healthz", healthz),
    path("admin/", admin.site.urls),
    path("", api.urls),
]
