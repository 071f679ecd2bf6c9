"""Addresses of the desk."""

from __future__ import annotations

from django.urls import path

from bangfu.books.desk import views

urlpatterns = [
    path("", views.home, name="home"),
    path("places/<str:code>/", views.place, name="place"),
]
