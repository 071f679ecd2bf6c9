"""How a year's money is spread: by purpose, over villages and households, in pieces."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from fractions import Fraction

from bangfu.core.indicators import bounds
from bangfu.core.indicators.concentration import Holding, Point, gini, lorenz
from bangfu.core.indicators.facts import Piece, YearFacts
from bangfu.core.indicators.model import Counts, Measure, Reading, Row, Subject
from bangfu.core.indicators.year import (
    COUNT,
    NO_HOUSEHOLDS,
    NO_MONEY,
    NO_VILLAGES,
    YUAN,
    YearSums,
    additive,
    numbers,
    project_row,
    sums,
)
from bangfu.core.language import Text
from bangfu.core.policy.resolve import Policy
from bangfu.core.projects.likeness import Likeness

NONE_OWES = Text(
    "本年度没有安排要求产业占比的资金。",
    "No money of this year whose documents ask for a share for industry lies with a project.",
)


def purposes(year: YearSums) -> Iterable[Reading]:
    """Shares by purpose, and the two that the policy bounds."""
    total = sum(year.held.values())
    by_purpose: dict[str, int] = defaultdict(int)
    for project in year.funded:
        by_purpose[project.purpose] += year.held[project.key]
    largest = max(by_purpose.values(), default=0)
    counts = sums(Text("用于该用途", "for the purpose"), Text("已安排合计", "allocated in all"))
    yield Reading(
        "purposes",
        Text("资金用途构成（最大一项占比）", "shares by purpose (the largest)"),
        Text("最大用途的已安排资金 ÷ 已安排合计", "money of the largest purpose ÷ all allocated"),
        Measure.PERCENT,
        counts,
        largest,
        total,
        [
            Row(Subject.PURPOSE, name, name, fen, total)
            for name, fen in sorted(by_purpose.items(), key=lambda one: (-one[1], one[0]))
        ],
        None if total else NO_MONEY,
    )
    yield _industry(year)
    managing = _named(year, "funds.management_purposes")
    yield additive(
        "management",
        Text("项目管理费占比", "share of management"),
        Text("管理费用途的已安排资金 ÷ 已安排合计", "money for management ÷ all allocated"),
        Measure.PERCENT,
        counts,
        [
            project_row(p, year.held[p.key] if p.purpose in managing else 0, year.held[p.key])
            for p in year.funded
        ],
        NO_MONEY,
        year.target("funds.management_share_at_most", at_least=False),
    )


def _industry(year: YearSums) -> Reading:
    """The share for industry of the lines whose documents ask for one; other money owes none."""
    counted = _named(year, "funds.industry_purposes")
    held: dict[str, int] = defaultdict(int)
    for_industry: dict[str, int] = defaultdict(int)
    for piece in year.facts.pieces:
        held[piece.line] += piece.held
        if year.projects[piece.project].purpose in counted:
            for_industry[piece.line] += piece.held
    return additive(
        "industry",
        Text("产业占比", "share of industry"),
        Text(
            "文件要求产业占比的资金中：产业用途的已安排资金 ÷ 已安排合计",
            "of the lines whose documents ask for it: money for industry ÷ all allocated",
        ),
        Measure.PERCENT,
        sums(Text("用于产业", "for industry"), Text("这些资金已安排", "allocated of these lines")),
        [
            Row(Subject.LINE, line.key, line.name, for_industry[line.key], held[line.key])
            for line in year.facts.lines
            if line.owes_industry and held[line.key]
        ],
        NONE_OWES,
        year.target("funds.industry_share_at_least"),
    )


def _named(year: YearSums, key: str) -> set[str]:
    """The purposes that a key of the policy names; none where it says nothing."""
    found = bounds.asked(year.policy, key, place=year.facts.county, on=year.day)
    return set(found.value) if found else set()


def curve(facts: YearFacts, policy: Policy) -> list[Point]:
    """The Lorenz curve of the money over registered households, each village's taken as equal."""
    holdings = _holdings(YearSums(facts, policy))
    return lorenz(holdings) if any(one.amount for one in holdings) else []


def _holdings(year: YearSums) -> list[Holding]:
    return [Holding(v.code, v.households or 0, year.of_village[v.code]) for v in year.known()]


def concentration(year: YearSums) -> Iterable[Reading]:
    """How evenly the money lies over villages and over households, and who gets less than his share."""
    money = Text("整合资金", "pooled money")
    share = Text("占全部的比例", "share of all")
    ceiling = year.target("indicators.gini_at_most", at_least=False)
    villages = [Holding(v.code, 1, year.of_village[v.code]) for v in year.facts.villages]
    names = {v.code: v.name for v in year.facts.villages}
    for code, name, counted, holders, bottom, none in (
        (
            "gini-villages",
            Text("村间基尼系数", "Gini over villages"),
            Text("每个重点村算一个，不论大小", "each key village counts as one, large or small"),
            villages,
            Text("重点村", "key villages"),
            NO_VILLAGES,
        ),
        (
            "gini-households",
            Text("户间基尼系数", "Gini over households"),
            Text("村内各户视为相等", "a village's households taken as equal"),
            _holdings(year),
            Text("建档立卡户", "registered households"),
            NO_HOUSEHOLDS,
        ),
    ):
        total = sum(one.amount for one in holders)
        missing = (None if total else NO_MONEY) if holders else none
        yield Reading(
            code,
            name,
            Text(
                f"1 − 2 × 洛伦兹曲线下的面积（{counted.zh}）",
                f"1 − 2 × the area below the Lorenz curve ({counted.en})",
            ),
            Measure.INDEX,
            Counts(money, YUAN, bottom, COUNT),
            total,
            sum(one.weight for one in holders),
            [
                Row(Subject.VILLAGE, one.key, names[one.key], one.amount, one.weight)
                for one in holders
            ],
            missing,
            None if missing else gini(lorenz(holders)),
            ceiling,
            row_measure=YUAN,
        )
    yield _divide(year, share)


def _divide(year: YearSums, share: Text) -> Reading:
    """Each village's share of the money against its share of the poor households (seed 000)."""
    known = year.known()
    money = sum(year.of_village[v.code] for v in known)
    households = sum(v.households or 0 for v in known)
    rows = [
        Row(
            Subject.VILLAGE,
            v.code,
            v.name,
            Fraction(year.of_village[v.code], money) if money else 0,
            Fraction(v.households or 0, households),
        )
        for v in known
    ]
    return Reading(
        "divide",
        Text(
            "资金占比低于贫困户占比的村", "villages with less of the money than of the households"
        ),
        Text(
            "资金占比 < 建档立卡户占比的重点村 ÷ 重点村",
            "key villages whose share of money < share of registered households ÷ key villages",
        ),
        Measure.PERCENT,
        numbers(Text("占比偏低的村", "villages with less"), Text("重点村", "key villages")),
        sum(row.top < row.bottom for row in rows),
        len(rows),
        sorted(rows, key=lambda row: (row.value or 0, row.key)),
        None if money else (NO_MONEY if known else NO_HOUSEHOLDS),
        row_counts=Counts(
            Text(f"资金{share.zh}", f"money, {share.en}"),
            Measure.PERCENT,
            Text(f"户数{share.zh}", f"households, {share.en}"),
            Measure.PERCENT,
        ),
        row_measure=Measure.INDEX,
    )


def pieces(year: YearSums) -> Iterable[Reading]:
    """Into how many pieces the money is cut, and what is asked for twice."""
    by_project: dict[str, list[Piece]] = defaultdict(list)
    for piece in year.facts.pieces:
        if piece.held:
            by_project[piece.project].append(piece)
    yield additive(
        "pieces",
        Text("每个项目的资金笔数", "pieces of money per project"),
        Text("资金笔数 ÷ 有资金的项目", "pieces ÷ projects with money"),
        COUNT,
        numbers(Text("资金笔数", "pieces"), Text("项目", "projects")),
        sorted(
            (project_row(p, len(by_project[p.key]), 1) for p in year.funded),
            key=lambda row: (-row.top, row.key),
        ),
        NO_MONEY,
    )
    small = bounds.asked(
        year.policy, "indicators.small_project", place=year.facts.county, on=year.day
    )
    limit = small.value if small else 0
    yield additive(
        "small-projects",
        Text("小项目占比", "share of small projects"),
        Text(
            f"资金低于 {limit // 100:,} 元的项目 ÷ 有资金的项目",
            f"projects of less than {limit // 100:,} yuan ÷ projects with money",
        ),
        Measure.PERCENT,
        numbers(Text("小项目", "small"), Text("项目", "projects")),
        [project_row(p, int(year.held[p.key] < limit), 1) for p in year.funded],
        NO_MONEY,
    )
    doubled = {
        number
        for pair in year.facts.twins
        if pair.likeness is not Likeness.ALIKE
        for number in (pair.one.number, pair.other.number)
    }
    yield additive(
        "overlap",
        Text("项目重复率", "overlap of projects"),
        Text(
            "与另一项目同村、同文、同额的项目 ÷ 有资金的项目",
            "projects that are another's twin in place, text and amount ÷ projects with money",
        ),
        Measure.PERCENT,
        numbers(Text("疑似重复", "twins"), Text("项目", "projects")),
        [project_row(p, int(p.number in doubled), 1) for p in year.funded],
        NO_MONEY,
    )
