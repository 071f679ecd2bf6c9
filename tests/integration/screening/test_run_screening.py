"""The live books screened: what is found is kept, what is gone is said to be, dismissals hold."""

from __future__ import annotations

from datetime import UTC, date, datetime

import polars as pl
import pytest

from bangfu.books.households.models import Household, IncomeItem, Person
from bangfu.books.journal.models import Entry
from bangfu.books.screening import actions, queries
from bangfu.books.screening.models import Dismissal, Finding, Run
from bangfu.books.walls.guarded import token
from bangfu.core.errors import ConflictError, InputError, NotFoundError, UsageError
from bangfu.files.policy_folder import policy_in_force

COUNTY, VILLAGE, OTHER = "420527000000", "420527101200", "420527102201"
POOR, FINE = "4205270000000001", "4205270000000002"
ON, LATER = date(2026, 11, 22), date(2026, 12, 1)
NOW = datetime(2026, 11, 22, 1, 30, tzinfo=UTC)


@pytest.fixture
def county(as_web):
    """A household with 5,000 yuan a head and one with 50,000, the first on the list of deaths."""
    with as_web():
        for number, village, fen in ((POOR, VILLAGE, 500_000), (FINE, OTHER, 5_000_000)):
            Household.objects.create(household_no=number, place_code=village)
            Person.objects.create(
                household_id=number,
                place_code=village,
                person_no="01",
                name="甲虚构",
                relation="户主",
                resident_medical=True,
                certificate_token=token("110101199003072738" if number == POOR else "x"),
                birth=date(1990, 3, 7),
            )
            IncomeItem.objects.create(
                household_id=number, place_code=village, year=2026, item="a1", fen=fen
            )
        deaths = pl.DataFrame(
            {
                "_row": [4],
                "certificate_token": [token("110101199003072738")],
                "died_on": [date(2026, 10, 1)],
            }
        )
        actions.import_rosters(
            by="tester", place_code=COUNTY, rosters={"deaths": deaths}, source="test"
        )


def screened(as_web, on: date = ON) -> Run:
    with as_web():
        return actions.run_screening(
            by="tester", place_code=COUNTY, policy=policy_in_force(), on=on, now=NOW
        )


def found(as_web, rule: str) -> list[Finding]:
    with as_web():
        return list(queries.findings().filter(rule=rule).order_by("pk"))


def set_income(as_web, fen: int) -> None:
    with as_web():
        IncomeItem.objects.filter(household_id=POOR).update(fen=fen)


def test_a_run_keeps_risks_and_clues_with_their_sentences(as_web, county):
    run = screened(as_web)
    [risk] = found(as_web, "below_line")
    assert (risk.household_no, risk.kind, risk.place_code) == (POOR, "risk", VILLAGE)
    assert risk.text_zh == "人均纯收入 5,000 元，低于 2026 年监测线 8,700 元"
    assert "8,700 yuan" in risk.text_en
    [clue] = found(as_web, "dead_still_member")
    assert (clue.person_no, clue.kind) == ("01", "clue")
    assert "2026-10-01" in clue.text_zh
    assert (run.households, run.year, run.gone) == (2, 2026, 0)
    assert run.added == run.found == len(as_all(as_web))


def as_all(as_web) -> list[Finding]:
    with as_web():
        return list(Finding.objects.filter(gone_on__isnull=True))


def test_data_findings_are_the_checks_own(as_web, county):
    screened(as_web)
    data = [one for one in as_all(as_web) if one.kind == "data"]
    texts = {check.id: check.text.zh for check in policy_in_force().all_checks}
    assert data
    assert all(one.text_zh.startswith(texts[one.rule]) for one in data)


def test_a_second_run_over_the_same_books_touches_nothing(as_web, county):
    screened(as_web)
    again = screened(as_web, LATER)
    assert (again.added, again.changed, again.gone) == (0, 0, 0)
    assert {one.first_seen for one in as_all(as_web)} == {ON}


def test_what_is_no_longer_there_is_gone_and_comes_back_as_itself(as_web, county):
    screened(as_web)
    [before] = found(as_web, "below_line")
    set_income(as_web, 5_000_000)
    assert screened(as_web, LATER).gone >= 1
    [gone] = found(as_web, "below_line")
    assert (gone.pk, gone.gone_on) == (before.pk, LATER)
    set_income(as_web, 500_000)
    screened(as_web, LATER)
    [back] = found(as_web, "below_line")
    assert (back.pk, back.gone_on, back.first_seen) == (before.pk, None, ON)


def test_a_dismissal_holds_until_the_values_change(as_web, county):
    screened(as_web)
    [finding] = found(as_web, "below_line")
    with as_web():
        actions.dismiss(by="tester", finding_id=finding.pk, reason="收入漏报", now=NOW)
    screened(as_web, LATER)
    assert found(as_web, "below_line")[0].dismissed
    set_income(as_web, 400_000)
    screened(as_web, LATER)
    [changed] = found(as_web, "below_line")
    assert (changed.pk, changed.dismissed) == (finding.pk, False)
    with as_web():
        [ended] = Dismissal.objects.all()
        assert (ended.ended_by, ended.reason) == ("tester", "收入漏报")
        verbs = list(Entry.objects.order_by("pk").values_list("verb", flat=True))
    assert verbs.count("screening.dismiss") == 1
    assert verbs.count("screening.run") == 3


def test_dismissing_needs_a_reason_and_is_done_once(as_web, county):
    screened(as_web)
    [finding] = found(as_web, "below_line")
    with as_web(), pytest.raises(InputError):
        actions.dismiss(by="tester", finding_id=finding.pk, reason="  ", now=NOW)
    with as_web():
        actions.dismiss(by="tester", finding_id=finding.pk, reason="已核实", now=NOW)
        with pytest.raises(ConflictError):
            actions.dismiss(by="tester", finding_id=finding.pk, reason="再来", now=NOW)
        actions.restore(by="tester", finding_id=finding.pk, now=NOW)
        with pytest.raises(ConflictError):
            actions.restore(by="tester", finding_id=finding.pk, now=NOW)
        with pytest.raises(NotFoundError):
            actions.dismiss(by="tester", finding_id=999_999, reason="无", now=NOW)
    assert not found(as_web, "below_line")[0].dismissed


def test_another_village_sees_none_of_it(as_web, county, scope_of):
    screened(as_web)
    [finding] = found(as_web, "below_line")
    with as_web(scope_of(OTHER)):
        assert not Finding.objects.filter(household_no=POOR).exists()
        with pytest.raises(NotFoundError):
            actions.dismiss(by="tester", finding_id=finding.pk, reason="无", now=NOW)


def test_a_screening_covers_a_county(as_web):
    with as_web(), pytest.raises(UsageError):
        actions.run_screening(
            by="tester", place_code=VILLAGE, policy=policy_in_force(), on=ON, now=NOW
        )
