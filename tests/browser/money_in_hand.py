"""Money to households, red flags and what is public, in the books of tests that look at pages.

Walked by the actions that the pages use, each by an operator who may; every person is invented.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, TypeVar

from tests.browser.county import COUNTY, VILLAGE
from tests.lib.planted import flag_of

from bangfu.books.accounts.actors import actor_of
from bangfu.books.funds import actions as funds
from bangfu.books.funds.models import FundLine
from bangfu.books.households.models import Person
from bangfu.books.payments import actions
from bangfu.books.payments.actions.applying import id_number
from bangfu.books.payments.eligibility import verdicts
from bangfu.books.projects.models import KeyVillage, Project, Stage, TargetResult
from bangfu.books.publishing import actions as publishing
from bangfu.books.publishing.models import Publication
from bangfu.books.red_flags import actions as red_flags
from bangfu.books.red_flags.models import Flag
from bangfu.books.walls.scope import DataClass, Scope, within
from bangfu.cli.paying import answered
from bangfu.core.places import NATION
from bangfu.files.policy_folder import policy_in_force

Result = TypeVar("Result")
# The year before: its plan is its own, beside the one that `planted.money_of` posts for this year.
YEAR, LINE, PROJECT, SCHEME = 2025, "雨露2025", "雨露补助2025", "vocational_aid"
FIRST_TERM, TERM = "2026-1", "2026-2"
PLANNED, APPLIED, PAID = date(2026, 10, 12), date(2026, 11, 4), date(2026, 11, 18)
NOW = datetime(2026, 11, 23, 1, tzinfo=UTC)
EVERYWHERE = Scope((NATION,), frozenset(DataClass), "test")


def notice_a_term() -> list[tuple[str, str]]:
    """A term's aid for the students of the village, through all hands and on the board; by household and
    person. `plan_households` comes first."""
    students = _students()
    for household_no in sorted({household_no for household_no, _ in students}):
        _account(household_no)
    first = _applied(students, FIRST_TERM)
    _act("zhenshen", actions.check, entitlements=first)
    _act("xianshen", actions.approve, entitlements=first, project=PROJECT, policy=policy_in_force())
    board = {"place_code": VILLAGE, "scheme": SCHEME, "policy": policy_in_force()}
    noticed = {"now": _at(APPLIED)["now"], "today": APPLIED}
    _act("xianban", actions.give_notice, term=FIRST_TERM, **board, **noticed)
    return students


def pay_households() -> dict[str, Any]:
    """A term paid with one failure, which waits in a batch of its own; the next at every step of its way;
    a loan. `plan_households` comes first."""
    students = notice_a_term()
    paid = _batch()
    sent = {"batch_id": paid, **_at(PAID)}
    claim = _act("xianban", actions.submit_batch, policy=policy_in_force(), **sent).claim_id
    _act("caizheng", funds.check_claim, claim_id=claim, day=PAID)
    _act("guoku", actions.send_batch, policy=policy_in_force(), **sent)
    file = _act("guoku", actions.bank_file, batch_id=paid)
    _act("guoku", actions.take_return, content=answered(file, {0: "账户状态异常"}), **sent)
    failed = _batch()
    waiting = _applied(students, TERM)
    _act("zhenshen", actions.check, entitlements=waiting[::2])
    _act(
        "xianshen",
        actions.approve,
        entitlements=waiting[:1],
        project=PROJECT,
        policy=policy_in_force(),
    )
    return {
        "payment_batch": paid,
        "batch_of_failed": failed,
        "loan": _loan(),
        "paid_household": students[0][0],
        "scheme": SCHEME,
    }


def look_and_publish(today: date) -> dict[str, Any]:
    """Flags that the rules find, one of them explained, a declared relation; what the public may read."""
    with within(EVERYWHERE, by="xianban"):
        KeyVillage.objects.filter(place_code=VILLAGE).update(registered_households=24)
        _finished(today)
        asked = {"place_code": COUNTY, "policy": policy_in_force(), "today": today, "now": NOW}
        red_flags.look(by="xianban", year=today.year, **asked)
        publishing.turn(by="xianban", **asked)
        found = Flag.objects.order_by("pk")[0].pk
        public = list(Publication.objects.order_by("pk"))
    series = {f"{one.kind}_series": str(one.series) for one in public}
    made = flag_of(COUNTY, "示例")
    return made | series | {"red_flag": found, "publication": public[0].pk}


def _finished(today: date) -> None:
    """The road of `planted.money_of` is accepted, and held against what it was to reach."""
    road = Project.objects.get(number="项目示例")
    road.name, road.location, road.department = "通组公路硬化", "三组至四组", "县交通运输局"
    road.purpose, road.task, road.contractor = "农村道路", "硬化路面1400米", "示例建设有限公司"
    road.stage, road.accepted_on, road.accepted_fen = Stage.ACCEPTED, today, 80_000
    road.contract_fen, road.beneficiary_households = 90_000, 42
    road.save()
    for name, unit, planned, reached in (
        ("受益农户", "户", 42, 40),
        ("硬化路面", "米", 1400, 1400),
    ):
        TargetResult.objects.create(
            project=road,
            place_code=VILLAGE,
            name=name,
            unit=unit,
            planned=planned,
            reached=reached,
            note="" if reached == planned else "两户已搬走",
            assessed_on=today,
            assessed_by="xianban",
        )


def plan_households() -> None:
    """A line with a project for the students of the village, in a plan that is posted."""
    with within(EVERYWHERE, by="xianban"):
        FundLine.objects.create(
            number=LINE,
            place_code=COUNTY,
            year=YEAR,
            name="雨露计划补助资金",
            fund_class="household",
            level="central",
        )
        Project.objects.create(
            number=PROJECT,
            place_code=VILLAGE,
            year=YEAR,
            name="雨露计划职业教育补助",
            purpose="教育帮扶",
            cost_fen=10_000_000,
            performance_target="资助到位率100%",
            status="admitted",
        )
        here = {"by": "xianban", "place_code": COUNTY, "line": LINE, "day": PLANNED}
        funds.announce(**here, fen=10_000_000)
        funds.receive(**here, fen=10_000_000)
        plan = funds.propose_plan(
            by="xianban",
            place_code=COUNTY,
            year=YEAR,
            title="雨露计划资金安排",
            problem_hash="0" * 64,
            pieces=[(LINE, PROJECT, 10_000_000)],
        )
    with within(EVERYWHERE, by="xianshen"):
        funds.approve_plan(by="xianshen", plan=plan, day=PLANNED)
        funds.post_plan(by="xianshen", plan=plan, day=PLANNED)


def _act(who: str, verb: Callable[..., Result], **more: Any) -> Result:
    """Carry out a verb as somebody, in a transaction of the own reach."""
    actor = actor_of(who, on=NOW.date())
    with within(actor.scope(actor.classes, purpose="test", writes=True), by=who):
        return verb(by=actor, **more)


def _at(day: date) -> dict[str, Any]:
    return {"day": day, "now": datetime(day.year, day.month, day.day, 4, tzinfo=UTC)}


def _students() -> list[tuple[str, str]]:
    """Who of the village is entitled, by household and person."""
    policy = policy_in_force()
    scheme = policy.schemes.find(SCHEME, place=VILLAGE, on=APPLIED)
    with within(EVERYWHERE, by="cunji"):
        found = verdicts(policy, scheme, place=VILLAGE, on=APPLIED)
    return [(each.household_no, each.person_no) for each in found if each.entitled]


def _account(household_no: str) -> None:
    """The head's one-card account, of an invented number."""
    with within(EVERYWHERE, by="cunji"):
        head = Person.objects.filter(household_id=household_no, relation="户主").get()
        stated = {"holder_name": head.name or "", "holder_number": id_number(head)}
    _act(
        "cunji",
        actions.record_account,
        household_no=household_no,
        person_no=head.person_no,
        account=f"6230{household_no[-12:]}",
        bank="示例农商行",
        today=APPLIED,
        **stated,
    )


def _applied(students: list[tuple[str, str]], term: str) -> list[int]:
    made = _act(
        "cunji",
        actions.apply_for_many,
        policy=policy_in_force(),
        scheme=SCHEME,
        term=term,
        place_code=VILLAGE,
        persons=students,
        today=APPLIED,
    )
    return [each.pk for each in made]


def _batch() -> int:
    made = _act(
        "xianban",
        actions.make_batch,
        place_code=COUNTY,
        scheme=SCHEME,
        term=FIRST_TERM,
        project=PROJECT,
        today=PAID,
    )
    return int(made.pk)


def _loan() -> int:
    """A loan to a head of working age, which is overdue."""
    with within(EVERYWHERE, by="cunji"):
        heads = Person.objects.filter(place_code=VILLAGE, relation="户主")
        head = heads.filter(birth__range=("1970-01-01", "1995-01-01")).order_by("pk")[0]
    loan = _act(
        "cunji",
        actions.record_loan,
        policy=policy_in_force(),
        household_no=head.household_id,
        person_no=head.person_no,
        number="示例借款-1",
        bank="示例农商行",
        fen=5_000_000,
        rate=Decimal("0.0345"),
        lent_on=date(2025, 6, 1),
        due_on=date(2026, 11, 1),
        purpose="养殖业",
        today=NOW.date(),
    )
    return int(loan.pk)
