"""Published copies and the objections to them.

A notice and its rows are copies: once published they never change, whatever becomes of what they were
copied from. The public role selects those that are open on its transaction's own day (the policies of
the first migration), and of the notice only the columns of `public_reads`.
"""

# ruff: noqa: DJ001  a missing value is null, an empty text would be a value

from __future__ import annotations

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.functions import TransactionNow
from django.db import models
from django.db.models import Q
from django.db.models.functions import Length
from django.db.models.lookups import LessThanOrEqual

from bangfu.books.walls.guarded import SealedField, TokenField
from bangfu.books.walls.history import recorded
from bangfu.books.walls.triggers import append_only


class Channel(models.TextChoices):
    """How an objection came. The values are stored."""

    PAGE = "page", "公示网页"
    CADRE = "cadre", "干部登记"


@recorded()
class Notice(models.Model):
    """One notice. `kind` is a code of core.notices.KINDS, `subject` names what it is about in words of
    whoever published it ("case 12 round 1"); the public never reads it. It is open from `opens_on` to
    `closes_on`, both days included. `fields` are the columns of its rows, in order. The names of its
    county, township and village are copied too, since the public reads no other table.
    """

    web_rights = ("select", "insert", "update")
    public_reads = (
        "id",
        "kind",
        "place_code",
        "county",
        "township",
        "village",
        "title_zh",
        "title_en",
        "fields",
        "opens_on",
        "closes_on",
    )

    kind = models.CharField(max_length=40)
    place_code = models.CharField(max_length=12)
    county = models.TextField()
    township = models.TextField(blank=True, default="")
    village = models.TextField(blank=True, default="")
    subject = models.TextField()
    title_zh = models.TextField()
    title_en = models.TextField()
    fields = ArrayField(models.TextField())
    opens_on = models.DateField()
    closes_on = models.DateField()
    published_at = models.DateTimeField()
    published_by = models.TextField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.TextField(null=True, blank=True)
    withdrawn_reason = models.TextField(null=True, blank=True)
    # The transaction's own moment: rows come in the transaction of their notice or not at all.
    made_at = models.DateTimeField(db_default=TransactionNow(), editable=False)

    class Meta:
        indexes = [
            models.Index(fields=["place_code", "closes_on"], name="notices_notice_place"),
            models.Index(fields=["subject"], name="notices_notice_subject"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["id", "place_code"], name="notices_notice_at_place"),
            models.UniqueConstraint(
                fields=["subject", "kind", "opens_on"],
                condition=Q(withdrawn_at__isnull=True),
                name="notices_notice_once",
            ),
            models.CheckConstraint(
                condition=Q(place_code__regex=r"^\d{12}$"), name="notices_notice_place_form"
            ),
            models.CheckConstraint(
                condition=Q(opens_on__lte=models.F("closes_on")), name="notices_notice_days"
            ),
            models.CheckConstraint(
                condition=Q(
                    withdrawn_at__isnull=True,
                    withdrawn_by__isnull=True,
                    withdrawn_reason__isnull=True,
                )
                | Q(
                    withdrawn_at__isnull=False,
                    withdrawn_by__isnull=False,
                    withdrawn_reason__isnull=False,
                ),
                name="notices_notice_withdrawn",
            ),
        ]
        triggers = [
            pgtrigger.ReadOnly(
                name="published_stays",
                exclude=["withdrawn_at", "withdrawn_by", "withdrawn_reason"],
            ),
        ]

    def __str__(self) -> str:
        return self.title_zh


class Row(models.Model):
    """One row of a notice: `cells` in the order of the notice's `fields`, as they stand on the board."""

    web_rights = ("select", "insert")
    public_reads = ("id", "notice_id", "place_code", "position", "cells")

    notice = models.ForeignKey(
        Notice, on_delete=models.PROTECT, related_name="rows", db_constraint=False
    )
    place_code = models.CharField(max_length=12)
    position = models.IntegerField()
    cells = ArrayField(models.TextField())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["notice", "position"], name="notices_row_once"),
        ]
        triggers = [
            *append_only(),
            pgtrigger.Trigger(
                name="with_its_notice",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func=(
                    "if not exists (select from notices_notice where id = new.notice_id"
                    " and made_at = now()) then"
                    " raise exception 'rows are published with their notice'"
                    " using errcode = 'check_violation'; end if; return new;"
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.notice_id} {self.position}"


LONGEST_GROUNDS = 2000


@recorded(exclude=("objector", "phone", "source_token", "submission"))
class Objection(models.Model):
    """One objection to a notice. `receipt` is the number that whoever objected holds and asks with.

    Name and telephone are sealed. `source_token` is the keyed token of the address it was sent from,
    `submission` the key of the form, by which one that is sent twice is filed once.
    """

    web_rights = ("select", "insert", "update")

    notice = models.ForeignKey(
        Notice, on_delete=models.PROTECT, related_name="objections", db_constraint=False
    )
    place_code = models.CharField(max_length=12)
    receipt = models.CharField(
        max_length=14,
        unique=True,
        db_default=models.Func(function="notices_receipt", output_field=models.CharField()),
    )
    channel = models.CharField(max_length=5, choices=Channel.choices)
    received_on = models.DateField()
    filed_at = models.DateTimeField()
    grounds = models.TextField()
    objector = SealedField(null=True, blank=True)
    phone = SealedField(null=True, blank=True)
    entered_by = models.TextField(null=True, blank=True)
    source_token = TokenField(null=True, blank=True)
    submission = models.CharField(max_length=40, null=True, blank=True, unique=True)
    answer = models.TextField(null=True, blank=True)
    upheld = models.BooleanField(null=True, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.TextField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["place_code", "filed_at"], name="notices_objection_place"),
            models.Index(fields=["source_token", "filed_at"], name="notices_objection_source"),
            models.Index(fields=["notice", "filed_at"], name="notices_objection_notice"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(receipt__regex=r"^[2-9A-HJ-NP-Z]{4}(-[2-9A-HJ-NP-Z]{4}){2}$"),
                name="notices_objection_receipt",
            ),
            models.CheckConstraint(
                condition=Q(channel=Channel.PAGE, entered_by__isnull=True)
                | Q(channel=Channel.CADRE, entered_by__isnull=False),
                name="notices_objection_channel",
            ),
            models.CheckConstraint(
                condition=Q(grounds__regex=r"\S")
                & LessThanOrEqual(Length("grounds"), LONGEST_GROUNDS),
                name="notices_objection_grounds",
            ),
            models.CheckConstraint(
                condition=Q(
                    answer__isnull=True,
                    upheld__isnull=True,
                    answered_at__isnull=True,
                    answered_by__isnull=True,
                )
                | Q(
                    answer__isnull=False,
                    upheld__isnull=False,
                    answered_at__isnull=False,
                    answered_by__isnull=False,
                ),
                name="notices_objection_answered",
            ),
        ]
        triggers = [
            pgtrigger.ReadOnly(
                # Sealed values and tokens are made anew when keys change.
                name="filed_stays",
                exclude=[
                    "answer",
                    "upheld",
                    "answered_at",
                    "answered_by",
                    "objector",
                    "phone",
                    "source_token",
                ],
            ),
        ]

    def __str__(self) -> str:
        return self.receipt
