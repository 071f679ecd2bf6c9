"""Who is to have what, checked by three; and the one-card accounts that money goes to."""

from __future__ import annotations

import pgtrigger
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Func, Q, Value

from bangfu.books.notices.models import Notice
from bangfu.books.payments.models.loans import Loan
from bangfu.books.walls.guarded import SealedField, TokenField
from bangfu.books.walls.history import recorded


class EntitlementStatus(models.TextChoices):
    """The way of an entitlement. The values are stored."""

    APPLIED = "applied", "待乡镇审核"
    CHECKED = "checked", "待县级审批"
    APPROVED = "approved", "待公示"
    NOTICED = "noticed", "已公示"
    REFUSED = "refused", "已退回"


_TERM = Func(F("first_day"), F("last_day"), Value("[]"), function="daterange")
_LIVE = ~Q(status=EntitlementStatus.REFUSED)


@recorded(exclude=("person_number", "person_token"))
class Entitlement(models.Model):
    """One person's (or, `per_household`, one household's) part in a scheme for one term.

    `person_number` is the ID number that the certificate holds, `certificate_token` that of the
    certificate as the books have it. `excludes_in` is the group within which nobody gets two in
    overlapping terms. `project` is the number of the project that pays: which fund lines do, and how
    much each, the ledger says. It stays with the place where it was approved, and follows its person
    into another household until it is paid.
    """

    web_rights = ("select", "insert", "update")

    place_code = models.CharField(max_length=12)
    household_no = models.TextField()
    person_no = models.TextField()
    per_household = models.BooleanField()
    person_number = SealedField()
    person_token = TokenField()
    certificate_token = TokenField()
    scheme = models.TextField()
    term = models.TextField()
    first_day = models.DateField()
    last_day = models.DateField()
    excludes_in = models.TextField()
    pays_head = models.BooleanField()
    fen = models.BigIntegerField()
    # What the amount was worked out from: a quantity, a base, or a loan.
    quantity = models.DecimalField(max_digits=12, decimal_places=2, null=True)
    base_fen = models.BigIntegerField(null=True)
    loan = models.ForeignKey(
        Loan, on_delete=models.PROTECT, null=True, related_name="+", db_constraint=False
    )
    status = models.CharField(
        max_length=10, choices=EntitlementStatus.choices, default=EntitlementStatus.APPLIED
    )
    applied_by = models.TextField()
    applied_on = models.DateField()
    checked_by = models.TextField(blank=True, default="")
    approved_by = models.TextField(blank=True, default="")
    project = models.TextField(blank=True, default="")
    notice = models.ForeignKey(Notice, on_delete=models.PROTECT, null=True, db_constraint=False)
    refused_by = models.TextField(blank=True, default="")
    refused_reason = models.TextField(blank=True, default="")

    class Meta:
        indexes = [
            models.Index(fields=["place_code", "status"], name="payments_entitlement_place"),
            models.Index(fields=["household_no"], name="payments_entitlement_of"),
            models.Index(fields=["scheme", "term", "status"], name="payments_entitlement_term"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["person_token", "scheme", "term"],
                condition=_LIVE,
                name="payments_entitlement_once",
            ),
            models.UniqueConstraint(
                fields=["household_no", "scheme", "term"],
                condition=_LIVE & Q(per_household=True),
                name="payments_entitlement_household_once",
            ),
            ExclusionConstraint(
                name="payments_entitlement_stacked",
                expressions=[
                    ("person_token", RangeOperators.EQUAL),
                    ("excludes_in", RangeOperators.EQUAL),
                    (_TERM, RangeOperators.OVERLAPS),
                ],
                condition=_LIVE,
            ),
            ExclusionConstraint(
                name="payments_entitlement_household_stacked",
                expressions=[
                    ("household_no", RangeOperators.EQUAL),
                    ("excludes_in", RangeOperators.EQUAL),
                    (_TERM, RangeOperators.OVERLAPS),
                ],
                condition=_LIVE & Q(per_household=True),
            ),
            models.CheckConstraint(
                condition=Q(place_code__regex=r"^\d{12}$"), name="payments_entitlement_place_form"
            ),
            models.CheckConstraint(condition=Q(fen__gt=0), name="payments_entitlement_fen"),
            models.CheckConstraint(
                condition=Q(first_day__lte=F("last_day")), name="payments_entitlement_days"
            ),
            models.CheckConstraint(
                condition=Q(status__in=EntitlementStatus.values),
                name="payments_entitlement_status",
            ),
            models.CheckConstraint(
                condition=~Q(status="checked") | ~Q(checked_by=""),
                name="payments_entitlement_checked",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=["approved", "noticed"])
                | (~Q(checked_by="") & ~Q(approved_by="") & ~Q(project="")),
                name="payments_entitlement_approved",
            ),
            models.CheckConstraint(
                condition=~Q(status="noticed") | Q(notice__isnull=False),
                name="payments_entitlement_noticed",
            ),
            models.CheckConstraint(
                condition=~Q(status="refused") | (~Q(refused_by="") & ~Q(refused_reason="")),
                name="payments_entitlement_refused",
            ),
            # Two accounts of one person are told apart by a trigger (migration 0002).
            models.CheckConstraint(
                condition=(Q(checked_by="") | ~Q(checked_by=F("applied_by")))
                & (Q(approved_by="") | ~Q(approved_by=F("applied_by")))
                & (Q(approved_by="") | ~Q(approved_by=F("checked_by"))),
                name="payments_entitlement_three_people",
            ),
        ]
        triggers = [
            pgtrigger.FSM(
                name="steps",
                field="status",
                transitions=[
                    ("applied", "checked"),
                    ("checked", "approved"),
                    ("approved", "noticed"),
                    ("applied", "refused"),
                    ("checked", "refused"),
                    ("approved", "refused"),
                    ("noticed", "refused"),
                ],
            ),
            pgtrigger.ReadOnly(
                name="terms_stay",
                exclude=[
                    "household_no",
                    "status",
                    "checked_by",
                    "approved_by",
                    "project",
                    "notice",
                    "refused_by",
                    "refused_reason",
                    # Sealed values and tokens are made anew when keys change.
                    "person_number",
                    "person_token",
                    "certificate_token",
                ],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.household_no} {self.scheme} {self.term}"


@recorded(exclude=("account", "account_token", "holder_number", "holder_token"))
class Account(models.Model):
    """The one-card account (一卡通) of a member, with its holder's name and ID number as the bank has them.

    `person_number` is the member's own ID number in the books when the account was recorded.
    """

    web_rights = ("select", "insert", "update")

    place_code = models.CharField(max_length=12)
    household_no = models.TextField()
    person_no = models.TextField()
    certificate_token = TokenField()
    account = SealedField()
    account_token = TokenField()
    account_end = models.CharField(max_length=4)
    bank = models.TextField()
    holder_name = models.TextField()
    holder_number = SealedField()
    holder_token = TokenField()
    # Whether the bank's number of the holder is the member's.
    number_matches = models.BooleanField()
    closed_on = models.DateField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["place_code"], name="payments_account_place"),
            models.Index(fields=["household_no", "person_no"], name="payments_account_of"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["account_token"],
                condition=Q(closed_on__isnull=True),
                name="payments_account_once",
            ),
            models.UniqueConstraint(
                fields=["household_no", "person_no"],
                condition=Q(closed_on__isnull=True),
                name="payments_account_one_open",
            ),
            models.CheckConstraint(
                condition=Q(account_end__regex=r"^\d{4}$"), name="payments_account_end_form"
            ),
        ]
        triggers = [
            pgtrigger.ReadOnly(
                name="terms_stay",
                fields=["person_no", "account_end", "holder_name", "bank"],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.household_no}/{self.person_no} …{self.account_end}"
