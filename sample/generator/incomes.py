"""A household's income of twelve months: five groups that the main sheet states, split into items.

    net income = wages + business + property + transfer - business cost

Groups and items agree to the last fen. All are whole yuan, but for the households planted at the
very edge of the income line.
"""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from random import Random

from sample.generator.model import Cell, Cells, Household

WAGES, BUSINESS, PROPERTY, TRANSFER, COST = (
    "工资性收入",
    "生产经营性收入",
    "财产性收入",
    "转移性收入",
    "生产经营性支出",
)
NET, PER_HEAD = "家庭纯收入", "人均纯收入（元）"
ITEMS = {
    WAGES: ("务工", "行业公益岗", "乡镇公益岗", "村级公益岗", "采摘"),
    BUSINESS: ("种植", "养殖", "林果", "其他经营"),
    PROPERTY: ("资产收益分红", "土地流转", "金融贷款", "代种代养", "其他财产"),
    TRANSFER: (
        "计划生育",
        "低保",
        "特困供养",
        "养老",
        "退耕还林",
        "公益林",
        "草原",
        "移民",
        "其他生态",
        "玉米大豆",
        "地力保护",
        "农业保险",
        "高龄",
        "优抚",
        "残疾",
        "教育",
        "救灾",
        "失能",
        "赡养",
        "取暖",
        "物价",
        "社会救济",
        "防贫保险",
        "捐赠赔偿",
        "其他转移",
    ),
    COST: ("种植支出", "养殖支出", "林果支出", "其他经营支出"),
}
ITEM_COLUMNS = tuple(item for items in ITEMS.values() for item in items)


def per_head(total: int | Decimal, members: int) -> Decimal:
    """Yuan a head, two places, half up."""
    return (Decimal(total) / members).quantize(Decimal("0.01"), ROUND_HALF_UP)


def state(household: Household, **groups: int) -> None:
    """Set groups by short name (wages, business, property, transfer, cost) and state the sums."""
    names = {
        "wages": WAGES,
        "business": BUSINESS,
        "property": PROPERTY,
        "transfer": TRANSFER,
        "cost": COST,
    }
    for name, amount in groups.items():
        household.cells[names[name]] = amount
    sum_up(household)


def sum_up(household: Household) -> None:
    """State net income and net income a head as the groups have it."""
    cells = household.cells
    net = sum(money(cells[g]) for g in (WAGES, BUSINESS, PROPERTY, TRANSFER)) - money(cells[COST])
    cells[NET] = net
    cells[PER_HEAD] = per_head(net, len(household.members))


def bring_to(household: Household, yuan_a_head: int) -> None:
    """Scale the groups so that net income a head is exactly this; business takes the remainder."""
    cells = household.cells
    net = yuan_a_head * len(household.members)
    old = max(whole(cells[NET]), 1)
    for group in (WAGES, BUSINESS, PROPERTY, TRANSFER, COST):
        cells[group] = whole(cells[group]) * net // old
    rest = sum(whole(cells[g]) for g in (WAGES, PROPERTY, TRANSFER)) - whole(cells[COST])
    cells[BUSINESS] = net - rest
    sum_up(household)


def lose(household: Household, fen: int) -> None:
    """Take so many fen from the business income."""
    household.cells[BUSINESS] = money(household.cells[BUSINESS]) - Decimal(fen) / 100
    sum_up(household)


def below(household: Household, yuan_a_head: int) -> bool:
    """Whether net income is below so much a head, multiplied out and never divided."""
    return money(household.cells[NET]) < yuan_a_head * len(household.members)


def split(household: Household, rng: Random) -> Cells:
    """The items of each group, by column; the parts of a group sum to it."""
    cells: Cells = {}
    for group, columns in ITEMS.items():
        weights = _weights(household, group)
        left = whole(household.cells[group])
        chosen = [column for column in columns if column in weights]
        total = sum(weights.values())
        for column in chosen[1:]:
            share = left and whole(household.cells[group]) * weights[column] // total
            part = min(left, share * rng.randint(60, 130) // 100)
            cells[column] = part or None
            left -= part
        odd = money(household.cells[group]) - whole(household.cells[group])
        cells[chosen[0]] = left + odd or None
    return cells


def money(value: Cell) -> int | Decimal:
    """A cell of yuan, with fen where it has them; an empty one is nothing."""
    return value if isinstance(value, int | Decimal) else 0


def whole(value: Cell) -> int:
    """The whole yuan of a cell; an empty one is nothing."""
    return int(value or 0)


def _weights(household: Household, group: str) -> dict[str, int]:
    """Which items a household like this one has, and how they weigh; the first takes the rest."""
    members = household.members
    if group == WAGES:
        posts = any(m.cells["公益性岗位"] for m in members)
        return {"务工": 8, **({"村级公益岗": 3} if posts else {}), "采摘": 1}
    if group == TRANSFER:
        low = any(m.cells["享受低保政策情况"] in ("农村低保", "城市低保") for m in members)
        destitute = any("特困" in str(m.cells["享受特困供养政策情况"]) for m in members)
        disabled = any(m.cells["证件类型"] == "残疾人证" for m in members)
        old = any(m.cells["劳动技能"] == "弱劳动力或半劳动力" for m in members)
        return {
            "地力保护": 2,
            **({"低保": 12} if low else {}),
            **({"特困供养": 12} if destitute else {}),
            **({"养老": 5} if old else {}),
            "退耕还林": 1,
            **({"残疾": 3} if disabled else {}),
        }
    if group == PROPERTY:
        return {"土地流转": 2, "资产收益分红": 1}
    suffix = "支出" if group == COST else ""
    return {f"林果{suffix}": 5, f"种植{suffix}": 3, f"养殖{suffix}": 2}
