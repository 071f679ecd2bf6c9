"""Fund lines with their strings, and the documents they rest on."""

from __future__ import annotations

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from bangfu.books.walls.history import recorded
from bangfu.books.walls.triggers import append_only

COUNTY_CODE = r"^\d{4}(0[1-9]|[1-9]\d)000000$"
CONTROL = r"[[:cntrl:]]"


class FundClass(models.TextChoices):
    """The four channels of Zigui's pool (seed 002). The values are stored."""

    FISCAL = "fiscal", "财政扶贫资金"
    SECTOR = "sector", "行业扶贫资金"
    HOUSEHOLD = "household", "扶贫到户资金"
    SOCIAL = "social", "社会扶贫资金"


class Level(models.TextChoices):
    """Whose money it is. The values are stored."""

    CENTRAL = "central", "中央"
    PROVINCE = "province", "省级"
    PREFECTURE = "prefecture", "市级"
    COUNTY = "county", "县级"
    SOCIETY = "society", "社会"


@recorded()
class FundLine(models.Model):
    """One line of money with its strings, in the books of the county `place_code`.

    `purposes`, `areas` (place codes or their prefixes) and `beneficiaries` say what it may pay; null
    means anything. A line that is not poolable is shown and never planned with. How much it holds is
    told by the ledger alone. A line is never deleted.
    """

    web_rights = ("select", "insert", "update")

    number = models.TextField()
    place_code = models.CharField(max_length=12)
    year = models.SmallIntegerField()
    name = models.TextField()
    fund_class = models.CharField(max_length=10, choices=FundClass.choices)
    level = models.CharField(max_length=10, choices=Level.choices, blank=True, default="")
    department = models.TextField(blank=True, default="")
    purposes = ArrayField(models.TextField(), null=True, blank=True)
    areas = ArrayField(models.CharField(max_length=12), null=True, blank=True)
    beneficiaries = ArrayField(models.TextField(), null=True, blank=True)
    poolable = models.BooleanField(default=True)
    spend_by = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["place_code", "number"], name="funds_fundline_number"),
            models.UniqueConstraint(fields=["id", "place_code"], name="funds_fundline_at_place"),
            models.CheckConstraint(
                condition=Q(place_code__regex=COUNTY_CODE), name="funds_fundline_county"
            ),
            models.CheckConstraint(
                condition=~Q(number="") & ~Q(number__regex=CONTROL),
                name="funds_fundline_number_form",
            ),
            models.CheckConstraint(
                condition=Q(fund_class__in=FundClass.values), name="funds_fundline_class"
            ),
            models.CheckConstraint(
                condition=Q(level__in=["", *Level.values]), name="funds_fundline_level"
            ),
        ]
        triggers = [
            pgtrigger.ReadOnly(name="number_stays", fields=["number", "place_code"]),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.name}"


@recorded()
class ShareRule(models.Model):
    """At least or at most this share of what the line spends goes to these purposes."""

    line = models.ForeignKey(
        FundLine, on_delete=models.CASCADE, related_name="share_rules", db_constraint=False
    )
    place_code = models.CharField(max_length=12)
    purposes = ArrayField(models.TextField())
    at_least = models.DecimalField(max_digits=9, decimal_places=8, null=True, blank=True)
    at_most = models.DecimalField(max_digits=9, decimal_places=8, null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(at_least__isnull=True, at_most__gte=0, at_most__lte=1)
                | Q(at_most__isnull=True, at_least__gte=0, at_least__lte=1),
                name="funds_sharerule_share",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.line_id} {self.at_least} {self.at_most}"


@recorded()
class Document(models.Model):
    """A paper that money rests on. A recorded paper is not edited: another one is recorded."""

    web_rights = ("select", "insert")

    place_code = models.CharField(max_length=12)
    number = models.TextField()
    title = models.TextField(blank=True, default="")
    issuer = models.TextField(blank=True, default="")
    issued_on = models.DateField()
    # SHA-256 of the file, where there is one.
    content_hash = models.CharField(max_length=64, blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["place_code", "number"], name="funds_document_number"),
            models.UniqueConstraint(fields=["id", "place_code"], name="funds_document_at_place"),
            models.CheckConstraint(
                condition=Q(place_code__regex=COUNTY_CODE), name="funds_document_county"
            ),
            models.CheckConstraint(
                condition=~Q(number="") & ~Q(number__regex=CONTROL),
                name="funds_document_number_form",
            ),
            models.CheckConstraint(
                condition=Q(content_hash="") | Q(content_hash__regex=r"^[0-9a-f]{64}$"),
                name="funds_document_hash",
            ),
        ]
        triggers = append_only()

    def __str__(self) -> str:
        return self.number
