"""Commitments: contracts and awards that promise a project's money to a payee."""

from __future__ import annotations

import pgtrigger
from django.db import models
from django.db.models import F, Q

from bangfu.books.funds.models.ledger import Posting
from bangfu.books.funds.models.lines import CONTROL, COUNTY_CODE
from bangfu.books.projects.models import Project
from bangfu.books.walls.history import recorded, transaction_setting
from bangfu.books.walls.triggers import append_only


class Basis(models.TextChoices):
    """What the promise rests on. The values are stored."""

    CONTRACT = "contract", "合同"
    SERVICE = "service", "服务合同"
    AWARD = "award", "奖补批复"
    ROSTER = "roster", "发放清册"


@recorded()
class Contract(models.Model):
    """A promise of `fen` to a payee for one project. Its terms stay; a supplement is another one.

    Contracts on what was tendered go to its winner and stay, together, within its price. Those for services
    (design, supervision) are procured beside it.

    Of a batch's roster, `scheme` is the code of the policy's scheme and `term` the term that it pays.
    `claimed_fen` is what claims that stand have taken of it, `released_fen` what went back to the
    project; both are counted by the database. `posting` put it on the lines.
    """

    # To hold a row is to update it; what may change is counted by the owner's triggers.
    web_rights = ("select", "insert", "update")

    place_code = models.CharField(max_length=12)
    number = models.TextField()
    project = models.ForeignKey(
        Project, on_delete=models.PROTECT, related_name="contracts", db_constraint=False
    )
    basis = models.CharField(max_length=10, choices=Basis.choices)
    title = models.TextField()
    payee = models.TextField()
    # 统一社会信用代码, where the payee has one.
    payee_code = models.CharField(max_length=18, blank=True, default="")
    scheme = models.TextField(blank=True, default="", db_default="")
    term = models.TextField(blank=True, default="", db_default="")
    signed_on = models.DateField()
    fen = models.BigIntegerField()
    claimed_fen = models.BigIntegerField(default=0)
    released_fen = models.BigIntegerField(default=0)
    posting = models.OneToOneField(
        Posting, on_delete=models.PROTECT, related_name="contract", db_constraint=False
    )
    recorded_by = models.TextField(db_default=transaction_setting("actor"))

    class Meta:
        indexes = [
            models.Index(fields=["project"], name="funds_contract_of_project"),
            models.Index(
                fields=["scheme", "term"],
                condition=~Q(scheme=""),
                name="funds_contract_of_scheme",
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["place_code", "number"], name="funds_contract_number"),
            models.UniqueConstraint(fields=["id", "place_code"], name="funds_contract_at_place"),
            models.CheckConstraint(
                condition=Q(place_code__regex=COUNTY_CODE), name="funds_contract_county"
            ),
            models.CheckConstraint(
                condition=~Q(number="") & ~Q(number__regex=CONTROL), name="funds_contract_form"
            ),
            models.CheckConstraint(
                condition=Q(basis__in=Basis.values), name="funds_contract_basis"
            ),
            models.CheckConstraint(
                condition=Q(scheme="", term="") | Q(basis="roster") & ~Q(scheme="") & ~Q(term=""),
                name="funds_contract_scheme",
            ),
            models.CheckConstraint(
                condition=Q(fen__gt=0, claimed_fen__gte=0, released_fen__gte=0)
                & Q(fen__gte=F("claimed_fen") + F("released_fen")),
                name="funds_contract_within",
            ),
        ]
        triggers = [
            pgtrigger.ReadOnly(name="terms_stay", exclude=["claimed_fen", "released_fen"]),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"

    @property
    def left_fen(self) -> int:
        """What may still be claimed of it."""
        return self.fen - self.claimed_fen - self.released_fen


class Release(models.Model):
    """What a contract that ended below its sum gave back to its project (结余), and why."""

    web_rights = ("select", "insert")

    place_code = models.CharField(max_length=12)
    contract = models.ForeignKey(
        Contract, on_delete=models.PROTECT, related_name="releases", db_constraint=False
    )
    fen = models.BigIntegerField()
    reason = models.TextField()
    released_by = models.TextField(db_default=transaction_setting("actor"))
    posting = models.OneToOneField(
        Posting, on_delete=models.PROTECT, related_name="release", db_constraint=False
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(place_code__regex=COUNTY_CODE), name="funds_release_county"
            ),
            models.CheckConstraint(condition=Q(fen__gt=0), name="funds_release_fen"),
            models.CheckConstraint(condition=~Q(reason=""), name="funds_release_reason"),
        ]
        triggers = append_only()

    def __str__(self) -> str:
        return f"{self.contract_id} {self.fen}"
