"""The lists that records are made of, neutral to how they come out: paper or workbook."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Max, Q, QuerySet

from bangfu.books.assistance.models import Measure, Visit
from bangfu.books.cases.models import Case, State
from bangfu.books.desk import queries, summaries
from bangfu.books.households.actions.happening import KINDS
from bangfu.books.households.models import Happening, Household, IncomeItem, Person
from bangfu.books.notices import queries as notices
from bangfu.core import places
from bangfu.core.facts.dictionary import HELP, plain
from bangfu.core.facts.model import Table
from bangfu.core.language import Text
from bangfu.core.periods import Span
from bangfu.core.policy.resolve import Policy
from bangfu.core.sheets.income import GROUPS, ITEMS
from bangfu.core.sheets.locate import Gazetteer, short_name
from bangfu.files.reports import Kind, Value

# Closed lists are kept in Chinese; the exporter says them in the document's language.
Cell = Value | Text | Sequence[str]
_FACTS = plain(Table.HOUSEHOLD)
_RISKS = ("risk_1", "risk_2", "risk_3", "risk_4", "risk_5")


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


def inside(code: str) -> QuerySet[Household]:
    """The households of a place, within the scope."""
    low, high = places.code_range(code)
    return Household.objects.filter(place_code__gte=low, place_code__lt=high)


def households_list(code: str) -> Listing:
    """The households of a village, in the order of their cards."""
    households = list(inside(code).order_by("household_no"))
    heads, members = _heads_and_members(code)
    rows = [
        (
            at,
            heads.get(one.pk) or one.pk,
            one.pk,
            members.get(one.pk, 0),
            one.household_type,
            one.monitored_class,
            _risk_state(one),
            one.stated_income_per_head,
        )
        for at, one in enumerate(households, 1)
    ]
    return Listing(
        Text("各户名册", "Households"),
        (
            Head(Text("序号", "No."), "int", 1),
            Head(Text("户主", "Head"), width=2),
            Head(Text("户编号", "Household no."), width=3.4),
            Head(Text("人口", "Members"), "int", 1.2),
            Head(Text("户类型", "Type"), width=2),
            Head(Text("监测类别", "Monitored as"), width=3),
            Head(Text("风险", "Risk"), width=1.6),
            Head(Text("人均（元）", "Per head (yuan)"), "fen", 2.2),
        ),
        rows,
        to_cards=True,
    )


def household_lists(numbers: Sequence[str]) -> list[Listing]:
    """Members, incomes, measures and visits of households, for a workbook; on paper the cards have them."""
    persons = Person.objects.filter(household_id__in=numbers).order_by("household_id", "person_no")
    incomes = IncomeItem.objects.filter(household_id__in=numbers).order_by(
        "household_id", "-year", "item"
    )
    measures = Measure.objects.filter(household_no__in=numbers).order_by(
        "household_no", "-agreed_on", "pk"
    )
    visits = Visit.objects.filter(household_no__in=numbers).order_by(
        "household_no", "-visited_on", "pk"
    )
    number = Head(Text("户编号", "Household no."))
    return [
        Listing(
            Text("家庭成员", "Members"),
            (
                number,
                Head(Text("人编号", "Person no.")),
                Head(Text("姓名", "Name")),
                Head(Text("与户主关系", "Relation")),
                Head(Text("性别", "Sex")),
                Head(Text("出生日期", "Birth"), "date"),
                Head(Text("健康状况", "Health")),
                Head(Text("劳动技能", "Ability to work")),
                Head(Text("在校", "Schooling")),
                Head(Text("文化程度", "Education")),
                Head(Text("务工地", "Work place")),
                Head(Text("务工月数", "Months of work"), "int"),
            ),
            [
                (
                    p.household_id,
                    p.person_no,
                    p.name,
                    p.relation,
                    p.sex,
                    p.birth,
                    p.health,
                    p.skill,
                    p.schooling,
                    p.education,
                    p.work_place,
                    p.work_months,
                )
                for p in persons
            ],
            on_paper=False,
        ),
        Listing(
            Text("收入明细", "Income items"),
            (
                number,
                Head(Text("年度", "Year"), "month"),
                Head(Text("类别", "Group")),
                Head(Text("项目", "Item")),
                Head(Text("金额（元）", "Amount (yuan)"), "fen"),
            ),
            [(i.household_id, i.year, GROUPS[i.item[0]], ITEMS[i.item], i.fen) for i in incomes],
            on_paper=False,
        ),
        Listing(
            Text("帮扶措施", "Measures"),
            (
                number,
                Head(Text("类别", "Kind")),
                Head(Text("内容", "What")),
                Head(Text("责任人", "Responsible")),
                Head(Text("商定", "Agreed"), "date"),
                Head(Text("期限", "Due"), "date"),
                Head(Text("开始", "Started"), "date"),
                Head(Text("结束", "Ended"), "date"),
                Head(Text("结果", "Result")),
            ),
            [
                (
                    m.household_no,
                    family_of(m),
                    m.content,
                    m.responsible,
                    m.agreed_on,
                    m.due_on,
                    m.started_on,
                    m.ended_on,
                    m.result,
                )
                for m in measures
            ],
            on_paper=False,
        ),
        Listing(
            Text("走访", "Visits"),
            (
                number,
                Head(Text("日期", "Day"), "date"),
                Head(Text("走访人", "Who went")),
                Head(Text("看到的", "What they saw")),
                Head(Text("农户要求", "Asked for")),
            ),
            [(v.household_no, v.visited_on, v.visitors, v.seen, v.asked) for v in visits],
            on_paper=False,
        ),
    ]


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


def monitored_list(code: str, gazetteer: Gazetteer) -> Listing:
    """The monitored households of a place, village by village."""
    heads, members = _heads_and_members(code)
    households = (
        inside(code)
        .filter(monitored_class__isnull=False)
        .order_by("place_code", "risk_removed", "household_no")
    )
    rows = [
        (
            short_name(gazetteer.name(one.place_code)),
            heads.get(one.pk) or one.pk,
            one.pk,
            members.get(one.pk, 0),
            one.monitored_class,
            [risk for name in _RISKS if (risk := getattr(one, name))],
            one.identified_month,
            _risk_state(one),
        )
        for one in households
    ]
    return Listing(
        Text("监测对象", "Monitored households"),
        (
            Head(Text("村", "Village"), width=2),
            Head(Text("户主", "Head"), width=1.8),
            Head(Text("户编号", "Household no."), width=3.2),
            Head(Text("人口", "Members"), "int", 1.1),
            Head(Text("监测类别", "Monitored as"), width=2.8),
            Head(Text("风险", "Risks"), width=3),
            Head(Text("识别", "Since"), "month", 1.4),
            Head(Text("状态", "State"), width=1.6),
        ),
        rows,
    )


def happenings_list(code: str, today: date, gazetteer: Gazetteer) -> Listing:
    """What happened to households this year, the latest first."""
    low, high = places.code_range(code)
    found = Happening.objects.filter(
        place_code__gte=low, place_code__lt=high, happened_on__year=today.year
    ).order_by("-happened_on", "-pk")
    return Listing(
        Text(f"{today.year} 年人口变动", f"Changes of households in {today.year}"),
        (
            Head(Text("日期", "Day"), "date", 1.5),
            Head(Text("村", "Village"), width=2),
            Head(Text("户编号", "Household no."), width=3),
            Head(Text("变动", "What"), width=2.5),
            Head(Text("人", "Person"), width=1.6),
            Head(Text("凭据", "Document"), width=3),
        ),
        [
            (
                h.happened_on,
                short_name(gazetteer.name(h.place_code)),
                h.household_no,
                KINDS[h.kind],
                h.person_name,
                h.document,
            )
            for h in found
        ],
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


def latest_income_year(numbers: Sequence[str], today: date) -> int:
    """The latest year with incomes of these households; this year when there are none."""
    found = IncomeItem.objects.filter(household_id__in=numbers, year__lte=today.year)
    return found.aggregate(latest=Max("year"))["latest"] or today.year


def _heads_and_members(code: str) -> tuple[dict[str, str | None], dict[str, int]]:
    low, high = places.code_range(code)
    persons = Person.objects.filter(place_code__gte=low, place_code__lt=high)
    heads = dict(persons.filter(relation="户主").values_list("household_id", "name"))
    members = dict(persons.values_list("household_id").annotate(Count("pk")).order_by())
    return heads, members


def _risk_state(household: Household) -> Text | None:
    if not household.monitored_class:
        return None
    return Text("已消除", "removed") if household.risk_removed else Text("未消除", "open")
