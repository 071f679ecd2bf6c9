"""A year's income per head is over the members of that year, on the list, the page and the card alike."""

from __future__ import annotations

from datetime import date

from bangfu.books.desk.household import incomes
from bangfu.books.households.exporters import household_cards
from bangfu.books.households.models import Happening, Household, IncomeItem, Person
from bangfu.core.places import Place
from bangfu.core.sheets.locate import Gazetteer

VILLAGE, NUMBER = "420527101200", "4205270000000001"
PLACES = Gazetteer([Place("420527000000", "秭归县"), Place(VILLAGE, "示例村")])


def _arrives(person_no: str, name: str, on: date) -> None:
    Person.objects.create(
        household_id=NUMBER, place_code=VILLAGE, person_no=person_no, name=name, relation="子"
    )
    Happening.objects.create(
        place_code=VILLAGE,
        household_no=NUMBER,
        person_no=person_no,
        kind="birth",
        happened_on=on,
        document="出生医学证明",
    )


def _told(on: date) -> tuple[dict[int, int | None], str]:
    """Per head by year on the page, and the card's of the latest year with incomes."""
    household = Household.objects.get(pk=NUMBER)
    years = incomes(
        household,
        IncomeItem.objects.order_by("-year"),
        members=Person.objects.filter(household_id=NUMBER).count(),
        happenings=Happening.objects.filter(household_no=NUMBER),
    )
    [card] = household_cards([NUMBER], findings={}, gazetteer=PLACES, on=on, lang="zh", year=2026)
    [on_card] = [value for label, value in card.income if label.zh == "人均纯收入"]
    return {one.year: one.per_head for one in years}, on_card


def test_who_comes_later_has_no_share_of_an_earlier_year(two_villages, as_web, client_as):
    with as_web():
        for year, fen in ((2025, 2_000_000), (2026, 2_959_600)):
            IncomeItem.objects.create(
                household_id=NUMBER, place_code=VILLAGE, year=year, item="a1", fen=fen
            )
        _arrives("2", "丙虚构", date(2026, 5, 1))
        _arrives("3", "丁虚构", date(2027, 1, 5))
    with as_web():
        assert _told(date(2027, 2, 1)) == ({2026: 1_479_800, 2025: 2_000_000}, "14,798.00")
        Household.objects.filter(pk=NUMBER).update(
            stated_net_income=2_959_600, stated_income_per_head=1_479_801
        )
        assert _told(date(2027, 2, 1)) == ({2026: 1_479_801, 2025: 2_000_000}, "14,798.01")
    client = client_as("village_clerk", VILLAGE)
    for address in ("/households/", f"/households/{NUMBER}/"):
        assert "14,798.01" in client.get(address).content.decode()
