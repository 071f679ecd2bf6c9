"""The half-year bulletin (半年一通报): drafted from the books, mended by hand, then issued and kept."""

from __future__ import annotations

import pgtrigger
from django.db import models
from django.db.models import Q

from bangfu.books.walls.history import recorded


@recorded()
class Bulletin(models.Model):
    """One county's bulletin of half a year. Issued, it gets its number and does not change."""

    web_rights = ("select", "insert", "update")

    place_code = models.CharField(max_length=12)
    year = models.SmallIntegerField()
    half = models.SmallIntegerField()
    title = models.TextField()
    body = models.TextField()
    drafted_on = models.DateField()
    number = models.TextField(blank=True, default="")
    issued_on = models.DateField(null=True, blank=True)
    issued_by = models.TextField(blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["place_code", "year", "half"], name="supervision_bulletin_once"
            ),
            models.CheckConstraint(condition=Q(half__in=[1, 2]), name="supervision_bulletin_half"),
            models.CheckConstraint(
                condition=~Q(title="") & ~Q(body=""), name="supervision_bulletin_words"
            ),
            models.CheckConstraint(
                condition=Q(number="", issued_on__isnull=True, issued_by="")
                | Q(issued_on__isnull=False) & ~Q(number="") & ~Q(issued_by=""),
                name="supervision_bulletin_issued",
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="issued_stays",
                operation=pgtrigger.Update | pgtrigger.Delete,
                condition=pgtrigger.Q(old__issued_on__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.place_code} {self.year} H{self.half}"
