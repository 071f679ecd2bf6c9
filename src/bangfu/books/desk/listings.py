"""The lists that records are made of, neutral to how they come out: paper or workbook."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Q

from bangfu.books.assistance.models import Measure
from bangfu.books.cases.models import Case, State
from bangfu.books.desk import queries, summaries
from bangfu.books.notices import queries as notices
from bangfu.core import places
from bangfu.core.facts.dictionary import HELP, plain
from bangfu.core.facts.model import Table
from bangfu.core.language import Text
from bangfu.core.periods import Span
from bangfu.core.policy.resolve import Policy
from bangfu.files.reports import Kind, Value

# Closed lists are kept in Chinese; the exporter says them in the document's language.
Cell = Value | Text | Sequence[str]
_FACTS = plain(Table.HOUSEHOLD)


@dataclass(frozen=True, slots=True)
class Head:
    """A column: its words, what its values are (files.reports), its share of a line of paper."""

    text: Text
    kind: Kind = "text"
    width: float = 1


@dataclass(frozen=True, slots=True)
class Listing:
    """One list. `on_paper` false: the workbook has it as a sheet, the paper shows it in the cards."""

    title: Text
    heads: Sequence[Head]
    rows: Sequence[Sequence[Cell]]
    note: Text | None = None
    on_paper: bool = True
    to_cards: bool = False


def places_list(code: str, title: Text) -> Listing:
    """The places one level below with their figures."""
    below = queries.below(code)
    return Listing(
        title,
        (
            Head(Text("地方", "Place"), width=3),
            Head(Text("区划代码", "Code"), width=2),
            Head(Text("户", "Households"), "int"),
            Head(Text("人", "People"), "int"),
            Head(Text("监测对象", "Monitored"), "int", 1.2),
            Head(Text("风险未消除", "Risk not removed"), "int", 1.4),
        ),
        [(p.name, p.code, p.households, p.people, p.monitored, p.at_risk) for p in below],
    )


def cases_list(code: str, policy: Policy, today: date) -> Listing:
    """Cases by procedure: how many run, are late, and how the others ended."""
    low, high = places.code_range(code)
    of_state = {state.value: Count("pk", filter=Q(state=state)) for state in State}
    counted = (
        Case.objects.filter(place_code__gte=low, place_code__lt=high)
        .values("procedure")
        .annotate(late=Count("pk", filter=Q(state=State.OPEN, due_on__lt=today)), **of_state)
        .order_by("procedure")
    )
    return Listing(
        Text("个案", "Cases"),
        (
            Head(Text("程序", "Procedure"), width=4),
            *(
                Head(text, "int", 1.2)
                for text in (
                    Text("办理中", "Open"),
                    Text("其中逾期", "Of them late"),
                    Text("办结", "Done"),
                    Text("未通过", "Rejected"),
                    Text("撤回", "Withdrawn"),
                    Text("合并", "Merged"),
                )
            ),
        ),
        [
            (
                policy.procedures.by_id[row["procedure"]].text,
                *(
                    row[name]
                    for name in ("open", "late", "done", "rejected", "withdrawn", "merged")
                ),
            )
            for row in counted
        ],
    )


def measures_list(code: str, today: date) -> Listing:
    """Measures by family: agreed, under way, ended, past their day."""
    low, high = places.code_range(code)
    counted = (
        Measure.objects.filter(place_code__gte=low, place_code__lt=high)
        .values("family")
        .annotate(
            households=Count("household_no", distinct=True),
            agreed=Count("pk"),
            under_way=Count("pk", filter=Q(started_on__isnull=False, ended_on__isnull=True)),
            ended=Count("pk", filter=Q(ended_on__isnull=False)),
            late=Count("pk", filter=Q(ended_on__isnull=True, due_on__lt=today)),
        )
    )
    by_family = {row["family"]: row for row in counted}
    return Listing(
        Text("帮扶措施（按类别）", "Measures by kind"),
        (
            Head(Text("类别", "Kind"), width=3),
            Head(Text("涉及户", "Households"), "int"),
            Head(Text("商定", "Agreed"), "int"),
            Head(Text("实施中", "Under way"), "int"),
            Head(Text("已结束", "Ended"), "int"),
            Head(Text("过期未结束", "Past their day"), "int", 1.2),
        ),
        [
            (
                Text(_FACTS[family].zh, _FACTS[family].en),
                *(row[name] for name in ("households", "agreed", "under_way", "ended", "late")),
            )
            for family in HELP
            if (row := by_family.get(family))
        ],
        Text(
            "只计在系统里商定的措施；导入的表里登记的措施在各户的户卡上。",
            "Measures agreed in these books; those registered by imported sheets stand on the cards.",
        ),
    )


def notices_list(code: str, today: date) -> Listing:
    """The notices of this year, the latest first."""
    found = notices.listed(on=today, place_code=code).filter(opens_on__year=today.year)
    return Listing(
        Text(f"{today.year} 年公示", f"Notices of {today.year}"),
        (
            Head(Text("地方", "Place"), width=2.5),
            Head(Text("公示", "Notice"), width=4),
            Head(Text("开始", "Opens"), "date", 1.5),
            Head(Text("截止", "Closes"), "date", 1.5),
            Head(Text("状态", "State"), width=1.2),
            Head(Text("待答复异议", "Open objections"), "int", 1.5),
        ),
        [
            (
                " ".join(filter(None, (n.township, n.village))) or n.county,
                Text(n.title_zh, n.title_en),
                n.opens_on,
                n.closes_on,
                notices.STATE_WORDS[notices.State(n.state)],
                n.unanswered,
            )
            for n in found.order_by("-opens_on", "-pk")
        ],
    )


def summary_list(code: str, today: date) -> Listing:
    """This year month by month: what changed in each, and as it stood at its end."""
    spans = [Span(today.year, month, 1) for month in range(1, today.month + 1)]
    by_span = [summaries.own_figures(code, span, today=today) for span in spans]
    return Listing(
        Text(f"{today.year} 年各月汇总", f"Month by month in {today.year}"),
        (
            Head(Text("数据", "Figure"), width=4),
            *(Head(Text(f"{s.first_month} 月", f"{s.first:%b}"), "int") for s in spans),
        ),
        [
            (figure.text, *(told[at].now for told in by_span))
            for at, figure in enumerate(summaries.FIGURES)
        ],
        Text(
            "已结账的月份为公布时的数，其他按现在的账本计算；—：账本从之后才开始记录。",
            "Closed months as published, others as the books count them now; —: the books began later.",
        ),
    )


def family_of(measure: Measure) -> Text:
    """The words of a measure's family."""
    return Text(_FACTS[measure.family].zh, _FACTS[measure.family].en)
