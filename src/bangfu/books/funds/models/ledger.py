"""The ledger's tables. What guards them is SQL: `books/funds/sql`.

The web role adds postings and entries and asks for seals. Balances, heads and links are written by the
database itself in the same transaction; nobody else may.
"""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from bangfu.books.funds.models.lines import CONTROL, COUNTY_CODE, Document, FundLine
from bangfu.books.funds.models.plans import Plan
from bangfu.books.projects.models import Project
from bangfu.books.walls.history import transaction_setting
from bangfu.books.walls.triggers import append_only
from bangfu.core.ledger.stages import OUTSIDE, PER_PROJECT, Kind, Stage

_STAGES = sorted(stage.value for stage in Stage)
_PER_PROJECT = sorted(stage.value for stage in PER_PROJECT)
_OUTSIDE = sorted(stage.value for stage in OUTSIDE)
_OF_PLANS = [Kind.ALLOCATE.value, Kind.AMEND.value]
_PROJECT_FITS = Q(stage__in=_PER_PROJECT, project__isnull=False) | (
    ~Q(stage__in=_PER_PROJECT) & Q(project__isnull=True)
)


class Posting(models.Model):
    """One act in the books. Its number (`id`) grows along every line it touches.

    `key` names the act itself: the same act, told twice, is refused. `reverses` is the posting that this
    one takes back (红字冲销). An allocation or an amendment posts one plan, and a plan is posted once.
    """

    web_rights = ("select", "insert")

    place_code = models.CharField(max_length=12)
    kind = models.CharField(max_length=12)
    day = models.DateField()
    document = models.ForeignKey(
        Document, on_delete=models.PROTECT, null=True, blank=True, db_constraint=False
    )
    plan = models.ForeignKey(
        Plan, on_delete=models.PROTECT, null=True, blank=True, db_constraint=False
    )
    reverses = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="reversed_by"
    )
    key = models.TextField(blank=True, default="")
    memo = models.TextField(blank=True, default="")
    actor = models.TextField(db_default=transaction_setting("actor"))
    recorded_at = models.DateTimeField(db_default=Now())

    class Meta:
        indexes = [models.Index(fields=["place_code", "day"], name="funds_posting_place_day")]
        constraints = [
            models.UniqueConstraint(fields=["id", "place_code"], name="funds_posting_at_place"),
            models.UniqueConstraint(fields=["plan"], name="funds_posting_plan_once"),
            models.UniqueConstraint(
                fields=["place_code", "key"], condition=~Q(key=""), name="funds_posting_key_once"
            ),
            models.CheckConstraint(
                condition=Q(place_code__regex=COUNTY_CODE), name="funds_posting_county"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=sorted(kind.value for kind in Kind)),
                name="funds_posting_kind",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=_OF_PLANS, reverses__isnull=True, plan__isnull=False)
                | ((~Q(kind__in=_OF_PLANS) | Q(reverses__isnull=False)) & Q(plan__isnull=True)),
                name="funds_posting_allocates_plan",
            ),
            models.CheckConstraint(
                condition=~Q(memo__regex=CONTROL) & ~Q(actor__regex=CONTROL),
                name="funds_posting_text_form",
            ),
        ]
        triggers = append_only()

    def __str__(self) -> str:
        return f"{self.pk} {self.kind} {self.day}"


class Entry(models.Model):
    """One leg of a posting. All legs of a posting come in one statement, whose trigger ties and books them."""

    web_rights = ("select", "insert")

    pk = models.CompositePrimaryKey("posting_id", "position")
    posting = models.ForeignKey(
        Posting,
        on_delete=models.PROTECT,
        related_name="entries",
        db_constraint=False,
        db_index=False,
    )
    position = models.IntegerField()
    place_code = models.CharField(max_length=12)
    line = models.ForeignKey(
        FundLine, on_delete=models.PROTECT, related_name="+", db_constraint=False
    )
    stage = models.CharField(max_length=12)
    project = models.ForeignKey(
        Project,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_constraint=False,
    )
    fen = models.BigIntegerField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(fen=0), name="funds_entry_fen"),
            models.CheckConstraint(condition=Q(stage__in=_STAGES), name="funds_entry_stage"),
            models.CheckConstraint(condition=_PROJECT_FITS, name="funds_entry_project"),
        ]
        triggers = append_only()

    def __str__(self) -> str:
        return f"{self.posting_id} {self.line_id} {self.stage} {self.fen}"


class Balance(models.Model):
    """What stands on one account. It can never be below zero, but for where money comes from."""

    web_rights = ("select",)

    place_code = models.CharField(max_length=12)
    line = models.ForeignKey(
        FundLine, on_delete=models.PROTECT, related_name="balances", db_constraint=False
    )
    stage = models.CharField(max_length=12)
    project = models.ForeignKey(
        Project,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="balances",
        db_constraint=False,
    )
    amount = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["line", "stage", "project"],
                name="funds_balance_account",
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                condition=Q(amount__gte=0) | Q(stage__in=_OUTSIDE),
                name="funds_balance_not_negative",
            ),
            models.CheckConstraint(condition=_PROJECT_FITS, name="funds_balance_project"),
        ]

    def __str__(self) -> str:
        return f"{self.line_id} {self.stage} {self.amount}"


class Head(models.Model):
    """The end of one line's chain. It is made with the line, and locked by whoever posts to it."""

    web_rights = ("select",)

    line = models.OneToOneField(
        FundLine, on_delete=models.PROTECT, primary_key=True, db_constraint=False
    )
    place_code = models.CharField(max_length=12)
    position = models.BigIntegerField(default=0)
    # Without an index: nobody asks for it, and every movement would move the row in all of them.
    posting = models.ForeignKey(
        Posting,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        db_constraint=False,
        db_index=False,
    )
    digest = models.CharField(max_length=64, blank=True, default="")

    def __str__(self) -> str:
        return f"{self.line_id} {self.position}"


class Link(models.Model):
    """Where a posting stands in the chain of one line: its own digest and the one it follows."""

    web_rights = ("select",)

    pk = models.CompositePrimaryKey("posting_id", "line_id")
    posting = models.ForeignKey(
        Posting, on_delete=models.PROTECT, related_name="links", db_constraint=False, db_index=False
    )
    line = models.ForeignKey(
        FundLine, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    place_code = models.CharField(max_length=12)
    position = models.BigIntegerField()
    previous = models.CharField(max_length=64, blank=True, default="")
    digest = models.CharField(max_length=64)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["line", "position"], name="funds_link_position"),
            models.CheckConstraint(
                condition=Q(position=1, previous="") | (Q(position__gt=1) & ~Q(previous="")),
                name="funds_link_previous",
            ),
        ]
        triggers = append_only()

    def __str__(self) -> str:
        return f"{self.line_id} {self.position}"


class MonthSeal(models.Model):
    """A county's month, sealed: the heads of all its lines, hashed, after the seal before it.

    The web role asks for it with place and month; the database fills in the rest. A sealed month takes
    no more postings.
    """

    web_rights = ("select", "insert")

    place_code = models.CharField(max_length=12)
    month = models.IntegerField()
    previous = models.CharField(max_length=64, blank=True, default="")
    digest = models.CharField(max_length=64, blank=True, default="")
    actor = models.TextField(db_default=transaction_setting("actor"))
    sealed_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["place_code", "month"], name="funds_monthseal_once"),
            models.UniqueConstraint(fields=["id", "place_code"], name="funds_monthseal_at_place"),
            models.CheckConstraint(
                condition=Q(place_code__regex=COUNTY_CODE), name="funds_monthseal_county"
            ),
            models.CheckConstraint(
                # YYYYMM: the last two digits are 1 to 12.
                condition=Q(month__gte=190001, month__lte=219912)
                & Q(month__gt=F("month") - F("month") % 100)
                & Q(month__lte=F("month") - F("month") % 100 + 12),
                name="funds_monthseal_month",
            ),
        ]
        triggers = append_only()

    def __str__(self) -> str:
        return f"{self.place_code} {self.month}"


class SealedHead(models.Model):
    """One line's head in a seal."""

    web_rights = ("select",)

    pk = models.CompositePrimaryKey("seal_id", "line_id")
    seal = models.ForeignKey(
        MonthSeal,
        on_delete=models.PROTECT,
        related_name="heads",
        db_constraint=False,
        db_index=False,
    )
    line = models.ForeignKey(
        FundLine, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    place_code = models.CharField(max_length=12)
    position = models.BigIntegerField()
    digest = models.CharField(max_length=64)

    class Meta:
        triggers = append_only()

    def __str__(self) -> str:
        return f"{self.seal_id} {self.line_id} {self.position}"
