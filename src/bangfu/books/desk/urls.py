"""Addresses of the desk."""

from __future__ import annotations

from django.urls import path

from bangfu.books.desk import record_views, summary_views, sums, views

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
    path("households/<str:household_no>/card/", record_views.household_card, name="household-card"),
    path("places/<str:code>/records/", record_views.place_records, name="records"),
    path("places/<str:code>/summary/", summary_views.summary, name="summary"),
    path("places/<str:code>/summary/close/", summary_views.close_period, name="summary-close"),
    path(
        "places/<str:code>/summary/rows/<str:figure>/",
        summary_views.summary_rows,
        name="summary-rows",
    ),
    path("sums/<str:code>/", sums.sums, name="sums"),
    path("sums/<str:code>/summary/", summary_views.summary_of_sums, name="sums-summary"),
]
