"""What pages, the home page and the API read of cases. Every query sees the scope's rows only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Prefetch, Q, QuerySet
from django.db.models.functions import Substr

from bangfu.books.accounts.actors import Actor
from bangfu.books.cases.models import Answer, Case, Quota, Registration, State, StepRecord
from bangfu.books.households.models import Household, Person, VillageProfile
from bangfu.books.places.models import Place
from bangfu.core import places
from bangfu.core.policy.resolve import Policy
from bangfu.core.workflow.model import Procedure, Subject


def cases_in(place_code: str, *, kind: str = "", state: State = State.OPEN) -> QuerySet[Case]:
    """The cases in a place that are open, or that ended in a way; of a kind when one is given."""
    low, high = places.code_range(place_code)
    query = Case.objects.filter(state=state, place_code__gte=low, place_code__lt=high)
    return query.filter(kind=kind) if kind else query


def due_for(actor: Actor, today: date, *, policy: Policy) -> QuerySet[Case]:
    """The open cases that wait for an actor, the most urgent first: those at a step of a role he holds
    there, and those overdue at the level below his. What is overdue climbs by its date alone.
    """
    wanted = Q(pk__in=[])
    for held in actor.held:
        # By steps, which procedures share: a case is compared with a few names instead of with all.
        mine: dict[str, list[str]] = {}
        for procedure in policy.procedures.all:
            for step in procedure.steps:
                if held.role in step.roles:
                    mine.setdefault(step.id, []).append(procedure.id)
        steps = Q(pk__in=[])
        for step_id, procedures in mine.items():
            steps |= Q(step=step_id, procedure__in=procedures)
        role = policy.procedures.role.get(held.role)
        if role is None:
            continue
        low, high = places.code_range(held.place_code)
        climbed = Q(due_on__lt=today, level=role.level + 1)
        wanted |= Q(place_code__gte=low, place_code__lt=high) & (steps | climbed)
    return (
        Case.objects.filter(wanted, state=State.OPEN)
        .exclude(notice_closes_on__gte=today)
        .order_by("due_on", "pk")
    )


@dataclass(frozen=True, slots=True)
class BoardColumn:
    """One step of a procedure on the board: how many cases stand there, how many of them late."""

    step: str
    count: int
    late: int


def board(cases: QuerySet[Case], today: date) -> dict[tuple[str, str], BoardColumn]:
    """By (kind, step), the counts of the given cases."""
    rows = (
        cases.values("kind", "step")
        .annotate(count=Count("pk"), late=Count("pk", filter=Q(due_on__lt=today)))
        .order_by()
    )
    return {
        (row["kind"], row["step"]): BoardColumn(row["step"], row["count"], row["late"])
        for row in rows
    }


def open_by_kind(household: Household | None, place_code: str) -> dict[str, Case]:
    """The open cases of a household, or of a place itself, by their kind; of each at most one is open."""
    whose = Q(household=household) if household else Q(household=None, place_code=place_code)
    return {case.kind: case for case in Case.objects.filter(whose, state=State.OPEN)}


def history_of(household_no: str) -> QuerySet[Case]:
    """Every case of a household, the newest first."""
    return Case.objects.filter(household_id=household_no).order_by("-opened_on", "-pk")


def home_checks(cases: Sequence[Case], policy: Policy) -> dict[int, list[str]]:
    """By case, who went to see the household, as the newest round has it: who recorded it, whom the record
    names beside, and who looked again."""
    steps = {case.pk: _looks(policy.procedures.by_id[case.procedure]) for case in cases}
    beside = {
        field.id
        for case in cases
        for step in policy.procedures.by_id[case.procedure].steps
        for field in step.fields
        if field.another
    }
    found: dict[int, dict[str, list[str]]] = {case.pk: {} for case in cases}
    records = StepRecord.objects.filter(
        case__in=[case for case in steps if steps[case]],
        step__in={step for each in steps.values() for step in each},
    ).order_by("round_no", "pk")
    named = Prefetch("answers", Answer.objects.filter(field__in=beside), to_attr="beside")
    for record in records.prefetch_related(named) if beside else records:
        if record.step in steps[record.case_id]:
            others = [answer.text for answer in getattr(record, "beside", ()) if answer.text]
            found[record.case_id][record.step] = [record.actor_name, *others]
    return {
        case: [name for step in steps[case] for name in passed.get(step, ())]
        for case, passed in found.items()
    }


def _looks(procedure: Procedure) -> list[str]:
    """The steps at which somebody goes to see: those that compute facts anew, and the second look."""
    seen = [step.id for step in procedure.steps if step.recompute]
    again = [step.id for step in procedure.steps if set(step.other_than) & set(seen)]
    return [*seen, *again] if procedure.subject is Subject.HOUSEHOLD else []


@dataclass(frozen=True, slots=True)
class QuotaRow:
    """A place's quota beside the persons recognised there; `over` above zero is over, below under."""

    code: str
    name: str
    quota: int
    recognised: int

    @property
    def over(self) -> int:
        return self.recognised - self.quota

    @property
    def under(self) -> int:
        return self.quota - self.recognised


def quota_rows(code: str, year: int) -> list[QuotaRow]:
    """The quota of a place and of the places one level below, beside what was recognised."""
    low, high = places.code_range(code)
    own = places.level(code)
    names = dict(
        Place.objects.filter(
            code__gte=low, code__lt=high, level__in=[own, own + 1]
        ).values_list("code", "name")
    )  # fmt: skip
    quotas = dict(
        Quota.objects.filter(place_code__in=list(names), year=year).values_list(
            "place_code", "quota"
        )
    )
    recognised = _recognised(low, high)
    return [
        QuotaRow(
            place,
            names[place],
            quotas[place],
            sum(n for village, n in recognised.items() if places.contains(place, village)),
        )
        for place in sorted(quotas)
    ]


def _recognised(low: str, high: str) -> dict[str, int]:
    """Persons in the register of the poor, by village."""
    numbers = Registration.objects.filter(
        place_code__gte=low, place_code__lt=high, exited_on=None
    ).values("household_id")
    return dict(
        Person.objects.filter(household_id__in=numbers)
        .annotate(village=Substr("place_code", 1, 12))
        .values_list("village")
        .annotate(Count("pk"))
        .order_by()
    )


def quota_weights(county: str, permille: Mapping[str, int]) -> dict[str, int]:
    """Each village's weight: population × estimated incidence (in permille, by township; 1 where none
    is given), from the village sheets."""
    return {
        code: people * permille.get(places.ancestor(code, places.Level.TOWNSHIP), 1)
        for code, people in _populations(county).items()
    }


def population(code: str) -> int:
    """The people of a place, by the newest sheet of each of its villages."""
    return sum(_populations(code).values())


def _populations(code: str) -> dict[str, int]:
    low, high = places.code_range(code)
    sheets = VillageProfile.objects.filter(place_code__gte=low, place_code__lt=high)
    return {sheet.place_code: sheet.population or 0 for sheet in sheets.order_by("year")}


def townships(county: str) -> frozenset[str]:
    """The codes of the townships of a county."""
    low, high = places.code_range(county)
    known = Place.objects.filter(code__gte=low, code__lt=high, level=places.Level.TOWNSHIP)
    return frozenset(known.values_list("code", flat=True))


def named_places(codes: Sequence[str]) -> dict[str, str]:
    """Names of places by code."""
    return dict(Place.objects.filter(code__in=list(codes)).values_list("code", "name"))
