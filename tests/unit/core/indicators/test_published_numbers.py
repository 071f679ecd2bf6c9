"""docs/algorithms/numbers-that-fight.md, computed again from the page; intervals, sentences, tables."""

from __future__ import annotations

import unicodedata
from decimal import ROUND_HALF_EVEN, Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bangfu.core.indicators.consistency import growth, growth_by, share, total
from bangfu.core.indicators.figures import figure, figures
from bangfu.core.indicators.published import read, read_table

PAGE = (Path(__file__).parents[4] / "docs/algorithms/numbers-that-fight.md").read_text("utf-8")
SEED_004 = next(line[2:] for line in PAGE.splitlines() if line.startswith("> "))


def table(head: str) -> list[list[str]]:
    """The rows of the page's table whose head begins so."""
    lines = PAGE[PAGE.index(f"\n| {head}") + 1 :].splitlines()[2:]
    return [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in lines
        if line.startswith("|")
    ]


@pytest.mark.parametrize("row", table("text"), ids=lambda row: row[0][:20])
def test_the_page_says_what_comes_out(row):
    [check] = read(row[0])
    assert [
        row[0],
        check.kind.value,
        check.stated.written,
        str(check.implied),
        str(check.low),
        str(check.high),
        "yes" if check.agrees else "no",
    ] == row


def test_seed_004_fights_by_17_points():
    [check] = read(SEED_004)
    assert not check.agrees
    assert "算得 38.2 %（计入四舍五入为 38.1 % 至 38.4 %），少了 17.5 个百分点" in check.sentence.zh
    assert "17.5 points too low" in check.sentence.en


@pytest.mark.parametrize(
    "text",
    [
        "识别防止返贫监测对象500多万人，其中近70%的监测对象已消除返贫致贫风险。",
        "每个村不低于300万元，其中财政部门分别安排不低于100万元、40万元、10万元。",
        "2022年安排1650亿元，比2021年增加84.76亿元。",
        "2015年12月3日，全县48个贫困村。",
        "安排50万元：修路3公里、建桥1座。",
        "时间表：2020年460万元、2021年836万元。",
        # A level, not a growth; another time; another place; another year's 其中.
        "全县2000户，其中务工1600户，务工率由80%提高到90%。",
        "支出进度由80%提高到90%，比上年提高12.5个百分点。",
        "收入由8000元增加到9200元，年均增加400元。",
        "全县100户，其中务工50户，占全省务工人数的20%。",
        "财政5亿元，行业3亿元，占30%。",
        "财政资金500万元，产业资金达到300万元，增长20%。",
        "2021年脱贫户1000户，2022年增加50户，增长5.0%。",
        "到户5万元，占总投资10万元，资金支付率30%。",
        # Kinds that overlap, two years, two ways to part one sum.
        "男性占50%、少数民族占30%、党员占30%。",
        "上年财政占50%，今年财政占60%。",
        "中央资金占60%，产业资金占55%。",
        # Parts of a part, other scopes, each.
        "中央5亿元（其中衔接2亿元、少数民族1亿元）、省级3亿元、市县1亿元，合计9亿元。",
        "2020年投入100万元、2021年投入120万元，三年共370万元。",
        "每户1万元、每人2万元，合计5万元。",
        "",
    ],
)
def test_what_cannot_be_held_against_anything_is_left_alone(text):
    assert read(text) == []


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("2021年11.79亿元", ["11.79亿元"]),
        ("１２３万元和4,500元", ["123万元", "4,500元"]),
        ("约20亿元，达25％", ["25%"]),
        ("第3批 48个村 4.6万人", ["48个", "4.6万人"]),
    ],
)
def test_figures_of_a_sentence(text, written):
    assert [one.written for one in figures(text)] == written


@pytest.mark.parametrize(
    ("number", "scale", "dimension", "low", "high"),
    [
        ("8.53", 10**8, "元", 852_500_000, 853_500_000),
        ("300", 10**4, "元", 2_995_000, 3_005_000),
        ("48", 1, "个", 48, 48),
        ("12.50", 1, "元", Fraction(25, 2), Fraction(25, 2)),
        ("12.5", 1, "元", Fraction(249, 20), Fraction(251, 20)),
        ("20.7%", 1, "", Fraction(413, 2000), Fraction(83, 400)),
    ],
)
def test_a_figure_is_the_interval_of_its_rounding(number, scale, dimension, low, high):
    found = figure(number, scale=scale, dimension=dimension)
    assert (found.low, found.high) == (low, high)


@pytest.mark.parametrize(
    "text",
    [
        "资金1,650亿元，比上年增加84.76亿元，增长5.4%。",
        "财政投入8亿元，减少2亿元，下降20%。",
        "中央5亿元、省级3亿元、市县1.5亿元，合计9.5亿元，占比50%。",
        "务工人数由100人减少到80人，减少20人，下降20%。",
        "由80%提高到90%，提高10个百分点。",
        "全县安排5亿元，其中财政2.5亿元、行业2亿元，占40%。",
        "总投资1000万元，其中中央500万元，占50%；省级300万元，占30%。",
        "总投资55万元，其中财政50万元，比上年增加10万元。",
        "总投资100万元，其中财政80万元，其中衔接60万元。",
        "五年共整合9.5亿元，包括财政5亿元、行业4.5亿元，比上年增加1亿元。",
        "合计100万元，包括财政60万元（中央50万元、省级10万元）、自筹40万元。",
        "结转1.5亿元，中央5.0亿元、省级3.0亿元，合计9.5亿元。",
        "资金中，中央占60%、省级占30%、市县占10%。",
    ],
)
def test_what_is_right_is_not_accused(text):
    assert [check.sentence.zh for check in read(text) if not check.agrees] == []


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("资金1,650亿元，比上年增加84.76亿元，增长8.4%。", "增幅 8.4%"),
        ("财政投入8.0亿元，减少2.0亿元，下降25%。", "增幅 25%"),
        ("务工人数由100人减少到80人，减少30人。", "增减 30人"),
        ("由2020年的100户增至2021年的120户，净增加30户。", "增减 30户"),
        (
            "It rose from 80.0% to 90.0%, up 12.5 percentage points.",
            "增减 12.5 percentage points",
        ),
        ("财政、行业、社会资金分别占50%、30%、30%。", "各项占比之和：50% 30% 30%"),
        ("识别脱贫户100户、监测户20户，合计130户。", "合计 130户"),
        ("总投资100万元，其中财政40万元，占总投资的50%。", "占比 50%"),
    ],
)
def test_what_is_wrong_is_told_with_its_figures(text, said):
    [fight] = [check for check in read(text) if not check.agrees]
    assert fight.sentence.zh.startswith(said)
    assert fight.where == unicodedata.normalize("NFKC", text.rstrip("。."))


def test_points_and_shares_are_told_in_their_measure():
    [points] = read("由80%提高到90%，提高12.5个百分点。")
    assert points.sentence.zh.endswith("多了 2.5 个百分点。")
    [shares] = read("财政占50%、行业占30%、社会占30%。")
    assert shares.sentence.zh.endswith("比 100% 多了 10.0 个百分点。")
    assert shares.sentence.en.endswith("10.0 points more than 100%.")


def test_growth_that_falls():
    [check] = read("从200户减少到150户，下降25.0%。")
    assert check.agrees
    [check] = read("从200户减少到150户，下降30.0%。")
    assert not check.agrees
    assert check.gap == Fraction(5, 100)


TABLE = """资金\t上年（万元）\t本年（万元）\t增幅\t占比
财政\t100\t120\t20%\t36.4%
行业\t200\t210\t12%\t63.6%
合计\t300\t345\t15%\t100%"""


def test_a_table_is_held_against_its_parts():
    fights = [check for check in read(TABLE) if not check.agrees]
    assert [(check.where, check.stated.written) for check in fights] == [
        ("合计 · 本年（万元）", "345"),
        ("行业 · 增幅", "12%"),
        ("财政 · 占比", "36.4%"),  # of 330, which the parts make; the total says 345
        ("行业 · 占比", "63.6%"),
    ]
    bars = "\n".join(f"| {line.replace(chr(9), ' | ')} |" for line in TABLE.splitlines())
    head, *body = bars.splitlines()
    assert len(read("\n".join([head, "|---|---|---|---|---|", *body]))) == len(read(TABLE))


def test_shares_of_a_table_are_over_its_total():
    rows = [["来源", "万元", "占比"], ["甲", "30", "30%"], ["乙", "70", "75%"], ["合计", "100", ""]]
    checks = read_table(rows)
    assert [(one.where, one.agrees) for one in checks] == [
        ("合计 · 万元", True),
        ("甲 · 占比", True),
        ("乙 · 占比", False),
    ]


def test_subtotals_and_the_total_of_a_row():
    rows = [
        ["村", "财政", "行业", "合计"],
        ["甲", "10", "20", "30"],
        ["乙", "5", "5", "11"],
        ["小计", "15", "25", "41"],
        ["丙", "1", "2", "3"],
        ["小计", "1", "3", "3"],
        ["合计", "16", "27", "44"],
    ]
    fights = [(one.where, one.stated.written) for one in read_table(rows) if not one.agrees]
    # The numbers of a table without 万 are whole: they are exact.
    assert ("小计 · 行业", "3") in fights
    assert ("乙 · 合计", "11") in fights
    assert ("合计 · 财政", "16") not in fights
    assert ("合计 · 行业", "27") not in fights


amounts = st.integers(1, 10**9)


@given(st.lists(amounts, min_size=1, max_size=8), st.integers(0, 3))
def test_a_true_total_never_fights_however_it_is_rounded(parts, places):
    def written(number: int):
        return figure(str(_rounded(number, places)), scale=10**4, dimension="元")

    assert total(written(sum(parts)), [written(part) for part in parts]).agrees


@given(st.integers(10**6, 10**9), st.integers(10**6, 10**9))
def test_a_true_growth_and_a_true_share_never_fight(before, after):
    one, other = (
        figure(str(_rounded(number, 2)), scale=10**4, dimension="元") for number in (before, after)
    )
    rate = Decimal(after - before) / Decimal(before) * 100
    stated = figure(f"{rate.quantize(Decimal('0.1'), ROUND_HALF_EVEN)}%")
    assert growth(one, other, stated).agrees
    part = Decimal(after) / Decimal(before) * 100
    assert share(other, one, figure(f"{part.quantize(Decimal('0.1'))}%")).agrees


@given(st.lists(amounts, min_size=2, max_size=6), st.integers(1, 10**6))
def test_exact_figures_fight_by_what_they_differ(parts, off):
    exact = [figure(str(part), dimension="元") for part in parts]
    check = total(figure(str(sum(parts) + off), dimension="元"), exact)
    assert (check.agrees, check.gap) == (False, off)


def _rounded(number: int, places: int) -> Decimal:
    """A number of yuan in 万元 with so many places."""
    return (Decimal(number) / 10**4).quantize(Decimal(1).scaleb(-places), ROUND_HALF_EVEN)


@pytest.mark.parametrize("make", [growth, growth_by, share])
def test_nothing_is_divided_by_nothing(make):
    zero = figure("0", dimension="元")
    with pytest.raises(ValueError):
        make(zero, zero, figure("1%"))
