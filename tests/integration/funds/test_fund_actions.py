"""The verbs, as an officer uses them."""

from datetime import date

import pytest
from django.db import IntegrityError
from funds_factories import COUNTY

from bangfu.books.funds import actions, queries
from bangfu.books.funds.models import Balance, Entry, Link, MonthSeal, Plan, Posting
from bangfu.books.funds.verify import one_state, verify
from bangfu.books.journal.models import Entry as JournalEntry
from bangfu.books.projects.models import Project
from bangfu.core.errors import ConflictError, ForbiddenError, InputError, UsageError

DAY = date(2026, 3, 2)
HERE = {"by": "tester", "place_code": COUNTY, "day": DAY}


def balances():
    rows = Balance.objects.values_list("line__number", "stage", "project__number", "amount")
    return {(line, stage, project or ""): amount for line, stage, project, amount in rows if amount}


def problems_now(as_web):
    with one_state(), as_web():
        return verify()


def test_pledge_announce_receive(county, as_web):
    with as_web():
        paper = actions.record_document(
            by="tester", place_code=COUNTY, number="秭财农〔2026〕1号", issued_on=DAY
        )
        actions.pledge(line="A", fen=700, document=paper, **HERE)
        actions.announce(line="A", fen=1000, **HERE)
        actions.receive(line="A", fen=400, **HERE)
    with as_web():
        assert balances() == {
            ("A", "source", ""): -1000,
            ("A", "announced", ""): 1000,
            ("A", "treasury", ""): -400,
            ("A", "received", ""): 400,
        }
        [line, *_] = queries.balances_by_line(COUNTY)
        assert (line.pledged_fen, line.announced_fen, line.spendable_fen) == (0, 1000, 1000)
        assert line.received_fen == 400
        verbs = list(JournalEntry.objects.order_by("id").values_list("verb", flat=True))
        assert verbs == ["funds.record_document", "funds.pledge", "funds.announce", "funds.receive"]
    assert problems_now(as_web) == []


def test_a_pledge_is_redeemed_as_far_as_it_goes(county, as_web):
    with as_web():
        actions.pledge(line="A", fen=700, **HERE)
        actions.announce(line="A", fen=500, **HERE)
        [line, *_] = queries.balances_by_line(COUNTY)
        assert (line.pledged_fen, line.announced_fen) == (200, 500)
        actions.announce(line="A", fen=300, redeems_fen=0, **HERE)
        [line, *_] = queries.balances_by_line(COUNTY)
        assert (line.pledged_fen, line.announced_fen) == (200, 800)
        with pytest.raises(InputError):
            actions.announce(line="A", fen=300, redeems_fen=301, **HERE)
        with pytest.raises(ConflictError, match="200|2.00"):
            actions.announce(line="A", fen=300, redeems_fen=300, **HERE)


def test_pledged_money_cannot_be_allocated(county, as_web, approved):
    with as_web():
        actions.pledge(line="A", fen=10_000, **HERE)
    plan = approved(("A", "P1", 60))
    with as_web(), pytest.raises(ConflictError) as refused:
        actions.post_plan(by="tester", plan=plan, day=DAY)
    assert refused.value.text.zh == "余额不足：A 的“指标”只有 0.00 元，需要 60.00 元。"
    with as_web():
        assert queries.lines_for_problem(COUNTY)[0]["amount_fen"] == 0


def test_a_plan_is_posted_whole(announced, approved, as_web):
    announced(A=100, B=50)
    plan = approved(("A", "P1", 60), ("A", "P2", 30), ("B", "P1", 40))
    with as_web():
        number = actions.post_plan(by="tester", plan=plan, day=DAY)
    with as_web():
        assert Entry.objects.filter(posting_id=number).count() == 5
        assert [(p.line, p.project, p.fen) for p in queries.balances_by_project(COUNTY)] == [
            ("A", "P1", 6000),
            ("B", "P1", 4000),
            ("A", "P2", 3000),
        ]
        assert [(v.place_code, v.projects, v.fen) for v in queries.balances_by_village(COUNTY)] == [
            ("420527101200", 1, 10_000),
            ("420527101201", 1, 3000),
        ]
        [a, _, _] = queries.balances_by_line(COUNTY)
        assert (a.announced_fen, a.spendable_fen, a.allocated_fen) == (10_000, 1000, 9000)
        assert Plan.objects.get().status == "posted"
    assert problems_now(as_web) == []


def test_a_plan_is_posted_once(announced, approved, as_web):
    announced(A=100)
    plan = approved(("A", "P1", 10))
    with as_web():
        actions.post_plan(by="tester", plan=plan, day=DAY)
    with as_web(), pytest.raises(ConflictError, match="已记账"):
        actions.post_plan(by="tester", plan=plan, day=DAY)
    with as_web():
        assert Posting.objects.filter(kind="allocate").count() == 1


def test_a_plan_that_fails_halfway_leaves_nothing(announced, approved, as_web):
    announced(A=100, B=50)
    plan = approved(("A", "P1", 60), ("B", "P2", 51))
    with as_web():
        before = balances()
    with as_web(), pytest.raises(ConflictError, match="50.00") as refused:
        actions.post_plan(by="tester", plan=plan, day=DAY)
    assert "B" in refused.value.text.en and "A" not in refused.value.text.en
    with as_web():
        assert balances() == before
        assert Posting.objects.filter(kind="allocate").count() == 0
        assert Plan.objects.get().status == "approved"
    announced(B=1)
    with as_web():
        actions.post_plan(by="tester", plan=plan, day=DAY)
    assert problems_now(as_web) == []


def test_a_plan_must_be_approved_first(announced, as_web):
    announced(A=100)
    terms = {
        "by": "tester",
        "place_code": COUNTY,
        "year": 2026,
        "title": "一",
        "problem_hash": "0" * 64,
    }
    with as_web():
        plan = actions.propose_plan(**terms, pieces=[("A", "P1", 100)])
        with pytest.raises(ConflictError, match="拟订"):
            actions.post_plan(by="tester", plan=plan, day=DAY)
        actions.withdraw_plan(by="tester", plan=plan, reason="重做")
    with pytest.raises(ConflictError, match="已撤回"), as_web(by="approver"):
        actions.approve_plan(by="approver", plan=plan, day=DAY)
    with as_web():
        again = actions.propose_plan(**terms, pieces=[("A", "P1", 100)])
        assert again.version == 2


def test_pieces_that_cannot_be(announced, as_web):
    announced(A=100)
    terms = {
        "by": "tester",
        "place_code": COUNTY,
        "year": 2026,
        "title": "一",
        "problem_hash": "0" * 64,
    }
    with as_web():
        for pieces in ([], [("A", "P1", 0)], [("A", "P1", 1), ("A", "P1", 2)], [("Z", "P1", 1)]):
            with pytest.raises(InputError):
                actions.propose_plan(**terms, pieces=pieces)
        with pytest.raises(InputError) as unknown:
            actions.propose_plan(**terms, pieces=[("A", "P8", 1), ("A", "P9", 1)])
        assert [problem.where for problem in unknown.value.problems] == ["P8", "P9"]
        Project.objects.filter(number="P2").update(status="proposed", stage="")
        with pytest.raises(InputError) as outside:
            actions.propose_plan(**terms, pieces=[("A", "P1", 1), ("A", "P2", 1)])
        [problem] = outside.value.problems
        assert (problem.where, problem.text.zh) == ("A → P2", "项目没有入库。")
        assert Plan.objects.count() == 0


def test_the_same_act_told_twice_is_posted_once(county, as_web):
    with as_web():
        actions.announce(line="A", fen=100, key="文1/A", **HERE)
        with pytest.raises(ConflictError, match="已经记过账"):
            actions.announce(line="A", fen=100, key="文1/A", **HERE)
        assert balances()["A", "announced", ""] == 100


def test_a_mistake_is_taken_back_in_red(announced, approved, as_web):
    announced(A=100)
    plan = approved(("A", "P1", 60))
    with as_web():
        number = actions.post_plan(by="tester", plan=plan, day=DAY)
        first = Posting.objects.order_by("id").values_list("pk", flat=True)[0]
        with pytest.raises(ConflictError, match="余额不足"):
            actions.reverse(by="tester", posting=first, day=DAY, memo="错")
        red = actions.reverse(by="tester", posting=number, day=DAY, memo="方案撤回")
        assert balances() == {("A", "source", ""): -10_000, ("A", "announced", ""): 10_000}
        assert Plan.objects.get().status == "withdrawn"
        with pytest.raises(ConflictError, match="已经冲销过"):
            actions.reverse(by="tester", posting=number, day=DAY, memo="再来")
        with pytest.raises(ConflictError, match="不能再冲销"):
            actions.reverse(by="tester", posting=red, day=DAY, memo="再来")
        with pytest.raises(UsageError):
            actions.reverse(by="tester", posting=999, day=DAY, memo="无")
        actions.reverse(by="tester", posting=first, day=DAY, memo="错")
        assert balances() == {}
    assert problems_now(as_web) == []


def test_a_sealed_month_takes_nothing_more(announced, as_web):
    announced(A=100, B=50)
    with as_web():
        march = actions.seal_month(
            by="tester", place_code=COUNTY, month=202603, today=date(2026, 4, 1)
        )
        assert len(march.digest) == 64 and march.heads.count() == 2
        with pytest.raises(ConflictError, match="已封账"):
            actions.announce(line="A", fen=1, **HERE)
        actions.announce(line="A", fen=1, **(HERE | {"day": date(2026, 4, 1)}))
        for month in (202603, 202602):
            with pytest.raises(ConflictError, match="已封"):
                actions.seal_month(
                    by="tester", place_code=COUNTY, month=month, today=date(2026, 4, 1)
                )
        for month in (202604, 202605, 202613, 2026):  # the running month is not over
            with pytest.raises(InputError):
                actions.seal_month(
                    by="tester", place_code=COUNTY, month=month, today=date(2026, 4, 1)
                )
        april = actions.seal_month(
            by="tester", place_code=COUNTY, month=202604, today=date(2026, 5, 1)
        )
        assert april.previous == march.digest
    assert problems_now(as_web) == []
    with one_state(), as_web():
        assert verify(published={(COUNTY, 202603): march.digest}) == []
        assert [p.where for p in verify(published={(COUNTY, 202603): "0" * 64})] == ["seal 202603"]


def test_unknown_lines_are_named(county, as_web):
    with as_web(), pytest.raises(InputError) as unknown:
        actions.pledge(line="Z", fen=1, **HERE)
    assert [problem.value for problem in unknown.value.problems] == ["Z"]


def test_a_document_is_recorded_once_and_not_edited(county, as_web):
    terms = {"by": "tester", "place_code": COUNTY, "number": "文1", "issued_on": DAY}
    with as_web():
        one = actions.record_document(**terms, title="通知")
        assert actions.record_document(**terms, title="通知") == one
        with pytest.raises(ConflictError, match="另一份文件"):
            actions.record_document(**terms, title="别的")


def test_verify_wants_one_state(county, as_web):
    with as_web(), pytest.raises(RuntimeError, match="one_state"):
        verify()


def test_digests_of_the_database_are_those_of_core(announced, approved, as_web):
    """verify recomputes every digest in Python; here texts that could be written two ways."""
    with as_web():
        paper = actions.record_document(
            by="tester", place_code=COUNTY, number="秭〔2026〕𠮷1号 a\\b'\"%", issued_on=DAY
        )
        memo = '生僻字𡸴，"引号"，\\t 不是制表符'
        actions.announce(line="A", fen=5, document=paper, memo=memo, **HERE)
        actions.announce(line="A", fen=2**62, **HERE)
        assert Link.objects.count() == 2 and MonthSeal.objects.count() == 0
    assert problems_now(as_web) == []


def test_nobody_approves_the_own_plan(announced, as_web, operator_of):
    """Not the proposer, not a second account of the same person; in the database neither."""
    announced(A=100)
    number = "420527199001011234"
    operator_of("county_officer", username="one", id_number=number)
    operator_of("county_approver", username="two", id_number=number)
    operator_of("county_approver", username="three", id_number="420527199001019999")
    with as_web(by="one"):
        plan = actions.propose_plan(
            by="one",
            place_code=COUNTY,
            year=2026,
            title="一",
            problem_hash="0" * 64,
            pieces=[("A", "P1", 100)],
        )
    for same in ("one", "two"):
        with pytest.raises(ForbiddenError, match="own plan"), as_web(by=same):
            actions.approve_plan(by=same, plan=plan, day=DAY)
        refused = pytest.raises(IntegrityError, match="funds_plan_two_people|person who proposed")
        with refused, as_web(by=same):
            Plan.objects.filter(pk=plan.pk).update(
                status="approved", approved_by=same, approved_on=DAY
            )
    with as_web(by="three"):
        actions.approve_plan(by="three", plan=plan, day=DAY)


def test_a_project_has_no_more_than_its_approved_cost(announced, approved, as_web):
    announced(A=100, B=50)
    with pytest.raises(InputError) as refused:
        approved(("A", "P1", 60), ("B", "P1", 41))  # of 100
    [problem] = refused.value.problems
    assert (problem.where, "100.00" in problem.text.zh, "101.00" in problem.text.zh) == (
        "P1",
        True,
        True,
    )
    approved(("A", "P1", 60), ("B", "P1", 40))


def test_the_plans_of_all_years_count_to_a_projects_cost(announced, approved, as_web):
    announced(A=100, B=50)
    first = approved(("A", "P1", 70))
    with as_web():
        actions.post_plan(by="tester", plan=first, day=DAY)
        terms = {"by": "tester", "place_code": COUNTY, "title": "第二年", "problem_hash": "a" * 64}
        with pytest.raises(InputError, match="approved cost"):
            actions.propose_plan(**terms, year=2027, pieces=[("B", "P1", 3_001)])
        actions.propose_plan(**terms, year=2027, pieces=[("B", "P1", 3_000)])


def test_cash_stays_within_the_quota_of_its_line(announced, as_web):
    announced(A=100)
    with as_web():
        actions.receive(line="A", fen=9_000, **HERE)
        with pytest.raises(ConflictError, match="先登记指标"):
            actions.receive(line="A", fen=1_001, **HERE)
        actions.receive(line="A", fen=1_000, **HERE)
        with pytest.raises(ConflictError, match="within the quota taken back"):
            actions.take_back(line="A", fen=500, cash_fen=501, **HERE)
        actions.take_back(line="A", fen=500, cash_fen=500, **HERE)
        with pytest.raises(ConflictError):
            actions.receive(line="A", fen=1, **HERE)
