"""Addresses of the import."""

from __future__ import annotations

from django.urls import path

from bangfu.books.intake import views

urlpatterns = [
    path("", views.batches, name="batches"),
    path("<int:number>/", views.batch, name="batch"),
    path("<int:number>/state/", views.batch_state, name="batch_state"),
    path("<int:number>/check/", views.check_again, name="batch_check"),
    path("<int:number>/confirm/", views.confirm, name="batch_confirm"),
]
