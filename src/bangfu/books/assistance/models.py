"""What was agreed to do for a household, whether it was done, and who went to see them."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now

from bangfu.books.walls.history import recorded, transaction_setting


@recorded()
class Measure(models.Model):
    """One measure (帮扶措施) agreed with a household. `family` is one of the 14 families of measures
    (core.facts.dictionary.HELP); `case_no` names the case that decided it, if any."""

    place_code = models.CharField(max_length=12)
    household_no = models.TextField()
    family = models.TextField()
    content = models.TextField()
    responsible = models.TextField()
    agreed_on = models.DateField()
    due_on = models.DateField(null=True)
    started_on = models.DateField(null=True)
    ended_on = models.DateField(null=True)
    result = models.TextField(blank=True, default="")
    case_no = models.TextField(blank=True, default="")

    class Meta:
        indexes = [
            models.Index(fields=["household_no"], name="assistance_measure_of"),
            models.Index(fields=["place_code", "due_on"], name="assistance_measure_due"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ended_on__isnull=True)
                | models.Q(started_on__lte=models.F("ended_on")),
                name="assistance_measure_period",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.household_no} {self.family}"


@recorded()
class Visit(models.Model):
    """One visit to a household: who went, what they saw, what was asked."""

    place_code = models.CharField(max_length=12)
    household_no = models.TextField()
    visited_on = models.DateField()
    visitors = models.TextField()
    seen = models.TextField()
    asked = models.TextField(blank=True, default="")
    recorded_by = models.TextField(db_default=transaction_setting("actor"))
    recorded_at = models.DateTimeField(db_default=Now())

    class Meta:
        indexes = [
            models.Index(fields=["household_no", "visited_on"], name="assistance_visit_of"),
            models.Index(fields=["place_code", "visited_on"], name="assistance_visit_place"),
        ]

    def __str__(self) -> str:
        return f"{self.household_no} {self.visited_on}"
