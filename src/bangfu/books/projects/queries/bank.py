"""The bank: its projects, their cases, the eleven fields, and which resemble one another."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.db.models import QuerySet

from bangfu.books.cases.models import Case, State
from bangfu.books.places.queries import names
from bangfu.books.projects import limits
from bangfu.books.projects.models import Project
from bangfu.core import places
from bangfu.core.errors import NotFoundError
from bangfu.core.language import Text
from bangfu.core.policy.resolve import Policy
from bangfu.core.projects.likeness import Pair, Piece, pairs
from bangfu.core.sheets.locate import short_name
from bangfu.core.workflow.model import Subject

NO_SUCH_PROJECT = Text(
    "没有这个项目，或者它不在您的范围内。", "There is no such project, or it is not yours to see."
)
# The eleven fields of a project (国乡振发〔2021〕3号), by the column that holds each.
ELEVEN = {
    "name": Text("项目名称", "name"),
    "purpose": Text("类别", "category"),
    "nature": Text("建设性质", "nature of the building"),
    "location": Text("实施地点", "where"),
    "schedule": Text("时间进度", "when"),
    "department": Text("责任单位", "responsible unit"),
    "task": Text("建设任务", "what is built"),
    "financing": Text("资金规模和筹资方式", "amount and financing"),
    "beneficiary_households": Text("受益对象", "for whom"),
    "performance_target": Text("绩效目标", "performance target"),
    "mechanism": Text("群众参与和带贫减贫机制", "how the masses and the poor take part"),
}
_YEARS_BACK = 1


def bank(*, place_code: str = places.NATION) -> QuerySet[Project]:
    """The projects in a place, whatever their status."""
    low, high = places.code_range(place_code)
    return Project.objects.filter(place_code__gte=low, place_code__lt=high)


def found(project_id: int) -> Project:
    """The project, when the scope sees it. NotFoundError otherwise."""
    project = Project.objects.filter(pk=project_id).first()
    if project is None:
        raise NotFoundError(NO_SUCH_PROJECT)
    return project


def about(project: Project) -> str:
    """How a case names a project."""
    return f"{Subject.PROJECT} {project.pk}"


def project_of(named_as: str) -> int:
    """The number of the project that a case names."""
    return int(named_as.removeprefix(f"{Subject.PROJECT} "))


def named(cases: Sequence[Case]) -> dict[int, Project]:
    """The project of each case, by the case's number."""
    wanted = {case.pk: project_of(case.about) for case in cases}
    projects = Project.objects.in_bulk(set(wanted.values()))
    return {case: projects[number] for case, number in wanted.items() if number in projects}


def cases_of(project: Project) -> QuerySet[Case]:
    """The cases of a project, the newest first."""
    return Case.objects.filter(about=about(project)).order_by("-opened_on", "-pk")


def admission(project: Project) -> Case | None:
    """The open case by which a project is on its way into the bank."""
    return cases_of(project).filter(kind="project_admission", state=State.OPEN).first()


def unfilled(project: Project) -> list[Text]:
    """Those of the eleven fields that are empty, but for the target, which is told by itself."""
    return [
        words
        for field, words in ELEVEN.items()
        if field != "performance_target" and getattr(project, field) in ("", None)
    ]


def pieces(projects: Sequence[Project]) -> list[Piece]:
    """Projects as they are compared; the names of the places around them tell nothing."""
    codes = {project.place_code for project in projects}
    above = {
        code: [
            places.ancestor(code, level) for level in places.Level if level <= places.level(code)
        ]
        for code in codes
    }
    known = names({each for chain in above.values() for each in chain})
    words = {
        code: tuple(
            {
                word
                for each in chain
                if each in known
                for word in (known[each], short_name(known[each]))
            }
        )
        for code, chain in above.items()
    }
    return [
        Piece(
            project.number,
            project.place_code,
            project.name,
            project.task,
            project.department,
            project.cost_fen,
            words[project.place_code],
        )
        for project in projects
    ]


def twins(
    *, place_code: str, year: int, policy: Policy, on: date, numbers: set[str] | None = None
) -> list[Pair]:
    """The projects of a place that resemble one another, of a year and the year before.

    With `numbers`, only pairs that one of these projects is in.
    """
    listed = list(bank(place_code=place_code).filter(year__in=[year, year - _YEARS_BACK]))
    rules = limits.likeness_rules(policy, place=place_code, on=on)
    return [
        pair
        for pair in pairs(pieces(listed), rules)
        if numbers is None or {pair.one.number, pair.other.number} & numbers
    ]
