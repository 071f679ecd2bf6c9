"""Addresses of the traces."""

from __future__ import annotations

from django.urls import path

from bangfu.books.tracing import views

urlpatterns = [
    path("", views.search_page, name="trace"),
    path("merits/", views.merits_page, name="merits"),
    path("household/<str:household_no>/", views.household_page, name="trace-household"),
    path("<str:kind>/<int:key>/", views.thing_page, name="trace-thing"),
]
