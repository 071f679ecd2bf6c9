"""Invented books for screening: parameters, table schemas and a strategy for small counties."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import ibis
from hypothesis import strategies as st
from lib.policies import with_values

from bangfu.core.facts.dictionary import HELP
from bangfu.core.places import NATION
from bangfu.core.screening.setting import setting

_CONDITIONS = (
    "income",
    "adult_schooling",
    "school_attendance",
    "health",
    "medical_insurance",
    "housing",
    "water",
    "electricity",
    "toilet",
    "road",
    "land",
)
# What policy is set to here, so that generated cases meet every threshold.
VALUES: dict[str, Any] = {
    "income.line": {"000000000000": 700_000, "520100000000": 650_000, "520000000000": 730_000},
    "screening.school_age_at_least": 6,
    "screening.school_age_at_most": 15,
    "screening.dangerous_grades": ("C", "D"),
    "screening.water_litres_at_least": 35,
    "screening.water_minutes_at_most": 30,
    "screening.water_shortage_days_at_most": 15,
    "screening.medical_threshold": 2_000_000,
    "screening.medical_share": Decimal("0.4"),
    "screening.medical_roster_threshold": 1_000_000,
    "screening.students_at_least": 2,
    "screening.labour_share_at_most": Decimal("0.25"),
    "screening.work_months_at_least": 6,
    "screening.many_labour_at_least": 2,
    "screening.village_labour_share_below": Decimal("0.3"),
    "screening.land_at_least": Decimal(5),
    "screening.fragile_places": ("520101100",),
    "screening.far_from_road": Decimal(5),
    "screening.deprivation_scheme": "national",
    "deprivation.national": tuple(
        {
            "id": name,
            "dimension": f"dimension {number % 3}",
            "weight": 1 + number % 4,
            "condition": f"deprived_{name}",
        }
        for number, name in enumerate(_CONDITIONS)
    ),
    "deprivation.national_cutoff": {"numerator": 1, "denominator": 4},
}
SETTING = setting(
    with_values(VALUES),
    place=NATION,
    on=date(2024, 2, 29),
    rosters=("low_income", "disabled"),
)
PARAMETERS = SETTING.parameters
VILLAGES = ("520101100201", "520101100202", "520101101201", "110101100201")

_MONEY = [
    "wage_income",
    "business_income",
    "property_income",
    "transfer_income",
    "business_cost",
    "claims_income",
    "out_of_pocket",
]
_YES_NO = [
    "risk_removed",
    "dangerous_house",
    "safe_water",
    "dropout",
    "uninsured_member",
    "electricity",
    "sanitary_toilet",
    "paved_access",
]
_STATED = ("risk_1", "risk_2", "risk_3", "risk_4", "risk_5")
SCHEMAS: dict[str, dict[str, str]] = {
    "household": {
        "place_code": "string",
        "household_no": "string",
        "monitored_class": "string",
        **dict.fromkeys(_STATED, "string"),
        **dict.fromkeys(_MONEY, "int64"),
        **dict.fromkeys(_YES_NO, "boolean"),
        "housing_grade": "string",
        **dict.fromkeys(("water_litres", "water_minutes", "water_shortage_days"), "int64"),
        **dict.fromkeys(("cropland", "woodland", "orchard", "main_road_km"), "decimal(14, 2)"),
        **dict.fromkeys(HELP, "array<string>"),
    },
    "person": {
        "place_code": "string",
        "household_no": "string",
        "person_no": "string",
        "certificate_token": "string",
        "birth": "date",
        "schooling": "string",
        "no_school_reason": "string",
        "education": "string",
        "health": "array<string>",
        "skill": "string",
        "work_months": "int64",
        "resident_medical": "boolean",
        "employee_medical": "boolean",
        "low_income_aid": "string",
        "destitute_aid": "string",
    },
    "income": {
        "place_code": "string",
        "household_no": "string",
        "year": "int64",
        "item": "string",
        "fen": "int64",
    },
    "village": {"place_code": "string"},
    "roster": {
        "roster": "string",
        "place_code": "string",
        "certificate_token": "string",
        "amount": "int64",
        "kind": "string",
        "day": "date",
    },
}
Books = dict[str, list[dict[str, Any]]]


def unbound(name: str) -> ibis.Table:
    """The table as its schema only, to compile against."""
    return ibis.table(SCHEMAS[name], name=name)


def _maybe(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.none() | strategy


def _one(*values: Any) -> st.SearchStrategy[Any]:
    return st.sampled_from((None, *values))


# Amounts that meet thresholds and lines exactly are as likely as any.
_FEN = _maybe(
    st.sampled_from([0, 1, 649_999, 650_000, 699_999, 700_000, 1_400_000, 2_000_000, 5_000_000])
    | st.integers(-3_000_000, 6_000_000)
)
_HOUSEHOLD = st.fixed_dictionaries(
    {
        "place_code": st.sampled_from(VILLAGES),
        "monitored_class": _one("脱贫不稳定户", "突发严重困难户"),
        **dict.fromkeys(_STATED, _one("因病", "因学", "因残", "其他")),
        **dict.fromkeys(_MONEY, _FEN),
        **dict.fromkeys(_YES_NO, _one(True, False)),
        "housing_grade": _one("A", "B", "C", "D"),
        "water_litres": _one(34, 35, 60),
        "water_minutes": _one(30, 31),
        "water_shortage_days": _one(0, 15, 16),
        **dict.fromkeys(
            ("cropland", "woodland", "orchard", "main_road_km"),
            _one(Decimal(0), Decimal("4.99"), Decimal(5), Decimal("5.01")),
        ),
        **dict.fromkeys(HELP, st.sampled_from([None, None, None, [], ["其他"]])),
    }
)
_PERSON = st.fixed_dictionaries(
    {
        "birth": _one(
            *(date(y, 2, 28) for y in (1960, 2008, 2018)), date(2008, 2, 29), date(2018, 3, 1)
        ),
        "schooling": _one("学前教育", "小学", "普通高中一年级"),
        "no_school_reason": _one("厌学"),
        "education": _one("小学", "初中"),
        "health": st.sampled_from([None, [], ["健康"], ["患有大病", "残疾"], ["长期慢性病"]]),
        "skill": _one("普通劳动力", "技能劳动力", "弱劳动力或半劳动力", "无劳动力"),
        "work_months": _one(0, 5, 6),
        "resident_medical": _one(True, False),
        "employee_medical": _one(True, False),
        "low_income_aid": _one("农村低保", "未享受"),
        "destitute_aid": _one("城市特困", "不享受"),
    }
)
_ITEMS = st.lists(
    st.tuples(
        st.sampled_from([2021, 2023, 2024, 2025]),
        st.sampled_from(["a1", "b4", "c2", "d6p", "e1"]),
        st.integers(0, 2_000_000),
    ),
    max_size=5,
)
_ROSTER_ROW = st.fixed_dictionaries(
    {
        "roster": st.sampled_from(
            ["low_income", "disabled", "medical", "houses", "vehicles", "businesses", "deaths"]
        ),
        "place_code": st.just("520101000000"),
        "certificate_token": st.sampled_from([f"t{n}" for n in range(12)]),
        "amount": _one(400_000, 600_000, 1_000_000, 1_000_001),
        "kind": _one("农村低保", "A", "C", "轿车"),
        "day": _one(date(2024, 2, 29), date(2024, 3, 1)),
    }
)


@st.composite
def books(draw: st.DrawFn) -> Books:
    """A few households with up to four people each, some with income items, and rosters."""
    found: Books = {name: [] for name in SCHEMAS}
    people = 0
    for number, household in enumerate(draw(st.lists(_HOUSEHOLD, min_size=1, max_size=6))):
        key = {"place_code": household["place_code"], "household_no": f"h{number}"}
        found["household"].append({**household, **key})
        for person in draw(st.lists(_PERSON, max_size=4)):
            token = draw(_one(f"t{people}", "t0"))
            own = {"person_no": f"p{people}", "certificate_token": token}
            found["person"].append({**person, **key, **own})
            people += 1
        for year, item, fen in draw(_ITEMS):
            found["income"].append({**key, "year": year, "item": item, "fen": fen})
    found["roster"] = draw(st.lists(_ROSTER_ROW, max_size=8))
    return found
