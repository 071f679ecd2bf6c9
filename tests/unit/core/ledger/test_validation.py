from datetime import date

import pytest

from bangfu.core.ledger.postings import Entry, Posting, allocation, mirrored, move
from bangfu.core.ledger.stages import BOOKS, MOVES, OUTSIDE, PER_PROJECT, Kind, Stage, may_move
from bangfu.core.ledger.validation import VALIDATIONS, validate
from bangfu.core.money import MAX_FEN

DAY = date(2026, 3, 2)


def posting(kind, entries, **more):
    terms = {"document": "秭财农〔2026〕1号", "actor": "lu", "memo": ""} | more
    return Posting(1, "420527000000", kind, DAY, entries=tuple(entries), **terms)


def rules(*arguments, **more):
    return [problem.rule for problem in validate(posting(*arguments, **more))]


def test_each_kind_of_movement_passes():
    announced = move("A", Stage.PLEDGED, Stage.ANNOUNCED, 3) + move(
        "A", Stage.SOURCE, Stage.ANNOUNCED, 4
    )
    assert rules(Kind.PLEDGE, move("A", Stage.SOURCE, Stage.PLEDGED, 5)) == []
    assert rules(Kind.ANNOUNCE, announced) == []
    assert rules(Kind.RECEIVE, move("A", Stage.TREASURY, Stage.RECEIVED, 5)) == []
    assert rules(Kind.ALLOCATE, allocation([("A", "P", 5), ("A", "Q", 6), ("B", "P", 7)])) == []


def test_a_reversal_mirrors_and_passes():
    entries = allocation([("A", "P", 5), ("B", "P", 7)])
    assert rules(Kind.ALLOCATE, mirrored(entries), reverses=7) == []
    assert rules(Kind.ALLOCATE, entries, reverses=7) == ["stages"] * 4


def test_an_empty_posting_is_refused():
    assert rules(Kind.PLEDGE, []) == ["not_empty"]


@pytest.mark.parametrize("fen", [0, MAX_FEN + 1, -MAX_FEN - 1])
def test_an_amount_of_zero_or_out_of_range_is_refused(fen):
    entries = [Entry("A", Stage.SOURCE, "", -fen), Entry("A", Stage.PLEDGED, "", fen)]
    assert "amounts" in rules(Kind.PLEDGE, entries)


def test_nothing_is_allocated_from_a_pledge():
    entries = move("A", Stage.PLEDGED, Stage.ALLOCATED, 5, "P")
    assert rules(Kind.ALLOCATE, entries) == ["stages"]
    problem = validate(posting(Kind.ALLOCATE, entries))[0]
    assert problem.where == "entries[0]"
    assert problem.text.zh == "“计划安排”不能转出“预约”。"


def test_a_stage_has_a_project_from_allocation_on_and_not_before():
    without = move("A", Stage.ANNOUNCED, Stage.ALLOCATED, 5)
    before = [Entry("A", Stage.SOURCE, "", -5), Entry("A", Stage.PLEDGED, "P", 5)]
    assert rules(Kind.ALLOCATE, without) == ["projects"]
    assert rules(Kind.PLEDGE, before) == ["projects"]


def test_money_does_not_cross_from_line_to_line():
    entries = [Entry("A", Stage.ANNOUNCED, "", -5), Entry("B", Stage.ALLOCATED, "P", 5)]
    problems = validate(posting(Kind.ALLOCATE, entries))
    assert [(p.where, p.rule, p.value) for p in problems] == [
        ("A", "sums", "-0.05"),
        ("B", "sums", "0.05"),
    ]


def test_quota_does_not_balance_cash():
    entries = [Entry("A", Stage.TREASURY, "", -5), Entry("A", Stage.PLEDGED, "", 5)]
    assert rules(Kind.PLEDGE, entries).count("sums") == 2


@pytest.mark.parametrize("text", ["a\tb", "a\nb", "a\x00b", "a\x7fb", "a\x85b"])
@pytest.mark.parametrize("field", ["document", "actor", "memo"])
def test_control_characters_are_refused(field, text):
    entries = move("A", Stage.SOURCE, Stage.PLEDGED, 5)
    assert rules(Kind.PLEDGE, entries, **{field: text}) == ["texts"]


def test_control_characters_in_numbers_are_refused():
    assert rules(Kind.PLEDGE, move("A\t1", Stage.SOURCE, Stage.PLEDGED, 5)) == ["texts"]
    assert rules(Kind.ALLOCATE, allocation([("A", "P\n1", 5)])) == ["texts"]


def test_every_problem_is_told_at_once():
    entries = [Entry("A\t", Stage.PLEDGED, "P", 5)]
    assert rules(Kind.ALLOCATE, entries) == ["stages", "projects", "sums", "texts"]
    assert len(VALIDATIONS) == 6


def test_later_stages_are_out_of_reach_until_they_have_a_kind():
    reached = {stage for moves in MOVES.values() for stage in moves.takes | moves.gives}
    assert set(Stage) - reached == {
        Stage.COMMITTED,
        Stage.CLAIMED,
        Stage.PAID,
        Stage.RECOVERED,
        Stage.CARRIED_OVER,
        Stage.TAKEN_BACK,
    }
    assert not any(may_move(kind, Stage.PAID, fen) for kind in Kind for fen in (1, -1))


def test_every_kind_stays_within_one_book():
    for kind, moves in MOVES.items():
        assert not moves.takes & moves.gives, kind
        assert len({BOOKS[stage] for stage in moves.takes | moves.gives}) == 1, kind
        assert not moves.gives & OUTSIDE, kind
        assert not moves.takes & PER_PROJECT, kind


def test_no_movement_of_nothing():
    assert not may_move(Kind.PLEDGE, Stage.PLEDGED, 0)
