"""Tables of the funds: lines and documents, plans, the ledger."""

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
    "Document",
    "Entry",
    "FundClass",
    "FundLine",
    "Head",
    "Level",
    "Link",
    "MonthSeal",
    "Plan",
    "PlanItem",
    "PlanStatus",
    "Posting",
    "SealedHead",
    "ShareRule",
]
