"""Claims (报账) with their papers and shares, payments and recoveries.

A department claims, finance checks, another pays: three people, told apart by the database itself.
"""

from __future__ import annotations

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from bangfu.books.attachments.models import Attachment
from bangfu.books.funds.models.contracts import Contract
from bangfu.books.funds.models.ledger import Posting
from bangfu.books.funds.models.lines import CONTROL, COUNTY_CODE, FundLine
from bangfu.books.walls.history import recorded, transaction_setting
from bangfu.books.walls.triggers import append_only
from bangfu.core.ledger.claiming import ClaimKind


class ClaimStatus(models.TextChoices):
    """A claim's way. The values are stored. Whether it is paid is told by its shares."""

    DRAFT = "draft", "填报中"
    LODGED = "lodged", "待财政审核"
    CHECKED = "checked", "待支付"
    RETURNED = "returned", "已退回"
    DROPPED = "dropped", "已作废"


@recorded()
class Claim(models.Model):
    """`fen` asked of a contract. Lodged, it stands in the ledger; returned, it is taken off again.

    A returned claim ends; the department makes another. `reasons` are codes of the policy's list.
    """

    web_rights = ("select", "insert", "update")

    place_code = models.CharField(max_length=12)
    contract = models.ForeignKey(
        Contract, on_delete=models.PROTECT, related_name="claims", db_constraint=False
    )
    kind = models.CharField(max_length=10)
    fen = models.BigIntegerField()
    note = models.TextField(blank=True, default="")
    status = models.CharField(max_length=10, choices=ClaimStatus.choices, default=ClaimStatus.DRAFT)
    claimed_by = models.TextField()
    lodged_on = models.DateField(null=True, blank=True)
    checked_by = models.TextField(blank=True, default="")
    checked_on = models.DateField(null=True, blank=True)
    returned_by = models.TextField(blank=True, default="")
    returned_on = models.DateField(null=True, blank=True)
    reasons = ArrayField(models.TextField(), default=list, blank=True)
    return_note = models.TextField(blank=True, default="")
    posting = models.OneToOneField(
        Posting,
        on_delete=models.PROTECT,
        related_name="claim",
        null=True,
        blank=True,
        db_constraint=False,
    )

    class Meta:
        indexes = [models.Index(fields=["place_code", "status"], name="funds_claim_standing")]
        constraints = [
            models.UniqueConstraint(fields=["id", "place_code"], name="funds_claim_at_place"),
            models.UniqueConstraint(
                fields=["id", "claimed_by", "checked_by"], name="funds_claim_people"
            ),
            models.CheckConstraint(
                condition=Q(place_code__regex=COUNTY_CODE), name="funds_claim_county"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=sorted(kind.value for kind in ClaimKind)),
                name="funds_claim_kind",
            ),
            models.CheckConstraint(condition=Q(fen__gt=0), name="funds_claim_fen"),
            models.CheckConstraint(
                condition=Q(status__in=ClaimStatus.values), name="funds_claim_status"
            ),
            models.CheckConstraint(
                condition=~Q(claimed_by="")
                & (Q(checked_by="") | ~Q(checked_by=F("claimed_by")))
                & (Q(returned_by="") | ~Q(returned_by=F("claimed_by"))),
                name="funds_claim_two_people",
            ),
            models.CheckConstraint(
                condition=Q(status__in=["draft", "dropped"], posting__isnull=True, lodged_on=None)
                | Q(
                    status__in=["lodged", "checked", "returned"],
                    posting__isnull=False,
                    lodged_on__isnull=False,
                ),
                name="funds_claim_lodged",
            ),
            models.CheckConstraint(
                condition=Q(status="checked", checked_on__isnull=False) & ~Q(checked_by="")
                | Q(status="returned")
                | Q(status__in=["draft", "lodged", "dropped"], checked_on=None, checked_by=""),
                name="funds_claim_checked",
            ),
            models.CheckConstraint(
                condition=Q(status="returned", returned_on__isnull=False, reasons__len__gt=0)
                & ~Q(returned_by="")
                | Q(returned_on=None, returned_by="", reasons__len=0) & ~Q(status="returned"),
                name="funds_claim_returned",
            ),
        ]
        triggers = [
            pgtrigger.FSM(
                name="steps",
                field="status",
                transitions=[
                    ("draft", "lodged"),
                    ("draft", "dropped"),
                    ("lodged", "checked"),
                    ("lodged", "returned"),
                    ("checked", "returned"),
                ],
            ),
            pgtrigger.ReadOnly(
                name="terms_stay",
                fields=["place_code", "contract", "kind", "fen", "note", "claimed_by"],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pk} {self.kind} {self.fen}"


@recorded()
class ClaimPaper(models.Model):
    """One paper of a claim: a kept file and which of the policy's papers it is."""

    web_rights = ("select", "insert", "delete")

    place_code = models.CharField(max_length=12)
    claim = models.ForeignKey(
        Claim, on_delete=models.PROTECT, related_name="papers", db_constraint=False
    )
    code = models.CharField(max_length=20)
    attachment = models.ForeignKey(
        Attachment, on_delete=models.PROTECT, related_name="+", db_constraint=False
    )
    # The file's SHA-256, as the attachment has it: by it a voucher used twice is found.
    digest = models.CharField(max_length=64)

    class Meta:
        indexes = [models.Index(fields=["digest"], name="funds_claimpaper_digest")]
        constraints = [
            models.UniqueConstraint(
                fields=["claim", "code", "digest"], name="funds_claimpaper_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.claim_id} {self.code}"


class Payment(models.Model):
    """Money paid on a claim, from the lines whose shares name it. `voucher` is the treasury's number."""

    web_rights = ("select", "insert")

    place_code = models.CharField(max_length=12)
    claim = models.ForeignKey(
        Claim, on_delete=models.PROTECT, related_name="payments", db_constraint=False
    )
    claimed_by = models.TextField()
    checked_by = models.TextField()
    paid_by = models.TextField()
    voucher = models.TextField()
    fen = models.BigIntegerField()
    posting = models.OneToOneField(
        Posting, on_delete=models.PROTECT, related_name="payment", db_constraint=False
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["id", "place_code"], name="funds_payment_at_place"),
            models.UniqueConstraint(fields=["place_code", "voucher"], name="funds_payment_voucher"),
            models.CheckConstraint(
                condition=Q(place_code__regex=COUNTY_CODE), name="funds_payment_county"
            ),
            models.CheckConstraint(
                condition=~Q(claimed_by="")
                & ~Q(checked_by="")
                & ~Q(paid_by="")
                & ~Q(claimed_by=F("checked_by"))
                & ~Q(claimed_by=F("paid_by"))
                & ~Q(checked_by=F("paid_by")),
                name="funds_payment_three_people",
            ),
            models.CheckConstraint(condition=Q(fen__gt=0), name="funds_payment_fen"),
            models.CheckConstraint(
                condition=~Q(voucher="") & ~Q(voucher__regex=CONTROL), name="funds_payment_form"
            ),
        ]
        triggers = append_only()

    def __str__(self) -> str:
        return f"{self.voucher} {self.fen}"


@recorded()
class ClaimShare(models.Model):
    """One line's share of a claim that was lodged, the payment that paid it, and what came back of it."""

    web_rights = ("select", "insert", "update")

    place_code = models.CharField(max_length=12)
    # Found by the constraint below, whose index begins with the claim.
    claim = models.ForeignKey(
        Claim,
        on_delete=models.PROTECT,
        related_name="shares",
        db_constraint=False,
        db_index=False,
    )
    line = models.ForeignKey(
        FundLine, on_delete=models.PROTECT, related_name="+", db_constraint=False
    )
    fen = models.BigIntegerField()
    payment = models.ForeignKey(
        Payment,
        on_delete=models.PROTECT,
        related_name="shares",
        null=True,
        blank=True,
        db_constraint=False,
    )
    recovered_fen = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["claim", "line"], name="funds_claimshare_once"),
            models.CheckConstraint(
                condition=Q(fen__gt=0, recovered_fen__gte=0, recovered_fen__lte=F("fen"))
                & (Q(recovered_fen=0) | Q(payment__isnull=False)),
                name="funds_claimshare_within",
            ),
        ]
        triggers = [
            pgtrigger.ReadOnly(name="share_stays", fields=["place_code", "claim", "line", "fen"]),
        ]

    def __str__(self) -> str:
        return f"{self.claim_id} {self.line_id} {self.fen}"


class Recovery(models.Model):
    """Paid money that came back (追回), by the shares of its payment."""

    web_rights = ("select", "insert")

    place_code = models.CharField(max_length=12)
    payment = models.ForeignKey(
        Payment, on_delete=models.PROTECT, related_name="recoveries", db_constraint=False
    )
    fen = models.BigIntegerField()
    reason = models.TextField()
    recovered_by = models.TextField(db_default=transaction_setting("actor"))
    posting = models.OneToOneField(
        Posting, on_delete=models.PROTECT, related_name="recovery", db_constraint=False
    )

    class Meta:
        verbose_name_plural = "recoveries"
        constraints = [
            models.CheckConstraint(
                condition=Q(place_code__regex=COUNTY_CODE), name="funds_recovery_county"
            ),
            models.CheckConstraint(condition=Q(fen__gt=0), name="funds_recovery_fen"),
            models.CheckConstraint(condition=~Q(reason=""), name="funds_recovery_reason"),
        ]
        triggers = append_only()

    def __str__(self) -> str:
        return f"{self.payment_id} {self.fen}"
