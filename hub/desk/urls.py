"""Addresses of the desk."""

from __future__ import annotations

from django.contrib.auth.views import LoginView, LogoutView
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.utils.translation import get_language
from django.views.i18n import set_language

from hub.desk import case_views, views
from hub.desk.pages import OWNER
from hub.desk.rights import role_of
from hub.desk.words import words
from hub.guard.forms import CodeForm

app_name = "desk"


class Door(LoginView):
    """The log-in page, in the reader's language."""

    authentication_form = CodeForm
    template_name = "desk_login.html"
    next_page = "desk:home"

    def get_context_data(self, **more: object) -> dict[str, object]:
        """Add the words."""
        language = "en" if (get_language() or "vi").startswith("en") else "vi"
        shared = {"w": words(language), "language": language}
        found: dict[str, object] = super().get_context_data(**more)
        return found | shared


def home(request: HttpRequest) -> HttpResponse:
    """Lead each role to its first page."""
    role = role_of(request.user) if request.user.is_authenticated else None
    owner = role is not None and role.kind == OWNER
    return views.places(request) if owner else views.today(request)


urlpatterns = [
    path("", home, name="home"),
    path("login", Door.as_view(), name="login"),
    path("logout", LogoutView.as_view(next_page="desk:login"), name="logout"),
    path("language", set_language, name="language"),
    path("today", views.today, name="today"),
    path("claims/<int:pk>", views.claim, name="claim"),
    path("places", views.places, name="places"),
    path("places/<str:pk>", views.place, name="place"),
    path("report", views.report_page, name="report"),
    path("cases", case_views.cases, name="cases"),
    path("cases/<str:pk>", case_views.case, name="case"),
    path("cases/<str:pk>/trace", case_views.trace_page, name="trace"),
]
