"""What the cases are told of projects: conditions, notices, and what admission and acceptance do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.urls import reverse

from bangfu.books.cases import subjects
from bangfu.books.cases.models import Case
from bangfu.books.cases.subjects import Kept, Row
from bangfu.books.places.queries import names
from bangfu.books.projects import lots, queries
from bangfu.books.projects.models import DeliveryStep, Mode, Project, Stage, Status
from bangfu.core import places
from bangfu.core.errors import ConflictError
from bangfu.core.language import Text
from bangfu.core.money import format_yuan
from bangfu.core.policy.resolve import Policy
from bangfu.core.projects.conditions import PROJECT, Facts
from bangfu.core.projects.likeness import Likeness, Pair
from bangfu.core.workflow.evidence import Evidence
from bangfu.core.workflow.model import Criteria, Subject

LIKENESS = {
    Likeness.SEVERAL_DEPARTMENTS: Text(
        "同一项目多部门申报", "one project, asked for by several departments"
    ),
    Likeness.SAME: Text("重复申报", "the same project twice"),
    Likeness.ALIKE: Text("相似", "alike"),
}


def _address(about: str) -> str:
    return reverse("project", args=[queries.project_of(about)])


def _conditions(
    cases: Sequence[Case],
    listed: Criteria,
    answers: Mapping[int, Row],
    policy: Policy,
    today: date,
) -> dict[int, dict[str, Evidence]]:
    projects = queries.named(cases)
    wanted = {item.evidence for item in listed.items}
    known = _facts(list(cases), projects, answers, policy, today, wanted)
    return {
        case.pk: {
            item.id: PROJECT[item.evidence](
                known[case.pk],
                policy.value(item.limit, place=case.place_code, on=today).value
                if item.limit
                else None,
            )
            for item in listed.items
            if item.evidence
        }
        for case in cases
    }


def _facts(
    cases: Sequence[Case],
    projects: Mapping[int, Project],
    answers: Mapping[int, Row],
    policy: Policy,
    today: date,
    wanted: set[str],
) -> dict[int, Facts]:
    like = (
        _likenesses(list(projects.values()), policy, today) if "project_no_twin" in wanted else {}
    )
    lists = lots.drawn(projects.values()) if "project_drawn" in wanted else {}
    units: dict[str, tuple[int, int]] = {}
    found = {}
    for case in cases:
        project = projects[case.pk]
        if project.department not in units:
            units[project.department] = (
                queries.results_of_unit(project.department, place_code=project.place_code)
                if "project_unit_reached" in wanted
                else (0, 0)
            )
        built = project.built_on is not None
        found[case.pk] = Facts(
            target=project.performance_target,
            unfilled=queries.unfilled(project),
            twins=like.get(project.number, ()),
            assessed=units[project.department][0],
            met=units[project.department][1],
            built=built,
            missing=[
                kind for _, kind in queries.missing_documents(project, policy=policy, on=today)
            ]
            if "project_documents" in wanted
            else (),
            lot=lists[project.pk].lot if project.pk in lists else None,
            **(
                _priced(project, answers.get(case.pk, {}), policy, today)
                if wanted & _ON_MONEY
                else _unpriced(project)
            ),
        )
    return found


# The word of the procedure (policy/procedures/project.toml) for a county that went to see.
ON_SITE = "现场抽查"
_ON_MONEY = frozenset(
    {
        "project_tendered",
        "project_within_contract",
        "project_labour_share",
        "project_no_open_defect",
        "project_seen",
    }
)


def _unpriced(project: Project) -> dict[str, Any]:
    """As `_priced`, where no condition asks for it."""
    return {
        "cost_fen": project.cost_fen,
        "contract_fen": project.contract_fen,
        "method": "",
        "tendered": False,
        "relief": False,
        "labour_fen": None,
        "accepted_fen": None,
        "open_defects": 0,
        "seen": False,
    }


def _priced(project: Project, answers: Row, policy: Policy, today: date) -> dict[str, Any]:
    """What conditions on money read: price, way of procurement, wages, what is about to be accepted."""
    steps = DeliveryStep.objects.filter(project=project)
    method = (
        steps.filter(stage=Stage.TENDER).order_by("-pk").values_list("method", flat=True).first()
    )
    labour = (
        steps.filter(labour_fen__isnull=False)
        .order_by("-pk")
        .values_list("labour_fen", flat=True)
        .first()
    )
    duty = policy.value("projects.tender_methods_of_duty", place=project.place_code, on=today).value
    return {
        "cost_fen": project.cost_fen,
        "contract_fen": project.contract_fen,
        "method": method or "",
        "tendered": method in duty,
        "relief": project.mode == Mode.RELIEF,
        "labour_fen": labour,
        "accepted_fen": answers.get("accepted_cost"),
        "open_defects": project.defects.filter(repaired_on=None).count(),
        "seen": answers["seen"] == ON_SITE if answers.get("seen") else None,
    }


def _likenesses(
    projects: Sequence[Project], policy: Policy, today: date
) -> dict[str, tuple[Text, ...]]:
    """By number, what each project resembles."""
    if not projects:
        return {}
    county = projects[0].county_code
    found: dict[str, list[Text]] = {}
    for year in {project.year for project in projects}:
        numbers = {project.number for project in projects if project.year == year}
        reached = _widest(projects, county)
        pairs = queries.twins(
            place_code=reached, year=year, policy=policy, on=today, numbers=numbers
        )
        for pair in pairs:
            for number, other in ((pair.one.number, pair.other), (pair.other.number, pair.one)):
                if number in numbers:
                    found.setdefault(number, []).append(said(pair, other.number, other.department))
    return {number: tuple(texts) for number, texts in found.items()}


def _widest(projects: Sequence[Project], county: str) -> str:
    """The place to look in: the project's township, or the county where several are asked for."""
    townships = {places.ancestor(each.place_code, places.Level.TOWNSHIP) for each in projects}
    return townships.pop() if len(townships) == 1 else county


def said(pair: Pair, number: str, department: str) -> Text:
    """How a pair resembles one another, said of one of the two."""
    words, why = LIKENESS[pair.likeness], measured(pair)
    return Text(
        f"与 {number}（{department}）{words.zh}：{why.zh}",
        f"with {number} ({department}), {words.en}: {why.en}",
    )


def measured(pair: Pair) -> Text:
    """By what shares a pair resembles one another."""
    text, amount = f"{float(pair.text):.0%}", f"{float(pair.amount):.0%}"
    return Text(
        f"文字相同 {text}，金额相差 {amount}", f"text {text} in common, amounts {amount} apart"
    )


def _notice_rows(cases: Sequence[Case]) -> dict[int, dict[str, str]]:
    projects = queries.named(cases)
    villages = names({case.place_code for case in cases})
    rows = {}
    for case in cases:
        project = projects[case.pk]
        rows[case.pk] = {
            "village": villages.get(case.place_code, ""),
            "project": project.name,
            "location": project.location,
            "task": project.task,
            "cost": format_yuan(project.cost_fen).replace(",", ""),
            "financing": project.financing,
            "schedule": project.schedule,
            "beneficiaries": "、".join(project.beneficiaries or ()),
            "mechanism": project.mechanism,
            "department": project.department,
        }
    return rows


def _admit(
    by: str, cases: Sequence[Case], answers: Mapping[int, Row], policy: Policy, today: date
) -> None:
    """Into the bank; the database itself refuses one without a target."""
    numbers = [project.pk for project in queries.named(cases).values()]
    Project.objects.filter(pk__in=numbers).update(
        status=Status.ADMITTED, status_reason="", admitted_on=today
    )


def _accept(
    by: str, cases: Sequence[Case], answers: Mapping[int, Row], policy: Policy, today: date
) -> None:
    for case_id, project in queries.named(cases).items():
        if project.stage != Stage.BUILT:
            raise ConflictError(Text("项目还没有报完工。", "The project is not reported as built."))
        Project.objects.filter(pk=project.pk).update(
            stage=Stage.ACCEPTED,
            accepted_on=today,
            finished_on=today,
            accepted_fen=answers[case_id]["accepted_cost"],
        )


def _refused(by: str, cases: Sequence[Case], why: str) -> None:
    """A proposal that did not pass stands in the bank's list as refused, with the reason."""
    numbers = [
        project.pk for project in queries.named(cases).values() if project.status == Status.PROPOSED
    ]
    Project.objects.filter(pk__in=numbers).update(
        status=Status.NOT_ADMITTED, status_reason=why or "—"
    )


subjects.keep(
    Subject.PROJECT,
    Kept(
        address=_address,
        conditions=_conditions,
        notice_rows=_notice_rows,
        effects={"admit_project": _admit, "accept_project": _accept},
        reads={"accept_project": ("accepted_cost",)},
        refused=_refused,
    ),
)
