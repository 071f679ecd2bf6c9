"""The derived facts: what a household's rows mean together, each defined once in the rule language.

They are visible in rules like plain facts and compiled to the same table expressions. They hold no
number that law or a county decides: those are parameters of rules and definitions in `policy/`. A
derived fact that serves one rule only belongs in that rule; `SERVES_ONE` lists the exceptions.
"""

from __future__ import annotations

from dataclasses import dataclass

from bangfu.core.facts import codes
from bangfu.core.facts.dictionary import DEVELOPMENT_HELP, HELP, plain
from bangfu.core.facts.model import Fact, Kind, Table

H, P, V = Table.HOUSEHOLD, Table.PERSON, Table.VILLAGE
_ZH = {fact.name: fact.zh for fact in plain(H).values()}


@dataclass(frozen=True, slots=True)
class Derived:
    """A derived fact and the expression it stands for."""

    fact: Fact
    expression: str


def _families(names: tuple[str, ...]) -> str:
    """The sheet names of the families of measures that hold anything."""
    parts = (f'choose({name} is not missing, "{_ZH[name]}")' for name in names)
    return f"collect({', '.join(parts)})"


def _group(letter: str, stated: str) -> str:
    """An income group: the year's items where the household has any, else the figure of the sheet."""
    own = f'sum(incomes, fen, starts_with(item, "{letter}") and year == income_year)'
    return f"choose(income_year is not missing, {own}, {stated})"


DERIVED = (
    # Household: risks and measures.
    Derived(
        Fact("risks", H, Kind.VALUES, "致贫/返贫风险", "risks, 1 to 5 together", codes.RISK),
        "collect(risk_1, risk_2, risk_3, risk_4, risk_5)",
    ),
    Derived(
        Fact(
            "helps",
            H,
            Kind.VALUES,
            "帮扶措施类别",
            "families of measures that hold any",
            tuple(_ZH[name] for name in HELP),
        ),
        _families(HELP),
    ),
    Derived(
        Fact(
            "development_helps",
            H,
            Kind.VALUES,
            "开发式帮扶措施类别",
            "families of development-type measures that hold any",
            tuple(_ZH[name] for name in DEVELOPMENT_HELP),
        ),
        _families(DEVELOPMENT_HELP),
    ),
    # Household: its people.
    Derived(Fact("size", H, Kind.INT, "家庭人口数", "members"), "count(members, true)"),
    Derived(
        Fact(
            "able_members",
            H,
            Kind.INT,
            "有劳动能力人数",
            "members able to work (ordinary or skilled)",
        ),
        "count(members, able)",
    ),
    Derived(
        Fact(
            "has_labour", H, Kind.YES_NO, "家庭有劳动能力", "some member can work, fully or in part"
        ),
        "any(members, able or partly_able)",
    ),
    Derived(
        Fact("disabled_members", H, Kind.INT, "残疾人数", "members recorded as disabled"),
        "count(members, disabled)",
    ),
    Derived(
        Fact(
            "uninsured_members",
            H,
            Kind.INT,
            "未参加基本医疗保险人数",
            "members without basic medical insurance (uninsured)",
        ),
        "count(members, uninsured)",
    ),
    # Household: income. The newest year with items that is not after the date asked for.
    Derived(
        Fact(
            "income_year",
            H,
            Kind.INT,
            "收入年度",
            "newest year with income items that is not after the day asked for",
        ),
        "last(incomes, year, year <= year(today), by=year)",
    ),
    Derived(
        Fact(
            "wages",
            H,
            Kind.FEN,
            "工资性收入合计",
            "wages: the items of the income year, else as the sheet states",
        ),
        _group("a", "wage_income"),
    ),
    Derived(
        Fact("business", H, Kind.FEN, "生产经营性收入合计", "business income"),
        _group("b", "business_income"),
    ),
    Derived(
        Fact("property", H, Kind.FEN, "财产性收入合计", "property income"),
        _group("c", "property_income"),
    ),
    Derived(
        Fact("transfers", H, Kind.FEN, "转移性收入合计", "transfer income"),
        _group("d", "transfer_income"),
    ),
    Derived(
        Fact("costs", H, Kind.FEN, "生产经营性支出合计", "business cost"),
        _group("e", "business_cost"),
    ),
    Derived(
        Fact(
            "net_income",
            H,
            Kind.FEN,
            "家庭纯收入（计算）",
            "net income: wages + business + property + transfers - costs; a blank part counts 0 when another is known",
        ),
        "choose(wages is not missing or business is not missing or property is not missing"
        " or transfers is not missing, otherwise(wages, 0) + otherwise(business, 0)"
        " + otherwise(property, 0) + otherwise(transfers, 0) - otherwise(costs, 0))",
    ),
    Derived(
        Fact(
            "reference_income",
            H,
            Kind.FEN,
            "参考收入（未核实公式）",
            "net income + claims - compliant out-of-pocket spending (unverified formula)",
        ),
        "net_income + otherwise(claims_income, 0) - otherwise(out_of_pocket, 0)",
    ),
    Derived(
        Fact(
            "land",
            H,
            Kind.DECIMAL,
            "耕地、林地、林果面积合计",
            "cropland, woodland and orchard, a blank counting 0",
        ),
        "otherwise(cropland, 0) + otherwise(woodland, 0) + otherwise(orchard, 0)",
    ),
    # Village: its people in the books, whatever its own sheet states.
    Derived(
        Fact("people", V, Kind.INT, "在册人数", "people in the books"),
        "sum(households, size)",
    ),
    Derived(
        Fact("able_people", V, Kind.INT, "在册有劳动能力人数", "people in the books able to work"),
        "sum(households, able_members)",
    ),
    # Person.
    Derived(
        Fact("able", P, Kind.YES_NO, "有劳动能力", "able to work (ordinary or skilled)"),
        'skill in ("普通劳动力", "技能劳动力")',
    ),
    Derived(
        Fact("partly_able", P, Kind.YES_NO, "有部分劳动能力", "able to work in part"),
        'skill == "弱劳动力或半劳动力"',
    ),
    Derived(
        Fact("severely_ill", P, Kind.YES_NO, "患有大病", "recorded as severely ill"),
        '"患有大病" in health',
    ),
    Derived(
        Fact("chronically_ill", P, Kind.YES_NO, "长期慢性病", "recorded as chronically ill"),
        '"长期慢性病" in health',
    ),
    Derived(
        Fact("disabled", P, Kind.YES_NO, "残疾", "recorded as disabled"),
        '"残疾" in health',
    ),
    Derived(
        Fact("healthy", P, Kind.YES_NO, "健康", "recorded as healthy and nothing else"),
        '"健康" in health and size(health) == 1',
    ),
    Derived(
        Fact(
            "uninsured",
            P,
            Kind.YES_NO,
            "未参加基本医疗保险",
            "neither resident nor employee medical insurance is recorded, and at least one is recorded as no",
        ),
        "resident_medical == false and not employee_medical or employee_medical == false and not resident_medical",
    ),
    Derived(
        Fact(
            "on_low_income_aid",
            P,
            Kind.YES_NO,
            "享受低保",
            "on the rural or urban low-income allowance",
        ),
        'low_income_aid in ("农村低保", "城市低保")',
    ),
    Derived(
        Fact(
            "on_destitute_aid",
            P,
            Kind.YES_NO,
            "享受特困供养",
            "on rural or urban destitute support",
        ),
        'destitute_aid in ("农村特困", "城市特困")',
    ),
)

BY_NAME = {derived.fact.name: derived for derived in DERIVED}

# Derived facts that one rule or less names, and why they stay here.
SERVES_ONE = {
    "reference_income": "the screening shows it beside the net income, marked unverified",
    "disabled_members": "household cards and the six classes count people by one word",
    "severely_ill": "the screening counts the members that a risk of illness rests on",
    "chronically_ill": "health is read by one word for each of its values",
    "land": "a class shows it among its reasons",
    "people": "a class shows it among its reasons",
    "able_people": "a class shows it among its reasons",
}
