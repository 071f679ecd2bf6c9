"""What the books keep for screening (排查): rosters of departments, sealed snapshots, and what was found."""

# ruff: noqa: DJ001  a missing value is null, an empty text would be a value

from __future__ import annotations

from django.db import models

from bangfu.books.walls.guarded import TokenField
from bangfu.books.walls.history import recorded
from bangfu.core.language import Text


@recorded()
class RosterEntry(models.Model):
    """One line of a department's roster. `place_code` is the place whose department handed it in.

    The person is known by the keyed token of the certificate number alone: the books keep neither name
    nor number of people who are in no household of theirs.
    """

    place_code = models.CharField(max_length=12)
    roster = models.TextField()
    line_no = models.IntegerField()
    certificate_token = TokenField()
    amount = models.BigIntegerField(null=True)
    kind = models.TextField(null=True)
    day = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["place_code", "roster", "line_no"], name="screening_roster_once"
            ),
        ]
        indexes = [models.Index(fields=["certificate_token"], name="screening_roster_person")]

    def __str__(self) -> str:
        return f"{self.roster}/{self.line_no}"


@recorded()
class Snapshot(models.Model):
    """One period's books as they were written to Parquet: its month, its digest, how many rows."""

    place_code = models.CharField(max_length=12)
    month = models.IntegerField()
    digest = models.CharField(max_length=64)
    households = models.BigIntegerField()
    persons = models.BigIntegerField()
    made_at = models.DateTimeField()
    made_by = models.TextField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["place_code", "month", "digest"], name="screening_snapshot_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.place_code} {self.month}"


class Kind(models.TextChoices):
    """What a finding is: something to correct in the data, a risk of a household, a roster's clue."""

    DATA = "data"
    RISK = "risk"
    CLUE = "clue"


class Run(models.Model):
    """One screening of a place's live books, on the policy of a day. It is written once.

    `added`, `changed` and `gone` count findings against the run before; `year` is that of the incomes.
    """

    web_rights = ("select", "insert")

    place_code = models.CharField(max_length=12)
    on = models.DateField()
    year = models.SmallIntegerField()
    ran_at = models.DateTimeField()
    ran_by = models.TextField()
    households = models.IntegerField()
    found = models.IntegerField()
    added = models.IntegerField()
    changed = models.IntegerField()
    gone = models.IntegerField()

    class Meta:
        indexes = [models.Index(fields=["place_code", "ran_at"], name="screening_run_place")]

    def __str__(self) -> str:
        return f"{self.place_code} {self.on}"


@recorded()
class Finding(models.Model):
    """One thing that a rule found in the live books, and still finds while `gone_on` is null.

    `rule` is a check's id, or the code of a reason or clue. `number` tells apart what one rule says of
    one person more than once. `values` is a JSON object of what the rule rests on, `members` the
    members meant, as in `core.screening.findings`. The sentence is kept as it was said. A finding
    that is not gone was last seen by the latest run of its county; `first_seen` survives its going
    and coming. `monitored`: the household is already a monitoring object whose risk is open.
    """

    web_rights = ("select", "insert", "update")

    place_code = models.CharField(max_length=12)
    kind = models.CharField(max_length=4, choices=Kind.choices)
    rule = models.TextField()
    level = models.SmallIntegerField(null=True)
    household_no = models.TextField(blank=True, default="")
    person_no = models.TextField(blank=True, default="")
    number = models.IntegerField(default=1)
    values = models.TextField()
    members = models.TextField(null=True)
    text_zh = models.TextField()
    text_en = models.TextField()
    monitored = models.BooleanField()
    first_seen = models.DateField()
    gone_on = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["place_code", "kind", "rule", "household_no", "person_no", "number"],
                name="screening_finding_once",
            ),
            models.UniqueConstraint(fields=["id", "place_code"], name="screening_finding_place"),
        ]
        indexes = [
            models.Index(fields=["household_no"], name="screening_finding_household"),
        ]

    def __str__(self) -> str:
        return f"{self.rule} {self.pk}"

    @property
    def text(self) -> Text:
        """The finding in one sentence, with its values."""
        return Text(self.text_zh, self.text_en)


@recorded()
class Dismissal(models.Model):
    """Somebody looked and says why a finding needs nothing. It holds while the values stay as they were:
    a run that finds others ends it, and so does who takes it back."""

    web_rights = ("select", "insert", "update")

    place_code = models.CharField(max_length=12)
    finding = models.ForeignKey(Finding, on_delete=models.PROTECT, related_name="dismissals")
    values = models.TextField()
    reason = models.TextField()
    dismissed_by = models.TextField()
    dismissed_at = models.DateTimeField()
    ended_by = models.TextField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["finding"],
                condition=models.Q(ended_at__isnull=True),
                name="screening_dismissal_once",
            ),
            models.CheckConstraint(
                condition=models.Q(ended_at__isnull=True, ended_by__isnull=True)
                | models.Q(ended_at__isnull=False, ended_by__isnull=False),
                name="screening_dismissal_ended",
            ),
            models.CheckConstraint(
                condition=~models.Q(reason=""), name="screening_dismissal_reason"
            ),
        ]

    def __str__(self) -> str:
        return f"dismissal {self.pk}"
