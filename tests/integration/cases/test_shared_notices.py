"""One list for several cases: one leaves it, and the others' days and objections go on."""

from __future__ import annotations

import pytest
from case_factories import household, moment

from bangfu.books.cases import actions, queries
from bangfu.books.cases.carrying import carry_out, lock
from bangfu.books.cases.models import Case
from bangfu.books.cases.standing import circumstances
from bangfu.books.households.models import Person
from bangfu.books.notices import actions as notices
from bangfu.books.notices.models import Notice, Row
from bangfu.core.errors import InputError

HEADS = ("甲虚构", "丙虚构", "丁虚构")


@pytest.fixture
def listed(walk, as_web):
    """Three cases on one list, put up by one act."""
    with as_web():
        for number, name in enumerate(HEADS[1:], 2):
            household(f"420527000000000{number}")
            Person.objects.filter(household_id=f"420527000000000{number}", relation="户主").update(
                name=name
            )
    cases = [walk.open(household_no=f"420527000000000{number}") for number in (1, 2, 3)]
    cases = [walk.until(case, "assembly") for case in cases]
    with walk.inside("clerk"):
        at = circumstances(walk.officials["clerk"], walk.policy, walk.today, moment(walk.today))
        carry_out(
            lock({case.pk: case.version for case in cases}),
            walk.given("monitoring", "assembly"),
            at,
        )
    with as_web():
        assert Notice.objects.count() == 1
        return list(Case.objects.order_by("pk"))


def _up() -> tuple[Notice, list[str]]:
    notice = Notice.objects.get(withdrawn_at=None)
    at = notice.fields.index("head")
    return notice, [row.cells[at] for row in Row.objects.filter(notice=notice).order_by("position")]


def _send_back(walk, case: Case) -> None:
    walk.call(
        actions.return_to,
        "reviewer",
        chosen={case.pk: case.version},
        step="verify",
        reason="重新核实",
    )


def _object(walk, grounds: str, *, upheld: bool | None) -> None:
    with walk.inside("clerk"):
        objection = notices.enter_objection(
            by="clerk",
            notice=Notice.objects.get(withdrawn_at=None),
            grounds=grounds,
            received_on=walk.today,
            now=moment(walk.today),
        )
        if upheld is not None:
            notices.answer_objection(
                by="clerk",
                objection=objection,
                answer="已核查",
                upheld=upheld,
                now=moment(walk.today),
            )


def test_a_returned_case_leaves_the_list_and_the_others_go_on(walk, as_web, listed):
    with as_web():
        before, names = _up()
        assert names == list(HEADS)
    _send_back(walk, listed[1])
    with as_web():
        after, names = _up()
        assert names == [HEADS[0], HEADS[2]]
        assert (after.subject, after.closes_on) == (before.subject, before.closes_on)
        assert Notice.objects.get(pk=before.pk).withdrawn_reason == "重新核实"
    with pytest.raises(InputError):
        walk.step(listed[0])  # its days are not over
    walk.wait(listed[0])
    assert walk.step(listed[0]).step == "county"
    assert walk.step(listed[2]).step == "county"


def test_the_last_to_leave_takes_the_list_down(walk, as_web, listed):
    for case in listed:
        _send_back(walk, case)
    with as_web():
        assert not Notice.objects.filter(withdrawn_at=None).exists()


def test_an_objection_stops_the_case_it_names(walk, as_web, listed):
    _object(walk, "丙虚构家在县城有房", upheld=True)
    walk.wait(listed[0])
    assert walk.step(listed[0]).step == "county"
    with pytest.raises(InputError) as refused:
        walk.step(listed[1])
    assert "异议成立" in refused.value.problems[0].text.zh


def test_an_objection_that_names_nobody_stops_all(walk, listed):
    _object(walk, "名单不公平", upheld=None)
    walk.wait(listed[0])
    for case in listed:
        with pytest.raises(InputError) as refused:
            walk.step(case)
        assert "还没有答复" in refused.value.problems[0].text.zh


def test_an_objection_stays_when_the_list_is_put_up_again(walk, listed):
    _object(walk, "丁虚构家有工资", upheld=None)
    _send_back(walk, listed[1])
    walk.wait(listed[0])
    assert walk.step(listed[0]).step == "county"
    with pytest.raises(InputError):
        walk.step(listed[2])


def test_a_notice_taken_off_leaves_its_cases_with_the_work_at_once(walk, as_web, listed):
    def due() -> set[int]:
        reviewer = walk.officials["reviewer"]
        found = queries.due_for(reviewer, walk.today, policy=walk.policy)
        return set(found.values_list("pk", flat=True))

    with as_web():
        assert due() == set()  # while the list is up there is nothing to do
    with walk.inside("clerk"):
        notice = Notice.objects.get(withdrawn_at=None)
        notices.take_off(by="clerk", notice=notice, reason="名字写错", now=moment(walk.today))
    with as_web():
        assert due() == {case.pk for case in listed}
