"""Every address of the site, app by app."""

from __future__ import annotations

from django.urls import include, path

urlpatterns = [
    path("", include("bangfu.books.desk.urls")),
    path("", include("bangfu.books.accounts.urls")),
    path("households/", include("bangfu.books.households.urls")),
    path("cases/", include("bangfu.books.cases.urls")),
]
