"""Conditions of acceptance that need no books: the draw of what the county looks at."""

from __future__ import annotations

from datetime import date

import pytest

from bangfu.core.projects.conditions import Lot, drawn

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
