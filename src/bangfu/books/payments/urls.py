"""Addresses of money to households."""

from __future__ import annotations

from django.urls import path

from bangfu.books.payments.views import batches, checking, household, loans

urlpatterns = [
    path("", household.schemes, name="payment-schemes"),
    path("checks/", checking.checks, name="payment-checks"),
    path("checks/approve/", checking.approve, name="payment-approve"),
    path("notices/", checking.notices, name="payment-notices"),
    path("loans/", loans.loans, name="loans"),
    path("loans/<int:loan_id>/repay/", loans.repayment, name="loan-repayment"),
    path("batches/", batches.batches, name="payment-batches"),
    path("batches/new/", batches.batch_new, name="payment-batch-new"),
    path("batches/<int:batch_id>/", batches.batch, name="payment-batch"),
    path("batches/<int:batch_id>/payments/", batches.batch_payments, name="payment-batch-payments"),
    path("batches/<int:batch_id>/stops/", batches.batch_stops, name="payment-batch-stops"),
    path("batches/<int:batch_id>/submit/", batches.batch_submit, name="payment-batch-submit"),
    path("batches/<int:batch_id>/cancel/", batches.batch_cancel, name="payment-batch-cancel"),
    path("batches/<int:batch_id>/send/", batches.batch_send, name="payment-batch-send"),
    path("batches/<int:batch_id>/file/", batches.batch_file, name="payment-batch-file"),
    path("households/<str:household_no>/", household.household, name="household-payments"),
    path("households/<str:household_no>/loans/new/", loans.loan_new, name="loan-new"),
    path(
        "households/<str:household_no>/accounts/<str:person_no>/",
        household.account,
        name="payment-account",
    ),
    path("households/<str:household_no>/<str:scheme>/", household.apply, name="payment-apply"),
    path("entitled/<str:code>/<str:scheme>/", household.entitled, name="payment-entitled"),
]
