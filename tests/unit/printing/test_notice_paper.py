"""The notice on paper: its rows, its days, its rare characters, its QR code."""

from __future__ import annotations

import json
import re
from datetime import date, datetime

import pytest
import segno

from bangfu.core.language import Text
from bangfu.printing.coverage import printable, unprintable
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


def test_what_the_fonts_do_not_hold_is_left_to_the_hand(monkeypatch):
    sent = {}
    monkeypatch.setattr(
        "bangfu.printing.typesetting.typst.compile",
        lambda template, **more: sent.update(json.loads(more["sys_inputs"]["data"])) or b"%PDF",
    )
    rare = [[Text("乙𬭎𠮷\U000323af", "x"), Text("5", "5")]]
    print_notice(a_paper(rare), lang="zh", printed_at=NOW)
    assert sent["rows"] == [["乙𬭎𠮷〓", "5"]]
    assert sent["by_hand"].startswith("〓：")
    print_notice(a_paper([[Text("乙𬭎", "x"), Text("5", "5")]]), lang="zh", printed_at=NOW)
    assert sent["by_hand"] == ""


def test_coverage_is_that_of_the_fonts():
    assert unprintable("甲𬭎 abc，—〓") == set()
    assert unprintable("𠮷𡌂") == set()
    assert unprintable("\U000323af") == {"\U000323af"}
    assert printable("覃\U000323af甲") == "覃〓甲"


def test_fonts_for_rare_characters_come_only_where_they_are_needed():
    plain = print_notice(a_paper([[Text("甲𬭎", "x")]]), lang="zh", printed_at=NOW)
    rare = print_notice(a_paper([[Text("甲𠮷𡌂", "x")]]), lang="zh", printed_at=NOW)
    assert (_fonts(plain), _fonts(rare)) == ({"SC"}, {"SC", "TC", "JP"})


def _fonts(pdf: bytes) -> set[str]:
    """The Noto fonts that a PDF embeds, by their last part (NotoSerifSC-Regular)."""
    return {name.decode() for name in re.findall(rb"Noto(?:Sans|Serif)(SC|TC|JP)", pdf)}


def test_the_same_notice_is_the_same_bytes():
    rows = [[Text("甲", "甲"), Text("5", "5")]]
    one, two = (print_notice(a_paper(rows), lang="zh", printed_at=NOW) for _ in range(2))
    assert one == two
