"""What happened to a household and its members, with its document; and the index names are found by."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from bangfu.books.walls.history import transaction_setting
from bangfu.books.walls.triggers import append_only


class Happening(models.Model):
    """One event of a household (户人口变动): a birth, a death, a move, a split, a change of head.

    The rows it changed are in the history tables under the same request. `other_no` is the other
    household of a split, a merge or a move between households.
    """

    web_rights = ("select", "insert")

    place_code = models.CharField(max_length=12)
    household_no = models.TextField()
    person_no = models.TextField(blank=True, default="")
    person_name = models.TextField(blank=True, default="")
    kind = models.CharField(max_length=20)
    happened_on = models.DateField()
    document = models.TextField()
    note = models.TextField(blank=True, default="")
    other_no = models.TextField(blank=True, default="")
    recorded_at = models.DateTimeField(db_default=Now())
    recorded_by = models.TextField(db_default=transaction_setting("actor"))
    request = models.TextField(db_default=transaction_setting("request"))

    class Meta:
        indexes = [
            models.Index(fields=["household_no"], name="households_happening_of"),
            models.Index(fields=["place_code", "happened_on"], name="households_happening_place"),
            models.Index(
                fields=["other_no"], condition=Q(kind="merge"), name="households_happening_joined"
            ),
        ]
        triggers = append_only()

    def __str__(self) -> str:
        return f"{self.household_no} {self.kind} {self.happened_on}"


class NameIndex(models.Model):
    """How a person's name is written and how it sounds (`core.names`); derived, so without history."""

    place_code = models.CharField(max_length=12)
    household_no = models.TextField()
    person_no = models.TextField()
    name = models.TextField()
    pinyin = models.TextField()
    initials = models.TextField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["household_no", "person_no"], name="households_nameindex_once"
            ),
        ]
        indexes = [models.Index(fields=["place_code"], name="households_nameindex_place")]

    def __str__(self) -> str:
        return f"{self.household_no}/{self.person_no}"
