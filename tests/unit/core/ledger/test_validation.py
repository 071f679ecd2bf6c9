from datetime import date

import pytest

from bangfu.core.ledger.postings import (
    Entry,
    Posting,
    allocation,
    amendment,
    mirrored,
    move,
    payment,
    recovery,
)
from bangfu.core.ledger.stages import BOOKS, MOVES, OUTSIDE, PAIRED, Kind, Stage, may_move
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
    assert len(VALIDATIONS) == 7


def test_every_stage_is_reached_by_some_kind():
    reached = {stage for moves in MOVES.values() for stage in moves.takes | moves.gives}
    assert set(Stage) == reached


def test_only_paired_kinds_move_both_books_and_nothing_flows_back_outside():
    for kind, moves in MOVES.items():
        books = {BOOKS[stage] for stage in moves.takes | moves.gives}
        assert (len(books) == 1) is (kind not in PAIRED and kind is not Kind.TAKE_BACK), kind
        assert not moves.gives & OUTSIDE, kind
        if kind is not Kind.AMEND:
            assert not moves.takes & moves.gives, kind


def test_a_payment_moves_both_books_alike():
    legs = payment("P", {"A": 5, "B": 3})
    assert rules(Kind.PAY, legs) == []
    assert rules(Kind.RECOVER, recovery("P", {"A": 5})) == []
    only_cash = [leg for leg in legs if not leg.project]
    assert rules(Kind.PAY, only_cash) == ["pairs", "pairs"]
    other = [leg._replace(fen=leg.fen // 5 * 4) if not leg.project else leg for leg in legs[:2]]
    assert rules(Kind.PAY, other) == ["pairs"]


def test_no_project_gains_from_another():
    legs = [Entry("A", Stage.COMMITTED, "P", -5), Entry("A", Stage.CLAIMED, "Q", 5)]
    assert rules(Kind.CLAIM, legs) == ["sums", "sums"]
    moved = amendment({("A", "P"): 5, ("B", "P"): 2}, {("A", "Q"): 5, ("B", "P"): 3})
    assert rules(Kind.AMEND, moved) == []
    assert moved == [
        Entry("B", Stage.ANNOUNCED, "", -1),
        Entry("A", Stage.ALLOCATED, "P", -5),
        Entry("A", Stage.ALLOCATED, "Q", 5),
        Entry("B", Stage.ALLOCATED, "P", 1),
    ]


def test_no_movement_of_nothing():
    assert not may_move(Kind.PLEDGE, Stage.PLEDGED, 0)
