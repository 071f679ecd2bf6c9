"""What the books keep for screening (排查): rosters of departments and the snapshots that were sealed."""

# ruff: noqa: DJ001  a missing value is null, an empty text would be a value

from __future__ import annotations

from django.db import models

from bangfu.books.walls.guarded import TokenField
from bangfu.books.walls.history import recorded


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
