"""Published copies of plans, projects, months of payments and results.

A publication and its rows are copies: once published they never change. What changes in the books is
published again as the next version of the same series, and the one before ends. The public role selects
those that are open on its transaction's own day, and of each only the columns of `public_reads`.
"""

# ruff: noqa: DJ001  a missing value is null, an empty text would be a value

from __future__ import annotations

import pgtrigger
from django.contrib.postgres.functions import RandomUUID, TransactionNow
from django.db import models
from django.db.models import F, Q

from bangfu.books.walls.history import recorded
from bangfu.books.walls.triggers import append_only


class Kind(models.TextChoices):
    """What is published. The values are stored."""

    PLAN = "plan", "资金项目计划"
    PROJECT = "project", "项目"
    MONTH = "month", "资金拨付"
    RESULTS = "results", "项目绩效"
    DRAW = "draw", "抽查"
    SEAL = "seal", "月封"


class End(models.TextChoices):
    """Why a publication ended before its time. The values are stored."""

    NO = "", "未结束"
    REPLACED = "replaced", "有新的公开内容"
    GONE = "gone", "账上已撤销"
    WITHDRAWN = "withdrawn", "人工撤下"


@recorded()
class Publication(models.Model):
    """One version of something published at a place, open from `opens_on` to `closes_on`, both included.

    `source` names in the books what it is a copy of ("project 12"); the public never reads it. `series`
    is what the public knows it by, the same for every version. `period` is a year, of a month YYYYMM.
    `digest` is the SHA-256 of its content, by which a copy that is no longer true is told.
    """

    web_rights = ("select", "insert", "update")
    public_reads = (
        "id",
        "series",
        "version",
        "kind",
        "place_code",
        "county",
        "township",
        "village",
        "title_zh",
        "title_en",
        "period",
        "first_at",
        "published_at",
        "opens_on",
        "closes_on",
    )

    series = models.UUIDField(db_default=RandomUUID())
    version = models.SmallIntegerField()
    kind = models.CharField(max_length=10, choices=Kind.choices)
    place_code = models.CharField(max_length=12)
    county = models.TextField()
    township = models.TextField(blank=True, default="")
    village = models.TextField(blank=True, default="")
    source = models.TextField()
    title_zh = models.TextField()
    title_en = models.TextField()
    period = models.IntegerField()
    digest = models.CharField(max_length=64)
    first_at = models.DateTimeField()
    published_at = models.DateTimeField()
    published_by = models.TextField()
    opens_on = models.DateField()
    closes_on = models.DateField()
    end = models.CharField(max_length=10, choices=End.choices, blank=True, default=End.NO)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.TextField(null=True, blank=True)
    ended_reason = models.TextField(null=True, blank=True)
    # The transaction's own moment: rows come in the transaction of their publication or not at all.
    made_at = models.DateTimeField(db_default=TransactionNow(), editable=False)

    class Meta:
        indexes = [
            models.Index(fields=["place_code", "published_at"], name="publishing_at_place"),
            models.Index(fields=["source"], name="publishing_of_source"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["series", "version"], name="publishing_version_once"),
            models.UniqueConstraint(
                fields=["place_code", "source"],
                condition=Q(end=""),
                name="publishing_one_in_force",
            ),
            models.CheckConstraint(
                condition=Q(place_code__regex=r"^\d{12}$"), name="publishing_place_form"
            ),
            models.CheckConstraint(
                condition=Q(opens_on__lte=F("closes_on")), name="publishing_days"
            ),
            models.CheckConstraint(
                condition=Q(end="", ended_at=None, ended_by=None, ended_reason=None)
                | ~Q(end="")
                & Q(
                    end__in=["replaced", "gone", "withdrawn"],
                    ended_at__isnull=False,
                    ended_by__isnull=False,
                    ended_reason__isnull=False,
                ),
                name="publishing_ended",
            ),
        ]
        triggers = [
            pgtrigger.ReadOnly(
                name="published_stays", exclude=["end", "ended_at", "ended_by", "ended_reason"]
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title_zh} {self.version}"


def copied() -> list[pgtrigger.Trigger]:
    """What guards the rows of a publication: they stay, and come with it or not at all."""
    return [
        *append_only(),
        pgtrigger.Trigger(
            name="with_its_publication",
            when=pgtrigger.Before,
            operation=pgtrigger.Insert,
            func=(
                "if not exists (select from publishing_publication where id = new.publication_id"
                " and made_at = now()) then"
                " raise exception 'rows are published with their publication'"
                " using errcode = 'check_violation'; end if; return new;"
            ),
        ),
    ]


class Copied(models.Model):
    """A row of a publication, at the place it speaks of; `township` and `village` are its names."""

    web_rights = ("select", "insert")

    publication = models.ForeignKey(Publication, on_delete=models.PROTECT, related_name="+")
    place_code = models.CharField(max_length=12)
    township = models.TextField(blank=True, default="")
    village = models.TextField(blank=True, default="")

    class Meta:
        abstract = True
