"""Figures of places by month, for who reads sums and no persons."""

from __future__ import annotations

from django.db import models

from bangfu.books.walls.history import recorded


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
