"""Targets read from the sentence they are written in."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bangfu.core.projects.targets import Target, targets, to_assess


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        (
            "受益农户51户，满意度95%以上",
            [("受益农户", "51", "户", False), ("满意度", "95", "%", False)],
        ),
        ("满意度不低于90%", [("满意度", "90", "%", False)]),
        ("完成时间不超过6个月；受益≥1,200人", [("完成时间", "6", "个月", True), ("受益", "1200", "人", False)]),
        ("发生率降到3%以下", [("发生率降到", "3", "%", True)]),
        ("硬化公路1.4公里、验收合格率：100%", [("硬化公路", "1.4", "公里", False), ("验收合格率", "100", "%", False)]),
        ("增收5万元，增收3万元", [("增收", "5", "万元", False), ("增收 2", "3", "万元", False)]),
        ("甲2 3户，甲1户，甲1户", [("甲2", "3", "户", False), ("甲", "1", "户", False), ("甲 2", "1", "户", False)]),
        ("51户", [("户", "51", "户", False)]),
        ("群众满意", []),
        ("", []),
    ],
)  # fmt: skip
def test_numbers_are_found(written, expected):
    found = [(t.name, str(t.number), t.unit, t.at_most) for t in targets(written)]
    assert found == expected


@pytest.mark.parametrize(
    ("at_most", "reached", "met"),
    [(False, 42, True), (False, 41, False), (True, 42, True), (True, 43, False)],
)
def test_at_least_and_at_most(at_most, reached, met):
    assert Target("x", Decimal(42), at_most=at_most).met(Decimal(reached)) is met


@given(st.text(max_size=80))
def test_no_sentence_breaks_it_and_names_are_unique(written):
    names = [target.name for target in targets(written)]
    assert len(names) == len(set(names))


def test_words_without_a_number_are_one_target_that_people_judge():
    assert to_assess("好好干，群众满意") == (Target("好好干，群众满意", Decimal(1), "项"),)
    assert to_assess("受益农户42户，群众满意") == targets("受益农户42户")
    assert [target.met(Decimal(n)) for target in to_assess("") for n in (0, 1)] == [False, True]
