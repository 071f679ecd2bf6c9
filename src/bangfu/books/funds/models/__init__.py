"""Tables of the funds: lines and documents, plans, the ledger, contracts, claims and payments."""

from bangfu.books.funds.models.claims import (
    Claim,
    ClaimPaper,
    ClaimShare,
    ClaimStatus,
    Payment,
    Recovery,
)
from bangfu.books.funds.models.contracts import Basis, Contract, Release
from bangfu.books.funds.models.ledger import (
    Balance,
    Entry,
    Head,
    Link,
    MonthSeal,
    Posting,
    SealedHead,
)
from bangfu.books.funds.models.lines import Document, FundClass, FundLine, Level, ShareRule
from bangfu.books.funds.models.plans import Plan, PlanItem, PlanStatus

__all__ = [
    "Balance",
    "Basis",
    "Claim",
    "ClaimPaper",
    "ClaimShare",
    "ClaimStatus",
    "Contract",
    "Document",
    "Entry",
    "FundClass",
    "FundLine",
    "Head",
    "Level",
    "Link",
    "MonthSeal",
    "Payment",
    "Plan",
    "PlanItem",
    "PlanStatus",
    "Posting",
    "Recovery",
    "Release",
    "SealedHead",
    "ShareRule",
]
