"""Why a claim is refused: all reasons at once, from the policy's own lists."""

from datetime import date
from fractions import Fraction

import pytest

from bangfu.core.language import Text
from bangfu.core.ledger.claiming import ClaimFacts, ClaimKind, claim_rules, missing_papers, refusals
from bangfu.core.projects.paying import Payable
from bangfu.files.policy_folder import load_policy

YUAN = 100
ALL = {"contract", "tender", "invoice", "progress", "acceptance", "photos", "notice", "settlement"}


@pytest.fixture(scope="module")
def rules_of():
    policy = load_policy()

    def value(key):
        return policy.value(key, place="420527000000", on=date(2026, 3, 2)).value

    return lambda kind: claim_rules(
        kind,
        papers=value("claims.papers"),
        needed=value("claims.needed_papers"),
        single_use=value("claims.single_use_papers"),
        reasons=value("claims.refusal_reasons"),
        steps=value("projects.payment_steps"),
    )


def facts(kind=ClaimKind.ADVANCE, fen=40 * YUAN, **more):
    terms = {
        "contract_fen": 100 * YUAN,
        "claimed_fen": 0,
        "committed_fen": 100 * YUAN,
        "papers": ALL | {"award", "roster"},
    }
    return ClaimFacts(kind, fen, **(terms | more))


def codes(rules, **more):
    return [(problem.rule, problem.value) for problem in refusals(facts(**more), rules)]


def test_a_whole_claim_passes(rules_of):
    for kind in ClaimKind:
        assert refusals(facts(kind), rules_of(kind)) == []


def test_everything_missing_is_told_at_once_each_with_its_reason(rules_of):
    assert codes(rules_of(ClaimKind.FINAL), kind=ClaimKind.FINAL, papers={"photos"}) == [
        ("no_contract", "contract"),
        ("no_notice", "notice"),
        ("missing_paper", "invoice"),
        ("not_accepted", "acceptance"),
        ("missing_paper", "settlement"),
    ]
    assert missing_papers({"award", "photos"}, rules_of(ClaimKind.AWARD)) == [
        "notice",
        "acceptance",
    ]


def test_the_steps_add_up(rules_of):
    shares = [rules_of(kind).up_to for kind in ClaimKind]
    assert shares == [Fraction(2, 5), Fraction(9, 10), 1, 1, 1]
    advance = rules_of(ClaimKind.ADVANCE)
    assert codes(advance, fen=40 * YUAN + 1) == [("over_step", "")]
    assert codes(advance, fen=10 * YUAN, claimed_fen=31 * YUAN) == [("over_step", "")]


def test_no_more_than_the_contract_and_what_is_committed(rules_of):
    final = rules_of(ClaimKind.FINAL)
    assert codes(final, kind=ClaimKind.FINAL, fen=51 * YUAN, claimed_fen=50 * YUAN) == [
        ("over_budget", "")
    ]
    assert codes(final, kind=ClaimKind.FINAL, fen=50 * YUAN, committed_fen=49 * YUAN) == [
        ("outside_plan", "")
    ]


def test_a_voucher_serves_one_claim(rules_of):
    found = codes(rules_of(ClaimKind.ADVANCE), used={"invoice", "photos"})
    assert found == [("false_voucher", "invoice")]


def test_reasons_are_said_in_both_languages(rules_of):
    [problem] = refusals(facts(papers=ALL - {"invoice"}), rules_of(ClaimKind.ADVANCE))
    assert problem.text.zh == "材料不全：缺发票或财政票据。"
    assert problem.text.en == "Papers missing: invoice or fiscal receipt is missing."


def test_delivery_bounds_what_is_claimed_of_a_project_all_contracts_together(rules_of):
    begun = Payable(30 * YUAN, Text("预付 30%", "advance 30 %"))
    rules = rules_of(ClaimKind.ADVANCE)
    assert codes(rules, fen=20 * YUAN, payable=begun, project_claimed_fen=10 * YUAN) == []
    [told] = refusals(facts(fen=20 * YUAN, payable=begun, project_claimed_fen=1001), rules)
    assert told.rule == "over_step"
    assert "30.00 yuan of the project may be paid now (advance 30 %), 10.01" in told.text.en


def test_an_award_before_acceptance_is_not_accepted(rules_of):
    waits = Payable(0, Text("验收后才付", "paid after acceptance"))
    assert codes(rules_of(ClaimKind.AWARD), kind=ClaimKind.AWARD, payable=waits) == [
        ("not_accepted", "")
    ]
