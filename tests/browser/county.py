"""A little of the sample county, for tests that look at pages: three villages of two townships, screened.

The whole county takes most of a minute to bring in; these villages have every kind of row it has.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

import polars as pl

from bangfu.books.intake.importing import bring_in
from bangfu.books.places.actions import load_places
from bangfu.books.screening.actions import run_screening
from bangfu.books.walls import guarded
from bangfu.cli import demonstrating, keeping, sample_operators
from bangfu.cli.demonstrating import COUNTY, SAMPLE, YEAR
from bangfu.cli.operator import working
from bangfu.core.places import NATION
from bangfu.files.intake import Intake, read_places, take_in
from bangfu.files.policy_folder import load_policy

# The clerk's own village, one beside it, one of another township.
VILLAGE, BESIDE, ELSEWHERE = "420527101207", "420527101208", "420527102201"
# When the books are filled, and when the tests begin: two Mondays, nine in the morning in China.
FILLED = datetime(2026, 11, 2, 1, tzinfo=UTC)
BEGINS = datetime(2026, 11, 23, 1, tzinfo=UTC)
# Money has no page yet, and the national export repeats who the monitored sheet already lists.
LEFT_OUT = (
    "资金明细",
    "历年整合资金",
    "项目库",
    "重点村",
    "全国系统导出",
    "已外出务工",
    "计划外出务工",
)


def fill(villages: Sequence[str] = (VILLAGE, BESIDE, ELSEWHERE)) -> None:
    """Places, households, rosters, findings, sums and the sample's operators, into books that are up."""
    places = read_places(SAMPLE / "county" / "行政区划.csv")
    files = [f for f in sorted((SAMPLE / "county").glob("*.xlsx")) if f.stem not in LEFT_OUT]
    intake = _within(take_in(files, places=places, token=guarded.tokeniser()), villages)
    with working(None, place_code=NATION, purpose="test", writes=True) as by:
        load_places(by=by, rows=places, source="test")
    with working(None, place_code=COUNTY, purpose="test", writes=True) as by:
        bring_in(intake, by=by, county=COUNTY, year=YEAR, source="sample")
        run_screening(
            by=by, place_code=COUNTY, policy=load_policy(), on=demonstrating.ON, now=FILLED
        )
        keeping.count_sums(by=by, county=COUNTY, now=FILLED)
    sample_operators.add_operators()


def _within(intake: Intake, villages: Sequence[str]) -> Intake:
    tables = intake.assembled.tables
    kept = {t: frame.filter(pl.col("place_code").is_in(villages)) for t, frame in tables.items()}
    return replace(intake, assembled=replace(intake.assembled, tables=kept))
