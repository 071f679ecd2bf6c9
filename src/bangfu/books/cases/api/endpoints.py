"""The addresses of cases in the API: the lists, each with its steps, and the same verbs as on the pages."""

from __future__ import annotations

from django.http import HttpRequest
from ninja import Router, Status

from bangfu.books.accounts.doors import endpoint
from bangfu.books.cases import actions, rules
from bangfu.books.cases.api.messages import detail_of, given_of, line_of
from bangfu.books.cases.api.shapes import (
    ActIn,
    BulkIn,
    BulkOut,
    CaseDetail,
    Cases,
    MergeIn,
    OpenIn,
    ReturnIn,
    StateName,
    StepIn,
    WithdrawIn,
)
from bangfu.books.cases.models import Case
from bangfu.books.cases.views.cases import ACTS, found
from bangfu.books.households.queries import the_household
from bangfu.books.walls.scope import DataClass
from bangfu.core import places
from bangfu.core.errors import InputError
from bangfu.core.language import Text
from bangfu.files.policy_folder import policy_in_force
from bangfu.web.rest import REFUSED, HouseholdNo, Key, Limit, Name, PlaceCode, Refusal, page_of

router = Router(tags=["cases"])
PERSONS = {DataClass.PERSONS}


@router.get("", response={200: Cases, REFUSED: Refusal}, url_name="cases")
@endpoint(classes=PERSONS, purpose="cases")
def cases(
    request: HttpRequest,
    after: Key | None = None,
    limit: Limit = 50,
    place: PlaceCode | None = None,
    household_no: HouseholdNo | None = None,
    kind: Name | None = None,
    state: StateName | None = None,
    step: Name | None = None,
) -> Cases:
    """Cases of the scope, narrowed by what is given."""
    low, high = places.code_range(place or places.NATION)
    wanted = {"household_id": household_no, "kind": kind, "state": state, "step": step}
    query = Case.objects.filter(
        place_code__gte=low,
        place_code__lt=high,
        **{name: value for name, value in wanted.items() if value is not None},
    )
    items, following = page_of(query, line_of, after=after, limit=limit)
    return Cases(items=items, next=following)


@router.post("", response={201: CaseDetail, REFUSED: Refusal}, url_name="cases")
@endpoint(classes=PERSONS, purpose="open a case")
def open_case(request: HttpRequest, given: OpenIn) -> Status[CaseDetail]:
    """Open a case and record its first step."""
    policy = policy_in_force()
    if (given.household_no is None) == (given.place_code is None):
        raise InputError(
            Text(
                "户编号和地方代码给其中一个。",
                "Give a household number or a place code, one of them.",
            )
        )
    place = given.place_code or the_household(given.household_no or "").place_code
    first = policy.procedures.find(given.kind, place=place, on=request.today).steps[0]
    case = actions.open_case(
        by=request.actor,
        kind=given.kind,
        household_no=given.household_no,
        place_code=given.place_code,
        finding=given.finding,
        given=given_of(given, first),
        policy=policy,
        today=request.today,
        now=request.now,
    )
    return Status(201, detail_of(request, case, policy))


@router.post("/decisions", response={200: BulkOut, REFUSED: Refusal}, url_name="case-decisions")
@endpoint(classes=PERSONS, purpose="decide cases in bulk")
def decide(request: HttpRequest, given: BulkIn) -> BulkOut:
    """Check or decide many cases in one act."""
    decided = actions.decide_in_bulk(
        by=request.actor,
        chosen={each.id: each.version for each in given.cases},
        passes=given.passes,
        reason=given.reason,
        policy=policy_in_force(),
        today=request.today,
        now=request.now,
    )
    return BulkOut(decided=decided)


@router.get("/{case_id}", response={200: CaseDetail, REFUSED: Refusal}, url_name="case")
@endpoint(classes=PERSONS, purpose="case")
def case(request: HttpRequest, case_id: Key) -> CaseDetail:
    """One case with its steps."""
    return detail_of(request, found(case_id), policy_in_force())


@router.post("/{case_id}/step", response={200: CaseDetail, REFUSED: Refusal}, url_name="case-step")
@endpoint(classes=PERSONS, purpose="case")
def carry_out(request: HttpRequest, case_id: Key, given: ActIn) -> CaseDetail:
    """Carry out the step that a case stands at."""
    policy = policy_in_force()
    standing = found(case_id)
    step = rules.current_step(policy, standing)
    act = ACTS.get(step.duty, actions.record_step) if step else actions.record_step
    done = act(
        by=request.actor,
        case_id=case_id,
        version=given.version,
        given=given_of(given, step),
        policy=policy,
        today=request.today,
        now=request.now,
    )
    return detail_of(request, done, policy)


@router.post(
    "/{case_id}/return", response={200: CaseDetail, REFUSED: Refusal}, url_name="case-return"
)
@endpoint(classes=PERSONS, purpose="return a case")
def send_back(request: HttpRequest, case_id: Key, given: ReturnIn) -> CaseDetail:
    """Send a case back to an earlier step."""
    policy = policy_in_force()
    actions.return_to(
        by=request.actor,
        chosen={case_id: given.version},
        step=given.step,
        reason=given.reason,
        policy=policy,
        today=request.today,
        now=request.now,
    )
    return detail_of(request, found(case_id), policy)


@router.post(
    "/{case_id}/withdraw", response={200: CaseDetail, REFUSED: Refusal}, url_name="case-withdraw"
)
@endpoint(classes=PERSONS, purpose="withdraw a case")
def withdraw(request: HttpRequest, case_id: Key, given: WithdrawIn) -> CaseDetail:
    """End a case that should not go on."""
    policy = policy_in_force()
    actions.withdraw(
        by=request.actor,
        case_id=case_id,
        version=given.version,
        reason=given.reason,
        policy=policy,
        today=request.today,
        now=request.now,
    )
    return detail_of(request, found(case_id), policy)


@router.post(
    "/{case_id}/merge", response={200: CaseDetail, REFUSED: Refusal}, url_name="case-merge"
)
@endpoint(classes=PERSONS, purpose="merge cases")
def merge(request: HttpRequest, case_id: Key, given: MergeIn) -> CaseDetail:
    """End a case that repeats another."""
    policy = policy_in_force()
    actions.merge_duplicates(
        by=request.actor,
        keep=given.keep,
        duplicate=case_id,
        version=given.version,
        reason=given.reason,
        policy=policy,
        today=request.today,
        now=request.now,
    )
    return detail_of(request, found(case_id), policy)


@router.post(
    "/{case_id}/reopen", response={201: CaseDetail, REFUSED: Refusal}, url_name="case-reopen"
)
@endpoint(classes=PERSONS, purpose="relapse")
def reopen(request: HttpRequest, case_id: Key, given: StepIn) -> Status[CaseDetail]:
    """A removed risk is back: a new case of recognition, with the removal behind it."""
    policy = policy_in_force()
    old = found(case_id)
    first = policy.procedures.find("monitoring", place=old.place_code, on=request.today).steps[0]
    case = actions.reopen(
        by=request.actor,
        case_id=case_id,
        given=given_of(given, first),
        policy=policy,
        today=request.today,
        now=request.now,
    )
    return Status(201, detail_of(request, case, policy))
