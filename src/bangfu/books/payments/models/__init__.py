"""What the books keep of money to households: entitlements, accounts, batches, payments, loans."""

from bangfu.books.payments.models.batches import (
    Batch,
    BatchStatus,
    Payment,
    PaymentStatus,
    Stop,
    StopReason,
)
from bangfu.books.payments.models.entitlements import Account, Entitlement, EntitlementStatus
from bangfu.books.payments.models.loans import Loan, Repayment

__all__ = [
    "Account",
    "Batch",
    "BatchStatus",
    "Entitlement",
    "EntitlementStatus",
    "Loan",
    "Payment",
    "PaymentStatus",
    "Repayment",
    "Stop",
    "StopReason",
]
