"""The plan of a quarter (一季一督查): the fixed list, what was drawn from it, and the visits."""

from __future__ import annotations

import pgtrigger
from django.db import models
from django.db.models import Q

from bangfu.books.attachments.models import Attachment
from bangfu.books.walls.history import recorded, transaction_setting
from bangfu.books.walls.triggers import append_only


class TargetKind(models.TextChoices):
    """What may be drawn. The values are stored."""

    VILLAGE = "village", "村"
    PROJECT = "project", "项目"


class Purpose(models.TextChoices):
    """What is drawn for. The values are stored."""

    INSPECTION = "inspection", "督查"
    ACCEPTANCE = "acceptance", "验收抽查"


class Chosen(models.TextChoices):
    """Whether and how one was drawn. The values are stored."""

    NOT = "", "未抽中"
    RISK = "risk", "按风险抽取"
    LOT = "lot", "随机抽取"


@recorded()
class Plan(models.Model):
    """One county's plan of a quarter: its inspection, or a round of looking at what waits for acceptance.

    Its list is fixed first: the digests are those of its villages and of its projects, and `seed_source`
    says which public number of a later day will be the seed. Then `seed` is entered, once.
    """

    web_rights = ("select", "insert", "update")

    place_code = models.CharField(max_length=12)
    year = models.SmallIntegerField()
    quarter = models.SmallIntegerField()
    purpose = models.CharField(
        max_length=10,
        choices=Purpose.choices,
        default=Purpose.INSPECTION,
        db_default=Purpose.INSPECTION,
    )
    # A quarter has one inspection and as many rounds of acceptance as it needs.
    round_no = models.SmallIntegerField(default=1, db_default=1)
    seed_source = models.TextField()
    villages_by_risk = models.SmallIntegerField()
    villages_by_lot = models.SmallIntegerField()
    projects_by_risk = models.SmallIntegerField()
    projects_by_lot = models.SmallIntegerField()
    village_digest = models.CharField(max_length=64)
    project_digest = models.CharField(max_length=64)
    fixed_on = models.DateField()
    fixed_by = models.TextField(db_default=transaction_setting("actor"))
    seed = models.TextField(blank=True, default="")
    drawn_on = models.DateField(null=True, blank=True)
    drawn_by = models.TextField(blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["place_code", "year", "quarter", "purpose", "round_no"],
                name="supervision_plan_once",
            ),
            models.CheckConstraint(
                condition=Q(purpose="inspection", round_no=1)
                | Q(purpose="acceptance", round_no__gte=1, villages_by_risk=0, villages_by_lot=0),
                name="supervision_plan_purpose",
            ),
            models.CheckConstraint(
                condition=Q(quarter__gte=1, quarter__lte=4), name="supervision_plan_quarter"
            ),
            models.CheckConstraint(
                condition=Q(
                    villages_by_risk__gte=0,
                    villages_by_lot__gte=0,
                    projects_by_risk__gte=0,
                    projects_by_lot__gte=0,
                ),
                name="supervision_plan_sizes",
            ),
            models.CheckConstraint(
                condition=Q(seed="", drawn_on__isnull=True, drawn_by="")
                | ~Q(seed="") & Q(drawn_on__gt=models.F("fixed_on")) & ~Q(drawn_by=""),
                name="supervision_plan_drawn_later",
            ),
            models.CheckConstraint(condition=~Q(seed_source=""), name="supervision_plan_source"),
        ]
        triggers = [
            pgtrigger.ReadOnly(name="list_stays", exclude=["seed", "drawn_on", "drawn_by"]),
            pgtrigger.Protect(
                name="drawn_once", operation=pgtrigger.Update, condition=~pgtrigger.Q(old__seed="")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.place_code} {self.year} Q{self.quarter}"


@recorded()
class Target(models.Model):
    """One line of a plan's list: a village or a project, its weight with the reasons, whether drawn.

    It lies where the village or the project is.
    """

    web_rights = ("select", "insert", "update")

    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="targets")
    place_code = models.CharField(max_length=12)
    kind = models.CharField(max_length=7, choices=TargetKind.choices)
    key = models.TextField()
    name = models.TextField()
    weight = models.IntegerField()
    why_zh = models.TextField()
    why_en = models.TextField()
    chosen = models.CharField(max_length=4, choices=Chosen.choices, blank=True, default="")
    turn = models.SmallIntegerField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["plan", "kind", "key"], name="supervision_target_once"),
            models.UniqueConstraint(
                fields=["id", "place_code"], name="supervision_target_at_place"
            ),
            models.CheckConstraint(condition=Q(weight__gte=1), name="supervision_target_weight"),
            models.CheckConstraint(
                condition=Q(kind__in=TargetKind.values), name="supervision_target_kind"
            ),
            models.CheckConstraint(
                condition=Q(chosen="", turn__isnull=True)
                | Q(chosen__in=["risk", "lot"], turn__gte=1),
                name="supervision_target_chosen",
            ),
        ]
        indexes = [models.Index(fields=["place_code"], name="supervision_target_place")]
        triggers = [
            pgtrigger.ReadOnly(name="line_stays", exclude=["chosen", "turn"]),
            pgtrigger.Protect(
                name="chosen_once",
                operation=pgtrigger.Update,
                condition=~pgtrigger.Q(old__chosen=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"


class Visit(models.Model):
    """Somebody went and looked: at a target of a plan, or at a place or project beside it."""

    web_rights = ("select", "insert")

    target = models.ForeignKey(
        Target, on_delete=models.PROTECT, null=True, blank=True, related_name="visits"
    )
    place_code = models.CharField(max_length=12)
    kind = models.CharField(max_length=7, choices=TargetKind.choices)
    key = models.TextField()
    visited_on = models.DateField()
    inspectors = models.TextField()
    seen = models.TextField()
    actor = models.TextField(db_default=transaction_setting("actor"))
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["id", "place_code"], name="supervision_visit_at_place"),
            models.CheckConstraint(
                condition=Q(kind__in=TargetKind.values), name="supervision_visit_kind"
            ),
            models.CheckConstraint(
                condition=~Q(inspectors="") & ~Q(seen=""), name="supervision_visit_words"
            ),
        ]
        indexes = [
            models.Index(fields=["place_code", "visited_on"], name="supervision_visit_place")
        ]
        triggers = append_only()

    def __str__(self) -> str:
        return f"{self.kind} {self.key} {self.visited_on}"


class VisitPaper(models.Model):
    """A photo or paper of a visit: what was seen."""

    web_rights = ("select", "insert")

    visit = models.ForeignKey(Visit, on_delete=models.PROTECT, related_name="papers")
    place_code = models.CharField(max_length=12)
    attachment = models.ForeignKey(
        Attachment, on_delete=models.PROTECT, db_constraint=False, related_name="+"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["visit", "attachment"], name="supervision_visitpaper_once"
            ),
        ]
        indexes = [models.Index(fields=["place_code"], name="supervision_visitpaper_place")]
        triggers = append_only()

    def __str__(self) -> str:
        return f"{self.visit_id} {self.attachment_id}"
