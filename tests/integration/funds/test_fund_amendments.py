"""A plan amended: approved by another, noticed, posted as the difference, and never under what is used."""

from datetime import UTC, date, datetime

import pytest
from funds_factories import COUNTY, make_projects
from funds_people import actor

from bangfu.books.funds import actions
from bangfu.books.funds.models import Balance, Basis, Plan
from bangfu.books.funds.verify import one_state, verify
from bangfu.books.notices.models import Notice
from bangfu.books.places.actions import load_places
from bangfu.core.errors import ConflictError, ForbiddenError, InputError
from bangfu.core.places import Place
from bangfu.files.policy_folder import policy_in_force

DAY = date(2026, 3, 2)
NOW = datetime(2026, 3, 2, 4, tzinfo=UTC)
AFTER = date(2026, 3, 13)
DEPT = actor("dept", "sector_department")


@pytest.fixture
def plan(announced, approved, as_web):
    """60 of A and 40 of B for P1, 30 of A for P2, posted."""
    announced(A=100, B=50)
    made = approved(("A", "P1", 60), ("B", "P1", 40), ("A", "P2", 30))
    with as_web():
        load_places(by="tester", rows=[Place(COUNTY, "秭归县")], source="test")
        actions.post_plan(by="tester", plan=made, day=DAY)
    return made


@pytest.fixture
def amended(plan, as_web):
    """Propose, approve and notice: amended(("A", "P1", 50), …) in yuan."""

    def made(*pieces, of=plan, approve=True, notice=True):
        with as_web():
            drawn = actions.propose_amendment(
                by="tester",
                plan=of,
                title="调整方案",
                reason="P2 水毁加固",
                pieces=[(line, project, yuan * 100) for line, project, yuan in pieces],
            )
        if approve:
            with as_web(by="approver"):
                actions.approve_plan(by="approver", plan=drawn, day=DAY)
        if notice:
            with as_web():
                actions.notice_amendment(
                    by="tester", plan=drawn, opens_on=DAY, policy=policy_in_force(), now=NOW
                )
        return drawn

    return made


CHANGE = (("A", "P1", 50), ("B", "P1", 40), ("A", "P2", 45))


def post(plan, as_web, day=AFTER):
    with as_web():
        return actions.post_plan(by="tester", plan=plan, day=day)


def standing(as_web):
    with as_web():
        rows = Balance.objects.filter(stage__in=["allocated", "announced"]).exclude(amount=0)
        return {
            f"{line} {project or 'free'}": amount // 100
            for line, project, amount in rows.values_list(
                "line__number", "project__number", "amount"
            )
        }


def test_an_amendment_posts_the_difference(plan, amended, as_web):
    new = amended(*CHANGE)
    post(new, as_web)
    assert standing(as_web) == {"A P1": 50, "A P2": 45, "A free": 5, "B P1": 40, "B free": 10}
    with as_web():
        statuses = dict(Plan.objects.values_list("version", "status"))
        assert statuses == {1: "replaced", 2: "posted"}
        notice = Notice.objects.get()
        assert (notice.kind, notice.closes_on) == ("plan_amendment", date(2026, 3, 12))
        assert [row.cells for row in notice.rows.order_by("position")] == [
            ["项目P1", "100.00", "90.00"],
            ["项目P2", "30.00", "45.00"],
        ]
    with one_state(), as_web():
        assert verify() == []


def test_it_waits_for_its_notice(amended, as_web):
    with pytest.raises(ConflictError, match="notice"):
        post(amended(*CHANGE, notice=False), as_web)
    new = amended(*CHANGE)
    with pytest.raises(ConflictError, match="notice"):
        post(new, as_web, day=date(2026, 3, 12))
    post(new, as_web)


def test_nobody_approves_the_own_amendment(amended, as_web):
    drawn = amended(*CHANGE, approve=False, notice=False)
    with pytest.raises(ForbiddenError), as_web():
        actions.approve_plan(by="tester", plan=drawn, day=DAY)
    with pytest.raises(ConflictError), as_web():
        actions.notice_amendment(
            by="tester", plan=drawn, opens_on=DAY, policy=policy_in_force(), now=NOW
        )


def test_it_needs_a_reason_and_a_change(plan, as_web):
    same = [("A", "P1", 6000), ("B", "P1", 4000), ("A", "P2", 3000)]
    for reason, pieces in (("", same[:1]), ("水毁", same)):
        with pytest.raises(InputError), as_web():
            actions.propose_amendment(
                by="tester", plan=plan, title="调整", reason=reason, pieces=pieces
            )


def test_what_is_committed_is_not_taken_away(amended, as_web):
    with as_web(by="dept"):
        actions.sign_contract(
            by=DEPT, place_code=COUNTY, number="合1", project="P1", basis=Basis.CONTRACT,
            title="路", payee="某公司", fen=9500, signed_on=DAY, day=AFTER, policy=policy_in_force(),
        )  # fmt: skip
    with pytest.raises(ConflictError, match="P1 has"):
        post(amended(*CHANGE), as_web)
    more = amended(("A", "P1", 57), ("B", "P1", 43), ("A", "P2", 30))
    post(more, as_web)
    # The next contract goes on from where the books stand: B is behind its place.
    with as_web(by="dept"):
        actions.sign_contract(
            by=DEPT, place_code=COUNTY, number="合2", project="P1", basis=Basis.CONTRACT,
            title="桥", payee="某公司", fen=500, signed_on=DAY, day=AFTER, policy=policy_in_force(),
        )  # fmt: skip
    assert standing(as_web) == {"A P2": 30, "A free": 13, "B free": 7}


def test_of_two_amendments_one_replaces_the_plan(plan, amended, as_web):
    one, two = amended(*CHANGE), amended(("A", "P1", 60), ("B", "P1", 40))
    post(one, as_web)
    with pytest.raises(ConflictError, match="Another amendment"):
        post(two, as_web)
    with pytest.raises(ConflictError), as_web():
        actions.propose_amendment(
            by="tester", plan=plan, title="调整", reason="再调", pieces=[("A", "P1", 1)]
        )
    third = amended(("A", "P1", 90), of=one)
    post(third, as_web)
    assert standing(as_web) == {"A P1": 90, "A free": 10, "B free": 50}


def test_an_amendment_taken_back_leaves_the_plan_standing(plan, amended, as_web):
    before = standing(as_web)
    number = post(amended(*CHANGE), as_web)
    with pytest.raises(ConflictError, match="amended since"), as_web():
        [first] = Plan.objects.get(pk=plan.pk).posting_set.values_list("pk", flat=True)
        actions.reverse(by="tester", posting=first, day=AFTER, memo="误")
    with as_web():
        actions.reverse(by="tester", posting=number, day=AFTER, memo="误")
    assert standing(as_web) == before
    with as_web():
        assert dict(Plan.objects.values_list("version", "status")) == {1: "posted", 2: "withdrawn"}
    with one_state(), as_web():
        assert verify() == []


def test_a_withdrawn_amendment_takes_its_notice_down(amended, as_web):
    drawn = amended(*CHANGE)
    with as_web():
        actions.withdraw_amendment(by="tester", plan=drawn, reason="有异议", now=NOW)
        assert Notice.objects.get().withdrawn_reason == "有异议"
    with pytest.raises(ConflictError):
        post(drawn, as_web)


def test_new_projects_may_come_in(amended, as_web):
    with as_web():
        make_projects("P9", "P8")
    post(amended(("A", "P9", 90), ("B", "P1", 40)), as_web)
    assert standing(as_web)["A P9"] == 90
