"""Measures and visits bear days that can be: not ahead, not before the county's books began."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from bangfu.books.assistance import actions
from bangfu.books.assistance.models import Measure, Visit
from bangfu.books.households.models import Household
from bangfu.core.errors import ConflictError, InputError

TODAY = date(2026, 11, 22)
NO = "4205270001"
IMPOSSIBLE = (date(1900, 1, 1), date(2012, 12, 31), TODAY + timedelta(days=1))


@pytest.fixture
def home(as_web):
    with as_web():
        Household.objects.create(household_no=NO, place_code="420527101200")


def _agree(day: date) -> Measure:
    return actions.agree_measure(
        by="tester",
        household_no=NO,
        family="industry_help",
        content="养蜂",
        responsible="示例",
        agreed_on=day,
        today=TODAY,
    )


def _visit(day: date) -> Visit:
    return actions.record_visit(
        by="tester", household_no=NO, visited_on=day, visitors="示例", seen="房屋安全", today=TODAY
    )


@pytest.mark.parametrize("day", IMPOSSIBLE)
def test_an_impossible_day_is_refused_at_its_field(home, as_web, day):
    with as_web():
        for record, where in ((_agree, "agreed_on"), (_visit, "visited_on")):
            with pytest.raises(InputError) as refused:
                record(day)
            assert [problem.where for problem in refused.value.problems] == [where]
        measure = _agree(date(2013, 1, 1))
        with pytest.raises(InputError):
            actions.start_measure(by="tester", measure_id=measure.pk, on=day, today=TODAY)
        assert not Visit.objects.exists()


def test_a_measure_starts_once_when_it_is_agreed_and_ends_once(home, as_web):
    with as_web():
        measure = {"by": "tester", "measure_id": _agree(date(2026, 5, 1)).pk, "today": TODAY}
        with pytest.raises(InputError) as refused:
            actions.start_measure(**measure, on=date(2026, 4, 30))
        assert "2026-05-01" in refused.value.problems[0].text.zh
        actions.start_measure(**measure, on=date(2026, 5, 2))
        with pytest.raises(ConflictError, match="2026-05-02"):
            actions.start_measure(**measure, on=date(2026, 5, 3))
        actions.end_measure(**measure, on=date(2026, 6, 1), result="好")
        for again in (
            lambda: actions.end_measure(**measure, on=date(2026, 7, 1), result="不好"),
            lambda: actions.start_measure(**measure, on=date(2026, 7, 1)),
        ):
            with pytest.raises(ConflictError):
                again()
        kept = Measure.objects.get()
        assert (kept.started_on, kept.ended_on, kept.result) == (
            date(2026, 5, 2),
            date(2026, 6, 1),
            "好",
        )


def test_the_year_that_was_meant_is_asked_for(home, as_web):
    with as_web(), pytest.raises(InputError) as refused:
        _visit(date(1900, 1, 1))
    assert refused.value.problems[0].text.zh == "日期太早，最早 2013-01-01。请核对年份。"
