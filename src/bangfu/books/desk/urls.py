"""Addresses of the desk."""

from __future__ import annotations

from django.urls import path

from bangfu.books.desk import sums, views

urlpatterns = [
    path("", views.home, name="home"),
    path("tasks/", views.tasks, name="tasks-due"),
    path("measures/late/", views.late_measures, name="measures-due"),
    path("households/<str:household_no>/", views.household, name="household"),
    path(
        "households/<str:household_no>/history/",
        views.household_history,
        name="household-history",
    ),
    path("places/<str:code>/", views.place, name="place"),
    path("sums/<str:code>/", sums.sums, name="sums"),
]
