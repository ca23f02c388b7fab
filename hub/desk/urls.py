"""Addresses of the desk."""

from __future__ import annotations

from django.contrib.auth.views import LoginView, LogoutView
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.utils.translation import get_language
from django.views.i18n import set_language

from hub.desk import (
    account_views,
    board_views,
    carry_views,
    case_views,
    fleet_views,
    pass_views,
    place_views,
    report_views,
    street_views,
    views,
    visit_views,
)
from hub.desk.pages import OWNER, VOLUNTEER
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
    first = {OWNER: views.places, VOLUNTEER: street_views.street}
    return first.get(role.kind if role else "", views.today)(request)


urlpatterns = [
    path("", home, name="home"),
    path("login", Door.as_view(), name="login"),
    path("logout", LogoutView.as_view(next_page="desk:login"), name="logout"),
    path("language", set_language, name="language"),
    path("today", views.today, name="today"),
    path("claims/<int:pk>", views.claim, name="claim"),
    path("places", views.places, name="places"),
    path("places/new", place_views.fresh, name="new"),
    path("places/<str:pk>", place_views.place, name="place"),
    path("places/<str:pk>/hours.svg", place_views.hours_chart, name="hours"),
    path("places/<str:pk>/week.svg", place_views.week_chart, name="week"),
    path("places/<str:pk>/board", board_views.board, name="board"),
    path("boards", board_views.boards_page, name="boards"),
    path("boards/unit", board_views.board_of_unit, name="board-unit"),
    path("boards/worksheet", board_views.worksheet, name="worksheet"),
    path("boards/<int:number>/revoke", board_views.revoke, name="board-revoke"),
    path("passes", pass_views.passes_page, name="passes"),
    path("fleet", fleet_views.fleet, name="fleet"),
    path("street", street_views.street, name="street"),
    path("street/new", street_views.door, name="door-new"),
    path("street/<str:pk>", street_views.door, name="door"),
    path("visits", visit_views.visits, name="visits"),
    path("visits/<uuid:pk>", visit_views.visit, name="visit"),
    path("visits/<uuid:pk>/photo", visit_views.photo, name="visit-photo"),
    path("report", report_views.report_page, name="report"),
    path("report/letters", report_views.letters, name="letters"),
    path("report/progress.svg", report_views.progress_chart, name="progress"),
    path("report/days.svg", report_views.days_chart, name="days"),
    path("account", account_views.account, name="account"),
    path("sticks", carry_views.sticks, name="sticks"),
    path("sticks/<uuid:pk>", carry_views.stick, name="stick"),
    path("sticks/<uuid:pk>/answers", carry_views.answers, name="stick-answers"),
    path("cases", case_views.cases, name="cases"),
    path("cases/<str:pk>", case_views.case, name="case"),
    path("cases/<str:pk>/trace", case_views.trace_page, name="trace"),
]
