"""Addresses of publishing, under /publishing/."""

from __future__ import annotations

from django.urls import path

from bangfu.books.publishing import views

urlpatterns = [
    path("", views.publications, name="publications"),
    path("now/", views.publish, name="publish"),
    path("held/", views.held, name="publishing-held"),
    path("<int:publication_id>/withdraw/", views.withdraw_page, name="publication-withdraw"),
]
