"""A contract held against the award of its tender, and services against their share."""

from __future__ import annotations

from fractions import Fraction

import pytest

from bangfu.core.ledger.awarding import Award, beyond_award, beyond_services


def award(**more) -> Award:
    given = {
        "project": "P1", "ahead": False, "winner": "示例建设（集团）有限公司",
        "price_fen": 52_000_000, "signed_fen": 0,
    }  # fmt: skip
    return Award(**{**given, **more})


@pytest.mark.parametrize("payee", ["示例建设（集团）有限公司", "示例建设(集团)有限公司 "])
def test_the_winner_signs_up_to_the_price(payee):
    assert beyond_award(award(), payee=payee, fen=52_000_000) == []


def test_a_fen_beyond_the_award_is_too_much():
    for signed, fen in ((0, 52_000_001), (52_000_000, 1)):
        [problem] = beyond_award(
            award(signed_fen=signed), payee="示例建设（集团）有限公司", fen=fen
        )
        assert (problem.where, problem.rule) == ("fen", "award.price")
        assert "520,000.00 元" in problem.text.zh and "先在项目页变更合同价" in problem.text.zh


def test_another_firm_did_not_win():
    [problem] = beyond_award(award(), payee="别的公司", fen=1)
    assert (problem.where, problem.rule) == ("payee", "award.winner")


def test_before_the_tender_nothing_is_signed_for():
    [problem] = beyond_award(award(ahead=True, price_fen=None, winner=""), payee="甲", fen=1)
    assert problem.where == "project"


def test_a_project_whose_tender_is_not_in_the_books_has_nothing_to_hold_it_against():
    assert beyond_award(award(price_fen=None, winner=""), payee="甲", fen=10**12) == []


def test_services_stay_within_their_share():
    of = {"cost_fen": 1_005, "share": Fraction(1, 10)}
    assert beyond_services(**of, signed_fen=60, fen=40) == []
    [problem] = beyond_services(**of, signed_fen=60, fen=41)
    assert problem.rule == "projects.service_share" and "10%" in problem.text.zh
