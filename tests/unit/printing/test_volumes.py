"""Bound records come out as PDFs, with or without cards, in both languages."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest
from test_documents import a_card

from bangfu.core.language import Text
from bangfu.printing.volumes import Listing, Volume, print_volume

NOW = datetime(2026, 11, 22)
FOOTER = Text("人员均为虚构", "All persons are invented")
VOLUME = Volume(
    title=Text("村册", "Village book"),
    place="秭归县 茅坪镇 陈家坝村",
    code="420527101207",
    under=Text("截至今天", "As of today"),
    figures=[(Text("户", "Households"), "2")],
    listings=[
        Listing(Text("各户", "Households"), [Text("户主", "Head")], [1], [["#x $y"], ["覃𬭎"]])
    ],
    signatures=[Text("日期", "Date")],
)


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("cards", [0, 2])
def test_a_volume(lang, cards):
    bound = replace(
        VOLUME,
        listings=[
            replace(VOLUME.listings[0], to_cards=cards > 0),
            replace(VOLUME.listings[0], rows=[]),
        ],
        cards=[a_card(str(at)) for at in range(cards)],
    )
    assert print_volume(bound, footer=FOOTER, lang=lang, printed_at=NOW).startswith(b"%PDF")
