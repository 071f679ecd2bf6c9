"""Who sees what of the money."""

from datetime import date

import pytest
from django.apps import apps
from funds_factories import COUNTY, OTHER, make_lines, make_projects

from bangfu.books.funds import actions, queries
from bangfu.books.funds.models import Balance, FundLine, PlanItem, Posting
from bangfu.books.funds.verify import one_state, verify
from bangfu.books.projects.models import Project
from bangfu.core.errors import InputError

DAY = date(2026, 3, 2)


def walled_models():
    return [
        model
        for label in ("funds", "projects")
        for model in apps.get_app_config(label).get_models()
    ]


@pytest.fixture
def two_counties(announced, approved, as_web, scope_of):
    """The same numbers in two counties, each with its own money."""
    announced(A=100)
    plan = approved(("A", "P1", 60), ("A", "P2", 30))
    with as_web():
        actions.post_plan(by="tester", plan=plan, day=DAY)
        actions.seal_month(by="tester", place_code=COUNTY, month=202603, today=date(2026, 4, 1))
    with as_web(scope_of(OTHER)):
        make_lines("A", place_code=OTHER)
        make_projects("P1", county="420528")
        actions.announce(by="tester", place_code=OTHER, line="A", fen=7, day=DAY)


def test_another_countys_money_is_invisible(two_counties, as_web, scope_of):
    with as_web(scope_of(OTHER)):
        assert [line.announced_fen for line in queries.balances_by_line(COUNTY)] == []
        assert [line.announced_fen for line in queries.balances_by_line(OTHER)] == [7]
        assert Posting.objects.count() == 1 and FundLine.objects.count() == 1
        with pytest.raises(InputError):
            actions.announce(by="tester", place_code=COUNTY, line="A", fen=1, day=DAY)
    with as_web(scope_of(COUNTY, OTHER)):
        assert Posting.objects.count() == 3


@pytest.mark.parametrize("classes", [["sums"], ["sample"], []])
def test_readers_of_sums_see_no_row(two_counties, as_web, scope_of, classes):
    with as_web(scope_of(COUNTY, OTHER, classes=classes)):
        assert {model.__name__: model.objects.count() for model in walled_models()} == {
            model.__name__: 0 for model in walled_models()
        }


def test_persons_see_projects_and_no_money(two_counties, as_web, scope_of):
    with as_web(scope_of(classes=["persons"])):
        assert Project.objects.count() == 3
        assert FundLine.objects.count() == 0 and Balance.objects.count() == 0


def test_without_a_scope_nothing_is_there(two_counties):
    for model in walled_models():
        assert model.objects.count() == 0, model


def test_a_village_sees_its_projects_and_its_pieces_of_the_plan(two_counties, as_web, scope_of):
    with as_web(scope_of("420527101200")):
        assert [project.number for project in Project.objects.all()] == ["P1"]
        assert [item.fen for item in PlanItem.objects.all()] == [6000]
        assert FundLine.objects.count() == 0 and Posting.objects.count() == 0


def test_each_county_is_recounted_by_itself(two_counties, as_web, scope_of):
    for places in ((COUNTY,), (OTHER,), (COUNTY, OTHER)):
        with one_state(), as_web(scope_of(*places, read_only=True)):
            assert verify() == []
