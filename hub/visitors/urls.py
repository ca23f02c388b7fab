"""Addresses of the public pages; a board's are ``/B/…`` as its code writes them."""

from __future__ import annotations

from django.urls import path

from hub.visitors import check_views, data_views, report_views, views

app_name = "visitors"

urlpatterns = [
    path("", views.home, name="home"),
    path("B/<str:token>", views.board, name="board"),
    path("b/<str:token>", views.board),
    path("p/<str:ticket>", views.place, name="place"),
    path("p/<str:ticket>/report", report_views.report, name="report-place"),
    path("p/<str:ticket>/<str:way>", check_views.check, name="check"),
    path("notice", views.notice, name="notice"),
    path("declaration/<str:part>", views.kept, name="kept"),
    path("forget", views.forget, name="forget"),
    path("forgotten", views.forgotten, name="forgotten"),
    path("report", report_views.report, name="report"),
    path("report/find", report_views.find_report, name="find-report"),
    path("report/<str:number>", report_views.followed, name="reported"),
    path("my-data", data_views.my_data, name="my-data"),
    path("my-data/find", data_views.find_request, name="find-request"),
    path("my-data/<str:number>", data_views.followed, name="asked"),
]
