"""Red flags with the rows that made them fire, the runs that looked for them, and declared relations."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from bangfu.books.walls.history import recorded, transaction_setting
from bangfu.books.walls.triggers import append_only
from bangfu.core.language import Text
from bangfu.core.red_flags.model import Kind

_KINDS = sorted(kind.value for kind in Kind)


class State(models.TextChoices):
    """What people say of a flag. The values are stored."""

    OPEN = "open", "待核实"
    DISMISSED = "dismissed", "已排除"
    FINDING = "finding", "已转督查"


class Run(models.Model):
    """One look at a county's year on the policy of a day. `added`, `changed` and `gone` count flags
    against the look before."""

    web_rights = ("select", "insert")

    place_code = models.CharField(max_length=12)
    year = models.SmallIntegerField()
    on = models.DateField()
    ran_at = models.DateTimeField()
    ran_by = models.TextField(db_default=transaction_setting("actor"))
    rules = models.SmallIntegerField()
    found = models.IntegerField()
    added = models.IntegerField()
    changed = models.IntegerField()
    gone = models.IntegerField()

    class Meta:
        indexes = [models.Index(fields=["place_code", "ran_at"], name="red_flags_run_place")]
        constraints = [
            models.UniqueConstraint(fields=["id", "place_code"], name="red_flags_run_at_place"),
        ]
        triggers = append_only()

    def __str__(self) -> str:
        return f"{self.place_code} {self.on}"


@recorded()
class Flag(models.Model):
    """Something that a rule found and still finds while `gone_on` is null.

    It is about one thing of the books (`subject_kind`, `subject_key`); `about` tells several of one rule
    on one thing apart. `evidence` is the digest of its rows: when they change, a dismissed flag opens
    again. A finding of an inspection points here by id.
    """

    web_rights = ("select", "insert", "update")

    place_code = models.CharField(max_length=12)
    county_code = models.CharField(max_length=12)
    year = models.SmallIntegerField()
    rule = models.TextField()
    subject_kind = models.CharField(max_length=10)
    subject_key = models.TextField()
    about = models.TextField(blank=True, default="")
    label = models.TextField()
    department = models.TextField(blank=True, default="")
    reason_zh = models.TextField()
    reason_en = models.TextField()
    evidence = models.CharField(max_length=64)
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    said = models.TextField(blank=True, default="")
    said_by = models.TextField(blank=True, default="")
    said_on = models.DateField(null=True, blank=True)
    found_on = models.DateField()
    seen_on = models.DateField()
    gone_on = models.DateField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["place_code", "state"], name="red_flags_flag_place")]
        constraints = [
            models.UniqueConstraint(
                fields=["county_code", "year", "rule", "subject_kind", "subject_key", "about"],
                name="red_flags_flag_once",
            ),
            models.UniqueConstraint(fields=["id", "place_code"], name="red_flags_flag_at_place"),
            models.CheckConstraint(
                condition=Q(subject_kind__in=_KINDS), name="red_flags_flag_subject"
            ),
            models.CheckConstraint(
                condition=Q(state__in=State.values), name="red_flags_flag_state"
            ),
            models.CheckConstraint(
                condition=Q(state="open") | ~Q(said="") & ~Q(said_by="") & Q(said_on__isnull=False),
                name="red_flags_flag_said",
            ),
            models.CheckConstraint(
                condition=Q(found_on__lte=F("seen_on"))
                & (Q(gone_on__isnull=True) | Q(gone_on__gte=F("found_on"))),
                name="red_flags_flag_days",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.rule} {self.label}"

    @property
    def reason(self) -> Text:
        """Why, in one sentence with its values."""
        return Text(self.reason_zh, self.reason_en)


class FlagRow(models.Model):
    """One row that made a flag fire, as it then was; those with the flag's `evidence` are its present ones."""

    web_rights = ("select", "insert")

    flag = models.ForeignKey(
        Flag, on_delete=models.PROTECT, related_name="rows", db_constraint=False
    )
    place_code = models.CharField(max_length=12)
    evidence = models.CharField(max_length=64)
    position = models.IntegerField()
    kind = models.CharField(max_length=10)
    key = models.TextField()
    text_zh = models.TextField()
    text_en = models.TextField()
    fen = models.BigIntegerField(null=True, blank=True)
    day = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["flag", "evidence", "position"], name="red_flags_flagrow_once"
            ),
            models.CheckConstraint(condition=Q(kind__in=_KINDS), name="red_flags_flagrow_kind"),
        ]
        triggers = append_only()

    def __str__(self) -> str:
        return f"{self.flag_id} {self.position}"

    @property
    def text(self) -> Text:
        """What it is."""
        return Text(self.text_zh, self.text_en)


@recorded()
class Relation(models.Model):
    """A relation that somebody who decides has declared (利害关系申报): to which firm, and what it is."""

    web_rights = ("select", "insert", "update")

    place_code = models.CharField(max_length=12)
    decider = models.TextField()
    party = models.TextField()
    # 统一社会信用代码, where the firm has one.
    party_code = models.CharField(max_length=18, blank=True, default="")
    what = models.TextField()
    declared_on = models.DateField()
    declared_by = models.TextField(db_default=transaction_setting("actor"))
    ended_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(decider="") & ~Q(party="") & ~Q(what=""),
                name="red_flags_relation_words",
            ),
            models.CheckConstraint(
                condition=Q(ended_on__isnull=True) | Q(ended_on__gte=F("declared_on")),
                name="red_flags_relation_days",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.decider}: {self.party}"
