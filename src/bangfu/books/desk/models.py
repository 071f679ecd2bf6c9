"""Figures of places: by month for who reads sums and no persons; by period as they were published."""

from __future__ import annotations

from django.db import models

from bangfu.books.walls.history import recorded
from bangfu.books.walls.triggers import append_only


@recorded()
class PlaceFigures(models.Model):
    """The figures of one place in one month (YYYYMM), counted from the households.

    Null is a count that is left out because it is small, or because it would tell a small one
    (`core.disclosure`): what is not written here cannot be read by any road.
    """

    place_code = models.CharField(max_length=12)
    month = models.IntegerField()
    households = models.IntegerField(null=True)
    people = models.IntegerField(null=True)
    monitored = models.IntegerField(null=True)
    at_risk = models.IntegerField(null=True)
    counted_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["place_code", "month"], name="desk_placefigures_once"),
        ]

    def __str__(self) -> str:
        return f"{self.place_code} {self.month}"


class Summary(models.Model):
    """The figures of one place for one closed period ("2026-10", "2026-Q4", "2026"), as published then.

    `figures` holds a count by the name of each of `desk.summaries.FIGURES`, null where the books could
    not tell. What was published stays: the next period's change is told against it.
    """

    web_rights = ("select", "insert")

    place_code = models.CharField(max_length=12)
    period = models.CharField(max_length=7)
    figures = models.JSONField()
    made_at = models.DateTimeField()
    made_by = models.TextField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["place_code", "period"], name="desk_summary_once"),
        ]
        triggers = append_only()

    def __str__(self) -> str:
        return f"{self.place_code} {self.period}"
