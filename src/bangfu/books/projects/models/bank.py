"""Projects of the bank, as proposed by villages and admitted by the county."""

from __future__ import annotations

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Concat, Substr

from bangfu.books.walls.history import recorded


class Status(models.TextChoices):
    """Where a project stands on its way into the bank. The values are stored."""

    PROPOSED = "proposed", "已申报"
    ADMITTED = "admitted", "已入库"
    NOT_ADMITTED = "not_admitted", "未入库"


class Mode(models.TextChoices):
    """How the money of a project is paid out. The values are stored."""

    CLAIMS = "claims", "报账制"
    RELIEF = "relief", "以工代赈"
    AFTER = "after", "先建后补"
    AWARD = "award", "以奖代补"


# Paid once, after acceptance, as a share of what was accepted.
AFTERWARDS = (Mode.AFTER, Mode.AWARD)


class Stage(models.TextChoices):
    """How far an admitted project is built (五统一分). The values are stored."""

    WAITING = "", "未开始"
    PLAN = "plan", "规划"
    DESIGN = "design", "勘测设计"
    TENDER = "tender", "招标采购"
    BUILDING = "building", "施工"
    BUILT = "built", "完工待验"
    ACCEPTED = "accepted", "已验收"
    HANDED_OVER = "handed_over", "已移交"


@recorded(exclude=("county_code",))
class Project(models.Model):
    """One project. `number` is its number in the county's bank, `place_code` where it is built.

    `cost_fen` is what it needs from the pool. A divisible project is built in whole units of `unit_fen`,
    1 to `max_units`. `prerequisites` and `exclusive_groups` hold bank numbers and names of groups of
    which at most one project is funded. `beneficiaries` null means everybody. `mechanism` is how the
    masses take part and the poor are carried along (群众参与和带贫减贫机制).

    `mode` is how it is paid; what is paid afterwards is `subsidy_share` of the accepted cost.
    `retention_share` of the accepted cost is kept for a year. `latitude` and `longitude` in degrees are
    where it is built, once somebody has said so.
    """

    number = models.TextField()
    place_code = models.CharField(max_length=12)
    # Bank numbers are the county's, so the ledger, which is kept by county, ties to this column.
    county_code = models.GeneratedField(
        expression=Concat(Substr("place_code", 1, 6), models.Value("000000")),
        output_field=models.CharField(max_length=12),
        db_persist=True,
    )
    year = models.SmallIntegerField()
    name = models.TextField()
    purpose = models.TextField(blank=True, default="")
    nature = models.TextField(blank=True, default="")
    location = models.TextField(blank=True, default="")
    schedule = models.TextField(blank=True, default="")
    department = models.TextField(blank=True, default="")
    task = models.TextField(blank=True, default="")
    financing = models.TextField(blank=True, default="")
    cost_fen = models.BigIntegerField()
    unit_fen = models.BigIntegerField(null=True, blank=True)
    max_units = models.IntegerField(null=True, blank=True)
    priority = models.DecimalField(max_digits=12, decimal_places=4, default=0)
    required = models.BooleanField(default=False)
    prerequisites = ArrayField(models.TextField(), default=list, blank=True)
    exclusive_groups = ArrayField(models.TextField(), default=list, blank=True)
    beneficiaries = ArrayField(models.TextField(), null=True, blank=True)
    beneficiary_households = models.IntegerField(null=True, blank=True)
    mechanism = models.TextField(blank=True, default="")
    performance_target = models.TextField(blank=True, default="")
    status = models.CharField(max_length=12, choices=Status.choices, default=Status.PROPOSED)
    status_reason = models.TextField(blank=True, default="")
    finished_on = models.DateField(null=True, blank=True)
    proposed_by = models.TextField(blank=True, default="", db_default="")
    proposed_on = models.DateField(null=True, blank=True)
    admitted_on = models.DateField(null=True, blank=True)
    mode = models.CharField(
        max_length=6, choices=Mode.choices, default=Mode.CLAIMS, db_default=Mode.CLAIMS
    )
    subsidy_share = models.DecimalField(max_digits=5, decimal_places=4, null=True, blank=True)
    retention_share = models.DecimalField(max_digits=5, decimal_places=4, default=0, db_default=0)
    stage = models.CharField(
        max_length=11, choices=Stage.choices, blank=True, default=Stage.WAITING, db_default=""
    )
    contractor = models.TextField(blank=True, default="", db_default="")
    contract_fen = models.BigIntegerField(null=True, blank=True)
    started_on = models.DateField(null=True, blank=True)
    built_on = models.DateField(null=True, blank=True)
    accepted_on = models.DateField(null=True, blank=True)
    accepted_fen = models.BigIntegerField(null=True, blank=True)
    latitude = models.DecimalField(max_digits=9, decimal_places=6, null=True, blank=True)
    longitude = models.DecimalField(max_digits=9, decimal_places=6, null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["place_code", "year"], name="projects_project_place"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["county_code", "number"], name="projects_project_number"
            ),
            # What other tables tie to: a project's rows lie where the project lies.
            models.UniqueConstraint(fields=["id", "place_code"], name="projects_project_at_place"),
            models.UniqueConstraint(
                fields=["id", "county_code"], name="projects_project_in_county"
            ),
            models.CheckConstraint(
                condition=Q(place_code__regex=r"^\d{12}$"), name="projects_project_place_form"
            ),
            models.CheckConstraint(
                # The ledger's digest parts its fields by tabs.
                condition=~Q(number="") & ~Q(number__regex=r"[[:cntrl:]]"),
                name="projects_project_number_form",
            ),
            models.CheckConstraint(condition=Q(cost_fen__gt=0), name="projects_project_cost"),
            models.CheckConstraint(
                condition=Q(unit_fen__isnull=True, max_units__isnull=True)
                | Q(unit_fen__gt=0, max_units__gt=0),
                name="projects_project_units",
            ),
            models.CheckConstraint(
                condition=Q(status__in=Status.values), name="projects_project_status"
            ),
            models.CheckConstraint(
                # No performance target, no admission (domain.md 3.3).
                condition=~Q(status=Status.ADMITTED) | ~Q(performance_target=""),
                name="projects_project_target",
            ),
            models.CheckConstraint(
                condition=~Q(status=Status.NOT_ADMITTED) | ~Q(status_reason=""),
                name="projects_project_reason",
            ),
            models.CheckConstraint(condition=Q(mode__in=Mode.values), name="projects_project_mode"),
            models.CheckConstraint(
                condition=Q(mode__in=AFTERWARDS, subsidy_share__gt=0, subsidy_share__lte=1)
                | ~Q(mode__in=AFTERWARDS) & Q(subsidy_share__isnull=True),
                name="projects_project_subsidy",
            ),
            models.CheckConstraint(
                condition=Q(retention_share__gte=0, retention_share__lt=1),
                name="projects_project_retention",
            ),
            models.CheckConstraint(
                # Nothing is built that is not in the bank.
                condition=Q(stage="") | Q(stage__in=Stage.values, status=Status.ADMITTED),
                name="projects_project_stage",
            ),
            models.CheckConstraint(
                condition=Q(contract_fen__isnull=True) | Q(contract_fen__gt=0),
                name="projects_project_contract",
            ),
            models.CheckConstraint(
                condition=Q(accepted_fen__isnull=True, accepted_on__isnull=True)
                | Q(accepted_fen__gte=0, accepted_on__isnull=False),
                name="projects_project_accepted",
            ),
            models.CheckConstraint(
                condition=~Q(stage__in=[Stage.ACCEPTED, Stage.HANDED_OVER])
                | Q(accepted_on__isnull=False),
                name="projects_project_accepted_stage",
            ),
            models.CheckConstraint(
                condition=Q(latitude__isnull=True, longitude__isnull=True)
                | Q(
                    latitude__gte=-90,
                    latitude__lte=90,
                    longitude__gte=-180,
                    longitude__lte=180,
                ),
                name="projects_project_position",
            ),
        ]
        triggers = [pgtrigger.ReadOnly(name="number_stays", fields=["number", "place_code"])]

    def __str__(self) -> str:
        return f"{self.number} {self.name}"


@recorded()
class RecipeShare(models.Model):
    """What one fund line, named by its number, pays of a project with fixed co-financing."""

    project = models.ForeignKey(
        Project, on_delete=models.CASCADE, related_name="recipe", db_constraint=False
    )
    place_code = models.CharField(max_length=12)
    line_number = models.TextField()
    fen = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["project", "line_number"], name="projects_recipeshare_once"
            ),
            models.CheckConstraint(condition=Q(fen__gt=0), name="projects_recipeshare_fen"),
        ]

    def __str__(self) -> str:
        return f"{self.project_id} {self.line_number} {self.fen}"
