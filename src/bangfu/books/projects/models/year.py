"""The county's year: milestones, key villages, teams, meetings, and what they bound departments to."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from bangfu.books.projects.models.bank import Project
from bangfu.books.walls.history import recorded, transaction_setting
from bangfu.books.walls.triggers import append_only


@recorded()
class Milestone(models.Model):
    """A milestone of the calendar (policy/county_year.toml) that a county has passed in a year."""

    place_code = models.CharField(max_length=12)
    year = models.SmallIntegerField()
    milestone = models.TextField()
    done_on = models.DateField()
    said = models.TextField()
    done_by = models.TextField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["place_code", "year", "milestone"], name="projects_milestone_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.place_code} {self.year} {self.milestone}"


@recorded()
class KeyVillage(models.Model):
    """A key village of a year (整村推进重点村)."""

    place_code = models.CharField(max_length=12)
    year = models.SmallIntegerField()
    registered_households = models.IntegerField(null=True, blank=True)
    last_year_fen = models.BigIntegerField(null=True, blank=True)
    plan = models.TextField(blank=True, default="", db_default="")
    planned_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["place_code", "year"], name="projects_keyvillage_once"),
            models.CheckConstraint(
                condition=Q(plan="", planned_on__isnull=True)
                | ~Q(plan="") & Q(planned_on__isnull=False),
                name="projects_keyvillage_planned",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.place_code} {self.year}"


@recorded()
class TeamMember(models.Model):
    """Who leads and who helps a village (1119): a county leader, the leading unit, members, a firm."""

    class Part(models.TextChoices):
        LEADER = "leader", "联村县领导"
        LEADING_UNIT = "leading_unit", "队长单位"
        MEMBER = "member", "成员单位"
        ENTERPRISE = "enterprise", "规模企业"

    place_code = models.CharField(max_length=12)
    year = models.SmallIntegerField()
    part = models.CharField(max_length=12, choices=Part.choices)
    name = models.TextField()
    duty = models.TextField(blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["place_code", "year", "name"], name="projects_teammember_once"
            ),
            # One leads, and one unit leads the others.
            models.UniqueConstraint(
                fields=["place_code", "year", "part"],
                condition=Q(part__in=["leader", "leading_unit"]),
                name="projects_teammember_one_leads",
            ),
            models.CheckConstraint(
                condition=Q(part__in=["leader", "leading_unit", "member", "enterprise"])
                & ~Q(name=""),
                name="projects_teammember_part",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.place_code} {self.year} {self.name}"


class Meeting(models.Model):
    """A meeting and its minutes: the year's start, one in a village (一村一纪要), a joint one (联席会议)."""

    web_rights = ("select", "insert")

    class Kind(models.TextChoices):
        YEAR_START = "year_start", "年初办公会"
        VILLAGE = "village", "现场办公会"
        JOINT = "joint", "联席会议"

    place_code = models.CharField(max_length=12)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    year = models.SmallIntegerField()
    number = models.TextField()
    held_on = models.DateField()
    chaired_by = models.TextField()
    attended = models.TextField()
    decided = models.TextField()
    actor = models.TextField(db_default=transaction_setting("actor"))
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["place_code", "kind", "year", "number"], name="projects_meeting_once"
            ),
            models.UniqueConstraint(fields=["id", "place_code"], name="projects_meeting_place_key"),
            models.CheckConstraint(
                condition=Q(kind__in=["year_start", "village", "joint"]) & ~Q(decided=""),
                name="projects_meeting_kind",
            ),
        ]
        triggers = append_only()

    def __str__(self) -> str:
        return self.number


@recorded()
class Commitment(models.Model):
    """What a meeting's minutes bind a department to: item, amount, deadline; until done or released.

    `village_code` is the village it is for; the row lies where its meeting does.
    """

    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, related_name="commitments")
    place_code = models.CharField(max_length=12)
    village_code = models.CharField(max_length=12, blank=True, default="")
    project = models.ForeignKey(
        Project, on_delete=models.PROTECT, null=True, blank=True, related_name="commitments"
    )
    item = models.TextField()
    department = models.TextField()
    amount_fen = models.BigIntegerField(null=True, blank=True)
    due_on = models.DateField()
    done_on = models.DateField(null=True, blank=True)
    done_fen = models.BigIntegerField(null=True, blank=True)
    outcome = models.TextField(blank=True, default="")
    released_by = models.ForeignKey(
        Meeting, on_delete=models.PROTECT, null=True, blank=True, related_name="releases"
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(item="") & ~Q(department=""), name="projects_commitment_words"
            ),
            models.CheckConstraint(
                condition=Q(done_on__isnull=True, outcome="") | ~Q(outcome=""),
                name="projects_commitment_outcome",
            ),
            models.CheckConstraint(
                condition=Q(amount_fen__isnull=True) | Q(amount_fen__gt=0),
                name="projects_commitment_amount",
            ),
            models.CheckConstraint(
                condition=Q(done_on__isnull=True) | Q(released_by__isnull=True),
                name="projects_commitment_done_or_released",
            ),
            models.CheckConstraint(
                condition=~Q(released_by=F("meeting")), name="projects_commitment_later_meeting"
            ),
        ]
        indexes = [
            models.Index(
                fields=["due_on", "place_code"],
                condition=Q(done_on__isnull=True, released_by__isnull=True),
                name="projects_commitment_due",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.department}: {self.item}"
