"""Micro loans (小额信贷). A loan is not aid: it is owed, and stands in no sum of what was paid."""

from __future__ import annotations

import pgtrigger
from django.db import models
from django.db.models import F, Q

from bangfu.books.walls.history import recorded


@recorded()
class Loan(models.Model):
    """One loan of a bank to a member of a household. `rate` is yearly: 0.0345 is 3.45 %."""

    # To hold a loan while it is paid back takes the right to update; its terms stay (triggers).
    web_rights = ("select", "insert", "update")

    place_code = models.CharField(max_length=12)
    household_no = models.TextField()
    person_no = models.TextField()
    number = models.TextField()
    bank = models.TextField()
    fen = models.BigIntegerField()
    rate = models.DecimalField(max_digits=7, decimal_places=6)
    lent_on = models.DateField()
    due_on = models.DateField()
    purpose = models.TextField()

    class Meta:
        indexes = [models.Index(fields=["place_code", "due_on"], name="payments_loan_place")]
        constraints = [
            models.UniqueConstraint(
                fields=["household_no", "bank", "number"], name="payments_loan_number"
            ),
            models.UniqueConstraint(fields=["id", "place_code"], name="payments_loan_at_place"),
            models.CheckConstraint(
                condition=Q(fen__gt=0, rate__gte=0, rate__lt=1), name="payments_loan_amounts"
            ),
            models.CheckConstraint(condition=Q(lent_on__lt=F("due_on")), name="payments_loan_days"),
        ]
        triggers = [pgtrigger.ReadOnly(name="terms_stay", exclude=["place_code", "household_no"])]

    def __str__(self) -> str:
        return f"{self.household_no} {self.number}"


@recorded()
class Repayment(models.Model):
    """Principal of a loan that was paid back on a day. It follows its loan when the household moves."""

    web_rights = ("select", "insert")

    place_code = models.CharField(max_length=12)
    loan = models.ForeignKey(
        Loan, on_delete=models.PROTECT, related_name="repayments", db_constraint=False
    )
    paid_on = models.DateField()
    fen = models.BigIntegerField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(fen__gt=0), name="payments_repayment_fen"),
        ]
        triggers = [pgtrigger.ReadOnly(name="terms_stay", exclude=["place_code"])]

    def __str__(self) -> str:
        return f"{self.loan_id} {self.paid_on} {self.fen}"
