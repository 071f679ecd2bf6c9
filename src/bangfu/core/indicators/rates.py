"""The rates of a county's year (seed 002), each with its formula, its rows and the policy's bound.

docs/algorithms/indicators.md works them out on a small table.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction

from bangfu.core.indicators import bounds
from bangfu.core.indicators.concentration import Holding, Point, gini, lorenz
from bangfu.core.indicators.facts import Piece, Project, Village, YearFacts
from bangfu.core.indicators.model import Counts, Measure, Reading, Row, Subject, Target
from bangfu.core.language import Text
from bangfu.core.policy.resolve import Policy
from bangfu.core.projects.likeness import Likeness

NO_PLAN = Text("本年度没有批准的计划。", "No plan of this year is approved.")
NOT_FOLLOWED = Text(
    "计划内项目尚未登记施工和竣工情况。",
    "Nothing is on record of how far the projects of the plan are built.",
)
NO_LINES = Text("本年度没有下达的指标。", "No money of this year is announced.")
NO_MONEY = Text("本年度没有安排到项目的资金。", "No money of this year lies with a project.")
NO_VILLAGES = Text("本年度没有重点村名单。", "There is no list of key villages of this year.")
NO_HOUSEHOLDS = Text(
    "重点村没有登记建档立卡户数。", "No key village has its registered households on record."
)
NO_LAST_YEAR = Text("没有上年的整合资金数。", "Last year's money is not on record.")
_YUAN, _COUNT = Measure.YUAN, Measure.COUNT


def _sums(top: Text, bottom: Text) -> Counts:
    return Counts(top, _YUAN, bottom, _YUAN)


def _numbers(top: Text, bottom: Text) -> Counts:
    return Counts(top, _COUNT, bottom, _COUNT)


@dataclass
class _Year:
    """A year's facts with the sums that several rates need."""

    facts: YearFacts
    policy: Policy
    agreed: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    held: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    of_village: dict[str, int] = field(default_factory=lambda: defaultdict(int))

    def __post_init__(self) -> None:
        self.projects = {project.key: project for project in self.facts.projects}
        for piece in self.facts.pieces:
            self.agreed[piece.project] += piece.agreed
            self.held[piece.project] += piece.held
            self.of_village[self.projects[piece.project].place_code] += piece.held
        self.funded = [p for p in self.facts.projects if self.held[p.key]]

    def target(self, key: str, *, at_least: bool = True) -> Target | None:
        return bounds.target(
            self.policy, key, place=self.facts.county, on=self.day, at_least=at_least
        )

    @property
    def day(self) -> date:
        """The day whose policy holds: today, or the year's last day when the year is over."""
        return min(self.facts.on, date(self.facts.year, 12, 31))

    def known(self) -> list[Village]:
        """Key villages whose registered households are on record."""
        return [v for v in self.facts.villages if v.households]


def rates(facts: YearFacts, policy: Policy) -> list[Reading]:
    """Every rate of a county's year, in the order in which a page shows them."""
    year = _Year(facts, policy)
    return [reading for kind in _KINDS for reading in kind(year)]


def _project_row(project: Project, top: int, bottom: int) -> Row:
    label = f"{project.number} {project.name}"
    return Row(Subject.PROJECT, project.key, label, top, bottom)


def _additive(
    code: str,
    name: Text,
    formula: Text,
    measure: Measure,
    counts: Counts,
    rows: Sequence[Row],
    missing: Text,
    target: Target | None = None,
) -> Reading:
    """A rate whose two numbers are the sums of its rows'; missing when there is nothing to divide by."""
    bottom = sum(row.bottom for row in rows)
    return Reading(
        code,
        name,
        formula,
        measure,
        counts,
        sum(row.top for row in rows),
        bottom,
        rows,
        None if bottom else missing,
        target=target,
    )


def _agreed(year: _Year) -> Iterable[Reading]:
    """Integration, arrival and completion: over what the approved plans agreed."""
    facts = year.facts
    agreed: dict[str, int] = defaultdict(int)
    integrated: dict[str, int] = defaultdict(int)
    for piece in facts.pieces:
        agreed[piece.line] += piece.agreed
        integrated[piece.line] += min(piece.agreed, piece.held)
    lines = [line for line in facts.lines if agreed[line.key]]
    yield _additive(
        "integration",
        Text("资金整合率", "integration rate"),
        Text(
            "Σ min(方案商定, 台账已安排) ÷ Σ 方案商定，按资金、项目逐笔",
            "Σ min(agreed, allocated in the ledger) ÷ Σ agreed, by line and project",
        ),
        Measure.PERCENT,
        _sums(Text("其中已安排", "of it allocated"), Text("方案商定", "agreed")),
        [
            Row(Subject.LINE, line.key, line.name, integrated[line.key], agreed[line.key])
            for line in lines
        ],
        NO_PLAN,
    )
    yield _additive(
        "arrival",
        Text("资金到位率", "arrival rate"),
        Text(
            "Σ min(到位资金, 方案商定) ÷ Σ 方案商定，按资金逐笔",
            "Σ min(cash that came, agreed) ÷ Σ agreed, by line",
        ),
        Measure.PERCENT,
        _sums(Text("其中已到位", "of it arrived"), Text("方案商定", "agreed")),
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
    yield _additive(
        "completion",
        Text("项目完成率", "completion rate"),
        Text("已竣工项目 ÷ 方案内项目", "projects finished ÷ projects of the plan"),
        Measure.PERCENT,
        _numbers(Text("已竣工", "finished"), Text("方案内项目", "projects of the plan")),
        [_project_row(p, int(p.finished), 1) for p in planned] if followed else [],
        NOT_FOLLOWED if planned else NO_PLAN,
    )


def _payment(year: _Year) -> Iterable[Reading]:
    """Paid over announced: as it stands, and on each cut-off day that has passed."""
    facts = year.facts
    lines = [line for line in facts.lines if line.year == facts.year]
    counts = _sums(Text("已支付", "paid"), Text("已下达指标", "announced"))
    yield _additive(
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
        yield _additive(
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


def _amounts(year: _Year) -> Iterable[Reading]:
    """Money a village, a household, and against the year before."""
    villages = year.facts.villages
    money = Text("整合资金", "pooled money")
    yield _additive(
        "per-village",
        Text("村均整合资金", "money per key village"),
        Text(
            "重点村项目已安排资金 ÷ 重点村数", "money of the key villages' projects ÷ key villages"
        ),
        _YUAN,
        Counts(money, _YUAN, Text("重点村", "key villages"), _COUNT),
        [Row(Subject.VILLAGE, v.code, v.name, year.of_village[v.code], 1) for v in villages],
        NO_VILLAGES,
        year.target("pooling.village_total"),
    )
    yield _additive(
        "per-household",
        Text("户均投入", "money per registered household"),
        Text(
            "重点村项目已安排资金 ÷ 重点村建档立卡户",
            "money of the key villages' projects ÷ their registered households",
        ),
        _YUAN,
        Counts(money, _YUAN, Text("建档立卡户", "registered households"), _COUNT),
        [
            Row(Subject.VILLAGE, v.code, v.name, year.of_village[v.code], v.households or 0)
            for v in year.known()
        ],
        NO_HOUSEHOLDS,
        year.target("pooling.household_floor"),
    )
    yield _growth(year)


def _growth(year: _Year) -> Reading:
    """This year's money over last year's, of the key villages that have both."""
    rows = [
        Row(
            Subject.VILLAGE,
            v.code,
            v.name,
            year.of_village[v.code] - v.last_year,
            v.last_year,
        )
        for v in year.facts.villages
        if v.last_year
    ]
    return _additive(
        "growth",
        Text("整合资金增幅", "growth of the pooled money"),
        Text(
            "（本年 − 上年）÷ 上年，只算两年都有数的重点村",
            "(this year − last year) ÷ last year, of key villages with both",
        ),
        Measure.PERCENT,
        _sums(Text("比上年增加", "more than last year"), Text("上年", "last year")),
        rows,
        NO_LAST_YEAR,
        year.target("pooling.growth_at_least"),
    )


def _purposes(year: _Year) -> Iterable[Reading]:
    """Shares by purpose, and the two that the policy bounds."""
    total = sum(year.held.values())
    by_purpose: dict[str, int] = defaultdict(int)
    for project in year.funded:
        by_purpose[project.purpose] += year.held[project.key]
    largest = max(by_purpose.values(), default=0)
    counts = _sums(Text("用于该用途", "for the purpose"), Text("已安排合计", "allocated in all"))
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
    for code, name, key, bound, at_least in (
        (
            "industry",
            Text("产业占比", "share of industry"),
            "funds.industry_purposes",
            "funds.industry_share_at_least",
            True,
        ),
        (
            "management",
            Text("项目管理费占比", "share of management"),
            "funds.management_purposes",
            "funds.management_share_at_most",
            False,
        ),
    ):
        named = bounds.asked(year.policy, key, place=year.facts.county, on=year.day)
        counted = set(named.value) if named else set()
        yield _additive(
            code,
            name,
            Text("这些用途的已安排资金 ÷ 已安排合计", "money of these purposes ÷ all allocated"),
            Measure.PERCENT,
            counts,
            [
                _project_row(p, year.held[p.key] if p.purpose in counted else 0, year.held[p.key])
                for p in year.funded
            ],
            NO_MONEY,
            year.target(bound, at_least=at_least),
        )


def curve(facts: YearFacts, policy: Policy) -> list[Point]:
    """The Lorenz curve of the money over registered households, each village's taken as equal."""
    holdings = _holdings(_Year(facts, policy))
    return lorenz(holdings) if any(one.amount for one in holdings) else []


def _holdings(year: _Year) -> list[Holding]:
    return [Holding(v.code, v.households or 0, year.of_village[v.code]) for v in year.known()]


def _concentration(year: _Year) -> Iterable[Reading]:
    """How evenly the money lies over villages and over households, and who gets less than his share."""
    money = Text("整合资金", "pooled money")
    share = Text("占全部的比例", "share of all")
    ceiling = year.target("indicators.gini_at_most", at_least=False)
    villages = [Holding(v.code, 1, year.of_village[v.code]) for v in year.facts.villages]
    names = {v.code: v.name for v in year.facts.villages}
    for code, name, holders, bottom, none in (
        (
            "gini-villages",
            Text("村间基尼系数", "Gini over villages"),
            villages,
            Text("重点村", "key villages"),
            NO_VILLAGES,
        ),
        (
            "gini-households",
            Text("户间基尼系数", "Gini over households"),
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
                "1 − 2 × 洛伦兹曲线下的面积（村内各户视为相等）",
                "1 − 2 × the area below the Lorenz curve (a village's households taken as equal)",
            ),
            Measure.INDEX,
            Counts(money, _YUAN, bottom, _COUNT),
            total,
            sum(one.weight for one in holders),
            [
                Row(Subject.VILLAGE, one.key, names[one.key], one.amount, one.weight)
                for one in holders
            ],
            missing,
            None if missing else gini(lorenz(holders)),
            ceiling,
            row_measure=_YUAN,
        )
    yield _divide(year, share)


def _divide(year: _Year, share: Text) -> Reading:
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
        _numbers(Text("占比偏低的村", "villages with less"), Text("重点村", "key villages")),
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


def _pieces(year: _Year) -> Iterable[Reading]:
    """Into how many pieces the money is cut, and what is asked for twice."""
    by_project: dict[str, list[Piece]] = defaultdict(list)
    for piece in year.facts.pieces:
        if piece.held:
            by_project[piece.project].append(piece)
    yield _additive(
        "pieces",
        Text("每个项目的资金笔数", "pieces of money per project"),
        Text("资金笔数 ÷ 有资金的项目", "pieces ÷ projects with money"),
        _COUNT,
        _numbers(Text("资金笔数", "pieces"), Text("项目", "projects")),
        sorted(
            (_project_row(p, len(by_project[p.key]), 1) for p in year.funded),
            key=lambda row: (-row.top, row.key),
        ),
        NO_MONEY,
    )
    small = bounds.asked(
        year.policy, "indicators.small_project", place=year.facts.county, on=year.day
    )
    limit = small.value if small else 0
    yield _additive(
        "small-projects",
        Text("小项目占比", "share of small projects"),
        Text(
            f"资金低于 {limit // 100:,} 元的项目 ÷ 有资金的项目",
            f"projects of less than {limit // 100:,} yuan ÷ projects with money",
        ),
        Measure.PERCENT,
        _numbers(Text("小项目", "small"), Text("项目", "projects")),
        [_project_row(p, int(year.held[p.key] < limit), 1) for p in year.funded],
        NO_MONEY,
    )
    doubled = {
        number
        for pair in year.facts.twins
        if pair.likeness is not Likeness.ALIKE
        for number in (pair.one.number, pair.other.number)
    }
    yield _additive(
        "overlap",
        Text("项目重复率", "overlap of projects"),
        Text(
            "与另一项目同村、同文、同额的项目 ÷ 有资金的项目",
            "projects that are another's twin in place, text and amount ÷ projects with money",
        ),
        Measure.PERCENT,
        _numbers(Text("疑似重复", "twins"), Text("项目", "projects")),
        [_project_row(p, int(p.number in doubled), 1) for p in year.funded],
        NO_MONEY,
    )


_KINDS: tuple[Callable[[_Year], Iterable[Reading]], ...] = (
    _agreed,
    _payment,
    _amounts,
    _purposes,
    _concentration,
    _pieces,
)
