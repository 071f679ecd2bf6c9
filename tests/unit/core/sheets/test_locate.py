import polars as pl

from bangfu.core.places import Place
from bangfu.core.sheets.locate import Gazetteer, locate, short_name

PLACES = [
    Place("420527000000", "秭归县"),
    Place("420527101000", "茅坪镇"),
    Place("420527101207", "陈家坝村村民委员会"),
    Place("420527101208", "中坝子村村民委员会", successor="420527101207"),
    Place("420527102000", "归州镇"),
    Place("420527102201", "陈家坝村村民委员会"),
]


def where(row, field):
    return f"表!{field}{row}"


def located(rows, confirmed=None):
    frame = pl.DataFrame(rows).with_row_index("_row", offset=4)
    return locate(frame, Gazetteer(PLACES, confirmed), where)


def test_names_find_the_village_of_their_own_township():
    frame, problems = located(
        {"township_name": ["茅坪镇", "归州镇"], "village_name": ["陈家坝村", "陈家坝村村民委员会"]}
    )
    assert frame["place_code"].to_list() == ["420527101207", "420527102201"]
    assert problems == []


def test_a_code_goes_before_names_and_follows_its_successor():
    frame, problems = located(
        {"place_code": ["420527101208"], "township_name": ["不存在"], "village_name": ["不存在"]}
    )
    assert frame["place_code"].to_list() == ["420527101207"]
    assert problems == []


def test_a_misspelt_name_is_suggested_and_never_taken():
    frame, problems = located({"township_name": ["茅坪镇"], "village_name": ["陈家坝子村"]})
    assert frame["place_code"].to_list() == [None]
    [problem] = problems
    assert problem.where == "表!village_name4"
    assert "420527101207" in problem.text.zh


def test_a_confirmed_spelling_counts():
    names = ("茅坪镇", "老陈家坝")
    frame, problems = located(
        {"township_name": [names[0]], "village_name": [names[1]]}, {names: "420527101207"}
    )
    assert frame["place_code"].to_list() == ["420527101207"]
    assert problems == []


def test_codes_that_are_no_village_are_refused():
    codes = ["420527101000", "420527101999", "4205"]
    _, problems = located({"place_code": codes})
    assert [problem.value for problem in problems] == codes


def test_two_villages_of_one_name_need_the_code():
    twins = [*PLACES, Place("420527101300", "陈家坝村村民委员会")]
    code, problem = Gazetteer(twins).by_names("茅坪镇", "陈家坝村")
    assert code is None
    assert "420527101300" in problem.text.en


def test_missing_names_are_a_problem_of_their_row():
    _, problems = located({"township_name": ["茅坪镇", None], "village_name": [None, "陈家坝村"]})
    assert [problem.where for problem in problems] == ["表!village_name4", "表!village_name5"]


def test_a_circle_of_successors_ends():
    loop = [
        Place("420527101207", "甲村", successor="420527101208"),
        Place("420527101208", "乙村", successor="420527101207"),
    ]
    assert Gazetteer(loop).current("420527101207") is None


def test_names_for_people():
    gazetteer = Gazetteer(PLACES)
    assert gazetteer.path("420527101207") == "秭归县 茅坪镇 陈家坝村"
    assert gazetteer.name("999999999999") == "999999999999"
    assert short_name("丹阳社区居民委员会") == "丹阳社区"
    assert short_name("村民委员会") == "村民委员会"
