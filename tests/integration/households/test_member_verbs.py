"""Births, deaths, moves, splits, mergers: rows change, history stays, the document is kept."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from bangfu.books.assistance import actions as assistance
from bangfu.books.assistance.models import Measure
from bangfu.books.households import actions
from bangfu.books.households.actions.happening import Evidence
from bangfu.books.households.actions.members import NewMember
from bangfu.books.households.models import (
    Happening,
    Household,
    IncomeItem,
    Job,
    NameIndex,
    Person,
)
from bangfu.books.households.past import acts
from bangfu.books.households.searching import filtered, found
from bangfu.books.places.models import Place
from bangfu.core.errors import ConflictError, InputError, NotFoundError

TODAY = date(2026, 11, 22)
VILLAGE, OTHER = "420527101200", "420527102201"
PAPER = Evidence(date(2026, 11, 1), "户口簿 第 7 号")


@pytest.fixture
def family(as_web):
    """A couple with a child, the head working away; and a neighbour of the same village."""
    with as_web():
        house = Household.objects.create(household_no="4205270001", place_code=VILLAGE)
        Household.objects.create(household_no="4205270002", place_code=VILLAGE)
        for number, name, relation in (
            ("1", "单虚构", "户主"),
            ("2", "乙虚构", "配偶"),
            ("3", "丙虚构", "之子"),
        ):
            Person.objects.create(
                household=house, place_code=VILLAGE, person_no=number, name=name, relation=relation
            )
        Person.objects.create(
            household_id="4205270002",
            place_code=VILLAGE,
            person_no="9",
            name="丁虚构",
            relation="户主",
        )
        Job.objects.create(household=house, place_code=VILLAGE, person_no="1", row_no=1)
        for number, fen in (("4205270001", 500), ("4205270002", 700)):
            IncomeItem.objects.create(
                household_id=number, place_code=VILLAGE, year=2026, item="a1", fen=fen
            )
        actions.index_names(VILLAGE)


def _names(household_no: str) -> list[str]:
    return list(
        Person.objects.filter(household_id=household_no)
        .order_by("person_no")
        .values_list("name", flat=True)
    )


def test_a_birth(family, as_web):
    child = NewMember("新虚构", "女", date(2026, 10, 30), "之女")
    with as_web():
        actions.add_member(
            by="tester",
            household_no="4205270001",
            kind="birth",
            member=child,
            evidence=PAPER,
            today=TODAY,
        )
    with as_web():
        assert "新虚构" in _names("4205270001")
        assert found("xxg").get().pk == "4205270001"
        happening = Happening.objects.get()
        assert (happening.kind, happening.document) == ("birth", PAPER.document)
        assert happening.recorded_by == "tester"


@pytest.mark.parametrize(
    ("member", "field"),
    [
        (NewMember("", "女", date(2026, 1, 1), "之女"), "name"),
        (NewMember("甲", "女", date(2027, 1, 1), "之女"), "birth"),
        (NewMember("甲", "女", date(2026, 1, 1), "户主"), "relation"),
        (NewMember("甲", "女", PAPER.on + timedelta(days=1), "之女"), "birth"),
        (NewMember("甲", "女", date(2019, 1, 1), "之女"), "birth"),
        (NewMember("甲", "女", date(1800, 1, 1), "之女"), "birth"),
        (NewMember("甲", "女", date(2026, 1, 1), "之女", "11010519491231002X"), "birth"),
        (NewMember("甲", "女", date(2026, 1, 1), "之女", "110105194912310021"), "certificate"),
        (NewMember("甲", "女", date(2026, 1, 1), "之女", "", "1"), "person_no"),
    ],
)
def test_a_wrong_arrival_is_refused_at_its_field(family, as_web, member, field):
    with as_web(), pytest.raises(InputError) as refused:
        actions.add_member(
            by="tester",
            household_no="4205270001",
            kind="birth",
            member=member,
            evidence=PAPER,
            today=TODAY,
        )
    assert [problem.where for problem in refused.value.problems] == [field]


def test_a_number_is_sealed_and_found_by_its_token(family, as_web):
    member = NewMember("甲", "女", date(1949, 12, 31), "之母", "11010519491231002x")
    with as_web():
        actions.add_member(
            by="tester",
            household_no="4205270001",
            kind="move_in",
            member=member,
            evidence=PAPER,
            today=TODAY,
        )
        stored = Person.objects.get(name="甲")
        assert b"1949" not in bytes(stored.certificate)
        assert stored.certificate_valid
        assert stored.certificate_birth == date(1949, 12, 31)
        assert found("11010519491231002X").get().pk == "4205270001"


def test_a_death_of_the_head_asks_for_a_new_head_first(family, as_web):
    leave = {
        "by": "tester",
        "household_no": "4205270001",
        "person_no": "1",
        "kind": "death",
        "evidence": PAPER,
        "today": TODAY,
    }
    with as_web(), pytest.raises(ConflictError, match="head"):
        actions.remove_member(**leave)
    with as_web():
        actions.change_head(
            by="tester",
            household_no="4205270001",
            relations={"1": "其他", "2": "户主", "3": "之子"},
            evidence=PAPER,
            today=TODAY,
        )
        actions.remove_member(**leave)
    with as_web():
        assert _names("4205270001") == ["乙虚构", "丙虚构"]
        assert not Job.objects.exists()
        removed = [act for act in acts("4205270001") if act.removed]
        assert "单虚构" in [what.zh for what in removed[0].removed]
        assert [h.kind for h in Happening.objects.order_by("pk")] == ["head_change", "death"]


def test_history_tells_before_and_after(family, as_web):
    with as_web(by="zhang", reason="改户主"):
        actions.change_head(
            by="zhang",
            household_no="4205270001",
            relations={"1": "配偶", "2": "户主", "3": "之子"},
            evidence=PAPER,
            today=TODAY,
        )
    with as_web():
        latest = acts("4205270001")[0]
        assert (latest.actor, latest.reason) == ("zhang", "改户主")
        assert {(c.what.zh, c.label.en, c.before, c.after) for c in latest.changes} == {
            ("单虚构", "relation to the head", "户主", "配偶"),
            ("乙虚构", "relation to the head", "配偶", "户主"),
        }


def test_a_split_and_a_merger_keep_everybody(family, as_web):
    with as_web():
        actions.split_household(
            by="tester",
            household_no="4205270001",
            new_no="4205270003",
            leaving={"1": "户主"},
            staying={"2": "户主", "3": "之子"},
            evidence=PAPER,
            today=TODAY,
        )
    with as_web():
        assert _names("4205270003") == ["单虚构"]
        assert Job.objects.get().household_id == "4205270003"
        assert NameIndex.objects.get(name="单虚构").household_no == "4205270003"
        assistance.agree_measure(
            by="tester",
            household_no="4205270003",
            family="industry_help",
            content="养蜂",
            responsible="示例",
            agreed_on=TODAY,
            today=TODAY,
        )
        actions.merge_households(
            by="tester",
            household_no="4205270003",
            into="4205270002",
            relations={"9": "户主", "1": "其他"},
            evidence=PAPER,
            today=TODAY,
        )
    with as_web():
        assert _names("4205270002") == ["单虚构", "丁虚构"]
        assert not Household.objects.filter(pk="4205270003").exists()
        assert Measure.objects.get().household_no == "4205270002"
        assert acts("4205270003"), "the number's history stays"


def test_a_merger_adds_incomes_up(family, as_web):
    with as_web():
        actions.merge_households(
            by="tester",
            household_no="4205270002",
            into="4205270001",
            relations={"1": "户主", "2": "配偶", "3": "之子", "9": "其他"},
            evidence=PAPER,
            today=TODAY,
        )
        assert [i.fen for i in IncomeItem.objects.all()] == [1200]


def test_two_heads_are_refused(family, as_web):
    with as_web(), pytest.raises(InputError, match="changing"):
        actions.change_head(
            by="tester",
            household_no="4205270001",
            relations={"1": "户主", "2": "户主", "3": "之子"},
            evidence=PAPER,
            today=TODAY,
        )


def test_villages_are_found_by_pinyin_and_initials(family, as_web):
    with as_web():
        for code, name in ((VILLAGE, "陈家坝村村民委员会"), (OTHER, "空地村")):
            Place.objects.update_or_create(code=code, defaults={"name": name, "level": 5})
    with as_web():
        both = {"4205270001", "4205270002"}
        for text in ("chenjiaba", "CJB", "cjbc", "jiaba", "陈家坝"):
            assert set(found(text).values_list("pk", flat=True)) == both, text
        assert not found("kongdi"), "nobody lives there"
        assert not found("jbq")
        assert found("danxugou").get().pk == "4205270001", "people are still found"


def test_a_household_outside_the_scope_is_not_found(family, as_web, scope_of):
    with as_web(scope_of(OTHER)), pytest.raises(NotFoundError):
        actions.change_head(
            by="tester", household_no="4205270001", relations={}, evidence=PAPER, today=TODAY
        )


@pytest.mark.parametrize("text", ["单虚", "虚构", "shanxu", "danxu", "sxg", "SXG", "4205270001"])
def test_search(family, as_web, scope_of, text):
    with as_web():
        assert "4205270001" in {h.pk for h in found(text)}
    with as_web(scope_of(OTHER)):
        assert not found(text).exists()


def test_filters(family, as_web):
    with as_web():
        Household.objects.filter(pk="4205270001").update(
            monitored_class="边缘易致贫户", risk_2="因病", health_help=["大病救治"]
        )
        everybody = Household.objects.all()
        for wanted, expected in (
            ({"class": "any"}, {"4205270001"}),
            ({"class": "none"}, {"4205270002"}),
            ({"risk": "因病"}, {"4205270001"}),
            ({"risk": "因学"}, set()),
            ({"state": "open"}, {"4205270001"}),
            ({"help": "health_help"}, {"4205270001"}),
            ({"help": "none"}, {"4205270002"}),
            ({"place": OTHER}, set()),
            ({"place": "x", "risk": "nonsense"}, {"4205270001", "4205270002"}),
        ):
            assert {h.pk for h in filtered(everybody, wanted)} == expected, wanted


@pytest.mark.parametrize("day", [date(1900, 1, 1), date(2012, 12, 31), TODAY + timedelta(days=1)])
def test_nothing_is_recorded_on_an_impossible_day(family, as_web, day):
    with as_web(), pytest.raises(InputError) as refused:
        actions.remove_member(
            by="tester",
            household_no="4205270001",
            person_no="3",
            kind="death",
            evidence=Evidence(day, "死亡证明"),
            today=TODAY,
        )
    assert [problem.where for problem in refused.value.problems] == ["on"]


def test_the_document_asked_for_is_the_one_of_the_kind(family, as_web):
    with as_web(), pytest.raises(InputError) as refused:
        actions.remove_member(
            by="tester",
            household_no="4205270001",
            person_no="3",
            kind="death",
            evidence=Evidence(TODAY, " "),
            today=TODAY,
        )
    [problem] = refused.value.problems
    assert "死亡证明" in problem.text.zh
    assert "出生" not in problem.text.zh
