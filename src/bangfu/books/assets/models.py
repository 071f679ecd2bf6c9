"""Assets, each from one accepted project."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from bangfu.books.projects.models import Project
from bangfu.books.walls.history import recorded


@recorded()
class Asset(models.Model):
    """Something a project built: what, of which class, worth how much, where, whose."""

    class Kind(models.TextChoices):
        PUBLIC = "public", "公益性"
        PRODUCTIVE = "productive", "经营性"
        HOUSEHOLD = "household", "到户类"

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="assets")
    place_code = models.CharField(max_length=12)
    name = models.TextField()
    kind = models.CharField(max_length=10, choices=Kind.choices)
    value_fen = models.BigIntegerField()
    location = models.TextField()
    owner = models.TextField()
    keeper = models.TextField(blank=True, default="")
    handed_over_on = models.DateField()
    handed_over_by = models.TextField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=["public", "productive", "household"]),
                name="assets_asset_kind",
            ),
            models.CheckConstraint(condition=Q(value_fen__gt=0), name="assets_asset_value"),
            models.CheckConstraint(
                condition=~Q(name="") & ~Q(location="") & ~Q(owner=""), name="assets_asset_words"
            ),
        ]
        indexes = [models.Index(fields=["place_code"], name="assets_asset_place")]

    def __str__(self) -> str:
        return self.name
