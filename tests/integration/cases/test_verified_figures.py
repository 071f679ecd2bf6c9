"""What a home check verified stands beside the household's books, which keep the year as it was imported."""

from __future__ import annotations

from datetime import date, timedelta

from case_factories import SEEN, VILLAGE

from bangfu.books.desk.exporters import cards_of
from bangfu.books.desk.household import gathered
from bangfu.books.desk.records import gazetteer_of
from bangfu.books.households.models import Happening, Household, IncomeItem, Person

NO = "4205270000000001"
NET = sum(SEEN[name] for name in ("wage_income", "business_income", "transfer_income")) - 40_000


def _card(policy, today: date, lang: str):
    gazetteer = gazetteer_of(VILLAGE)
    [card] = cards_of([NO], gazetteer=gazetteer, policy=policy, today=today, lang=lang)
    return card


def test_page_and_card_say_what_was_verified_and_why_it_was_recognised(
    walk, as_web, policy, client_as
):
    with as_web():
        IncomeItem.objects.create(
            household_id=NO, place_code=VILLAGE, year=2025, item="a1", fen=2_959_600
        )
        assert gathered(Household.objects.get(pk=NO), walk.today)["verified"] is None
        assert _card(policy, walk.today, "zh").verified == ""
    case = walk.until(walk.open(), "assembly")
    with as_web():
        context = gathered(Household.objects.get(pk=NO), walk.today)
    assert context["recognised_for"] is None  # not recognised yet
    case = walk.until(case, "")
    with as_web():  # born after the home check
        Person.objects.create(
            household_id=NO, place_code=VILLAGE, person_no="3", name="丙虚构", relation="之子"
        )
        Happening.objects.create(
            place_code=VILLAGE,
            household_no=NO,
            person_no="3",
            kind="birth",
            happened_on=walk.today + timedelta(days=1),
            document="出生医学证明",
        )
        context = gathered(Household.objects.get(pk=NO), walk.today)
        on_card, in_english = (_card(policy, walk.today, lang) for lang in ("zh", "en"))
    verified = context["verified"]
    assert (verified.net, verified.out_of_pocket) == (NET, 3_000_000)
    told = (
        f"入户核实 {verified.on}：纯收入 7,800.00 元，人均 3,900.00 元，合规自付支出 30,000.00 元"
    )
    assert context["verified_told"].zh == told
    assert on_card.verified == f"{told}，见个案 {case.pk}"
    assert "net income 7,800.00 yuan, per head 3,900.00 yuan" in in_english.verified
    assert context["years"][0].net == 2_959_600  # what was imported stays
    assert context["recognised_for"] == (case.pk, "户主住院，自付三万元")
    page = client_as("village_clerk", VILLAGE).get(f"/households/{NO}/").content.decode()
    assert told in page
    assert "识别时记录的线索：户主住院，自付三万元" in page
    assert page.count(f'href="/cases/{case.pk}/"') == 3


def test_what_was_seen_after_the_removal_is_the_newer(walk, as_web):
    walk.until(walk.open(), "")
    walk.today += timedelta(days=60)
    removal = walk.until(walk.open("removal"), "")
    with as_web():
        verified = gathered(Household.objects.get(pk=NO), walk.today)["verified"]
    assert verified.case_no == removal.pk
    assert (verified.net, verified.out_of_pocket) == (6_250_000, 0)
