"""Addresses of the rates."""

from __future__ import annotations

from django.urls import path

from bangfu.books.indicators import views

urlpatterns = [
    path("", views.rates_page, name="indicators"),
    path("numbers/", views.numbers_page, name="numbers"),
    path("<str:code>/", views.rate_page, name="indicator"),
]
