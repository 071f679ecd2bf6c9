"""The lists of households: a village's, their members and help, the monitored, what happened to them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.db.models import Count, Max, QuerySet

from bangfu.books.assistance.models import Measure, Visit
from bangfu.books.desk.listings import Head, Listing, family_of
from bangfu.books.households.actions.happening import KINDS
from bangfu.books.households.models import Happening, Household, IncomeItem, Person
from bangfu.core import places
from bangfu.core.language import Text
from bangfu.core.sheets.income import GROUPS, ITEMS
from bangfu.core.sheets.locate import Gazetteer, short_name

_RISKS = ("risk_1", "risk_2", "risk_3", "risk_4", "risk_5")


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
