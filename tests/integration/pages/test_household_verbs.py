"""The forms of the household's verbs, sent as a browser sends them."""

from __future__ import annotations

from datetime import date

import pytest

from bangfu.books.households.models import Household, IncomeItem, Person
from bangfu.books.walls.scope import DataClass, Scope, within
from bangfu.core.places import NATION

VILLAGE, NO = "420527101200", "4205270000000001"
PAPER = {"on": "2026-11-01", "document": "证明 第 1 号", "note": ""}
EVERYWHERE = Scope((NATION,), frozenset(DataClass), "test")


@pytest.fixture
def clerk(two_villages, client_as):
    with within(EVERYWHERE, by="tester"):
        Person.objects.create(
            household_id=NO,
            place_code=VILLAGE,
            person_no="2",
            name="丙虚构",
            relation="配偶",
            birth=date(1980, 1, 1),
        )
    return client_as("village_clerk", VILLAGE)


def _relations(household_no: str = NO) -> dict[str, str]:
    with within(EVERYWHERE, by="tester"):
        rows = Person.objects.filter(household_id=household_no)
        return dict(rows.values_list("person_no", "relation"))


def _send(clerk, verb: str, **fields: str | list[str]):
    return clerk.post(f"/households/{NO}/{verb}/", {**PAPER, **fields})


def test_a_birth_and_its_twin(clerk):
    twin = {"kind": "birth", "sex": "女", "birth": "2026-10-30", "relation": "之女"}
    assert _send(clerk, "arrival", name="甲新", **twin).status_code == 302
    assert _send(clerk, "arrival", name="乙新", **twin).status_code == 302
    assert len(_relations()) == 4


def test_a_name_of_a_page_is_no_name(clerk):
    born = {"kind": "birth", "sex": "女", "birth": "2026-10-30", "relation": "之女"}
    assert _send(clerk, "arrival", name="甲" * 51, **born).status_code == 422
    assert len(_relations()) == 2
    assert _send(clerk, "arrival", name="甲" * 50, **born).status_code == 302


def test_one_submission_is_carried_out_once_and_said_to_be_received(clerk):
    born = {"kind": "birth", "sex": "女", "birth": "2026-10-30", "relation": "之女", "name": "甲新"}
    first = _send(clerk, "arrival", _submission="key-of-this-form", **born)
    again = _send(clerk, "arrival", _submission="key-of-this-form", **born)
    assert first.status_code == again.status_code == 302
    assert first.cookies["received"].value == "key-of-this-form"
    assert len(_relations()) == 3


def test_a_departure(clerk):
    assert _send(clerk, "departure", person_no="2", kind="death").status_code == 302
    assert _relations() == {"1": "户主"}


def test_a_change_of_head(clerk):
    changed = _send(clerk, "head", **{"relation-1": "配偶", "relation-2": "户主"})
    assert changed.status_code == 302
    assert _relations() == {"1": "配偶", "2": "户主"}


def test_a_split(clerk):
    split = _send(
        clerk,
        "split",
        new_no="4205270000000099",
        leaving=["2"],
        **{"relation-1": "户主", "relation-2": "户主"},
    )
    assert split.status_code == 302
    assert _relations("4205270000000099") == {"2": "户主"}


def test_a_merger(clerk):
    other = "4205270000000088"
    with within(EVERYWHERE, by="tester"):
        Household.objects.create(
            household_no=other, place_code=VILLAGE, monitored_class="突发严重困难户"
        )
        Person.objects.create(
            household_id=other, place_code=VILLAGE, person_no="9", name="丁虚构", relation="户主"
        )
    merged = clerk.post(
        f"/households/{NO}/merge/?into={other}",
        {**PAPER, "relation-9": "户主", "relation-1": "其他", "relation-2": "其他"},
    )
    assert merged.status_code == 302
    assert set(_relations(other)) == {"1", "2", "9"}
    old = clerk.get(f"/households/{NO}/")
    assert (old.status_code, old["Location"]) == (302, f"/households/{other}/")


def test_a_larger_place_than_ones_own_is_not_shown(clerk):
    assert clerk.get(f"/places/{VILLAGE}/").status_code == 200
    assert clerk.get("/places/420527101000/").status_code == 404


def test_a_number_of_a_person_is_kept_out_of_free_text(clerk):
    for text, what in (
        ("身份证11010519491231002X", "身份证号码"),
        ("电话 138 0013 8000", "手机号码"),
        ("卡号6222020000000000000", "银行卡号"),
    ):
        answer = _send(clerk, "departure", person_no="2", kind="death", note=text)
        assert answer.status_code == 422
        page = answer.content.decode()
        assert f"这里像有{what}" in page
        assert page.count('aria-invalid="true"') == 1
    assert _relations() == {"1": "户主", "2": "配偶"}
    told = _send(clerk, "departure", person_no="2", kind="death", note=f"户编号{NO}")
    assert told.status_code == 302


def test_the_field_for_the_number_takes_it(clerk):
    born = {
        "kind": "move_in",
        "sex": "女",
        "birth": "1949-12-31",
        "relation": "之母",
        "name": "甲新",
    }
    assert _send(clerk, "arrival", certificate="11010519491231002X", **born).status_code == 302


def test_the_history_speaks_in_words_and_yuan(clerk):
    with within(EVERYWHERE, by="tester", reason="改收入"):
        item = IncomeItem.objects.create(
            household_id=NO, place_code=VILLAGE, year=2026, item="a1", fen=123456
        )
        Household.objects.filter(pk=NO).update(safe_water=False)
    with within(EVERYWHERE, by="tester", reason="核对"):
        item.fen = 200000
        item.save()
        Household.objects.filter(pk=NO).update(safe_water=True, monitored_class="边缘易致贫户")
    page = clerk.get(f"/households/{NO}/history/").content.decode()
    assert "1,234.56 元" in page
    assert "2,000 元" in page
    assert "123456" not in page
    assert "True" not in page
    assert "边缘易致贫户" in page
    clerk.post("/language/", {"language": "en"})
    english = clerk.get(f"/households/{NO}/history/").content.decode()
    assert "marginal household at risk" in english
    assert "2,000 yuan" in english
