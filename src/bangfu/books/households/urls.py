"""Addresses of households."""

from __future__ import annotations

from django.urls import path

from bangfu.books.households import views

urlpatterns = [
    path("", views.household_list, name="households"),
    path("<str:household_no>/", views.household, name="household"),
]
