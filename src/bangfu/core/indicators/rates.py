"""The rates of a county's year (seed 002), each with its formula, its rows and the policy's bound.

docs/algorithms/indicators.md works them out on a small table.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence

from bangfu.core.indicators import bounds
from bangfu.core.indicators.facts import Village, YearFacts
from bangfu.core.indicators.model import Counts, Measure, Reading, Row, Subject
from bangfu.core.indicators.spread import concentration, pieces, purposes
from bangfu.core.indicators.year import (
    COUNT,
    NO_HOUSEHOLDS,
    NO_LAST_YEAR,
    NO_LINES,
    NO_MONEY,
    NO_PLAN,
    NO_VILLAGES,
    NOT_FOLLOWED,
    YUAN,
    YearSums,
    additive,
    numbers,
    project_row,
    sums,
)
from bangfu.core.language import Text
from bangfu.core.policy.resolve import Policy


def rates(facts: YearFacts, policy: Policy) -> list[Reading]:
    """Every rate of a county's year, in the order in which a page shows them."""
    year = YearSums(facts, policy)
    return [reading for kind in _KINDS for reading in kind(year)]


def _agreed(year: YearSums) -> Iterable[Reading]:
    """Integration, arrival and completion: over what the approved plans agreed."""
    facts = year.facts
    agreed: dict[str, int] = defaultdict(int)
    integrated: dict[str, int] = defaultdict(int)
    for piece in facts.pieces:
        agreed[piece.line] += piece.agreed
        integrated[piece.line] += min(piece.agreed, piece.held)
    lines = [line for line in facts.lines if agreed[line.key]]
    yield additive(
        "integration",
        Text("资金整合率", "integration rate"),
        Text(
            "逐笔（资金、项目）取方案商定和台账已安排中较小的，合计 ÷ 方案商定合计",
            "the smaller of agreed and allocated, piece by piece, added up ÷ agreed",
        ),
        Measure.PERCENT,
        sums(Text("其中已安排", "of it allocated"), Text("方案商定", "agreed")),
        [
            Row(Subject.LINE, line.key, line.name, integrated[line.key], agreed[line.key])
            for line in lines
        ],
        NO_PLAN,
    )
    yield additive(
        "arrival",
        Text("资金到位率", "arrival rate"),
        Text(
            "逐笔（资金）取到位资金和方案商定中较小的，合计 ÷ 方案商定合计",
            "the smaller of cash that came and agreed, line by line, added up ÷ agreed",
        ),
        Measure.PERCENT,
        sums(Text("其中已到位", "of it arrived"), Text("方案商定", "agreed")),
        [
            Row(
                Subject.LINE,
                line.key,
                line.name,
                min(line.arrived, agreed[line.key]),
                agreed[line.key],
            )
            for line in lines
        ],
        NO_PLAN,
    )
    planned = [project for project in facts.projects if year.agreed[project.key]]
    followed = any(project.followed or project.finished for project in planned)
    yield additive(
        "completion",
        Text("项目完成率", "completion rate"),
        Text("已竣工项目 ÷ 方案内项目", "projects finished ÷ projects of the plan"),
        Measure.PERCENT,
        numbers(Text("已竣工", "finished"), Text("方案内项目", "projects of the plan")),
        [project_row(p, int(p.finished), 1) for p in planned] if followed else [],
        NOT_FOLLOWED if planned else NO_PLAN,
    )


def _payment(year: YearSums) -> Iterable[Reading]:
    """Paid over announced: as it stands, and on each cut-off day that has passed."""
    facts = year.facts
    lines = [line for line in facts.lines if line.year == facts.year]
    counts = sums(Text("已支付", "paid"), Text("已下达指标", "announced"))
    yield additive(
        "payment",
        Text("资金支出进度", "payment progress"),
        Text("已支付 ÷ 已下达指标", "paid ÷ announced"),
        Measure.PERCENT,
        counts,
        [Row(Subject.LINE, x.key, x.name, x.paid, x.announced) for x in lines],
        NO_LINES,
    )
    passed = bounds.cut_offs(year.policy, place=facts.county, year=facts.year, on=facts.on)
    for day, target in passed:
        yield additive(
            f"payment-{day:%m%d}",
            Text(f"截至{day.month}月{day.day}日支出进度", f"payment progress by {day:%m-%d}"),
            Text("当日止已支付 ÷ 已下达指标", "paid by that day ÷ announced"),
            Measure.PERCENT,
            counts,
            [
                Row(Subject.LINE, x.key, x.name, dict(x.paid_by).get(day, 0), x.announced)
                for x in lines
            ],
            NO_LINES,
            target,
        )


def _amounts(year: YearSums) -> Iterable[Reading]:
    """Money a village, a household, and against the year before; none while no money is given at all."""
    given = any(year.held.values())
    villages = year.facts.villages if given else []
    households = year.known() if given else []
    money = Text("整合资金", "pooled money")
    yield additive(
        "per-village",
        Text("村均整合资金", "money per key village"),
        Text(
            "重点村项目已安排资金 ÷ 重点村数", "money of the key villages' projects ÷ key villages"
        ),
        YUAN,
        Counts(money, YUAN, Text("重点村", "key villages"), COUNT),
        [Row(Subject.VILLAGE, v.code, v.name, year.of_village[v.code], 1) for v in villages],
        NO_VILLAGES if given else NO_MONEY,
        year.target("pooling.village_total"),
    )
    yield additive(
        "per-household",
        Text("户均投入", "money per registered household"),
        Text(
            "重点村项目已安排资金 ÷ 重点村建档立卡户",
            "money of the key villages' projects ÷ their registered households",
        ),
        YUAN,
        Counts(money, YUAN, Text("建档立卡户", "registered households"), COUNT),
        [
            Row(Subject.VILLAGE, v.code, v.name, year.of_village[v.code], v.households or 0)
            for v in households
        ],
        NO_HOUSEHOLDS if given else NO_MONEY,
        year.target("pooling.household_floor"),
    )
    yield _growth(year, villages, NO_LAST_YEAR if given else NO_MONEY)


def _growth(year: YearSums, villages: Sequence[Village], missing: Text) -> Reading:
    """This year's money over last year's, of the key villages that have both."""
    rows = [
        Row(
            Subject.VILLAGE,
            v.code,
            v.name,
            year.of_village[v.code] - v.last_year,
            v.last_year,
        )
        for v in villages
        if v.last_year
    ]
    return additive(
        "growth",
        Text("整合资金增幅", "growth of the pooled money"),
        Text(
            "（本年 − 上年）÷ 上年，只算两年都有数的重点村",
            "(this year − last year) ÷ last year, of key villages with both",
        ),
        Measure.PERCENT,
        sums(Text("比上年增加", "more than last year"), Text("上年", "last year")),
        rows,
        missing,
        year.target("pooling.growth_at_least"),
    )


_KINDS: tuple[Callable[[YearSums], Iterable[Reading]], ...] = (
    _agreed,
    _payment,
    _amounts,
    purposes,
    concentration,
    pieces,
)
