"""The plain rows of a county in which red flags are looked for."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

from django.apps import apps
from django.db.models import Min, Q, Sum

from bangfu.books.cases.models import Case, StepRecord
from bangfu.books.funds import models as funds
from bangfu.books.funds import standing
from bangfu.books.indicators.queries import readings
from bangfu.books.notices.models import Notice
from bangfu.books.payments.models import Payment, PaymentStatus
from bangfu.books.projects import models as projects
from bangfu.books.projects.actions.proposing import KIND as ADMISSION
from bangfu.books.projects.queries.bank import about, bank
from bangfu.books.red_flags.models import Relation
from bangfu.core import places
from bangfu.core.ledger.stages import HELD, Stage
from bangfu.core.policy.resolve import Policy
from bangfu.core.red_flags import facts
from bangfu.core.red_flags.facts import FIELDS

_HELD = sorted(stage.value for stage in HELD)
_CHINA = ZoneInfo("Asia/Shanghai")
# Projects of so many years back are looked at with those of the year: retentions and windows reach there.
_YEARS_BACK = 1


def gather(county: str, year: int, *, on: date, policy: Policy) -> facts.County:
    """Everything that red flags of a county's year are looked for in.

    The scope must give persons (cases and notices) and money of the county.
    """
    built = list(bank(place_code=county).filter(status=projects.Status.ADMITTED, year__lte=year))
    signed = list(
        funds.Contract.objects.filter(place_code=county, project__in=built)
        .select_related("posting")
        .order_by("pk")
    )
    recent = {c.project_id for c in signed if year - _YEARS_BACK <= c.signed_on.year <= year}
    kept = [p for p in built if p.year >= year - _YEARS_BACK or p.pk in recent]
    ids = {project.pk for project in kept}
    return facts.County(
        county,
        year,
        on,
        lines=_lines(county, year),
        projects=_projects(kept),
        pieces=_pieces(county, year),
        contracts=_contracts([one for one in signed if one.project_id in ids]),
        relations=_relations(county),
        deciders=_deciders(kept),
        households=_households(county, year),
        readings=readings(county, year, on=on, policy=policy),
    )


def _lines(county: str, year: int) -> list[facts.Line]:
    lines = list(standing.lines().filter(place_code=county, year__lte=year).order_by("number"))
    cash = _flows([one.pk for one in lines if one.in_hand], Stage.RECEIVED)
    quota = _flows([one.pk for one in lines if one.free], Stage.ANNOUNCED)
    begun = _first_given("line_id", Q(line__in=lines))
    return [
        facts.Line(
            str(line.pk),
            line.number,
            line.name,
            line.year,
            line.department,
            None if line.purposes is None else tuple(line.purposes),
            line.poolable,
            int(line.announced),
            int(line.in_hand),
            int(line.free),
            int(line.allocated),
            int(line.committed),
            begun.get(line.pk),
            cash[line.pk],
            quota[line.pk],
        )
        for line in lines
    ]


def _flows(lines: Sequence[int], stage: Stage) -> dict[int, list[facts.Flow]]:
    """What came onto a stage of some lines."""
    found: dict[int, list[facts.Flow]] = defaultdict(list)
    rows = (
        funds.Entry.objects.filter(line_id__in=lines, stage=stage.value, fen__gt=0)
        .values_list("line_id", "posting_id", "posting__day")
        .annotate(total=Sum("fen"))
    )
    for line, posting, day, fen in rows:
        found[line].append(facts.Flow(str(posting), day, int(fen)))
    return found


def _first_given(key: str, which: Q) -> dict[int, date]:
    """When money was first allocated, by line or by project."""
    rows = (
        funds.Entry.objects.filter(which, stage=Stage.ALLOCATED.value, fen__gt=0)
        .values_list(key)
        .annotate(first=Min("posting__day"))
    )
    return dict(rows)


def _pieces(county: str, year: int) -> list[facts.Piece]:
    rows = (
        funds.Balance.objects.filter(place_code=county, stage__in=_HELD, line__year__lte=year)
        .values_list("line_id", "project_id")
        .annotate(fen=Sum("amount"))
        .filter(fen__gt=0)
    )
    return [facts.Piece(str(line), str(project), int(fen)) for line, project, fen in rows]


def _projects(kept: Sequence[projects.Project]) -> list[facts.Project]:
    held, paid = _balances(kept, _HELD), _balances(kept, [Stage.PAID.value])
    begun = _first_given("project_id", Q(project__in=kept))
    tenders, changes = _tenders(kept), _changes(kept)
    cases = _cases(kept)
    notices, here = _notices(cases), _admitted_here(kept)
    return [
        facts.Project(
            str(one.pk),
            one.number,
            one.name,
            one.task,
            one.place_code,
            one.purpose,
            one.department,
            one.cost_fen,
            one.mode in projects.AFTERWARDS,
            one.admitted_on,
            one.started_on,
            one.accepted_on,
            one.accepted_fen,
            held.get(one.pk, 0),
            paid.get(one.pk, 0),
            begun.get(one.pk),
            one.pk in here,
            tenders.get(one.pk),
            notices[one.pk],
            changes[one.pk],
        )
        for one in sorted(kept, key=lambda one: one.number)
    ]


def _balances(kept: Sequence[projects.Project], stages: Sequence[str]) -> dict[int, int]:
    rows = (
        funds.Balance.objects.filter(project__in=kept, stage__in=stages)
        .values_list("project_id")
        .annotate(fen=Sum("amount"))
    )
    return {project: int(fen) for project, fen in rows}


def _tenders(kept: Sequence[projects.Project]) -> dict[int, facts.Tender]:
    """The tender of each project, as it was awarded: later rows change its price."""
    steps = (
        projects.DeliveryStep.objects.filter(project__in=kept, stage=projects.Stage.TENDER)
        .prefetch_related("bidders")
        .order_by("-pk")
    )
    return {
        step.project_id: facts.Tender(
            step.done_on,
            step.method,
            step.party,
            step.amount_fen,
            step.actor,
            [facts.Bidder(one.name, "", one.fen) for one in step.bidders.all()],
        )
        for step in steps
        if step.party
    }


def _cases(kept: Sequence[projects.Project]) -> dict[int, int]:
    """The project of each case about one, by the case's number."""
    by_name = {about(project): project.pk for project in kept}
    rows = Case.objects.filter(about__in=by_name).values_list("pk", "about")
    return {case: by_name[named] for case, named in rows}


def _admitted_here(kept: Sequence[projects.Project]) -> set[int]:
    """The projects whose way into the bank went through these books."""
    by_name = {about(project): project.pk for project in kept}
    rows = Case.objects.filter(about__in=by_name, kind=ADMISSION)
    return {by_name[named] for named in rows.values_list("about", flat=True)}


def _notices(cases: Mapping[int, int]) -> dict[int, list[facts.Notice]]:
    """The notices of each project's cases that were not withdrawn, from the project of each case."""
    found: dict[int, list[facts.Notice]] = defaultdict(list)
    rows = Notice.objects.filter(subject__startswith="case ", withdrawn_at=None).order_by("pk")
    for notice in rows:
        project = cases.get(_case_of(notice.subject))
        if project is not None:
            found[project].append(
                facts.Notice(str(notice.pk), notice.title_zh, notice.opens_on, notice.closes_on)
            )
    return found


def _case_of(subject: str) -> int:
    """The case that a notice's subject ("case 12 round 1") names."""
    number = subject.split(" ")[1]
    return int(number) if number.isdigit() else 0


def _changes(kept: Sequence[projects.Project]) -> dict[int, list[facts.Change]]:
    """Every change of a field of FIELDS in the history of accepted projects."""
    accepted = [one.pk for one in kept if one.accepted_on is not None]
    history: dict[int, list[dict[str, Any]]] = defaultdict(list)
    rows = (
        apps.get_model("projects", "ProjectHistory")
        .objects.filter(id__in=accepted)
        .order_by("pgh_id")
        .values("id", "pgh_created_at", "actor", *FIELDS)
    )
    for row in rows:
        history[row["id"]].append(row)
    found: dict[int, list[facts.Change]] = defaultdict(list)
    for project, versions in history.items():
        for before, after in pairwise(versions):
            day = after["pgh_created_at"].astimezone(_CHINA).date()
            found[project] += [
                facts.Change(day, name, _said(before[name]), _said(after[name]), after["actor"])
                for name in FIELDS
                if before[name] != after[name]
            ]
    return found


def _said(value: object) -> str:
    return "" if value is None else str(value)


def _contracts(signed: Sequence[funds.Contract]) -> list[facts.Contract]:
    paid: dict[int, list[facts.Payment]] = defaultdict(list)
    rows = (
        funds.Payment.objects.filter(claim__contract__in=signed)
        .select_related("claim", "posting")
        .annotate(back=Sum("recoveries__fen"))
        .order_by("pk")
    )
    for payment in rows:
        fen = payment.fen - int(payment.back or 0)
        if fen:
            paid[payment.claim.contract_id].append(
                facts.Payment(
                    str(payment.pk),
                    payment.voucher,
                    str(payment.claim_id),
                    payment.claim.note,
                    fen,
                    payment.posting.day,
                    (payment.claimed_by, payment.checked_by, payment.paid_by),
                )
            )
    return [
        facts.Contract(
            str(one.pk),
            one.number,
            one.title,
            str(one.project_id),
            one.payee,
            one.payee_code,
            one.fen,
            one.released_fen,
            one.signed_on,
            one.posting.day,
            one.recorded_by,
            paid[one.pk],
        )
        for one in signed
    ]


def _households(county: str, year: int) -> list[facts.HouseholdPayment]:
    """What households were paid in a year and the one before it, each with the person it was for."""
    low, high = places.code_range(county)
    rows = (
        Payment.objects.filter(
            place_code__gte=low,
            place_code__lt=high,
            status=PaymentStatus.PAID,
            settled_on__year__range=(year - _YEARS_BACK, year),
        )
        .select_related("entitlement")
        .order_by("pk")
    )
    return [
        facts.HouseholdPayment(
            str(one.pk),
            one.household_no,
            one.household_no if one.entitlement.per_household else one.entitlement.person_token,
            one.entitlement.scheme,
            one.entitlement.term,
            one.fen,
            one.settled_on,
            one.place_code,
        )
        for one in rows.iterator()
    ]


def _relations(county: str) -> list[facts.Relation]:
    return [
        facts.Relation(
            str(one.pk),
            one.decider,
            one.party,
            one.party_code,
            one.what,
            one.declared_on,
            one.ended_on,
        )
        for one in Relation.objects.filter(place_code=county).order_by("pk")
    ]


def _deciders(kept: Iterable[projects.Project]) -> dict[str, tuple[str, ...]]:
    """Who carried out a step of each project's cases, and who proposed and approved a plan for it."""
    listed = list(kept)
    cases, found = _cases(listed), defaultdict(set)
    for case, actor in StepRecord.objects.filter(case_id__in=cases).values_list("case_id", "actor"):
        found[str(cases[case])].add(actor)
    plans = funds.PlanItem.objects.filter(project__in=listed).values_list(
        "project_id", "plan__proposed_by", "plan__approved_by"
    )
    for project, *people in plans.distinct():
        found[str(project)] |= {name for name in people if name}
    return {project: tuple(sorted(names)) for project, names in found.items()}
