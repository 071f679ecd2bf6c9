"""Addresses of assets."""

from __future__ import annotations

from django.urls import path

from bangfu.books.assets import views

urlpatterns = [
    path("assets/", views.asset_list, name="assets"),
    path("projects/<int:project_id>/hand-over/", views.hand_over_page, name="project-handover"),
]
