"""Divisions. A code is never reused for another place, so it is the key."""

from __future__ import annotations

from django.db import models

from bangfu.books.walls.history import recorded


@recorded()
class Place(models.Model):
    """One division, valid from `valid_from` until the day before `valid_to`; open ends are null.

    `successor` is the code that took its people when it was merged or recoded.
    """

    code = models.CharField(max_length=12, primary_key=True)
    name = models.TextField()
    level = models.SmallIntegerField()
    parent = models.CharField(max_length=12, blank=True, default="")
    valid_from = models.DateField(null=True, blank=True)
    valid_to = models.DateField(null=True, blank=True)
    successor = models.CharField(max_length=12, blank=True, default="")

    class Meta:
        indexes = [
            models.Index(fields=["parent"], name="places_place_parent"),
            models.Index(fields=["name"], name="places_place_name"),
            # Every scope asks which former codes lead into its places.
            models.Index(fields=["successor"], name="places_place_successor"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(code__regex=r"^\d{12}$"), name="places_place_code_form"
            ),
            models.CheckConstraint(
                condition=models.Q(level__gte=0, level__lte=5), name="places_place_level"
            ),
            models.CheckConstraint(
                condition=models.Q(valid_from__isnull=True)
                | models.Q(valid_to__isnull=True)
                | models.Q(valid_from__lt=models.F("valid_to")),
                name="places_place_period",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.code}"
