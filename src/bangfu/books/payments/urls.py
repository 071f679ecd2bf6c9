"""Addresses of money to households."""

from __future__ import annotations

from django.urls import path

from bangfu.books.payments import views

urlpatterns = [
    path("", views.schemes, name="payment-schemes"),
    path("checks/", views.checks, name="payment-checks"),
    path("checks/approve/", views.approve, name="payment-approve"),
    path("loans/", views.loans, name="loans"),
    path("batches/", views.batches, name="payment-batches"),
    path("batches/new/", views.batch_new, name="payment-batch-new"),
    path("batches/<int:batch_id>/", views.batch, name="payment-batch"),
    path("batches/<int:batch_id>/send/", views.batch_send, name="payment-batch-send"),
    path("batches/<int:batch_id>/file/", views.batch_file, name="payment-batch-file"),
    path("households/<str:household_no>/", views.household, name="household-payments"),
    path("households/<str:household_no>/<str:scheme>/", views.apply, name="payment-apply"),
    path("entitled/<str:code>/<str:scheme>/", views.entitled, name="payment-entitled"),
]
