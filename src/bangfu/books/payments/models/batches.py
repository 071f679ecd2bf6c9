"""Batches: payments that go to the bank in one file, come back in one, and are posted as one."""

from __future__ import annotations

import pgtrigger
from django.db import models
from django.db.models import F, Q

from bangfu.books.funds import models as funds
from bangfu.books.payments.models.entitlements import Entitlement
from bangfu.books.walls.guarded import SealedField, TokenField
from bangfu.books.walls.history import recorded
from bangfu.books.walls.triggers import append_only

ATTEMPTS = 2


class BatchStatus(models.TextChoices):
    """The way of a batch. The values are stored."""

    MADE = "made", "待报财政"
    SUBMITTED = "submitted", "待财政付款"
    SENT = "sent", "待银行回盘"
    RETURNED = "returned", "已回盘"
    CANCELLED = "cancelled", "已撤销"


class PaymentStatus(models.TextChoices):
    """The way of a payment. The values are stored."""

    WAITING = "waiting", "待发放"
    PAID = "paid", "已发放"
    FAILED = "failed", "发放失败"
    DROPPED = "dropped", "已撤下"


class StopReason(models.TextChoices):
    """Why an entitlement was kept out of a batch. The values are stored."""

    DEAD = "dead", "已登记死亡"
    MOVED = "moved", "已迁出"
    GONE = "gone", "已不在户内"
    NO_HEAD = "no_head", "没有户主可收款"
    CERTIFICATE = "certificate", "证件号码与审批时不一致"
    NO_ACCOUNT = "no_account", "没有一卡通账户"
    NAME = "name", "户名与姓名不一致"
    NUMBER = "number", "开户证件号码与本人不一致"
    CHANGED = "changed", "账户已更换"
    OBJECTION = "objection", "公示有异议未结或异议成立"


@recorded()
class Batch(models.Model):
    """One batch of a county: one scheme, one term, one project.

    `summary` is what the bank writes beside each payment, as it was called when it was claimed. `fen` is the
    sum of the payments it was made with: the one sum that is claimed and paid in the
    ledger. `held_fen` of it was held back when it was sent, which came back at once, and what the bank
    did not pay comes back with its return. `file_hash` is the SHA-256 of the bank file's bytes,
    `return_hash` of the return file's.
    """

    web_rights = ("select", "insert", "update")

    place_code = models.CharField(max_length=12)
    scheme = models.TextField()
    term = models.TextField()
    project = models.TextField()
    summary = models.TextField(blank=True, default="", db_default="")
    status = models.CharField(max_length=10, choices=BatchStatus.choices, default=BatchStatus.MADE)
    payments_count = models.IntegerField(default=0)
    stopped_count = models.IntegerField(default=0)
    fen = models.BigIntegerField(default=0)
    held_count = models.IntegerField(default=0)
    held_fen = models.BigIntegerField(default=0)
    made_by = models.TextField()
    made_on = models.DateField()
    sent_by = models.TextField(blank=True, default="")
    sent_at = models.DateTimeField(null=True)
    file_hash = models.CharField(max_length=64, blank=True, default="")
    claim = models.OneToOneField(
        funds.Claim, on_delete=models.PROTECT, null=True, related_name="batch", db_constraint=False
    )
    payment = models.OneToOneField(
        funds.Payment,
        on_delete=models.PROTECT,
        null=True,
        related_name="batch",
        db_constraint=False,
    )
    returned_by = models.TextField(blank=True, default="")
    returned_at = models.DateTimeField(null=True)
    return_hash = models.CharField(max_length=64, blank=True, default="")
    paid_count = models.IntegerField(default=0)
    paid_fen = models.BigIntegerField(default=0)

    class Meta:
        indexes = [models.Index(fields=["place_code", "status"], name="payments_batch_place")]
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=BatchStatus.values), name="payments_batch_status"
            ),
            models.CheckConstraint(
                condition=Q(status__in=["made", "submitted", "cancelled"])
                | (
                    ~Q(sent_by="")
                    & Q(sent_at__isnull=False, payment__isnull=False)
                    & ~Q(file_hash="")
                ),
                name="payments_batch_sent",
            ),
            models.CheckConstraint(
                condition=Q(status__in=["made", "cancelled"]) | Q(claim__isnull=False),
                name="payments_batch_claimed",
            ),
            models.CheckConstraint(
                condition=~Q(status="returned")
                | (~Q(returned_by="") & Q(returned_at__isnull=False) & ~Q(return_hash="")),
                name="payments_batch_returned",
            ),
            models.CheckConstraint(
                condition=Q(
                    held_fen__gte=0, paid_fen__gte=0, fen__gte=F("held_fen") + F("paid_fen")
                ),
                name="payments_batch_fen",
            ),
            # Two accounts of one person are told apart by a trigger (migration 0002).
            models.CheckConstraint(
                condition=Q(sent_by="") | ~Q(sent_by=F("made_by")),
                name="payments_batch_two_people",
            ),
        ]
        triggers = [
            pgtrigger.FSM(
                name="steps",
                field="status",
                transitions=[
                    ("made", "submitted"),
                    ("submitted", "sent"),
                    ("sent", "returned"),
                    ("made", "cancelled"),
                    ("submitted", "cancelled"),
                ],
            ),
            pgtrigger.ReadOnly(
                name="terms_stay",
                fields=["place_code", "scheme", "term", "project", "made_by", "made_on"],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pk} {self.scheme} {self.term}"


@recorded(exclude=("account", "account_token"))
class Payment(models.Model):
    """One payment of a batch. What the bank is told is copied, so that its file is the same for ever.

    `attempt` is 1, or 2 for the one repayment of what failed.
    """

    web_rights = ("select", "insert", "update")

    batch = models.ForeignKey(
        Batch,
        on_delete=models.PROTECT,
        related_name="payments",
        db_constraint=False,
        db_index=False,
    )
    position = models.IntegerField()
    place_code = models.CharField(max_length=12)
    entitlement = models.ForeignKey(
        Entitlement,
        on_delete=models.PROTECT,
        related_name="payments",
        db_constraint=False,
        db_index=False,
    )
    attempt = models.SmallIntegerField()
    household_no = models.TextField()
    holder_name = models.TextField()
    account = SealedField()
    account_token = TokenField()
    account_end = models.CharField(max_length=4)
    fen = models.BigIntegerField()
    status = models.CharField(
        max_length=10, choices=PaymentStatus.choices, default=PaymentStatus.WAITING
    )
    failure = models.TextField(blank=True, default="")
    settled_on = models.DateField(null=True)

    class Meta:
        indexes = [models.Index(fields=["household_no"], name="payments_payment_of")]
        constraints = [
            models.UniqueConstraint(fields=["batch", "position"], name="payments_payment_position"),
            # Never paid twice: one payment of an entitlement waits or is paid, whatever else there is.
            models.UniqueConstraint(
                fields=["entitlement"],
                condition=Q(status__in=["waiting", "paid"]),
                name="payments_payment_once",
            ),
            models.UniqueConstraint(
                fields=["entitlement", "attempt"],
                condition=~Q(status="dropped"),
                name="payments_payment_attempt",
            ),
            models.CheckConstraint(
                condition=Q(attempt__gte=1, attempt__lte=ATTEMPTS), name="payments_payment_attempts"
            ),
            models.CheckConstraint(condition=Q(fen__gt=0), name="payments_payment_fen"),
            models.CheckConstraint(
                condition=Q(status__in=PaymentStatus.values), name="payments_payment_status"
            ),
            models.CheckConstraint(
                condition=~Q(status="failed") | ~Q(failure=""), name="payments_payment_failure"
            ),
            models.CheckConstraint(
                condition=~Q(status__in=["paid", "failed"]) | Q(settled_on__isnull=False),
                name="payments_payment_settled",
            ),
        ]
        triggers = [
            pgtrigger.FSM(
                name="steps",
                field="status",
                transitions=[("waiting", "paid"), ("waiting", "failed"), ("waiting", "dropped")],
            ),
            pgtrigger.ReadOnly(
                name="terms_stay",
                # Sealed values and tokens are made anew when keys change.
                exclude=["status", "failure", "settled_on", "account", "account_token"],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.batch_id}-{self.position}"


class Stop(models.Model):
    """An entitlement that was kept out of a batch, and why: when it was made or, `at_sending`, held back
    from the bank. When the cause is mended, the next batch takes it."""

    web_rights = ("select", "insert")

    batch = models.ForeignKey(
        Batch, on_delete=models.PROTECT, related_name="stops", db_constraint=False
    )
    place_code = models.CharField(max_length=12)
    entitlement = models.ForeignKey(
        Entitlement, on_delete=models.PROTECT, related_name="stops", db_constraint=False
    )
    household_no = models.TextField()
    reason = models.CharField(max_length=12, choices=StopReason.choices)
    at_sending = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["batch", "entitlement"], name="payments_stop_once"),
        ]
        triggers = append_only()

    def __str__(self) -> str:
        return f"{self.batch_id} {self.entitlement_id} {self.reason}"
