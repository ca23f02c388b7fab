"""Addresses: ``/v1/`` kiosks, ``/desk/`` officials, ``/owner/`` owners, ``/admin/`` technicians.

``/healthz`` is for monitors; all the rest is everybody's.
"""

from __future__ import annotations

from django.contrib import admin
from django.urls import include, path

from hub.intake.api import api, healthz

admin.autodiscover()

handler404 = "hub.visitors.pages.nowhere"

urlpatterns = [
    path("healthz", healthz),
    path("admin/", admin.site.urls),
    path("desk/", include("hub.visitors.desk_urls")),
    path("desk/", include("hub.owners.desk_urls")),
    path("desk/", include("hub.desk.urls")),
    path("owner/", include("hub.owners.urls")),
    path("", include("hub.visitors.urls")),
    path("", api.urls),
]
