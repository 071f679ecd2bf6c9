"""Summaries by month, quarter and year: counted from dated rows, compared with what was published."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import openpyxl
import pytest

from bangfu.books.assistance.models import Measure, Visit
from bangfu.books.crossing.actions import accept_move, offer_move
from bangfu.books.crossing.models import MoveOffer
from bangfu.books.desk import summaries
from bangfu.books.desk.figures import count_figures
from bangfu.books.desk.models import Summary
from bangfu.books.households.models import Happening, Household
from bangfu.books.journal.models import Entry
from bangfu.core.errors import ConflictError
from bangfu.core.periods import Span

COUNTY, TOWNSHIP = "420527000000", "420527101000"
VILLAGE, OTHER = "420527101200", "420527102201"
NUMBER, BESIDE = "4205270000000001", "4205270000000002"
CHINA = ZoneInfo("Asia/Shanghai")
TODAY = date(2026, 11, 22)
NOW = datetime(2026, 11, 22, 1, 30, tzinfo=UTC)
OCTOBER, NOVEMBER = Span.read("2026-10"), Span.read("2026-11")


@pytest.fixture(autouse=True)
def _today(monkeypatch):
    monkeypatch.setattr("bangfu.site.clock.now", lambda: NOW)


@pytest.fixture
def busy(two_villages, as_web):
    """October: one household recognised, two measures, a visit. November: one recognised, one removed, one
    measure ended, three visits, a death."""
    with as_web():
        Household.objects.filter(pk=NUMBER).update(
            identified_month=202610, risk_removed=True, removed_month=202611
        )
        Household.objects.filter(pk=BESIDE).update(identified_month=202611, risk_removed=False)
        for number, village, ended in (
            (NUMBER, VILLAGE, date(2026, 11, 3)),
            (BESIDE, OTHER, None),
        ):
            Measure.objects.create(
                place_code=village,
                household_no=number,
                family="industry_help",
                content="发放鸡苗",
                responsible="丙干部",
                agreed_on=date(2026, 10, 5),
                started_on=date(2026, 10, 6),
                ended_on=ended,
            )
        for day in (date(2026, 10, 31), *(date(2026, 11, n) for n in (1, 2, 22))):
            Visit.objects.create(
                place_code=VILLAGE, household_no=NUMBER, visited_on=day, visitors="丙", seen="好"
            )
        Happening.objects.create(
            place_code=OTHER,
            household_no=BESIDE,
            person_no="1",
            kind="death",
            happened_on=date(2026, 11, 9),
            document="死亡证明",
        )


def told(sheet, code: str = COUNTY) -> dict[str, tuple[int | None, int | None]]:
    [line] = [one for one in (sheet.own, *sheet.below) if one.code == code]
    return {one.figure.name: (one.now, one.before) for one in line.told}


def test_a_month_is_counted_from_dated_rows_and_compared(busy, as_web):
    with as_web():
        sheet = summaries.summary_of(COUNTY, NOVEMBER, today=TODAY)
    county = told(sheet)
    assert {name: county[name] for name in ("monitored", "at_risk", "under_way")} == {
        "monitored": (2, 1),
        "at_risk": (1, 1),  # the one of October is removed, the one of November came
        "under_way": (1, 2),
    }
    assert county["identified"] == (1, 1)
    assert county["removed"] == (1, 0)
    assert county["agreed"] == (0, 2)
    assert county["ended"] == (1, 0)
    assert county["visits"] == (3, 1)
    assert county["departures"] == (1, 0)
    assert [line.code for line in sheet.below] == ["420527101000", "420527102000"]
    assert told(sheet, TOWNSHIP)["visits"] == (3, 1)
    assert told(sheet, "420527102000")["departures"] == (1, 0)
    for name in summaries.BY_NAME:  # what lies below makes up the place
        parts = [told(sheet, line.code)[name][0] for line in sheet.below]
        assert sum(parts) == county[name][0], name


def test_a_quarter_and_a_year_hold_their_months(busy, as_web):
    with as_web():
        quarter = told(summaries.summary_of(COUNTY, Span.read("2026-Q4"), today=TODAY))
        year = told(summaries.summary_of(COUNTY, Span.read("2026"), today=TODAY))
    assert quarter["visits"] == year["visits"] == (4, 0)
    assert quarter["identified"] == year["identified"] == (2, 0)
    assert quarter["at_risk"] == year["at_risk"] == (1, 0)


def test_households_of_a_past_day_come_from_history(busy, as_web):
    with as_web():
        before_books = told(summaries.summary_of(COUNTY, OCTOBER, today=TODAY))
    assert before_books["households"] == (None, None)
    with as_web():
        counted = told(_over(COUNTY))
    assert counted["households"][0] == counted["people"][0] == 2


def _over(code: str) -> summaries.Sheet:
    """The month in which the database's own clock writes history, as it is told when it is over."""
    span = Span.month_of(datetime.now(UTC).astimezone(CHINA).date())
    return summaries.summary_of(code, span, today=span.last + timedelta(days=5))


def test_a_household_that_moved_away_is_not_counted_where_it_was(busy, as_web, scope_of):
    """The versions it has elsewhere lie outside the scope of the place that it left."""
    with as_web():
        offer_move(
            by="tester",
            household=Household.objects.get(pk=NUMBER),
            to_place=OTHER,
            moved_on=date(2026, 11, 1),
            today=TODAY,
            reason="婚嫁",
        )
    with as_web(scope_of(OTHER), by="receiver"):
        accept_move(by="receiver", offer_id=MoveOffer.objects.get().pk)
    with as_web(scope_of(VILLAGE)):
        assert told(_over(VILLAGE), VILLAGE)["households"][0] == 0
    with as_web(scope_of(OTHER)):
        assert told(_over(OTHER), OTHER)["households"][0] == 2


def test_what_was_published_stays_and_is_what_the_next_period_is_compared_with(busy, as_web):
    with as_web():
        with pytest.raises(ConflictError):
            summaries.close_period(
                by="tester", place_code=COUNTY, span=NOVEMBER, today=TODAY, now=NOW
            )
        closed = summaries.close_period(
            by="tester", place_code=COUNTY, span=OCTOBER, today=TODAY, now=NOW
        )
        assert closed == Summary.objects.count() == 5  # the county, two townships, two villages
        with pytest.raises(ConflictError):
            summaries.close_period(
                by="tester", place_code=COUNTY, span=OCTOBER, today=TODAY, now=NOW
            )
        [entry] = Entry.objects.filter(verb="desk.close_period")
        assert entry.subject == "period 2026-10"
    with as_web():  # a visit of October that is recorded late
        Visit.objects.create(
            place_code=VILLAGE,
            household_no=NUMBER,
            visited_on=date(2026, 10, 30),
            visitors="丙",
            seen="好",
        )
    with as_web():
        october = summaries.summary_of(COUNTY, OCTOBER, today=TODAY)
        november = summaries.summary_of(COUNTY, NOVEMBER, today=TODAY)
        village = summaries.summary_of(VILLAGE, NOVEMBER, today=TODAY)
    assert told(october)["visits"][0] == 1
    assert october.closed is not None
    assert told(november)["visits"] == (3, 1)
    assert told(village, VILLAGE)["visits"] == (3, 1)
    assert november.closed is None
    assert november.before_closed is not None


def test_the_page_links_each_figure_to_its_rows(busy, client_as):
    client = client_as("village_clerk", VILLAGE)
    page = client.get(f"/places/{VILLAGE}/summary/?period=2026-11").content.decode()
    assert "2026 年 11 月" in page
    rows = f"/places/{VILLAGE}/summary/rows/visits/?period=2026-11"
    assert f'<a href="{rows}">3</a>' in page
    listed = client.get(rows).content.decode()
    assert listed.count(f'href="/households/{NUMBER}/"') == 3
    for figure in summaries.FIGURES:
        answer = client.get(f"/places/{VILLAGE}/summary/rows/{figure.name}/?period=2026-11")
        assert answer.status_code == 200, figure.name
    assert client.get(f"/places/{VILLAGE}/summary/rows/people/?period=2026-10").status_code == 404
    assert client.get(f"/places/{VILLAGE}/summary/rows/none/").status_code == 404
    for wrong in ("2026-13", "2026-12", "x", "2026-Q5"):
        assert client.get(f"/places/{VILLAGE}/summary/?period={wrong}").status_code == 404, wrong


def test_the_page_in_both_languages_and_as_a_workbook(busy, client_as):
    client = client_as("county_officer", COUNTY)
    for period in ("2026-11", "2026-10", "2026-Q4", "2026"):
        assert client.get(f"/places/{COUNTY}/summary/?period={period}").status_code == 200
    book = openpyxl.load_workbook(
        io.BytesIO(client.get(f"/places/{COUNTY}/summary/?period=2026-11&as=xlsx").content)
    )
    rows = {row[0]: row[1:] for row in book["汇总"].iter_rows(values_only=True)}
    assert rows["走访"] == (3, 1, 2)
    assert book["下级地方"].max_row == 4  # a note, the heads, two townships
    client.cookies.load({"language": "en"})
    page = client.get(f"/places/{COUNTY}/summary/?period=2026-Q4").content.decode()
    assert "quarter 4 of 2026" in page
    assert "Newly recognised" in page


def test_a_county_closes_its_month_on_the_page_and_a_village_does_not(busy, client_as):
    clerk = client_as("village_clerk", VILLAGE)
    where = f"/places/{VILLAGE}/summary/close/?period=2026-10"
    assert clerk.post(where).status_code == 403
    officer = client_as("county_officer", COUNTY)
    address = f"/places/{COUNTY}/summary/"
    assert "结账公布" in officer.get(f"{address}?period=2026-10").content.decode()
    assert "结账公布</button>" not in officer.get(f"{address}?period=2026-11").content.decode()
    assert officer.post(f"{address}close/?period=2026-10").status_code == 302
    assert "结账公布</button>" not in officer.get(f"{address}?period=2026-10").content.decode()
    assert "上期为" in clerk.get(f"/places/{VILLAGE}/summary/?period=2026-11").content.decode()


def test_home_says_what_changed_since_last_month(busy, client_as):
    page = client_as("village_clerk", VILLAGE).get(f"/places/{VILLAGE}/").content.decode()
    assert "本月和上月" in page
    assert f"/places/{VILLAGE}/summary/rows/visits/?period=2026-11" in page
    assert "比上期多 2" in page


def test_who_reads_sums_sees_counted_months_and_no_small_numbers(busy, client_as, as_web):
    with as_web():
        for month, number in ((202610, 40), (202611, 45)):
            for at in range(number):
                Household.objects.create(household_no=f"99{month}{at:08d}", place_code=VILLAGE)
            count_figures(by="tester", place_code=COUNTY, month=month, now=NOW, small=3)
    reader = client_as("superior_reader", "420500000000")
    address = f"/sums/{COUNTY}/summary/?period=2026-11"
    page = reader.get(address).content.decode()
    assert "秭归县" in page
    assert "+45" in page
    assert "虚构" not in page
    assert reader.get(f"/places/{COUNTY}/summary/").status_code == 403
    assert "还没有汇总" in reader.get(f"/sums/{COUNTY}/summary/?period=2025").content.decode()


def test_a_relapse_leaves_the_periods_before_it_as_they_were(two_villages, as_web, client_as):
    """Recognised 2025-05, removed 2026-10, recognised again 2026-11: each month says what was so then."""
    steps = (
        {"identified_month": 202505, "risk_removed": False},
        {"risk_removed": True, "removed_month": 202610},
        {"collector": "甲干部"},  # a change of something else between
        {"identified_month": 202611, "risk_removed": False, "removed_month": None},
    )
    for step in steps:
        with as_web():
            Household.objects.filter(pk=NUMBER).update(**step)
    with as_web():
        Household.objects.filter(pk=BESIDE).update(identified_month=202611)
        figures = {
            period: told(summaries.summary_of(COUNTY, Span.read(period), today=TODAY))
            for period in ("2026-09", "2026-10", "2026-11", "2025", "2026")
        }
    of = {period: {name: now for name, (now, _) in one.items()} for period, one in figures.items()}
    assert [of[p]["monitored"] for p in ("2025", "2026-09", "2026-10", "2026-11")] == [1, 1, 1, 2]
    assert [of[p]["at_risk"] for p in ("2025", "2026-09", "2026-10", "2026-11")] == [1, 1, 0, 2]
    assert [of[p]["removed"] for p in ("2026-09", "2026-10", "2026-11", "2026")] == [0, 1, 0, 1]
    assert [of[p]["identified"] for p in ("2025", "2026-10", "2026-11")] == [1, 0, 2]
    client = client_as("county_officer", COUNTY)
    rows = client.get(f"/places/{COUNTY}/summary/rows/removed/?period=2026-10").content.decode()
    assert f"/households/{NUMBER}/" in rows


def test_a_corrected_month_is_no_second_spell(two_villages, as_web):
    steps = (
        {"identified_month": 202505, "risk_removed": False},
        {"identified_month": 202606},
        {"risk_removed": True, "removed_month": 202610},
        {"risk_removed": False, "removed_month": None},
    )
    for step in steps:
        with as_web():
            Household.objects.filter(pk=NUMBER).update(**step)
    with as_web():
        earlier = told(summaries.summary_of(VILLAGE, Span.read("2025"), today=TODAY), VILLAGE)
        october = told(summaries.summary_of(VILLAGE, OCTOBER, today=TODAY), VILLAGE)
    assert earlier["monitored"][0] == earlier["identified"][0] == 0
    assert october["removed"][0] == 0
    assert october["at_risk"][0] == 1


def test_a_larger_place_is_not_told_from_a_part(busy, client_as):
    """A village clerk's figures are the village's: the county's pages answer him as its place page does."""
    client = client_as("village_clerk", VILLAGE)
    for page in ("", "summary/", "summary/rows/visits/", "records/", "records/?as=pdf"):
        assert client.get(f"/places/{COUNTY}/{page}").status_code == 404, page
        own = client.get(f"/places/{VILLAGE}/{page}")
        assert own.status_code == 200, page
        if not page.endswith("pdf"):
            assert f'href="/places/{COUNTY}/' not in own.content.decode(), page


def test_counts_of_pages_have_thousands_as_those_of_paper(two_villages, client_as, as_web):
    with as_web():
        Household.objects.bulk_create(
            Household(
                household_no=f"99{at:014d}", place_code=VILLAGE, monitored_class="边缘易致贫户"
            )
            for at in range(1000)
        )
    client = client_as("village_clerk", VILLAGE)
    for address in (
        f"/places/{VILLAGE}/",
        f"/places/{VILLAGE}/summary/",
        f"/places/{VILLAGE}/records/",
        "/tasks/",
    ):
        page = client.get(address).content.decode()
        assert "1,001" in page, address
        assert "1001" not in page, address
    county = client_as("county_officer", COUNTY).get(f"/places/{COUNTY}/").content.decode()
    assert "1,002</a>" in county  # both villages
    assert "1,001</a>" in county  # one below
