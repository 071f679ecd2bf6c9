"""The bulletin's draft: every figure it tells, and nothing where there is nothing."""

from __future__ import annotations

from datetime import UTC, date, datetime

from tests.lib.pdf import text_of

from bangfu.core.supervision.bulletin import Figures, UnitLine, draft, title
from bangfu.printing.bulletins import Paper, print_bulletin

ON = date(2026, 7, 3)
FULL = Figures(
    county="秭归县",
    year=2026,
    half=1,
    drawn=15,
    drawn_seen=14,
    visits=17,
    found={"严重": 1, "较重": 0, "一般": 2},
    subjects={"项目": 2, "支付": 1, "农户": 0, "村": 0},
    closed=1,
    open=2,
    units=[UnitLine("县交通运输局", 2, 1, 0, 1), UnitLine("县水利局", 1, 0, 1, 0)],
    examples=["示例村通组公路：路面开裂"],
)
EMPTY = Figures("秭归县", 2026, 2, 0, 0, 0, {}, {}, 0, 0, [], [])


def test_the_draft_tells_every_figure():
    text = draft(FULL, ON)
    assert title(FULL) == "秭归县2026年上半年扶贫资金项目督查情况通报"
    assert "抽取督查对象 15 个，已督查 14 个（93.3%），共开展督查 17 次" in text
    assert "本期登记问题 3 个：严重 1 个，一般 2 个。按对象分：项目 2 个，支付 1 个。" in text
    assert "已销号 1 个，未销号 2 个，销号率 33.3%" in text
    assert "县交通运输局：下达整改 2 个，已销号 1 个，复查不合格再整改 1 个。" in text
    assert "县水利局 1 个。请立即整改" in text
    heads = [part for part in text.split("\n\n") if part[1] == "、"]
    assert [head[0] for head in heads] == list("一二三四五")


def test_an_empty_half_year_says_so():
    text = draft(EMPTY, ON)
    assert "没有登记问题" in text
    assert "没有逾期未整改的单位" in text
    assert "%" not in text


def test_the_paper_has_title_number_text_and_day():
    paper = Paper(title(FULL), "秭督通〔2026〕1号", "秭归县", ON, draft(FULL, ON), issued=False)
    at = datetime(2026, 7, 3, tzinfo=UTC)
    for lang, said in (("zh", "草稿，未签发"), ("en", "draft, not issued")):
        text = text_of(print_bulletin(paper, lang=lang, printed_at=at))
        assert said in text
        assert "秭督通〔2026〕1号" in text
        assert "路面开裂" in text
