"""Reads columns of numbers: whole numbers, decimals, money, shares. No float is made of any of them."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Literal, TypeVar

import polars as pl

from bangfu.core.language import Text
from bangfu.core.money import FEN_PER_WAN, FEN_PER_YUAN, MAX_FEN
from bangfu.files.reading import Reading, Wrong, half_width, read_column

_NUMBER = re.compile(r"[+-]?(?:\d+|\d{1,3}(?:,\d{3})+)(?:\.\d*)?(?:[eE][+-]?\d{1,3})?", re.ASCII)
_PLAIN_WHOLE = r"^-?[0-9]{1,15}$"
_PLAIN_YUAN = r"^(-?)([0-9]{1,15})(?:\.([0-9]{1,2}))?$"
# Twelve places hold any share or area an office writes; more would lose digits without a word.
DECIMAL_PLACES = 12
_DECIMAL = pl.Decimal(38, DECIMAL_PLACES)
_MAX_DIGITS = 28
_Number = TypeVar("_Number", int, Decimal)
_MINUS = str.maketrans("−–—﹣", "----")
_UNITS = {
    "yuan": (FEN_PER_YUAN, re.compile(r"元|¥|￥|RMB|CNY")),
    "wan": (FEN_PER_WAN, re.compile(r"万元|万")),
}


def read_whole(cells: pl.Series, least: int | None = None, most: int | None = None) -> Reading:
    """Whole numbers (Int64). "12", "12.0", "1,200" and full-width digits pass; 12.5 does not."""
    limits = _limits(least, most)

    def careful(text: str) -> int:
        number = _decimal(text)
        if number != number.to_integral_value() or abs(number) > MAX_FEN:
            raise Wrong("whole", Text(f"应为整数{limits.zh}。", f"A whole number{limits.en}."))
        return _within(int(number), least, most, limits)

    def plain(text: pl.Expr) -> pl.Expr:
        value = pl.when(text.str.contains(_PLAIN_WHOLE)).then(text).cast(pl.Int64)
        return _inside(value, least, most)

    return read_column(cells, pl.Int64, plain, careful)


def read_decimal(
    cells: pl.Series, least: Decimal | None = None, most: Decimal | None = None
) -> Reading:
    """Exact decimals (Decimal with 12 places), such as areas and rates."""
    limits = _limits(least, most)

    def careful(text: str) -> Decimal:
        return _placed(_within(_decimal(text), least, most, limits))

    return read_column(cells, _DECIMAL, None, careful)


def read_share(cells: pl.Series) -> Reading:
    """Shares from 0 to 1 (Decimal with 12 places) from "55%", "55％" or the 0.55 behind a 55 % cell.

    A bare 55 is refused: it may be 55 % or a slip for 0.55, and the reader does not guess.
    """

    def careful(text: str) -> Decimal:
        written = half_width(text)
        share = _decimal(written.removesuffix("%"))
        if written.endswith("%"):
            share = share.scaleb(-2)
        if not 0 <= share <= 1:
            raise Wrong(
                "share",
                Text(
                    "应为 0% 到 100% 的比例，写成 55% 或 0.55。",
                    "A share from 0% to 100%, written 55% or 0.55.",
                ),
            )
        return _placed(share)

    return read_column(cells, _DECIMAL, None, careful)


def read_money(
    cells: pl.Series,
    unit: Literal["yuan", "wan"] = "yuan",
    least_fen: int | None = None,
    most_fen: int | None = None,
) -> Reading:
    """Money as whole fen (Int64), from amounts in yuan or in 万元, exactly.

    "1,234.50", "¥1234.5" and "1234.5元" pass. A fraction of a fen is refused, never rounded; so is an
    amount whose own unit is not the column's.
    """
    scale, own_unit = _UNITS[unit]
    label = "元" if unit == "yuan" else "万元"
    limits = _limits(
        None if least_fen is None else Decimal(least_fen) / scale,
        None if most_fen is None else Decimal(most_fen) / scale,
    )

    def careful(text: str) -> int:
        number = _decimal(
            own_unit.sub("", half_width(text)), f"金额（{label}）", "an amount of money"
        )
        fen = number * scale
        if fen != fen.to_integral_value():
            raise Wrong(
                "money",
                Text(
                    "金额最多精确到分（两位小数）。",
                    "An amount goes no finer than a fen (0.01 yuan).",
                ),
            )
        if abs(fen) > MAX_FEN:
            raise _too_big()
        return _within(int(fen), least_fen, most_fen, limits)

    def plain(text: pl.Expr) -> pl.Expr:
        parts = text.str.extract_groups(_PLAIN_YUAN)
        fraction = parts.struct["3"].fill_null("").str.pad_end(2, "0").cast(pl.Int64)
        fen = parts.struct["2"].cast(pl.Int64) * FEN_PER_YUAN + fraction
        return _inside(
            pl.when(parts.struct["1"] == "-").then(-fen).otherwise(fen), least_fen, most_fen
        )

    return read_column(cells, pl.Int64, plain if unit == "yuan" else None, careful)


def _decimal(text: str, zh: str = "数字", en: str = "a number") -> Decimal:
    written = half_width(text).translate(_MINUS)
    if not _NUMBER.fullmatch(written):
        raise Wrong("number", Text(f"应为{zh}，只写数字。", f"Write {en} in digits only."))
    number = Decimal(written.replace(",", ""))
    if number and number.adjusted() > 15:
        raise _too_big()
    if len(number.as_tuple().digits) > _MAX_DIGITS:
        # Beyond this, decimal arithmetic would round.
        raise Wrong("number", Text("小数位数过多。", "Too many decimal places."))
    return number


def _placed(number: Decimal) -> Decimal:
    exponent = number.as_tuple().exponent
    if isinstance(exponent, int) and -exponent > DECIMAL_PLACES:
        # Excel stores a third as fifteen digits; the places beyond the twelfth carry nothing.
        return number.quantize(Decimal(1).scaleb(-DECIMAL_PLACES))
    return number


def _too_big() -> Wrong:
    return Wrong("range", Text("数值过大，请检查单位和位数。", "Too large; check unit and digits."))


def _limits(least: object, most: object) -> Text:
    if least is None and most is None:
        return Text("", "")
    low = f"≥ {least}" if least is not None else ""
    high = f"≤ {most}" if most is not None else ""
    both = " 且 ".join(filter(None, (low, high))), " and ".join(filter(None, (low, high)))
    return Text(f"，{both[0]}", f", {both[1]}")


def _within(number: _Number, least: _Number | None, most: _Number | None, limits: Text) -> _Number:
    if (least is not None and number < least) or (most is not None and number > most):
        raise Wrong("range", Text(f"超出范围{limits.zh}。", f"Out of range{limits.en}."))
    return number


def _inside(value: pl.Expr, least: int | None, most: int | None) -> pl.Expr:
    """The value where it lies within the limits; null otherwise, so that the careful way tells why."""
    if least is not None:
        value = pl.when(value >= least).then(value)
    if most is not None:
        value = pl.when(value <= most).then(value)
    return value
