"""What waits for an actor: cases at a step of his, what climbed to him, measures and objections due, money
to claim, check and pay."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.urls import reverse

from bangfu.books.accounts.actors import Actor
from bangfu.books.assistance.models import Measure
from bangfu.books.cases import queries as cases
from bangfu.books.cases import rules
from bangfu.books.cases.models import Case
from bangfu.books.desk import money_due
from bangfu.books.grievances import queries as grievances
from bangfu.books.households.models import Person
from bangfu.books.notices.models import Objection
from bangfu.books.places.models import Place
from bangfu.books.projects.models import Defect
from bangfu.books.projects.queries import open_commitments
from bangfu.books.supervision import queries as findings
from bangfu.books.walls.scope import DataClass
from bangfu.core.language import Text
from bangfu.core.policy.resolve import Policy
from bangfu.core.sheets.locate import short_name
from bangfu.core.supervision.findings import State
from bangfu.core.workflow.model import Subject
from bangfu.web.addresses import address_of
from bangfu.web.statements import Statement, remembered, tally
from bangfu.web.tables import Badge, Column, Kind

CASES = Text("个案", "Cases")
MEASURES = Text("到期未结束的措施", "Measures past their day")
OBJECTIONS = Text("未答复的公示异议", "Objections not answered")
COMMITMENTS = Text("会议议定待落实", "Commitments of meetings")
DEFECTS = Text("项目缺陷待修复", "Defects to repair")
FINDINGS = Text("督查问题", "Findings of inspections")
GRIEVANCES = Text("信访举报", "Grievances")
# What the columns of the work list read of a case.
LISTED = ("kind", "procedure", "place_code", "step", "title", "due_on")
MINE, CLIMBED = Text("待您办理", "yours"), Text("下级逾期，待您督办", "late below you")


@dataclass(frozen=True, slots=True)
class Waiting:
    """How much waits, by kind, each with the address of its rows."""

    label: Text
    count: int
    late: int
    address: str


def due_cases(actor: Actor, today: date, policy: Policy) -> QuerySet[Case]:
    """The open cases that wait for the actor, with the household's head and the village."""
    head = Person.objects.filter(household_id=OuterRef("household_id"), relation="户主")
    village = Place.objects.filter(code=OuterRef("place_code"))
    listed = cases.due_for(actor, today, policy=policy).only(*LISTED)
    return listed.annotate(
        head=Subquery(head.values("name")[:1]), village=Subquery(village.values("name")[:1])
    )


def opens_cases(actor: Actor, policy: Policy) -> bool:
    """Whether the actor begins cases of households: holds a role of some procedure's first step."""
    return any(
        actor.holds(*procedure.steps[0].roles)
        for procedure in policy.procedures.all
        if procedure.subject is Subject.HOUSEHOLD
    )


def waiting(actor: Actor, today: date, policy: Policy) -> list[Waiting]:
    """What waits for the actor in all, kinds without anything left out.

    One statement counts all of it. It depends on who asks, on the day and on policy, and is kept for them.
    """
    statement = remembered(
        ("waiting", actor, today, policy), lambda: _counting(actor, today, policy)
    )
    counts = {name: (count, late) for name, count, late in statement.rows()}
    return [
        Waiting(label, *counts[label.en], address)
        for label, address in _kinds()
        if counts.get(label.en, (0, 0))[0]
    ]


@cache
def _kinds() -> tuple[tuple[Text, str], ...]:
    """Every kind of what may wait, in the order of the page, with the address of its rows."""
    return (
        (CASES, reverse("tasks-due")),
        (MEASURES, reverse("measures-due")),
        (OBJECTIONS, f"{reverse('notices')}?objections=open"),
        (COMMITMENTS, f"{reverse('commitments')}?state=open"),
        (DEFECTS, f"{reverse('projects')}?defects=open"),
        (FINDINGS, f"{reverse('watch')}?state=mine"),
        (GRIEVANCES, f"{reverse('grievances')}?state=mine"),
        *money_due.kinds(),
    )


def _counting(actor: Actor, today: date, policy: Policy) -> Statement:
    """The statement that counts what waits, by the English name of its kind."""
    past = Q(due_on__lt=today)
    asked = {"policy": policy, "today": today}
    parts: list[tuple[Text, QuerySet[Any], Q | None]] = [
        (CASES, cases.due_for(actor, today, policy=policy), past)
    ]
    if actor.reach({DataClass.PERSONS}, writes=True):
        parts += [
            (MEASURES, late_measures(today), past),
            (OBJECTIONS, Objection.objects.filter(answered_at=None), None),
        ]
    parts += [
        (COMMITMENTS, open_commitments(), past),
        (DEFECTS, Defect.objects.filter(repaired_on=None), past),
        (FINDINGS, findings.waiting_for(actor, **asked), past & Q(state=State.ORDERED)),
        (GRIEVANCES, grievances.waiting_for(actor, **asked), past),
    ]
    parts += [(label, query, None) for label, query in money_due.parts(actor, today)]
    return tally((label.en, query, late) for label, query, late in parts)


def case_columns(policy: Policy, actor: Actor, today: date) -> tuple[Column, ...]:
    """The columns of the work list."""

    def step(case: Case) -> Text:
        found = rules.current_step(policy, case)
        return found.text if found else Text(case.step, case.step)

    def kind(case: Case) -> Text:
        return policy.procedures.kinds[case.kind].text

    # Rows are many, roles, villages and days left are few.
    @cache
    def holds(roles: tuple[str, ...], place: str) -> bool:
        return actor.holds(*roles, at=place)

    def whose(case: Case) -> Text:
        found = rules.current_step(policy, case)
        return MINE if found and holds(tuple(found.roles), case.place_code) else CLIMBED

    def lateness(case: Case) -> Badge | None:
        return None if case.due_on is None else badge((case.due_on - today).days)

    @cache
    def badge(left: int) -> Badge:
        if left < 0:
            return Badge(Text(f"逾期 {-left} 天", f"{-left} days late"), "red")
        if left <= 3:
            return Badge(Text(f"还剩 {left} 天", f"{left} days left"), "yellow")
        return Badge(Text(f"还剩 {left} 天", f"{left} days left"))

    return (
        Column(
            "head",
            Text("户主或项目", "Head or project"),
            lambda c: c.head or c.title or c.village,
            link=lambda c: address_of("case", c.pk),
        ),
        Column(
            "village",
            Text("村", "Village"),
            lambda c: short_name(c.village or ""),
            sort="place_code",
        ),
        Column("due", Text("到期", "Due"), lambda c: c.due_on, Kind.DAY, "due_on"),
        Column("late", Text("期限", "Time left"), lateness),
        Column("kind", Text("事项", "Matter"), kind, sort="kind"),
        Column("step", Text("当前步骤", "Step"), step, sort="step"),
        Column("whose", Text("由谁", "Whose"), whose),
    )


def late_measures(today: date) -> QuerySet[Measure]:
    """Measures of the scope whose day has passed and that have not ended."""
    village = Place.objects.filter(code=OuterRef("place_code"))
    return Measure.objects.filter(ended_on=None, due_on__lt=today).annotate(
        village=Subquery(village.values("name")[:1])
    )


def measure_columns() -> tuple[Column, ...]:
    """The columns of the list of late measures."""
    return (
        Column(
            "household",
            Text("户编号", "Household no."),
            lambda m: m.household_no,
            sort="household_no",
            link=lambda m: address_of("household", m.household_no),
        ),
        Column(
            "village",
            Text("村", "Village"),
            lambda m: short_name(m.village or ""),
            sort="place_code",
        ),
        Column("content", Text("措施", "Measure"), lambda m: m.content),
        Column(
            "responsible",
            Text("负责人", "Responsible"),
            lambda m: m.responsible,
            sort="responsible",
        ),
        Column("due", Text("期限", "Due"), lambda m: m.due_on, Kind.DAY, "due_on"),
    )
