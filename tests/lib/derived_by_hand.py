"""Every derived fact a second time, in plain Python over rows: slow, obvious, and written from what
the fact is documented to mean, not from its expression in `core.facts.derived`.

Each function takes the whole county's rows, one row of the fact's own kind and the day asked for.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

from lib.worlds import World

from bangfu.core.facts.model import Table

Row = dict[str, Any]

# The fourteen families of measures as the sheets name them, in the order of the sheets.
_MEASURES = {
    "industry_help": "产业帮扶",
    "employment_help": "就业帮扶",
    "finance_help": "金融帮扶",
    "public_post_help": "公益岗位帮扶",
    "housing_help": "住房安全保障",
    "water_help": "饮水安全保障",
    "health_help": "健康帮扶",
    "compulsory_education_help": "义务教育保障",
    "education_help": "教育帮扶",
    "social_security_help": "综合保障",
    "social_help": "社会帮扶",
    "relocation_help": "搬迁",
    "conditions_help": "生产生活条件改善",
    "infrastructure_help": "基础设施建设",
}
_DEVELOPMENT = ["industry_help", "employment_help", "finance_help", "public_post_help"]


def _same_home(row: Row, home: Row) -> bool:
    return (row["place_code"], row["household_no"]) == (home["place_code"], home["household_no"])


def _members(world: World, home: Row) -> list[Row]:
    return [person for person in world[Table.PERSON] if _same_home(person, home)]


def _items(world: World, home: Row) -> list[Row]:
    return [item for item in world[Table.INCOME] if _same_home(item, home)]


def _homes(world: World, village: Row) -> list[Row]:
    return [h for h in world[Table.HOUSEHOLD] if h["place_code"] == village["place_code"]]


# --- a person ----------------------------------------------------------------------------------


def able(person: Row) -> bool:
    return person["skill"] == "普通劳动力" or person["skill"] == "技能劳动力"


def partly_able(person: Row) -> bool:
    return person["skill"] == "弱劳动力或半劳动力"


def severely_ill(person: Row) -> bool:
    return person["health"] is not None and "患有大病" in person["health"]


def chronically_ill(person: Row) -> bool:
    return person["health"] is not None and "长期慢性病" in person["health"]


def disabled(person: Row) -> bool:
    return person["health"] is not None and "残疾" in person["health"]


def healthy(person: Row) -> bool:
    return bool(person["health"]) and all(word == "健康" for word in person["health"])


def uninsured(person: Row) -> bool:
    both = [person["resident_medical"], person["employee_medical"]]
    if both[0] is True or both[1] is True:
        return False
    return both[0] is False or both[1] is False


def on_low_income_aid(person: Row) -> bool:
    return person["low_income_aid"] in ["农村低保", "城市低保"]


def on_destitute_aid(person: Row) -> bool:
    return person["destitute_aid"] in ["农村特困", "城市特困"]


# --- a household -------------------------------------------------------------------------------


def risks(world: World, home: Row, on: date) -> list[str] | None:
    found = []
    for number in range(1, 6):
        if home[f"risk_{number}"] is not None:
            found.append(home[f"risk_{number}"])
    return found if found else None


def _families(home: Row, columns: list[str]) -> list[str] | None:
    found = []
    for column in columns:
        if home[column] is not None and len(home[column]) > 0:
            found.append(_MEASURES[column])
    return found if found else None


def helps(world: World, home: Row, on: date) -> list[str] | None:
    return _families(home, list(_MEASURES))


def development_helps(world: World, home: Row, on: date) -> list[str] | None:
    return _families(home, _DEVELOPMENT)


def size(world: World, home: Row, on: date) -> int:
    return len(_members(world, home))


def able_members(world: World, home: Row, on: date) -> int:
    return len([person for person in _members(world, home) if able(person)])


def has_labour(world: World, home: Row, on: date) -> bool:
    for person in _members(world, home):
        if able(person) or partly_able(person):
            return True
    return False


def disabled_members(world: World, home: Row, on: date) -> int:
    return len([person for person in _members(world, home) if disabled(person)])


def uninsured_members(world: World, home: Row, on: date) -> int:
    return len([person for person in _members(world, home) if uninsured(person)])


def income_year(world: World, home: Row, on: date) -> int | None:
    years = [item["year"] for item in _items(world, home) if item["year"] is not None]
    past = [year for year in years if year <= on.year]
    return max(past) if past else None


def _group(world: World, home: Row, on: date, letter: str, stated: str) -> int | None:
    year = income_year(world, home, on)
    if year is None:
        return home[stated]
    total = 0
    for item in _items(world, home):
        if item["year"] == year and item["item"][0] == letter and item["fen"] is not None:
            total += item["fen"]
    return total


def wages(world: World, home: Row, on: date) -> int | None:
    return _group(world, home, on, "a", "wage_income")


def business(world: World, home: Row, on: date) -> int | None:
    return _group(world, home, on, "b", "business_income")


def property_(world: World, home: Row, on: date) -> int | None:
    return _group(world, home, on, "c", "property_income")


def transfers(world: World, home: Row, on: date) -> int | None:
    return _group(world, home, on, "d", "transfer_income")


def costs(world: World, home: Row, on: date) -> int | None:
    return _group(world, home, on, "e", "business_cost")


def net_income(world: World, home: Row, on: date) -> int | None:
    gains = [part(world, home, on) for part in (wages, business, property_, transfers)]
    known = [gain for gain in gains if gain is not None]
    if not known:
        return None
    cost = costs(world, home, on)
    return sum(known) - (0 if cost is None else cost)


def reference_income(world: World, home: Row, on: date) -> int | None:
    net = net_income(world, home, on)
    if net is None:
        return None
    if home["claims_income"] is not None:
        net += home["claims_income"]
    if home["out_of_pocket"] is not None:
        net -= home["out_of_pocket"]
    return net


def land(world: World, home: Row, on: date) -> Decimal:
    known = [home[kind] for kind in ("cropland", "woodland", "orchard") if home[kind] is not None]
    return sum(known, Decimal(0))


# --- a village ---------------------------------------------------------------------------------


def people(world: World, village: Row, on: date) -> int:
    return sum(size(world, home, on) for home in _homes(world, village))


def able_people(world: World, village: Row, on: date) -> int:
    return sum(able_members(world, home, on) for home in _homes(world, village))


def _of_person(fact: Callable[[Row], bool]) -> Callable[[World, Row, date], bool]:
    return lambda world, person, on: fact(person)


BY_HAND: dict[str, Callable[[World, Row, date], Any]] = {
    "property": property_,
    **{
        fact.__name__: fact
        for fact in (
            risks, helps, development_helps, size, able_members, has_labour, disabled_members,
            uninsured_members, income_year, wages, business, transfers, costs, net_income,
            reference_income, land, people, able_people,
        )
    },
    **{
        fact.__name__: _of_person(fact)
        for fact in (
            able, partly_able, severely_ill, chronically_ill, disabled, healthy, uninsured,
            on_low_income_aid, on_destitute_aid,
        )
    },
}  # fmt: skip
