"""What came of each scheme, term by term: promised, paid, come back, and whom the bank says it reached."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count, Max, Sum

from bangfu.books.funds.models import ClaimShare
from bangfu.books.payments.models import Payment, PaymentStatus
from bangfu.books.tracing.naming import address, scheme_words
from bangfu.books.tracing.queries import Kind
from bangfu.core.language import Lang, Text
from bangfu.files.reports import Column, ReportSheet

_SCHEME, _TERM = "claim__contract__scheme", "claim__contract__term"
_OF_BATCH = f"batch__payment__{_SCHEME}", f"batch__payment__{_TERM}"


@dataclass(frozen=True, slots=True)
class Outcome:
    """A scheme's term, in fen and in counts; `address` leads to the scheme's trace.

    `back_fen` of what was paid came back and is with its project again. `reached_fen` is what the bank
    says arrived: until it answers, less than what was paid and did not come back.
    """

    name: Text
    term: str
    batches: int
    paid_fen: int
    back_fen: int
    payments: int = 0
    reached_fen: int = 0
    households: int = 0
    address: str = ""


def outcomes() -> list[Outcome]:
    """Every scheme's terms, the sum of all last; nothing while no batch was paid. A household that got
    several counts once a term."""
    spent = {
        (row[_SCHEME], row[_TERM]): row
        for row in ClaimShare.objects.filter(payment__isnull=False)
        .exclude(**{_SCHEME: ""})
        .values(_SCHEME, _TERM)
        .annotate(
            batches=Count("claim__contract", distinct=True),
            paid=Sum("fen"),
            back=Sum("recovered_fen"),
            newest=Max("claim__contract"),
        )
    }
    reached = {
        (row[_OF_BATCH[0]], row[_OF_BATCH[1]]): row
        for row in Payment.objects.filter(status=PaymentStatus.PAID)
        .values(*_OF_BATCH)
        .annotate(payments=Count("pk"), fen=Sum("fen"), to=Count("household_no", distinct=True))
    }
    nobody = {"payments": 0, "fen": 0, "to": 0}
    rows = [
        Outcome(
            scheme_words(scheme),
            term,
            row["batches"],
            int(row["paid"]),
            int(row["back"]),
            reached.get((scheme, term), nobody)["payments"],
            int(reached.get((scheme, term), nobody)["fen"]),
            reached.get((scheme, term), nobody)["to"],
            address(Kind.SCHEME, row["newest"]),
        )
        for (scheme, term), row in sorted(spent.items())
    ]
    return [*rows, _sum(rows)] if rows else []


def _sum(rows: Sequence[Outcome]) -> Outcome:
    return Outcome(
        Text("合计", "in all"),
        "",
        sum(row.batches for row in rows),
        sum(row.paid_fen for row in rows),
        sum(row.back_fen for row in rows),
        sum(row.payments for row in rows),
        sum(row.reached_fen for row in rows),
        sum(row.households for row in rows),
    )


def sheet(rows: Sequence[Outcome], lang: Lang) -> ReportSheet:
    """The outcomes as a sheet: a row a scheme's term, the sum last."""
    columns = [
        Column(Text("惠民政策", "Scheme").to(lang)),
        Column(Text("期次", "Term").to(lang)),
        Column(Text("批次", "Batches").to(lang), "int"),
        Column(Text("已支付（元）", "Paid (yuan)").to(lang), "fen"),
        Column(Text("退回（元）", "Came back (yuan)").to(lang), "fen"),
        Column(Text("到账笔数", "Payments that arrived").to(lang), "int"),
        Column(Text("到账（元）", "Arrived (yuan)").to(lang), "fen"),
        Column(Text("到户（户次）", "Households, once a term").to(lang), "int"),
    ]
    cells = [
        [
            row.name.to(lang),
            row.term,
            row.batches,
            row.paid_fen,
            row.back_fen,
            row.payments,
            row.reached_fen,
            row.households,
        ]
        for row in rows
    ]
    return ReportSheet(Text("惠民政策成效", "What came of schemes").to(lang), columns, cells)
