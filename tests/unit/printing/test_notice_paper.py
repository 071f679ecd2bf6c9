"""The notice on paper: its rows, its days, its rare characters, its QR code."""

from __future__ import annotations

from datetime import date, datetime

import pytest
import segno

from bangfu.core.language import Text
from bangfu.printing.notices import Paper, print_notice

NOW = datetime(2026, 11, 22)


def a_paper(rows):
    address = "https://gongshi.example.cn/public/notices/12/"
    return Paper(
        title=Text("监测对象识别公示 #x $y", "Notice of recognition"),
        place="秭归县 茅坪镇 示例村",
        opens_on=date(2026, 11, 22),
        closes_on=date(2026, 11, 26),
        heads=[Text("户主", "Head"), Text("家庭人口", "Members")],
        numbers=[1],
        rows=rows,
        address=address,
        qr_svg=segno.make(address).svg_inline(scale=4),
    )


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("count", [1, 200])
def test_a_notice_of_any_length(lang, count):
    rows = [[Text("乙𬭎", "乙𬭎"), Text("5", "5")]] * count
    assert print_notice(a_paper(rows), lang=lang, printed_at=NOW).startswith(b"%PDF")


def test_the_same_notice_is_the_same_bytes():
    rows = [[Text("甲", "甲"), Text("5", "5")]]
    one, two = (print_notice(a_paper(rows), lang="zh", printed_at=NOW) for _ in range(2))
    assert one == two
