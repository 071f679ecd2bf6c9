"""Findings (督查问题): what is wrong, where, with whom, and each act about it until it is closed."""

from __future__ import annotations

import pgtrigger
from django.db import models
from django.db.models import F, Q

from bangfu.books.attachments.models import Attachment
from bangfu.books.funds.models import Payment
from bangfu.books.projects.models import Project
from bangfu.books.supervision.models.plans import Visit
from bangfu.books.walls.history import recorded, transaction_setting
from bangfu.books.walls.triggers import append_only
from bangfu.core.supervision.findings import State, Verb


class SubjectKind(models.TextChoices):
    """What a finding is about. The values are stored."""

    PROJECT = "project", "项目"
    PAYMENT = "payment", "支付"
    HOUSEHOLD = "household", "农户"
    VILLAGE = "village", "村"


class Severity(models.TextChoices):
    """How grave a finding is, which decides the time to put it right. The values are stored."""

    ORDINARY = "ordinary", "一般"
    SERIOUS = "serious", "较重"
    GRAVE = "grave", "严重"


@recorded()
class Finding(models.Model):
    """One thing found wrong. It lies where its subject is.

    `subject` is the subject's own number: a project's, a payment's voucher, a household's, a village's
    code. `flag_id` and `flag_said` are the red flag it came from, as plain words. Once ordered, the
    holder of `answers_role` here answers by `due_on`, for `unit`. `rounds` counts the answers asked for.
    """

    web_rights = ("select", "insert", "update")

    place_code = models.CharField(max_length=12)
    visit = models.ForeignKey(
        Visit, on_delete=models.PROTECT, null=True, blank=True, related_name="findings"
    )
    subject_kind = models.CharField(max_length=9, choices=SubjectKind.choices)
    subject = models.TextField()
    project = models.ForeignKey(
        Project, on_delete=models.PROTECT, null=True, blank=True, related_name="findings"
    )
    payment = models.ForeignKey(
        Payment,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="findings",
        db_constraint=False,
    )
    what = models.TextField()
    spot = models.TextField(blank=True, default="")
    severity = models.CharField(max_length=8, choices=Severity.choices)
    flag_id = models.TextField(blank=True, default="")
    flag_said = models.TextField(blank=True, default="")
    found_on = models.DateField()
    found_by = models.TextField(db_default=transaction_setting("actor"))
    state = models.CharField(max_length=9, default=State.FOUND)
    answers_role = models.TextField(blank=True, default="")
    unit = models.TextField(blank=True, default="")
    demand = models.TextField(blank=True, default="")
    due_on = models.DateField(null=True, blank=True)
    rounds = models.SmallIntegerField(default=0)
    closed_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["id", "place_code"], name="supervision_finding_at_place"
            ),
            models.CheckConstraint(
                condition=Q(subject_kind="project", project__isnull=False, payment__isnull=True)
                | Q(subject_kind="payment", payment__isnull=False, project__isnull=True)
                | Q(
                    subject_kind__in=["household", "village"],
                    project__isnull=True,
                    payment__isnull=True,
                ),
                name="supervision_finding_subject",
            ),
            models.CheckConstraint(
                condition=~Q(what="") & ~Q(subject="") & Q(severity__in=Severity.values),
                name="supervision_finding_words",
            ),
            models.CheckConstraint(
                condition=Q(flag_id="", flag_said="") | ~Q(flag_id="") & ~Q(flag_said=""),
                name="supervision_finding_flag",
            ),
            models.CheckConstraint(
                condition=Q(state="found", due_on__isnull=True, answers_role="", rounds=0)
                | Q(state__in=["ordered", "answered", "rechecked", "closed"], rounds__gte=1)
                & Q(due_on__gte=F("found_on"))
                & ~Q(answers_role="")
                & ~Q(unit="")
                & ~Q(demand=""),
                name="supervision_finding_ordered",
            ),
            models.CheckConstraint(
                condition=Q(state="closed", closed_on__isnull=False)
                | ~Q(state="closed") & Q(closed_on__isnull=True),
                name="supervision_finding_closed",
            ),
        ]
        indexes = [
            models.Index(fields=["place_code", "found_on"], name="supervision_finding_place"),
            models.Index(
                fields=["due_on", "place_code"],
                condition=~Q(state="closed"),
                name="supervision_finding_due",
            ),
        ]
        triggers = [
            pgtrigger.FSM(
                name="steps",
                field="state",
                transitions=[
                    ("found", "ordered"),
                    ("ordered", "answered"),
                    ("answered", "ordered"),
                    ("answered", "rechecked"),
                    ("rechecked", "closed"),
                ],
            ),
            pgtrigger.ReadOnly(
                name="found_stays",
                fields=[
                    "place_code",
                    "visit",
                    "subject_kind",
                    "subject",
                    "project",
                    "payment",
                    "what",
                    "spot",
                    "severity",
                    "flag_id",
                    "flag_said",
                    "found_on",
                    "found_by",
                ],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.subject_kind} {self.subject}"


class Step(models.Model):
    """One act about a finding, as it was done. `passes` is what a second look came to."""

    web_rights = ("select", "insert")

    finding = models.ForeignKey(Finding, on_delete=models.PROTECT, related_name="steps")
    place_code = models.CharField(max_length=12)
    verb = models.CharField(max_length=7)
    said = models.TextField()
    due_on = models.DateField(null=True, blank=True)
    passes = models.BooleanField(null=True, blank=True)
    done_on = models.DateField()
    actor = models.TextField(db_default=transaction_setting("actor"))
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["id", "place_code"], name="supervision_step_at_place"),
            models.CheckConstraint(
                condition=Q(verb__in=[verb.value for verb in Verb]) & ~Q(said=""),
                name="supervision_step_verb",
            ),
            models.CheckConstraint(
                condition=Q(verb="recheck", passes__isnull=False)
                | ~Q(verb="recheck") & Q(passes__isnull=True),
                name="supervision_step_passes",
            ),
        ]
        indexes = [models.Index(fields=["place_code"], name="supervision_step_place")]
        triggers = append_only()

    def __str__(self) -> str:
        return f"{self.finding_id} {self.verb}"


class Evidence(models.Model):
    """A photo or paper of a finding; of one of its acts, or, without one, of how it was found."""

    web_rights = ("select", "insert")

    finding = models.ForeignKey(Finding, on_delete=models.PROTECT, related_name="evidence")
    step = models.ForeignKey(
        Step, on_delete=models.PROTECT, null=True, blank=True, related_name="evidence"
    )
    place_code = models.CharField(max_length=12)
    attachment = models.ForeignKey(
        Attachment, on_delete=models.PROTECT, db_constraint=False, related_name="+"
    )
    # The file's SHA-256, as the attachment has it: what was shown is what is kept.
    digest = models.CharField(max_length=64)

    class Meta:
        verbose_name_plural = "evidence"
        constraints = [
            models.UniqueConstraint(
                fields=["finding", "step", "digest"],
                name="supervision_evidence_once",
                nulls_distinct=False,
            ),
        ]
        indexes = [models.Index(fields=["place_code"], name="supervision_evidence_place")]
        triggers = append_only()

    def __str__(self) -> str:
        return f"{self.finding_id} {self.digest[:8]}"
