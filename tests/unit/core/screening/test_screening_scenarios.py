"""The screening scenarios: what a policy officer reads is what the screening says."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest
from lib.policies import shipped
from lib.screening_scenarios import COUNTY, ON, Scenario, load, roster_rows, world
from lib.worlds import frames

from bangfu.core.screening.classes import HelpClass
from bangfu.core.screening.parameters import Parameters
from bangfu.core.screening.reasons import class_reasons, clue_reason, household_reasons, yuan
from bangfu.core.screening.screen import screen
from bangfu.core.screening.setting import setting
from bangfu.engines import duckdb
from bangfu.engines.scope import WHOLE

SCENARIOS = load()
GUARANTEES = {
    "education_unmet": "义务教育",
    "medical_unmet": "基本医疗",
    "housing_unmet": "住房安全",
    "water_unmet": "饮水安全",
}
_ROSTER_TYPES = {
    "roster": pl.String,
    "place_code": pl.String,
    "certificate_token": pl.String,
    "amount": pl.Int64,
    "kind": pl.String,
    "day": pl.Date,
}
Rows = dict[str, list[dict[str, Any]]]


class Screened:
    """Every scenario's household screened at once; what the screening says of each, in Chinese."""

    def __init__(self) -> None:
        made = setting(shipped(), place=COUNTY, on=ON)
        self.parameters: Parameters = made.parameters
        self.classes: tuple[HelpClass, ...] = made.classes
        roster = pl.DataFrame(roster_rows(SCENARIOS), schema=_ROSTER_TYPES)
        with (
            duckdb.open_frames(frames(world(SCENARIOS)), WHOLE, threads=1) as snapshot,
            snapshot.keeping() as keep,
        ):
            snapshot.connection.con.register("roster", roster.to_arrow())
            found = screen(
                snapshot.tables, made, roster=snapshot.connection.table("roster"), keep=keep
            )
            self.rows: Rows = {
                name: snapshot.frame(getattr(found, name)).to_dicts()
                for name in ("households", "classes", "unstated_risks", "clues")
            }

    def of(self, scenario: Scenario, name: str) -> list[dict[str, Any]]:
        return [row for row in self.rows[name] if row["place_code"] == scenario.place]

    def says(self, scenario: Scenario) -> dict[str, Any]:
        (row,) = self.of(scenario, "households")
        known = row["net_income"] is not None and row["members"]
        classes = self.of(scenario, "classes")
        return {
            "理由": [each.text.zh for each in household_reasons(row, self.parameters)],
            "人均纯收入": yuan(row["net_income"] // row["members"]) if known else "—",
            "需要关注": "是" if row["concern"] else "否",
            "在监测": "是" if row["monitored_open"] else "否",
            "没有保障": [zh for name, zh in GUARANTEES.items() if row[name]],
            "被剥夺": [i.id for i in self.parameters.scheme.indicators if row[i.column]],
            "得分": row["score"],
            "多维贫困": "是" if row["poor"] else "否",
            "分类": [
                each.text.zh.replace(scenario.place, "本村")
                for found in classes
                for each in class_reasons(found, self.classes)
            ],
            "事实有而未登记的风险": sorted(
                each["risk"] for each in self.of(scenario, "unstated_risks")
            ),
            "线索": sorted(clue_reason(each).text.zh for each in self.of(scenario, "clues")),
        }


@pytest.fixture(scope="module")
def screened() -> Screened:
    return Screened()


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda s: f"{s.source}: {s.title}")
def test_scenario(scenario: Scenario, screened: Screened) -> None:
    says = screened.says(scenario)
    assert {name: says[name] for name in scenario.result} == scenario.result


def test_every_part_of_a_screening_has_scenarios(screened: Screened) -> None:
    """Each reason, guarantee, class, deprivation and clue stands in some result, and a household
    of which nothing is said in another."""
    said = [scenario.result for scenario in SCENARIOS]
    named = {name for result in said for name in result}
    assert named == set(screened.says(SCENARIOS[0]))
    together = lambda name: {each for result in said for each in result.get(name, ())}
    assert together("没有保障") == set(GUARANTEES.values())
    assert together("被剥夺") == {i.id for i in screened.parameters.scheme.indicators}
    for one in screened.classes:
        assert any(text.startswith(one.why.zh) for text in together("分类")), one.id
    assert any(result.get("理由") == [] for result in said)
