"""The books held against policy, the same way from a sealed snapshot, from workbooks and live."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import ibis.expr.types as ir
import polars as pl

from bangfu.core.errors import Problem
from bangfu.core.language import Text
from bangfu.core.policy.resolve import Policy
from bangfu.core.policy.rules.compose import Keep
from bangfu.core.screening.checks import compile_checks
from bangfu.core.screening.poverty import Measure, measure, together
from bangfu.core.screening.screen import screen
from bangfu.core.screening.setting import Setting, setting
from bangfu.engines import duckdb


@dataclass(frozen=True, slots=True)
class Screened:
    """The result tables of a screening, as frames, and what it was set to."""

    setting: Setting
    households: pl.DataFrame
    ranking: pl.DataFrame
    poverty: pl.DataFrame
    poverty_by_indicator: pl.DataFrame
    classes: pl.DataFrame
    unstated_risks: pl.DataFrame
    clues: pl.DataFrame

    def not_helped(self) -> pl.DataFrame:
        """Households with a concern that nobody monitors: the heart of the daily work."""
        return self.households.filter(pl.col("concern") & ~pl.col("monitored_open"))

    def flagged(self) -> set[str]:
        """The numbers of the households that are not helped, or that a roster's clue points at."""
        found = set(self.not_helped()["household_no"])
        return found | set(self.clues["household_no"].drop_nulls())

    def measure(self) -> Measure:
        """Multidimensional poverty of all villages together."""
        scheme = self.setting.parameters.scheme
        return together((measure(row, scheme) for row in self.poverty.to_dicts()), scheme)

    def figures(self) -> dict[str, Any]:
        """The figures of the summary; shares as exact fractions."""
        whole = self.measure()
        return {
            "below_line": self.households.filter(pl.col("below_line")).height,
            "concern": self.households.filter(pl.col("concern")).height,
            "not_helped": self.not_helped().height,
            "clues": dict(self.clues.group_by("clue").agg(pl.len()).sort("clue").iter_rows()),
            "classes": {
                one.id: int(self.classes[one.column].sum() or 0) for one in self.setting.classes
            },
            "H": str(whole.headcount),
            "A": str(whole.intensity),
            "M0": str(whole.adjusted_headcount),
        }

    def shown(self) -> list[tuple[Text, str]]:
        """What the terminal shows of them."""
        whole = self.measure()
        shares = (whole.headcount, whole.intensity, whole.adjusted_headcount)
        below = self.households.filter(pl.col("below_line")).height
        return [
            (Text("收入低于监测线的户", "households below the line"), f"{below:,}"),
            (
                Text("有风险、未纳入监测的户", "households at risk and not monitored"),
                f"{self.not_helped().height:,}",
            ),
            (Text("部门名单线索", "clues from rosters"), f"{self.clues.height:,}"),
            (
                Text("多维贫困 H / A / M0", "multidimensional poverty H / A / M0"),
                " / ".join(f"{float(share):.4f}" for share in shares),
            ),
        ]


def screen_books(
    snapshot: duckdb.Snapshot, roster: ir.Table, policy: Policy, on: date, *, place: str
) -> Screened:
    """Screen the books of a place: who is at risk, why, and what departments' rosters point at."""
    present = sorted(snapshot.frame(roster.select("roster").distinct())["roster"])
    made = setting(policy, place=place, on=on, rosters=present)

    def write(keep: Keep, fetch: duckdb.Fetch) -> None:
        result = screen(snapshot.tables, made, roster=roster, keep=keep)
        assert result.clues is not None  # a roster table was handed in
        for each in (
            result.households,
            result.ranking,
            result.poverty,
            result.poverty_by_indicator,
            result.classes,
            result.unstated_risks,
            result.clues,
        ):
            fetch(each)

    # A set is not written out in one order; the list of what it holds is.
    parameters = replace(made.parameters, rosters=frozenset())
    asked = (replace(made, parameters=parameters), present, str(roster.schema()))
    _, waiting = snapshot.answers(asked, write)
    return Screened(made, *(each.result() for each in waiting))


def check_books(
    snapshot: duckdb.Snapshot, policy: Policy, on: date
) -> tuple[pl.DataFrame, tuple[Problem, ...]]:
    """The findings of every check in force, and which rules could not be asked somewhere."""
    plan = compile_checks(policy.checks(on), policy, on, snapshot.places())
    return duckdb.run(plan, snapshot), plan.unanswered
