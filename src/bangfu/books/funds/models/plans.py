"""Plans: which line pays how much of which project, proposed, approved and posted as a whole."""

from __future__ import annotations

import pgtrigger
from django.db import models
from django.db.models import F, Q

from bangfu.books.funds.models.lines import CONTROL, COUNTY_CODE, Document, FundLine
from bangfu.books.notices.models import Notice
from bangfu.books.projects.models import Project
from bangfu.books.walls.history import recorded
from bangfu.books.walls.triggers import append_only


class PlanStatus(models.TextChoices):
    """A plan's way. The values are stored."""

    PROPOSED = "proposed", "拟订"
    APPROVED = "approved", "已批准"
    POSTED = "posted", "已记账"
    REPLACED = "replaced", "已调整"
    WITHDRAWN = "withdrawn", "已撤回"


@recorded()
class Plan(models.Model):
    """One version of a year's plan. A change is a new version: the pieces of this one stay as they are.

    `problem_hash` is the SHA-256 of the problem document it answers. An amendment names the plan that it
    `amends`, why, and the notice it was published under; it is posted when the notice is over.
    """

    web_rights = ("select", "insert", "update")

    place_code = models.CharField(max_length=12)
    year = models.SmallIntegerField()
    version = models.SmallIntegerField()
    title = models.TextField()
    problem_hash = models.CharField(max_length=64)
    status = models.CharField(
        max_length=10, choices=PlanStatus.choices, default=PlanStatus.PROPOSED
    )
    proposed_by = models.TextField()
    approved_by = models.TextField(blank=True, default="")
    approved_on = models.DateField(null=True, blank=True)
    document = models.ForeignKey(
        Document, on_delete=models.PROTECT, null=True, blank=True, db_constraint=False
    )
    amends = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="amendments",
        db_constraint=False,
    )
    reason = models.TextField(blank=True, default="")
    notice = models.ForeignKey(
        Notice,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_constraint=False,
    )
    noticed_to = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["amends"],
                condition=Q(status__in=["posted", "replaced"]),
                name="funds_plan_amended_once",
            ),
            models.CheckConstraint(
                condition=Q(amends__isnull=True, reason="")
                | Q(amends__isnull=False) & ~Q(reason=""),
                name="funds_plan_amends_why",
            ),
            models.CheckConstraint(
                condition=Q(notice__isnull=True, noticed_to__isnull=True)
                | Q(notice__isnull=False, noticed_to__isnull=False),
                name="funds_plan_both_noticed_set",
            ),
            models.CheckConstraint(
                condition=Q(amends__isnull=True)
                | Q(notice__isnull=False)
                | ~Q(status__in=["posted", "replaced"]),
                name="funds_plan_amended_in_public",
            ),
            models.UniqueConstraint(
                fields=["place_code", "year", "version"], name="funds_plan_version"
            ),
            models.UniqueConstraint(fields=["id", "place_code"], name="funds_plan_at_place"),
            models.CheckConstraint(
                condition=Q(place_code__regex=COUNTY_CODE), name="funds_plan_county"
            ),
            models.CheckConstraint(
                condition=~Q(title__regex=CONTROL), name="funds_plan_title_form"
            ),
            models.CheckConstraint(
                condition=Q(problem_hash__regex=r"^[0-9a-f]{64}$"), name="funds_plan_hash"
            ),
            models.CheckConstraint(
                condition=Q(status__in=PlanStatus.values), name="funds_plan_status"
            ),
            models.CheckConstraint(
                condition=Q(approved_by="", approved_on__isnull=True)
                | (~Q(approved_by="") & Q(approved_on__isnull=False)),
                name="funds_plan_both_approved_set",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=["approved", "posted", "replaced"]) | ~Q(approved_by=""),
                name="funds_plan_approved",
            ),
            # Two accounts of one person are told apart by a trigger (migration 0004).
            models.CheckConstraint(
                condition=Q(approved_by="") | ~Q(approved_by=F("proposed_by")),
                name="funds_plan_two_people",
            ),
        ]
        triggers = [
            pgtrigger.FSM(
                name="steps",
                field="status",
                transitions=[
                    ("proposed", "approved"),
                    ("proposed", "withdrawn"),
                    ("approved", "posted"),
                    ("approved", "withdrawn"),
                    ("posted", "withdrawn"),
                    ("posted", "replaced"),
                    ("replaced", "posted"),
                ],
            ),
            pgtrigger.ReadOnly(
                name="terms_stay",
                fields=[
                    "place_code",
                    "year",
                    "version",
                    "title",
                    "problem_hash",
                    "proposed_by",
                    "amends",
                    "reason",
                ],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.year} v{self.version}"


class PlanItem(models.Model):
    """One piece: `fen` of `line` for `project`. It lies where the project lies."""

    web_rights = ("select", "insert")

    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="items")
    line = models.ForeignKey(FundLine, on_delete=models.PROTECT, related_name="+")
    project = models.ForeignKey(
        Project, on_delete=models.PROTECT, related_name="+", db_constraint=False
    )
    place_code = models.CharField(max_length=12)
    fen = models.BigIntegerField()

    class Meta:
        indexes = [models.Index(fields=["place_code"], name="funds_planitem_place")]
        constraints = [
            models.UniqueConstraint(fields=["plan", "line", "project"], name="funds_planitem_once"),
            models.CheckConstraint(condition=Q(fen__gt=0), name="funds_planitem_fen"),
        ]
        triggers = append_only()

    def __str__(self) -> str:
        return f"{self.plan_id} {self.line_id} {self.project_id} {self.fen}"
