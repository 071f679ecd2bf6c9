"""Who answers for what (终身责任): read from the records themselves, and never typed a second time.

Each source says once which table keeps an act, which project it is about, who did it and when. From
the same sources come the register of a project and, backwards, the other projects of a person
(一案双查: who carried out, and who had to watch).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from django.db.models import Model, Q, QuerySet

from bangfu.books.accounts.models import Operator
from bangfu.books.accounts.queries import display_names
from bangfu.books.assets.models import Asset
from bangfu.books.cases.models import StepRecord
from bangfu.books.funds.models import Claim, Contract, Payment, PlanItem
from bangfu.books.journal.models import Entry
from bangfu.books.journal.words import VERBS
from bangfu.books.projects.models import Defect, DeliveryStep, Project, Stage, TargetResult
from bangfu.books.projects.queries import project_of
from bangfu.books.projects.views.doors import STEPS
from bangfu.books.supervision.models import Finding, SubjectKind, Visit
from bangfu.core.language import Text
from bangfu.core.policy.resolve import Policy
from bangfu.core.workflow.model import Duty as StepDuty
from bangfu.core.workflow.model import Subject


class Duty(StrEnum):
    """Of which kind a responsibility is: of who carries out, or of who has to watch."""

    MAIN = "main"
    WATCH = "watch"


DUTIES = {
    Duty.MAIN: Text("主体责任", "carried out"),
    Duty.WATCH: Text("监督责任", "approved or watched"),
}


@dataclass(frozen=True, slots=True)
class Part:
    """One act: what, by whom (an account), when, of which duty, about which project."""

    project: int
    what: Text
    who: str
    on: date | None
    duty: Duty


@dataclass(frozen=True, slots=True)
class _Source:
    """Where acts of one kind are kept. `project`, `who` and `on` are paths of the ORM; `more` is a path
    whose value `what` puts into words, where the words depend on it."""

    rows: Callable[[], QuerySet[Any]]
    project: str
    who: str
    on: str
    duty: Duty
    what: Text | Callable[[Any], Text]
    more: str = ""

    def parts(self, condition: Q) -> list[Part]:
        fields = [self.project, self.who, self.on, *([self.more] if self.more else [])]
        found = []
        for project, who, on, *more in self.rows().filter(condition).values_list(*fields):
            if who and project is not None:
                words = self.what if isinstance(self.what, Text) else self.what(more[0])
                found.append(Part(project, words, who, on, self.duty))
        return found


def _all(model: type[Model]) -> Callable[[], QuerySet[Any]]:
    return lambda: model._default_manager.all()


def _plans() -> QuerySet[PlanItem]:
    """The approved plans of every project: an act each, however many lines pay it."""
    return (
        PlanItem.objects.exclude(plan__approved_by="")
        .order_by("plan_id", "project_id")
        .distinct("plan_id", "project_id")
    )


_SOURCES = (
    _Source(
        _all(Project),
        "pk",
        "proposed_by",
        "proposed_on",
        Duty.MAIN,
        Text("申报项目", "proposed it"),
    ),
    _Source(
        _plans,
        "project_id",
        "plan__proposed_by",
        "plan__approved_on",
        Duty.MAIN,
        Text("编制资金计划", "drew up the plan of funds"),
    ),
    _Source(
        _plans,
        "project_id",
        "plan__approved_by",
        "plan__approved_on",
        Duty.WATCH,
        Text("批准资金计划", "approved the plan of funds"),
    ),
    _Source(
        _all(DeliveryStep),
        "project_id",
        "actor",
        "done_on",
        Duty.MAIN,
        lambda stage: Text(f"登记{STEPS[Stage(stage)].zh}", f"recorded: {STEPS[Stage(stage)].en}"),
        "stage",
    ),
    _Source(
        _all(Contract),
        "project_id",
        "recorded_by",
        "signed_on",
        Duty.MAIN,
        Text("登记合同", "recorded the contract"),
    ),
    _Source(
        lambda: Claim.objects.filter(lodged_on__isnull=False),
        "contract__project_id",
        "claimed_by",
        "lodged_on",
        Duty.MAIN,
        Text("报账", "claimed"),
    ),
    _Source(
        _all(Claim),
        "contract__project_id",
        "checked_by",
        "checked_on",
        Duty.WATCH,
        Text("财政审核", "checked the claim"),
    ),
    _Source(
        _all(Payment),
        "claim__contract__project_id",
        "paid_by",
        "posting__day",
        Duty.MAIN,
        Text("支付", "paid"),
    ),
    _Source(
        _all(Defect),
        "project_id",
        "found_by",
        "found_on",
        Duty.WATCH,
        Text("登记缺陷", "noted a defect"),
    ),
    _Source(
        _all(TargetResult),
        "project_id",
        "assessed_by",
        "assessed_on",
        Duty.WATCH,
        Text("结项评估", "assessed the results"),
    ),
    _Source(
        _all(Asset),
        "project_id",
        "handed_over_by",
        "handed_over_on",
        Duty.MAIN,
        Text("移交资产", "handed it over"),
    ),
    _Source(
        lambda: Finding.objects.filter(subject_kind=SubjectKind.PROJECT),
        "project_id",
        "found_by",
        "found_on",
        Duty.WATCH,
        Text("登记督查问题", "noted a finding"),
    ),
)


def of_projects(projects: Iterable[int], *, policy: Policy) -> list[Part]:
    """Every act about these projects that the scope shows, the earliest first."""
    wanted = set(projects)
    found = [
        part for source in _SOURCES for part in source.parts(Q(**{f"{source.project}__in": wanted}))
    ]
    numbers = dict(Project.objects.filter(pk__in=wanted).values_list("number", "pk"))
    found += _steps(Q(case__about__in=[f"{Subject.PROJECT} {pk}" for pk in wanted]), policy)
    found += _visits(Q(key__in=numbers), numbers)
    found += _entries(Q(subject__in=[f"project {number}" for number in numbers]), numbers)
    return _in_order(found)


def of_household(household_no: str, *, policy: Policy) -> list[tuple[Text, str, date]]:
    """Who did what in the cases of a household: what, who, when."""
    rows = StepRecord.objects.filter(case__household_id=household_no).order_by("on", "pk")
    return [
        (_step_words(policy, procedure, step), who, on)
        for procedure, step, who, on in rows.values_list("case__procedure", "step", "actor", "on")
    ]


def of_people(people: Iterable[str], *, policy: Policy) -> dict[str, list[Part]]:
    """By account, every act about a project that the scope shows, whatever the project."""
    wanted = set(people)
    by_person: dict[str, list[Part]] = defaultdict(list)
    for source in _SOURCES:
        for part in source.parts(Q(**{f"{source.who}__in": wanted})):
            by_person[part.who].append(part)
    steps = Q(actor__in=wanted, case__about__startswith=f"{Subject.PROJECT} ")
    for part in _steps(steps, policy):
        by_person[part.who].append(part)
    return by_person


def accounts_of(people: Iterable[str]) -> dict[str, frozenset[str]]:
    """By account, every account that is the same person's, itself included."""
    wanted = set(people)
    tokens = dict(
        Operator.objects.filter(username__in=wanted, person_token__isnull=False).values_list(
            "username", "person_token"
        )
    )
    of_token: dict[str, set[str]] = defaultdict(set)
    for name, token in Operator.objects.filter(person_token__in=set(tokens.values())).values_list(
        "username", "person_token"
    ):
        of_token[token].add(name)
    return {
        name: frozenset({name, *(of_token[tokens[name]] if name in tokens else ())})
        for name in wanted
    }


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who took part: the acts, and the other projects in which the same person took part."""

    who: str
    name: str
    parts: tuple[Part, ...]
    others: tuple[tuple[Project, tuple[Text, ...]], ...]


def traced(projects: Iterable[int], *, policy: Policy) -> list[Person]:
    """Everybody who took part in these projects, by the first act, each with the other projects."""
    wanted = set(projects)
    parts = of_projects(wanted, policy=policy)
    people = list(dict.fromkeys(part.who for part in parts))
    accounts = accounts_of(people)
    everything = of_people({name for names in accounts.values() for name in names}, policy=policy)
    known = Project.objects.in_bulk(
        {part.project for acts in everything.values() for part in acts} - wanted
    )
    names = display_names(people)
    found = []
    for who in people:
        others: dict[int, dict[str, Text]] = defaultdict(dict)
        for name in accounts[who]:
            for part in everything.get(name, ()):
                if part.project in known:
                    others[part.project][part.what.zh] = part.what
        found.append(
            Person(
                who,
                names.get(who, who),
                tuple(part for part in parts if part.who == who),
                tuple(
                    (known[pk], tuple(words.values()))
                    for pk, words in sorted(others.items(), key=lambda one: known[one[0]].number)
                ),
            )
        )
    return found


def units(projects: Iterable[Project]) -> list[tuple[Text, str, QuerySet[Project]]]:
    """The units behind projects (responsible, builders), each with the other projects it has."""
    given = list(projects)
    own = {project.pk for project in given}
    found = []
    for field, words in (
        ("department", Text("责任单位", "responsible unit")),
        ("contractor", Text("承建单位", "builder")),
    ):
        for name in dict.fromkeys(getattr(project, field) for project in given):
            if name:
                others = Project.objects.filter(**{field: name}).exclude(pk__in=own)
                found.append((words, name, others.order_by("number")))
    return found


def _steps(condition: Q, policy: Policy) -> list[Part]:
    """Steps of projects' cases, in the words of their procedure; who checks or decides has to watch."""
    rows = StepRecord.objects.filter(condition).values_list(
        "case__about", "case__procedure", "step", "actor", "on"
    )
    found = []
    for about, procedure, step, who, on in rows:
        duty = policy.procedures.by_id[procedure].step(step).duty
        watches = duty in (StepDuty.CHECK, StepDuty.DECIDE)
        words = _step_words(policy, procedure, step)
        found.append(Part(project_of(about), words, who, on, Duty.WATCH if watches else Duty.MAIN))
    return found


def _step_words(policy: Policy, procedure: str, step: str) -> Text:
    known = policy.procedures.by_id[procedure]
    words = known.step(step).text
    return Text(f"{known.text.zh}·{words.zh}", f"{known.text.en}: {words.en}")


def _visits(condition: Q, numbers: Mapping[str, int]) -> list[Part]:
    rows = Visit.objects.filter(condition, kind="project").values_list("key", "actor", "visited_on")
    words = Text("督查", "inspected")
    return [Part(numbers[key], words, who, on, Duty.WATCH) for key, who, on in rows]


# Acts that leave no row of their own but change the project; the others are read from their rows.
_FROM_JOURNAL = ("projects.amend", "projects.arrange", "projects.import", "projects.finish")


def _entries(condition: Q, numbers: Mapping[str, int]) -> list[Part]:
    rows = Entry.objects.filter(condition, verb__in=_FROM_JOURNAL).values_list(
        "subject", "verb", "actor", "at"
    )
    return [
        Part(
            numbers[subject.removeprefix("project ")],
            VERBS[verb],
            who,
            at.astimezone().date(),
            Duty.MAIN,
        )
        for subject, verb, who, at in rows
    ]


def _in_order(parts: Iterable[Part]) -> list[Part]:
    return sorted(parts, key=lambda part: (part.on or date.min, part.what.zh, part.who))
