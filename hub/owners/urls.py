"""Addresses of the owners' pages."""

from __future__ import annotations

from django.contrib.auth.views import LogoutView
from django.urls import path

from hub.owners import apply_views, views

app_name = "owners"

urlpatterns = [
    path("", views.home, name="home"),
    path("login", views.Door.as_view(), name="login"),
    path("logout", LogoutView.as_view(next_page="owners:login"), name="logout"),
    path("apply", apply_views.apply, name="apply"),
    path("waiting", apply_views.waiting, name="waiting"),
    path("history", views.history, name="history"),
    path("roster", views.roster_page, name="roster"),
    path("correct", views.correct, name="correct"),
    path("board", views.board, name="board"),
]
