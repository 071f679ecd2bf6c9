"""How a project is delivered: its stages and papers, reports, contributions, defects, results."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from bangfu.books.attachments.models import Attachment
from bangfu.books.projects.models.bank import Project, Stage
from bangfu.books.walls.history import recorded, transaction_setting
from bangfu.books.walls.triggers import append_only


class DeliveryStep(models.Model):
    """A stage of a project, carried out. Written once; a stage done again is another row.

    Of a tender, `party` won with `method` at `amount_fen`; a later row of the tender changes its price and
    notes why. Of a start, `labour_fen` is what the contract sets aside for the wages of local people
    (以工代赈), of completion what they were paid.
    """

    web_rights = ("select", "insert")

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="steps")
    place_code = models.CharField(max_length=12)
    stage = models.CharField(max_length=11, choices=Stage.choices)
    done_on = models.DateField()
    method = models.TextField(blank=True, default="")
    party = models.TextField(blank=True, default="")
    amount_fen = models.BigIntegerField(null=True, blank=True)
    labour_fen = models.BigIntegerField(null=True, blank=True)
    note = models.TextField(blank=True, default="")
    actor = models.TextField(db_default=transaction_setting("actor"))
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["id", "place_code"], name="projects_deliverystep_place_key"
            ),
            models.CheckConstraint(
                condition=Q(stage__in=[value for value in Stage.values if value]),
                name="projects_deliverystep_stage",
            ),
            models.CheckConstraint(
                condition=(Q(amount_fen__isnull=True) | Q(amount_fen__gt=0))
                & (Q(labour_fen__isnull=True) | Q(labour_fen__gte=0)),
                name="projects_deliverystep_fen",
            ),
        ]
        indexes = [models.Index(fields=["place_code"], name="projects_deliverystep_place")]
        triggers = append_only()

    def __str__(self) -> str:
        return f"{self.project_id} {self.stage} {self.done_on}"


class Bidder(models.Model):
    """Who offered in a tender, the winner too: at what price, where it is known."""

    web_rights = ("select", "insert")

    step = models.ForeignKey(DeliveryStep, on_delete=models.PROTECT, related_name="bidders")
    place_code = models.CharField(max_length=12)
    name = models.TextField()
    fen = models.BigIntegerField(null=True, blank=True)
    won = models.BooleanField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["step", "name"], name="projects_bidder_once"),
            models.UniqueConstraint(
                fields=["step"], condition=Q(won=True), name="projects_bidder_one_won"
            ),
            models.CheckConstraint(
                condition=~Q(name="") & (Q(fen__isnull=True) | Q(fen__gt=0)),
                name="projects_bidder_form",
            ),
        ]
        indexes = [models.Index(fields=["place_code"], name="projects_bidder_place")]
        triggers = append_only()

    def __str__(self) -> str:
        return f"{self.step_id} {self.name}"


class StagePaper(models.Model):
    """A paper of a project: which kind (policy names them), at which stage, and the file itself."""

    web_rights = ("select", "insert")

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="documents")
    place_code = models.CharField(max_length=12)
    stage = models.CharField(max_length=11, choices=Stage.choices)
    kind = models.TextField()
    attachment = models.ForeignKey(
        Attachment, on_delete=models.PROTECT, db_constraint=False, related_name="+"
    )
    given_on = models.DateField()
    actor = models.TextField(db_default=transaction_setting("actor"))

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["project", "kind", "attachment"], name="projects_stagepaper_once"
            ),
            models.CheckConstraint(condition=~Q(kind=""), name="projects_stagepaper_kind"),
        ]
        indexes = [models.Index(fields=["place_code"], name="projects_stagepaper_place")]
        triggers = append_only()

    def __str__(self) -> str:
        return f"{self.project_id} {self.kind}"


class Progress(models.Model):
    """A report from the site: how much is done, in per cent of the whole."""

    web_rights = ("select", "insert")

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="progress")
    place_code = models.CharField(max_length=12)
    reported_on = models.DateField()
    percent = models.SmallIntegerField()
    said = models.TextField()
    actor = models.TextField(db_default=transaction_setting("actor"))
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["id", "place_code"], name="projects_progress_place_key"
            ),
            models.CheckConstraint(
                condition=Q(percent__gte=0, percent__lte=100), name="projects_progress_percent"
            ),
        ]
        indexes = [models.Index(fields=["place_code"], name="projects_progress_place")]
        triggers = append_only()

    def __str__(self) -> str:
        return f"{self.project_id} {self.percent} %"


class ProgressPhoto(models.Model):
    """A photo of a report. `doubts` are the codes of what does not fit (core.projects.photos);
    `distance_m` is how far from the project it was taken, where both are known."""

    web_rights = ("select", "insert")

    progress = models.ForeignKey(Progress, on_delete=models.PROTECT, related_name="photos")
    place_code = models.CharField(max_length=12)
    attachment = models.ForeignKey(
        Attachment, on_delete=models.PROTECT, db_constraint=False, related_name="+"
    )
    distance_m = models.IntegerField(null=True, blank=True)
    doubts = ArrayField(models.TextField(), default=list, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["progress", "attachment"], name="projects_progressphoto_once"
            ),
        ]
        indexes = [models.Index(fields=["place_code"], name="projects_progressphoto_place")]
        triggers = append_only()

    def __str__(self) -> str:
        return f"{self.progress_id} {self.attachment_id}"


class Contribution(models.Model):
    """What villagers gave to a project themselves (投工投劳): beside the ledger, never in it."""

    web_rights = ("select", "insert")

    class Kind(models.TextChoices):
        LABOUR = "labour", "投工"
        CASH = "cash", "筹资"
        MATERIAL = "material", "投料"

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="contributions")
    place_code = models.CharField(max_length=12)
    kind = models.CharField(max_length=8, choices=Kind.choices)
    given_on = models.DateField()
    households = models.IntegerField()
    quantity = models.DecimalField(max_digits=12, decimal_places=2)
    unit = models.TextField()
    fen = models.BigIntegerField()
    note = models.TextField(blank=True, default="")
    actor = models.TextField(db_default=transaction_setting("actor"))

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=["labour", "cash", "material"]),
                name="projects_contribution_kind",
            ),
            models.CheckConstraint(
                condition=Q(households__gt=0, quantity__gt=0, fen__gte=0),
                name="projects_contribution_positive",
            ),
        ]
        indexes = [models.Index(fields=["place_code"], name="projects_contribution_place")]
        triggers = append_only()

    def __str__(self) -> str:
        return f"{self.project_id} {self.kind} {self.fen}"


@recorded()
class Defect(models.Model):
    """Something found wrong with what was built, until it is repaired."""

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="defects")
    place_code = models.CharField(max_length=12)
    found_on = models.DateField()
    found_by = models.TextField()
    what = models.TextField()
    due_on = models.DateField()
    repaired_on = models.DateField(null=True, blank=True)
    repaired_by = models.TextField(blank=True, default="")
    repair = models.TextField(blank=True, default="")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(repaired_on__isnull=True, repair="")
                | Q(repaired_on__gte=F("found_on")) & ~Q(repair=""),
                name="projects_defect_repaired",
            ),
            models.CheckConstraint(condition=~Q(what=""), name="projects_defect_what"),
        ]
        indexes = [models.Index(fields=["place_code", "due_on"], name="projects_defect_place")]

    def __str__(self) -> str:
        return f"{self.project_id} {self.what}"


@recorded()
class TargetResult(models.Model):
    """A performance target held against what was reached (结项评估). `at_most`: less is better."""

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="results")
    place_code = models.CharField(max_length=12)
    name = models.TextField()
    unit = models.TextField(blank=True, default="")
    planned = models.DecimalField(max_digits=14, decimal_places=2)
    reached = models.DecimalField(max_digits=14, decimal_places=2)
    at_most = models.BooleanField(default=False)
    note = models.TextField(blank=True, default="")
    assessed_on = models.DateField()
    assessed_by = models.TextField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "name"], name="projects_targetresult_once"),
            models.CheckConstraint(
                condition=Q(planned__gte=0, reached__gte=0), name="projects_targetresult_positive"
            ),
        ]
        indexes = [models.Index(fields=["place_code"], name="projects_targetresult_place")]

    def __str__(self) -> str:
        return f"{self.project_id} {self.name}"
