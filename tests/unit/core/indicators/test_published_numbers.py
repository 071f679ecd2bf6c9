"""docs/algorithms/numbers-that-fight.md, computed again from the page; intervals, sentences, tables."""

from __future__ import annotations

from decimal import ROUND_HALF_EVEN, Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bangfu.core.indicators.consistency import growth, share, total
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


@pytest.mark.parametrize("make", [growth, share])
def test_nothing_is_divided_by_nothing(make):
    zero = figure("0", dimension="元")
    with pytest.raises(ValueError):
        make(zero, zero, figure("1%"))
