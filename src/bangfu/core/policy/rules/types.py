"""The types of the rule language, and how the kinds of facts map to them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from enum import StrEnum

from bangfu.core.facts.model import Kind

Scalar = bool | int | Decimal | str | date


class Type(StrEnum):
    """What a value of the language is. Money is whole fen; a month is YYYYMM."""

    BOOL = "yes or no"
    INT = "whole number"
    DECIMAL = "decimal"
    MONEY = "money"
    TEXT = "text"
    DATE = "date"
    MONTH = "month"
    VALUES = "list of values"
    TOKEN = "token"


ZH = {
    Type.BOOL: "是否",
    Type.INT: "整数",
    Type.DECIMAL: "小数",
    Type.MONEY: "金额",
    Type.TEXT: "文字",
    Type.DATE: "日期",
    Type.MONTH: "月份",
    Type.VALUES: "多个值",
    Type.TOKEN: "标记",
}

NUMBERS = frozenset({Type.INT, Type.DECIMAL})
ORDERED = frozenset({Type.INT, Type.DECIMAL, Type.MONEY, Type.DATE, Type.MONTH})

# A guarded fact has no type: rules cannot read it.
KIND_TYPES = {
    Kind.TEXT: Type.TEXT,
    Kind.CODE: Type.TEXT,
    Kind.VALUES: Type.VALUES,
    Kind.YES_NO: Type.BOOL,
    Kind.FEN: Type.MONEY,
    Kind.INT: Type.INT,
    Kind.DECIMAL: Type.DECIMAL,
    Kind.SHARE: Type.DECIMAL,
    Kind.DATE: Type.DATE,
    Kind.MONTH: Type.MONTH,
    Kind.TOKEN: Type.TOKEN,
}
