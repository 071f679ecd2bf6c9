"""Offers to move a household, and duplicates for the common superior to look into."""

from __future__ import annotations

import pgtrigger
from django.db import models
from django.db.models.functions import Now

from bangfu.books.households.models import Household
from bangfu.books.walls.guarded import TokenField
from bangfu.books.walls.history import recorded


class OfferState(models.TextChoices):
    """An offer's way. The values are stored."""

    OPEN = "open", "待接收"
    ACCEPTED = "accepted", "已接收"
    REFUSED = "refused", "已退回"
    WITHDRAWN = "withdrawn", "已撤回"


@recorded()
class MoveOffer(models.Model):
    """`household` shall move from `from_place` to `to_place`. `place_code` is where it lies now.

    Both places see the offer. The one that receives accepts it, or the superior both share.
    """

    household = models.ForeignKey(
        Household,
        on_delete=models.PROTECT,
        db_column="household_no",
        db_constraint=False,  # the composite key with place_code is the constraint
        db_index=False,
        related_name="moves",
    )
    place_code = models.CharField(max_length=12)
    from_place = models.CharField(max_length=12)
    to_place = models.CharField(max_length=12)
    reason = models.TextField()
    document = models.TextField(blank=True, default="")
    moved_on = models.DateField()
    state = models.CharField(max_length=10, choices=OfferState.choices, default=OfferState.OPEN)
    offered_by = models.TextField()
    offered_at = models.DateTimeField(db_default=Now())
    answered_by = models.TextField(blank=True, default="")
    answered_at = models.DateTimeField(null=True, blank=True)
    answer = models.TextField(blank=True, default="")

    class Meta:
        indexes = [
            models.Index(fields=["place_code"], name="crossing_moveoffer_place"),
            models.Index(fields=["to_place"], name="crossing_moveoffer_to"),
            models.Index(fields=["from_place"], name="crossing_moveoffer_from"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["household"],
                condition=models.Q(state=OfferState.OPEN),
                name="crossing_moveoffer_one_open",
            ),
            models.CheckConstraint(
                condition=~models.Q(from_place=models.F("to_place")),
                name="crossing_moveoffer_elsewhere",
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=OfferState.values), name="crossing_moveoffer_state"
            ),
            models.CheckConstraint(
                condition=models.Q(state=OfferState.OPEN, answered_by="", answered_at__isnull=True)
                | (
                    ~models.Q(state=OfferState.OPEN)
                    & ~models.Q(answered_by="")
                    & models.Q(answered_at__isnull=False)
                ),
                name="crossing_moveoffer_answered",
            ),
        ]
        triggers = [
            pgtrigger.FSM(
                name="steps",
                field="state",
                transitions=[("open", "accepted"), ("open", "refused"), ("open", "withdrawn")],
            ),
            pgtrigger.ReadOnly(
                name="terms_stay",
                fields=["household", "from_place", "to_place", "moved_on", "offered_by"],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.household_id} {self.from_place} → {self.to_place}"


class Finding(models.TextChoices):
    """What the superior found about a duplicate. The values are stored."""

    OPEN = "open", "待核实"
    ONE_PERSON = "one", "同一人"
    TWO_PERSONS = "two", "不是同一人"


@recorded()
class Duplicate(models.Model):
    """One certificate number in two households of different places.

    `place_code` is the lowest place that holds both: neither of the two places sees the row. Written by
    the database itself when a person comes in or a number changes (`crossing_note_duplicates`).
    """

    web_rights = ("select", "update")

    place_code = models.CharField(max_length=12)
    certificate_token = TokenField()
    household_a = models.TextField()
    person_a = models.TextField()
    place_a = models.CharField(max_length=12)
    household_b = models.TextField()
    person_b = models.TextField()
    place_b = models.CharField(max_length=12)
    found_at = models.DateTimeField(db_default=Now())
    finding = models.CharField(max_length=4, choices=Finding.choices, default=Finding.OPEN)
    note = models.TextField(blank=True, default="")
    settled_by = models.TextField(blank=True, default="")
    settled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["place_code"], name="crossing_duplicate_place")]
        constraints = [
            models.UniqueConstraint(
                fields=["certificate_token", "household_a", "household_b"],
                name="crossing_duplicate_once",
            ),
            models.CheckConstraint(
                condition=models.Q(finding__in=Finding.values), name="crossing_duplicate_finding"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.household_a} {self.household_b}"
