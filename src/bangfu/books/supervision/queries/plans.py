"""The list of a quarter: what may be drawn, and why it weighs what it weighs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Max, Q, QuerySet
from django.urls import reverse

from bangfu.books.cases.models import Case
from bangfu.books.cases.models import State as CaseState
from bangfu.books.funds.queries import balances_by_project
from bangfu.books.places.models import Place
from bangfu.books.projects.lots import Drawn
from bangfu.books.projects.models import Project, Stage, Status
from bangfu.books.projects.queries.bank import project_of
from bangfu.books.red_flags import queries as red_flags
from bangfu.books.supervision.models import (
    Finding,
    Plan,
    Purpose,
    SubjectKind,
    Target,
    TargetKind,
    Visit,
)
from bangfu.core import places
from bangfu.core.errors import NotFoundError
from bangfu.core.language import Text
from bangfu.core.periods import month_of, months_between
from bangfu.core.policy.resolve import Policy
from bangfu.core.projects.conditions import Lot
from bangfu.core.supervision.risk import Facts, Score, score

NO_SUCH_PLAN = Text(
    "没有这个督查计划，或者它不在您的范围内。", "There is no such plan, or it is not yours to see."
)
ACCEPTANCE = "project_acceptance"
_OPEN = ~Q(state="closed")


@dataclass(frozen=True, slots=True)
class Line:
    """One that may be drawn, with its score."""

    kind: TargetKind
    key: str
    name: str
    place_code: str
    score: Score


def frame(county: str, year: int, *, policy: Policy, on: date) -> list[Line]:
    """Every village of a county, and every project of the bank that is of the year or not handed over."""
    points = policy.value("supervision.points", place=county, on=on).value
    most = policy.value("supervision.points_at_most", place=county, on=on).value
    low, high = places.code_range(county)
    projects = list(
        Project.objects.filter(
            Q(year=year) | ~Q(stage=Stage.HANDED_OVER),
            place_code__gte=low,
            place_code__lt=high,
            status=Status.ADMITTED,
        ).order_by("number")
    )
    villages = [
        place
        for place in Place.objects.filter(code__gte=low, code__lt=high).order_by("code")
        if places.level(place.code) is places.Level.VILLAGE and not place.successor
    ]
    known = _known(county)
    return [
        *(
            Line(
                TargetKind.VILLAGE,
                place.code,
                place.name,
                place.code,
                score(known.facts("village", place.code, on), points, most),
            )
            for place in villages
        ),
        *(
            Line(
                TargetKind.PROJECT,
                project.number,
                project.name,
                project.place_code,
                score(known.facts("project", project.number, on), points, most),
            )
            for project in projects
        ),
    ]


def waiting_for_acceptance(county: str) -> QuerySet[Case]:
    """The open cases of acceptance that have come to a county."""
    low, high = places.code_range(county)
    return Case.objects.filter(
        kind=ACCEPTANCE,
        state=CaseState.OPEN,
        level=places.Level.COUNTY,
        place_code__gte=low,
        place_code__lt=high,
    )


def acceptance_frame(county: str) -> list[Line]:
    """The projects whose acceptance has come to the county and that stood in no round before, all alike."""
    waiting = waiting_for_acceptance(county)
    listed = Target.objects.filter(
        plan__purpose=Purpose.ACCEPTANCE, plan__place_code=county, kind=TargetKind.PROJECT
    )
    projects = Project.objects.filter(
        pk__in=[project_of(named) for named in waiting.values_list("about", flat=True)]
    ).exclude(number__in=listed.values("key"))
    why = Text("待县级验收，机会相同", "waits for the county's acceptance; all alike")
    return [
        Line(TargetKind.PROJECT, one.number, one.name, one.place_code, Score(1, why))
        for one in projects.order_by("number")
    ]


@dataclass(frozen=True, slots=True)
class _Known:
    """What the scores rest on, by kind and key."""

    flags: Mapping[tuple[str, str], int]
    findings: Mapping[tuple[str, str], int]
    fen: Mapping[tuple[str, str], int]
    visited: Mapping[tuple[str, str], date]

    def facts(self, kind: str, key: str, on: date) -> Facts:
        one = (kind, key)
        last = self.visited.get(one)
        return Facts(
            self.flags.get(one, 0),
            self.findings.get(one, 0),
            self.fen.get(one, 0),
            None if last is None else max(0, months_between(month_of(last), month_of(on))),
        )


def _known(county: str) -> _Known:
    low, high = places.code_range(county)
    inside = {"place_code__gte": low, "place_code__lt": high}
    fen: Counter[tuple[str, str]] = Counter()
    for piece in balances_by_project(county):
        fen["project", piece.project] += piece.fen
        fen["village", piece.place_code] += piece.fen
    open_findings: Counter[tuple[str, str]] = Counter()
    for code, count in (
        Finding.objects.filter(_OPEN, **inside).values_list("place_code").annotate(Count("pk"))
    ):
        open_findings["village", code] += count
    for number, count in (
        Finding.objects.filter(_OPEN, subject_kind=SubjectKind.PROJECT, **inside)
        .values_list("subject")
        .annotate(Count("pk"))
    ):
        open_findings["project", number] += count
    visited = {
        (kind, key): last
        for kind, key, last in Visit.objects.filter(**inside)
        .values_list("kind", "key")
        .annotate(Max("visited_on"))
    }
    return _Known(red_flags.open_by_subject(county), open_findings, fen, visited)


def weights(plan: Plan, kind: TargetKind) -> dict[str, int]:
    """The fixed weights of one part of a plan's list, by key."""
    return dict(Target.objects.filter(plan=plan, kind=kind).values_list("key", "weight"))


def plan_found(plan_id: int) -> Plan:
    """The plan, when the scope sees it. NotFoundError otherwise."""
    plan = Plan.objects.filter(pk=plan_id).first()
    if plan is None:
        raise NotFoundError(NO_SUCH_PLAN)
    return plan


def target_found(target_id: int) -> Target:
    """A line of a plan that was drawn, when the scope sees it. NotFoundError otherwise."""
    target = Target.objects.filter(pk=target_id).exclude(chosen="").first()
    if target is None:
        raise NotFoundError(NO_SUCH_PLAN)
    return target


def drawn(projects: Iterable[Project]) -> dict[int, Drawn]:
    """By id, the projects that stand in a list for acceptance, with their visit where it is on record."""
    by_place = {(each.number, each.place_code): each.pk for each in projects}
    targets = Target.objects.filter(
        plan__purpose=Purpose.ACCEPTANCE,
        kind=TargetKind.PROJECT,
        key__in={number for number, _ in by_place},
    ).select_related("plan")
    mine = {
        by_place[target.key, target.place_code]: target
        for target in targets
        if (target.key, target.place_code) in by_place
    }
    visits: dict[int | None, Visit] = {}
    for visit in Visit.objects.filter(target__in=mine.values(), papers__isnull=False).order_by(
        "pk"
    ):
        visits.setdefault(visit.target_id, visit)
    found = {}
    for project, target in mine.items():
        seen = visits.get(target.pk)
        lot = Lot(
            target.plan.fixed_on,
            target.plan.drawn_on,
            bool(target.chosen),
            seen.visited_on if seen else None,
            seen.inspectors if seen else "",
        )
        found[project] = Drawn(lot, reverse("inspection-visit", args=[target.pk]))
    return found


def visits_of(target: Target) -> QuerySet[Visit]:
    """The visits to a target, the newest first."""
    return Visit.objects.filter(target=target).order_by("-visited_on", "-pk")
