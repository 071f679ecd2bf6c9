"""The closed list of units that a policy value may carry, each with the type it gives the value."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation

from bangfu.core.money import FEN_PER_WAN, FEN_PER_YUAN, MAX_FEN
from bangfu.core.periods import is_month
from bangfu.core.policy.rules.types import Scalar, Type


class Unfit(ValueError):
    """A value that does not fit its unit."""


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit. `type` None is a table of any shape, which rules cannot name.

    A money value is written in the unit and kept in fen: `fen` is how many of them make one unit.
    `low` and `high` bound a number, both included.
    """

    name: str
    type: Type | None
    zh: str
    fen: int = 0
    low: int | None = None
    high: int | None = None


def _money(name: str, zh: str, fen: int = FEN_PER_YUAN) -> Unit:
    return Unit(name, Type.MONEY, zh, fen=fen)


def _whole(name: str, zh: str, low: int | None = 0, high: int | None = None) -> Unit:
    return Unit(name, Type.INT, zh, low=low, high=high)


def _decimal(name: str, zh: str, low: int | None = 0, high: int | None = None) -> Unit:
    return Unit(name, Type.DECIMAL, zh, low=low, high=high)


_UNITS = (
    _money("fen", "分", 1),
    _money("yuan", "元"),
    _money("wan yuan", "万元", FEN_PER_WAN),
    _money("yuan/year", "元/年"),
    _money("yuan/month", "元/月"),
    _money("yuan/person", "元/人"),
    _money("yuan/person/year", "元/人·年"),
    _money("yuan/person/month", "元/人·月"),
    _money("yuan/household", "元/户"),
    _money("yuan/household/year", "元/户·年"),
    _money("yuan/village", "元/村"),
    _money("yuan/village/year", "元/村·年"),
    _whole("people", "人"),
    _whole("households", "户"),
    _whole("villages", "个村"),
    _whole("projects", "个项目"),
    _whole("posts", "个岗位"),
    _whole("items", "项"),
    _whole("times", "次"),
    _whole("characters", "位"),
    _whole("years", "年（周岁）"),
    _whole("months", "个月"),
    _whole("days", "天"),
    _whole("working days", "个工作日"),
    _whole("minutes", "分钟"),
    _whole("litres/person/day", "升/人·日"),
    _whole("metres", "米"),
    _whole("grade", "级", 1),
    _whole("class", "类", 1),
    _whole("rank", "位次", 1),
    _whole("points", "分（评分）", None),
    _whole("weight", "权重"),
    _whole("count", "个"),
    _whole("year", "年份", 1900, 2199),
    _decimal("share", "占比", 0, 1),
    _decimal("percent", "%"),
    _decimal("times the standard", "倍"),
    _decimal("mu", "亩"),
    _decimal("m2", "平方米"),
    _decimal("m2/person", "平方米/人"),
    _decimal("km", "公里"),
    Unit("month", Type.MONTH, "月份"),
    Unit("date", Type.DATE, "日期"),
    Unit("text", Type.TEXT, "文字"),
    Unit("code", Type.TEXT, "代码"),
    Unit("yes/no", Type.BOOL, "是否"),
    Unit("table", None, "表"),
)
UNITS = {unit.name: unit for unit in _UNITS}


def convert(unit: Unit, written: object) -> Scalar:
    """One value in the unit the rules reckon in: money as whole fen, decimals exact.

    Raises Unfit when what is written does not fit the unit.
    """
    if unit.type is None:
        raise Unfit("a table is no single value")
    return _CONVERT[unit.type](unit, written)


def _convert_money(unit: Unit, written: object) -> int:
    fen = _number(written) * unit.fen
    if fen != int(fen) or abs(fen) > MAX_FEN:
        raise Unfit("not whole fen, or out of range")
    return int(fen)


def _convert_whole(unit: Unit, written: object) -> int:
    if not isinstance(written, int) or isinstance(written, bool):
        raise Unfit("not a whole number")
    _bound(unit, Decimal(written))
    return written


def _convert_decimal(unit: Unit, written: object) -> Decimal:
    number = _number(written)
    _bound(unit, number)
    return number


def _convert_month(unit: Unit, written: object) -> int:
    if not isinstance(written, int) or isinstance(written, bool) or not is_month(written):
        raise Unfit("not a month written YYYYMM")
    return written


def _convert_date(unit: Unit, written: object) -> date:
    if type(written) is not date:
        raise Unfit("not a date")
    return written


def _convert_text(unit: Unit, written: object) -> str:
    if not isinstance(written, str) or not written.strip():
        raise Unfit("not text")
    return written


def _convert_yes_no(unit: Unit, written: object) -> bool:
    if not isinstance(written, bool):
        raise Unfit("not true or false")
    return written


_CONVERT: dict[Type, Callable[[Unit, object], Scalar]] = {
    Type.MONEY: _convert_money,
    Type.INT: _convert_whole,
    Type.DECIMAL: _convert_decimal,
    Type.MONTH: _convert_month,
    Type.DATE: _convert_date,
    Type.TEXT: _convert_text,
    Type.BOOL: _convert_yes_no,
}


def _number(written: object) -> Decimal:
    """A whole number, or a decimal written as text; a TOML float has already lost its digits."""
    if isinstance(written, bool) or not isinstance(written, int | str):
        raise Unfit("not a number; write a decimal as text")
    try:
        number = Decimal(written)
    except InvalidOperation:
        raise Unfit("not a number") from None
    if not number.is_finite() or (number and not -9 <= number.adjusted() <= 18):
        raise Unfit("out of range")
    return number


def _bound(unit: Unit, number: Decimal) -> None:
    if unit.low is not None and number < unit.low:
        raise Unfit(f"less than {unit.low}")
    if unit.high is not None and number > unit.high:
        raise Unfit(f"more than {unit.high}")
