"""Programs with tokens, and a household in each of two villages. Everybody is invented."""

from __future__ import annotations

from datetime import UTC, date, datetime

from bangfu.books.walls.scope import DataClass, Scope
from bangfu.core.places import NATION, Place

NOW = datetime(2026, 11, 20, 2, tzinfo=UTC)
TODAY = date(2026, 11, 20)
VILLAGE, OTHER, TOWNSHIP, COUNTY = "420527101200", "420527102201", "420527101000", "420527000000"
PLACES = (
    Place("420000000000", "湖北省"),
    Place("420500000000", "宜昌市"),
    Place(COUNTY, "秭归县"),
    Place(TOWNSHIP, "茅坪镇"),
    Place("420527102000", "归州镇"),
    Place(VILLAGE, "示例村"),
    Place(OTHER, "旁边村"),
)
MINE, NOT_MINE = "4205270000000001", "4205270000000002"
EVERYWHERE = Scope((NATION,), frozenset(DataClass), "test")
ID_NUMBER = "42052719600101002X"
