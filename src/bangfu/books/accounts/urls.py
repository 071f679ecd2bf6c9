"""Addresses of accounts."""

from __future__ import annotations

from django.urls import path

from bangfu.books.accounts import views

urlpatterns = [
    path("log-in/", views.log_in, name="login"),
    path("log-in/code/", views.log_in_code, name="login-code"),
    path("log-out/", views.log_out, name="logout"),
    path("language/", views.choose_language, name="language"),
    path("me/", views.me, name="me"),
    path("me/password/", views.change_password, name="change-password"),
    path("me/second-factor/", views.set_second_factor, name="second-factor"),
    path("me/second-factor/begin/", views.begin_second_factor, name="begin-second-factor"),
]
