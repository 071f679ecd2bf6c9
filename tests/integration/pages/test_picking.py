"""Places and households are picked: suggestions while typing, what a form takes, what it says else."""

from __future__ import annotations

import pytest

from bangfu.books.crossing.models import MoveOffer
from bangfu.books.households.models import Household, NameIndex, Person
from bangfu.books.places.actions import load_places
from bangfu.books.walls.scope import DataClass, Scope, within
from bangfu.core.names import sounds
from bangfu.core.places import NATION, Place

VILLAGE, OTHER, COUNTY = "420527101200", "420527102201", "420527000000"
FAR = "420528101200"
NO, OTHER_NO, TWIN_NO = "4205270000000001", "4205270000000002", "4205270000000003"
EVERYWHERE = Scope((NATION,), frozenset(DataClass), "test")
MOVED = {"moved_on": "2026-11-01", "reason": "婚嫁", "document": ""}


@pytest.fixture
def books(two_villages):
    """The two villages, their people by name; a village of the same name in the next county; and a
    second household of a like name in the first."""
    far = (Place("420528000000", "长阳县"), Place("420528101000", "远处镇"), Place(FAR, "旁边村"))
    with within(EVERYWHERE, by="tester"):
        load_places(by="tester", rows=far, source="test")
        Household.objects.create(household_no=TWIN_NO, place_code=VILLAGE)
        Person.objects.create(
            household_id=TWIN_NO,
            place_code=VILLAGE,
            person_no="1",
            name="甲虚构一",
            relation="户主",
        )
        for number, place, name in (
            (NO, VILLAGE, "甲虚构"),
            (OTHER_NO, OTHER, "乙虚构"),
            (TWIN_NO, VILLAGE, "甲虚构一"),
        ):
            heard = sounds(name)
            NameIndex.objects.update_or_create(
                household_no=number,
                person_no="1",
                defaults={
                    "place_code": place,
                    "name": name,
                    "pinyin": heard.pinyin,
                    "initials": heard.initials,
                },
            )


def _suggested(client, where: str, text: str) -> list[str]:
    """The suggestions for a text, asked as the page's script asks."""
    sent = {"to_place": text, "other": "not asked for"}
    answer = client.post(where, sent, headers={"HX-Trigger-Name": "to_place"})
    assert answer.status_code == 200
    parts = answer.content.decode().split('<option value="')[1:]
    return [part.split('"')[0] for part in parts]


def test_places_are_suggested_inside_the_scope_or_anywhere(books, client_as):
    clerk, officer = client_as("village_clerk", VILLAGE), client_as("county_officer", COUNTY)
    assert _suggested(officer, "/places/pick/", "旁边") == [f"归州镇 旁边村 {OTHER}"]
    assert _suggested(clerk, "/places/pick/", "旁边") == []
    near, far = _suggested(clerk, "/places/pick/?anywhere=1&level=5", "旁边")
    assert near == f"归州镇 旁边村 {OTHER}"
    assert far == f"长阳县 远处镇 旁边村 {FAR}"
    assert _suggested(officer, "/places/pick/?level=4", "4205271") == [
        "茅坪镇 420527101000",
        "归州镇 420527102000",
    ]
    assert _suggested(officer, "/places/pick/?level=5", "茅坪") == []
    assert _suggested(officer, "/places/pick/", "PangBian") == [f"归州镇 旁边村 {OTHER}"]
    assert _suggested(officer, "/places/pick/", "归州 pb") == [f"归州镇 旁边村 {OTHER}"]
    assert _suggested(officer, "/places/pick/", "茅坪 pb") == []
    assert _suggested(officer, "/places/pick/", "p") == []
    assert _suggested(clerk, "/places/pick/", "pb") == []
    assert _suggested(officer, "/places/pick/", "") == []


def test_households_are_suggested_inside_the_scope_only(books, client_as):
    clerk, officer = client_as("village_clerk", VILLAGE), client_as("county_officer", COUNTY)
    first, twin = f"甲虚构 示例村 {NO}", f"甲虚构一 示例村 {TWIN_NO}"
    other = f"乙虚构 旁边村 {OTHER_NO}"
    where = "/households/pick/"
    assert _suggested(clerk, where, "虚构") == [first, twin]
    assert _suggested(officer, where, "虚构") == [first, other, twin]
    assert _suggested(officer, where, "虚构 旁边村") == [other]
    assert _suggested(officer, where, "jiaxu") == [first, twin]
    assert _suggested(officer, f"{where}?place={OTHER}", "虚构") == [other]
    assert _suggested(clerk, where, OTHER_NO) == _suggested(clerk, where, "乙虚构") == []
    # What says all of one household has been chosen.
    assert _suggested(clerk, where, first) == []


def test_no_more_than_ten_are_suggested(books, client_as, as_web):
    with within(EVERYWHERE, by="tester"):
        Household.objects.bulk_create(
            Household(household_no=f"4205270000001{n:03d}", place_code=VILLAGE) for n in range(12)
        )
    clerk = client_as("village_clerk", VILLAGE)
    assert len(_suggested(clerk, "/households/pick/", "4205270000001")) == 10


@pytest.mark.parametrize(
    ("typed", "taken"),
    [
        ("示例村", None),  # his own
        ("归州镇 旁边村", OTHER),
        (f"归州镇 旁边村 {OTHER}", OTHER),
        (FAR, FAR),
    ],
)
def test_a_move_takes_a_name_a_label_or_a_code(books, client_as, typed, taken):
    clerk = client_as("village_clerk", VILLAGE)
    sent = clerk.post(f"/households/{NO}/move/", {**MOVED, "to_place": typed})
    with within(EVERYWHERE, by="tester"):
        offered = list(MoveOffer.objects.values_list("to_place", flat=True))
    if taken is None:
        assert sent.status_code == 422
        page = sent.content.decode()
        assert "请选另一个村" in page
        assert f'value="示例村 {VILLAGE}"' in page or f'value="茅坪镇 示例村 {VILLAGE}"' in page
        assert offered == []
    else:
        assert sent.status_code == 302
        assert offered == [taken]
        assert "旁边村" in clerk.get(sent["Location"]).content.decode()


def test_what_is_not_one_village_is_said_beside_the_field(books, client_as):
    clerk = client_as("village_clerk", VILLAGE)
    where = f"/households/{NO}/move/"
    several = clerk.post(where, {**MOVED, "to_place": "旁边村"}).content.decode()
    assert f"相符的有：归州镇 旁边村 {OTHER}；长阳县 远处镇 旁边村 {FAR}。" in several
    assert f'<option value="归州镇 旁边村 {OTHER}">' in several
    assert 'value="旁边村"' in several
    assert (
        "没有找到。请核对名称"
        in clerk.post(where, {**MOVED, "to_place": "无此村"}).content.decode()
    )
    clerk.post("/language/", {"language": "en"})
    english = clerk.post(where, {**MOVED, "to_place": "旁边村"}).content.decode()
    assert f"These fit: 归州镇 旁边村 {OTHER}; 长阳县" in english
    none = clerk.post(where, {**MOVED, "to_place": "999999999999"})
    assert none.status_code == 422
    assert "Nothing found. Check the name" in none.content.decode()


def test_a_household_to_merge_with_is_picked_by_name(books, client_as):
    clerk, where = client_as("village_clerk", VILLAGE), f"/households/{NO}/merge/"
    assert f'hx-post="/households/pick/?place={VILLAGE}"' in clerk.get(where).content.decode()
    chosen = clerk.post(where, {"into": "甲虚构一"})
    assert chosen["Location"] == f"{where}?into={TWIN_NO}"
    assert f"并入 甲虚构一 示例村 {TWIN_NO}" in clerk.get(chosen["Location"]).content.decode()
    for typed, said in (
        ("虚构", f"相符的有：甲虚构 示例村 {NO}；甲虚构一 示例村 {TWIN_NO}。"),
        ("甲虚构", "请选另一户"),
        ("乙虚构", "没有找到"),
        (OTHER_NO, "没有找到"),
    ):
        refused = clerk.post(where, {"into": typed})
        assert refused.status_code == 422
        assert said in refused.content.decode(), typed


def test_what_lies_outside_is_answered_as_what_is_nowhere(books, client_as):
    """To the byte, apart from what was typed: neither a count nor a name tells that it exists."""
    clerk, where = client_as("village_clerk", VILLAGE), f"/households/{NO}/merge/"
    pages = []
    for typed in (OTHER_NO, "4205270000009999"):
        page = clerk.post(where, {"into": typed}).content.decode()
        pages.append(
            [line for line in page.replace(typed, "").splitlines() if "csrf" not in line.lower()]
        )
    assert [a for a, b in zip(*pages, strict=True) if a != b and "_submission" not in a] == []


def test_an_account_is_given_a_place_of_the_keepers_by_name(books, client_as):
    keeper = client_as("keeper", COUNTY)
    new = {
        "username": "xin",
        "display_name": "新人",
        "id_number": "",
        "password": "correct-horse-battery",
    }
    outside = keeper.post("/admin/operators/new/", {**new, "place_code": "远处镇"})
    assert outside.status_code == 422
    assert "没有找到" in outside.content.decode()
    made = keeper.post("/admin/operators/new/", {**new, "place_code": "茅坪镇"})
    assert made.status_code == 302
    assert "茅坪镇" in keeper.get(made["Location"]).content.decode()
