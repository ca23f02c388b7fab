"""Addresses of the officials' pages about reports and requests, below ``/desk/``."""

from __future__ import annotations

from django.urls import path

from hub.visitors import desk_views

app_name = "requests"

urlpatterns = [
    path("requests", desk_views.request_list, name="requests"),
    path("requests/<str:number>", desk_views.one_request, name="request"),
    path("residents", desk_views.report_list, name="reports"),
    path("residents/<str:number>", desk_views.one_report, name="report"),
    path("residents/<str:number>/photo", desk_views.photo, name="photo"),
]
