"""Addresses of assistance."""

from __future__ import annotations

from django.urls import path

from bangfu.books.assistance import views

urlpatterns = [
    path("households/<str:household_no>/measures/new/", views.agree, name="measure-agree"),
    path("households/<str:household_no>/visits/new/", views.visit, name="visit-record"),
    path("measures/<int:measure_id>/start/", views.start, name="measure-start"),
    path("measures/<int:measure_id>/end/", views.end, name="measure-end"),
]
