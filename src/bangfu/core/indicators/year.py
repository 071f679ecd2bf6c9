"""A year's facts with the sums that several rates need, and how a rate is made of rows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from bangfu.core.indicators import bounds
from bangfu.core.indicators.facts import Project, Village, YearFacts
from bangfu.core.indicators.model import Counts, Measure, Reading, Row, Subject, Target
from bangfu.core.language import Text
from bangfu.core.policy.resolve import Policy

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
YUAN, COUNT = Measure.YUAN, Measure.COUNT


def sums(top: Text, bottom: Text) -> Counts:
    return Counts(top, YUAN, bottom, YUAN)


def numbers(top: Text, bottom: Text) -> Counts:
    return Counts(top, COUNT, bottom, COUNT)


@dataclass
class YearSums:
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


def project_row(project: Project, top: int, bottom: int) -> Row:
    label = f"{project.number} {project.name}"
    return Row(Subject.PROJECT, project.key, label, top, bottom)


def additive(
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
