"""Addresses of accounts."""

from __future__ import annotations

from django.urls import path

from bangfu.books.accounts import views

urlpatterns = [
    path("log-in/", views.log_in, name="login"),
    path("log-out/", views.log_out, name="logout"),
    path("language/", views.choose_language, name="language"),
    path("me/", views.me, name="me"),
]
