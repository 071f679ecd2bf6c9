"""Conditions of acceptance that need no books: the draw of what the county looks at."""

from __future__ import annotations

from datetime import date

import pytest

from bangfu.core.projects.conditions import PROJECT, Facts, Lot, drawn

FIXED, DRAWN, SEEN = date(2026, 11, 20), date(2026, 11, 23), date(2026, 11, 25)


@pytest.mark.parametrize(
    ("lot", "met", "zh", "en"),
    [
        (None, True, "不在验收抽查名单中", "Not in a list"),
        (Lot(FIXED, None, False), False, "先输入种子抽取，再验收", "nothing is drawn yet"),
        (Lot(FIXED, DRAWN, False), True, "2026-11-23 抽取，没有抽中", "Not drawn on 2026-11-23"),
        (Lot(FIXED, DRAWN, True), False, "登记谁去的、哪天、看到什么", "no visit is on record"),
        (
            Lot(FIXED, DRAWN, True, SEEN, "督查一组"),
            True,
            "2026-11-25 已到现场：督查一组",
            "looked at on 2026-11-25 by 督查一组",
        ),
    ],
)
def test_what_is_drawn_waits_for_its_visit(lot, met, zh, en):
    found = drawn(lot)
    assert found.met is met
    assert zh in found.text.zh
    assert en in found.text.en


def facts(**more):
    usual = {
        "target": "受益农户42户", "unfilled": (), "twins": (), "assessed": 0, "met": 0, "built": True,
        "missing": (), "cost_fen": 5_000, "contract_fen": 4_000, "method": "", "tendered": True,
        "relief": False, "labour_fen": None, "accepted_fen": None, "open_defects": 0, "seen": None,
        "lot": None,
    }  # fmt: skip
    return Facts(**(usual | more))


@pytest.mark.parametrize(
    ("condition", "answered", "held"),
    [
        ("project_within_contract", {"accepted_fen": 4_000}, True),
        ("project_within_contract", {"accepted_fen": 4_001}, False),
        ("project_seen", {"seen": True}, True),
        ("project_seen", {"seen": False}, False),
    ],
)
def test_what_hangs_on_an_answer_waits_for_it(condition, answered, held):
    """It does not hold before, and nobody is told to have done wrong."""
    before = PROJECT[condition](facts(), 5_000)
    assert (before.met, before.waits) == (False, True)
    after = PROJECT[condition](facts(**answered), 5_000)
    assert (after.met, after.waits) == (held, False)


@pytest.mark.parametrize(
    ("target", "met", "told"),
    [("受益农户42户", True, "42"), ("好好干", False, "没有数字"), (" ", False, "没有绩效目标")],
)
def test_a_target_states_a_number(target, met, told):
    found = PROJECT["project_target"](facts(target=target), None)
    assert (found.met, told in found.text.zh) == (met, True)
