"""The bank: its list, a project's page, the look-alikes."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import OuterRef, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from bangfu.books.accounts.doors import page
from bangfu.books.cases import rules, showing
from bangfu.books.cases.models import Case
from bangfu.books.places.models import Place
from bangfu.books.places.queries import names
from bangfu.books.projects import limits, lots, money, queries
from bangfu.books.projects.keeping import LIKENESS, measured, said
from bangfu.books.projects.models import Contribution, Project, Stage, Status
from bangfu.books.projects.views.doors import (
    EITHER,
    MODES,
    STAGES,
    STATUS,
    STEPS,
    may_record,
    sees_ledger,
)
from bangfu.books.projects.views.proposing import own_village
from bangfu.books.walls.scope import DataClass
from bangfu.core import places
from bangfu.core.language import Text
from bangfu.core.policy.resolve import Policy
from bangfu.core.projects import conditions
from bangfu.core.projects.likeness import Pair
from bangfu.core.projects.photos import SAID, Doubt
from bangfu.core.projects.targets import Target
from bangfu.core.sheets.locate import short_name
from bangfu.files.policy_folder import policy_in_force
from bangfu.web import codes, speech
from bangfu.web.addresses import address_of
from bangfu.web.tables import Badge, Column, Kind, Table


def _columns() -> tuple[Column, ...]:
    return (
        Column(
            "number",
            Text("项目编号", "Number"),
            lambda p: p.number,
            sort="number",
            link=lambda p: address_of("project", p.pk),
        ),
        Column("name", Text("项目", "Project"), lambda p: p.name, sort="name"),
        Column(
            "village",
            Text("村", "Village"),
            lambda p: short_name(p.village or ""),
            sort="place_code",
        ),
        Column(
            "purpose", Text("类别", "Category"), lambda p: codes.word(p.purpose), sort="purpose"
        ),
        Column("department", Text("责任单位", "Unit"), lambda p: p.department, sort="department"),
        Column(
            "cost",
            Text("资金规模（元）", "Amount (yuan)"),
            lambda p: p.cost_fen,
            Kind.MONEY,
            "cost_fen",
        ),
        Column("status", Text("入库", "Bank"), lambda p: STATUS[Status(p.status)], sort="status"),
        Column("stage", Text("实施", "Delivery"), lambda p: STAGES[Stage(p.stage)], sort="stage"),
    )


def _filtered(request: HttpRequest) -> QuerySet[Project]:
    get = request.GET
    code = get.get("place", "")
    query = queries.bank(place_code=code if places.is_code(code) else places.NATION)
    if get.get("year", "").isdigit():
        query = query.filter(year=int(get["year"][:4]))
    if get.get("status") in Status.values:
        query = query.filter(status=get["status"])
    if get.get("stage") in Stage.values and get.get("stage"):
        query = query.filter(stage=get["stage"])
    if get.get("purpose"):
        query = query.filter(purpose=get["purpose"])
    if get.get("department"):
        query = query.filter(department=get["department"])
    if get.get("defects") == "open":
        query = query.filter(defects__repaired_on=None, defects__isnull=False).distinct()
    if get.get("find"):
        query = query.filter(name__icontains=get["find"][:60])
    village = Place.objects.filter(code=OuterRef("place_code"))
    return query.annotate(village=Subquery(village.values("name")[:1]))


@page(either=EITHER, purpose="project bank")
def bank_list(request: HttpRequest) -> HttpResponse:
    """The bank: every project of my places, by place, year, status, stage, category and words."""
    table = Table(
        request,
        _columns(),
        _filtered(request),
        name="projects",
        title=Text("项目库", "Project bank"),
        order="number",
    )
    if table.wants_workbook:
        return table.workbook()
    reached = queries.bank()
    context = {
        "table": table,
        "years": sorted(set(reached.values_list("year", flat=True).distinct()), reverse=True),
        "purposes": sorted(set(reached.exclude(purpose="").values_list("purpose", flat=True))),
        "statuses": [(status.value, badge.text) for status, badge in STATUS.items()],
        "stages": [(stage.value, words) for stage, words in STAGES.items() if stage.value],
        "counts": [
            (status.value, STATUS[status].text, reached.filter(status=status).count())
            for status in Status
        ],
        "chosen": {
            name: request.GET.get(name, "")
            for name in ("year", "status", "stage", "purpose", "place", "find")
        },
        "village": own_village(request),
    }
    return render(request, "projects/list.html", context)


@dataclass(frozen=True, slots=True)
class CaseLine:
    """A case of a project: what it is, where it stands, until when."""

    case: Case
    kind: Text
    step: Text | None
    address: str
    ended_because: Text


@dataclass(frozen=True, slots=True)
class ResultLine:
    """A target and what was reached."""

    result: object
    met: Badge


@page(either=EITHER, purpose="project")
def project_page(request: HttpRequest, project_id: int) -> HttpResponse:
    """A project: the eleven fields, its way into the bank, delivery, papers, reports, results."""
    project = queries.found(project_id)
    policy = policy_in_force()
    coming = limits.next_stage(project) if project.status == Status.ADMITTED else None
    persons = bool(request.actor.reach({DataClass.PERSONS}, place_code=project.place_code))
    steps = {step.stage: step for step in project.steps.order_by("pk")}
    missing = queries.missing_documents(project, policy=policy, on=request.today)
    drawn = lots.drawn([project]).get(project.pk)
    context = {
        "project": project,
        "village": names([project.place_code]).get(project.place_code, project.place_code),
        "status": _standing(project),
        "mode": MODES[project.mode],  # type: ignore[index]
        "fields": [
            (words, _said(project, name))
            for name, words in queries.ELEVEN.items()
            if name != "name"
        ],
        "cases": _cases(project, policy) if persons else [],
        "track": [
            (STEPS[stage], steps.get(stage), _state(project, stage)) for stage in limits.ORDER
        ],
        "drawn": drawn,
        "drawn_says": conditions.drawn(drawn.lot) if drawn else None,
        "coming": coming,
        "coming_words": STEPS[coming] if coming else None,
        "may_price": project.stage in limits.PRICED
        and project.contract_fen is not None
        and may_record(request, project, Stage.TENDER, policy),
        "may_stage": coming is not None
        and coming in limits.RECORDED
        and coming is not Stage.HANDED_OVER
        and may_record(request, project, coming, policy),
        "may_hand_in": any(may_record(request, project, stage, policy) for stage, _ in missing),
        "documents": list(queries.documents(project)),
        "missing": [(STAGES[stage], kind) for stage, kind in missing],
        "payable": queries.what_is_payable(project, request.today, policy=policy),
        "reports": _reports(project),
        "contributions": [
            (CONTRIBUTIONS[each.kind], each)  # type: ignore[index]
            for each in project.contributions.order_by("-pk")
        ],
        "defects": project.defects.order_by("-pk"),
        "results": [_result(each) for each in project.results.order_by("pk")],
        "twins": _alike(project, policy, request),
        "commitments": project.commitments.select_related("meeting").order_by("due_on"),
        "writes": bool(request.actor.reach((), place_code=project.place_code, writes=True)),
        "sees_ledger": sees_ledger(request.actor),
        "money": money.lines_of(project) if sees_ledger(request.actor) else [],
        "persons": persons,
    }
    return render(request, "projects/project.html", context)


CONTRIBUTIONS = {
    Contribution.Kind.LABOUR: Text("投工", "labour"),
    Contribution.Kind.CASH: Text("筹资", "cash"),
    Contribution.Kind.MATERIAL: Text("投料", "materials"),
}


def _standing(project: Project) -> Badge:
    """Where a project stands: its place in the bank, or that it is finished."""
    if project.stage in (Stage.ACCEPTED, Stage.HANDED_OVER):
        return Badge(STAGES[Stage(project.stage)], "green")
    return STATUS[Status(project.status)]


def _said(project: Project, name: str) -> str:
    if name == "beneficiary_households":
        people = speech.listed(codes.word(each) for each in project.beneficiaries or ())
        number = project.beneficiary_households
        return speech.say(
            Text(
                f"{people or '全体村民'}{f'，{number} 户' if number else ''}",
                f"{people or 'everybody'}{f', {number} households' if number else ''}",
            )
        )
    if name == "financing":
        amount = speech.yuan(project.cost_fen)
        return speech.say(
            Text(f"{amount} 元 {project.financing}", f"{amount} yuan {project.financing}")
        )
    said = str(getattr(project, name))
    return codes.word(said) if said and name in ("nature", "purpose") else said


def _state(project: Project, stage: Stage) -> str:
    reached = Stage(project.stage)
    if reached is Stage.WAITING:
        return "ahead"
    return "done" if limits.ORDER.index(stage) <= limits.ORDER.index(reached) else "ahead"


def _cases(project: Project, policy: Policy) -> list[CaseLine]:
    return [
        CaseLine(
            case,
            rules.procedure_of(policy, case).text,
            step.text if (step := rules.current_step(policy, case)) else None,
            reverse("case", args=[case.pk]),
            showing.ended_because(case, policy),
        )
        for case in queries.cases_of(project)
    ]


def _reports(project: Project) -> list[tuple[object, list[tuple[object, list[Text]]]]]:
    """Each report with its photos and what does not fit, the newest first."""
    found = project.progress.prefetch_related("photos__attachment").order_by("-pk")
    return [
        (
            report,
            [
                (photo, [SAID[Doubt(code)] for code in photo.doubts])
                for photo in report.photos.all()
            ],
        )
        for report in found
    ]


def _result(each: object) -> ResultLine:
    target = Target(each.name, each.planned, each.unit, each.at_most)  # type: ignore[attr-defined]
    met = target.met(each.reached)  # type: ignore[attr-defined]
    badge = Badge(Text("达到", "met"), "green") if met else Badge(Text("没有达到", "missed"), "red")
    return ResultLine(each, badge)


def _alike(project: Project, policy: Policy, request: HttpRequest) -> list[Text]:
    pairs = queries.twins(
        place_code=project.place_code,
        year=project.year,
        policy=policy,
        on=request.today,
        numbers={project.number},
    )
    others = [(p, p.other if p.one.number == project.number else p.one) for p in pairs]
    return [said(pair, other.number, other.department) for pair, other in others]


@dataclass(frozen=True, slots=True)
class PairLine:
    """Two projects that resemble one another, with their pages."""

    pair: Pair
    likeness: Text
    why: Text
    one: str
    other: str
    village: str


@page(either=EITHER, purpose="look-alike projects")
def twins_page(request: HttpRequest) -> HttpResponse:
    """Look-alikes of a year, with the shares that made them so."""
    year = request.GET.get("year", "")
    chosen = int(year) if len(year) == 4 and year.isdigit() else _newest(request)
    policy = policy_in_force()
    pairs: list[Pair] = []
    for code in request.scope.places:
        pairs += queries.twins(place_code=code, year=chosen, policy=policy, on=request.today)
    numbers = {each.number for pair in pairs for each in (pair.one, pair.other)}
    pages = {
        (number, code): reverse("project", args=[pk])
        for number, code, pk in queries.bank()
        .filter(number__in=numbers)
        .values_list("number", "place_code", "pk")
    }
    villages = names({pair.one.place_code for pair in pairs})
    lines = [
        PairLine(
            pair,
            LIKENESS[pair.likeness],
            measured(pair),
            pages[pair.one.number, pair.one.place_code],
            pages[pair.other.number, pair.other.place_code],
            short_name(villages.get(pair.one.place_code, "")),
        )
        for pair in pairs
    ]
    return render(request, "projects/twins.html", {"lines": lines, "year": chosen})


def _newest(request: HttpRequest) -> int:
    newest = queries.bank().order_by("-year").values_list("year", flat=True).first()
    return newest or request.today.year
