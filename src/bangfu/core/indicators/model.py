"""What a rate is: a name, a formula, two exact numbers, the rows they count, and the policy's bound."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction
from typing import Literal

from bangfu.core.language import Text
from bangfu.core.money import format_yuan

Number = int | Fraction


class Measure(StrEnum):
    """How a number is said."""

    PERCENT = "percent"
    YUAN = "yuan"  # the number itself is fen
    COUNT = "count"
    INDEX = "index"  # four decimals


UNITS = {
    Measure.PERCENT: Text("%", "%"),
    Measure.YUAN: Text("元", "yuan"),
    Measure.COUNT: Text("个", "number"),
    Measure.INDEX: Text("指数", "index"),
}


class Subject(StrEnum):
    """What a row of a rate is about."""

    LINE = "line"
    PROJECT = "project"
    VILLAGE = "village"
    PURPOSE = "purpose"


@dataclass(frozen=True, slots=True)
class Counts:
    """What the two numbers of a rate, or of its rows, count, and how each is said."""

    top: Text
    top_measure: Measure
    bottom: Text
    bottom_measure: Measure


@dataclass(frozen=True, slots=True)
class Row:
    """One thing that a rate counts. `key` names it in the books, `label` for people."""

    subject: Subject
    key: str
    label: str
    top: Number
    bottom: Number

    @property
    def value(self) -> Fraction | None:
        """Its own rate; None where there is nothing to divide by."""
        return Fraction(self.top) / self.bottom if self.bottom else None


@dataclass(frozen=True, slots=True)
class Target:
    """What the policy asks of a rate. `verified` tells whether its source was read."""

    key: str
    bound: Fraction
    at_least: bool
    verified: bool

    def met_by(self, value: Fraction) -> bool:
        """Whether a value keeps it."""
        return value >= self.bound if self.at_least else value <= self.bound


Verdict = Literal["met", "missed"]


@dataclass(frozen=True, slots=True)
class Reading:
    """One rate of a county's year.

    `top` over `bottom` is the rate; a `given` value stands for rates that are no quotient (Gini). Where
    it cannot be told, `missing` says why. `row_counts` says what its rows count where that is something
    else.
    """

    code: str
    name: Text
    formula: Text
    measure: Measure
    counts: Counts
    top: Number = 0
    bottom: Number = 0
    rows: Sequence[Row] = field(default=(), repr=False)
    missing: Text | None = None
    given: Fraction | None = None
    target: Target | None = None
    row_counts: Counts | None = None
    row_measure: Measure | None = None

    @property
    def value(self) -> Fraction | None:
        """The exact rate, None when it cannot be told."""
        if self.missing is not None:
            return None
        return self.given if self.given is not None else Fraction(self.top) / self.bottom

    @property
    def verdict(self) -> Verdict | None:
        """Whether it keeps what the policy asks; None where it asks nothing or nothing can be told."""
        value = self.value
        if value is None or self.target is None:
            return None
        return "met" if self.target.met_by(value) else "missed"

    @property
    def asked(self) -> Text | None:
        """What the policy asks of the rate; None where it asks nothing."""
        target = self.target
        if target is None:
            return None
        bound, yuan = said(target.bound, self.measure), self._yuan
        side = Text("不低于", "at least") if target.at_least else Text("不超过", "at most")
        asked = Text(
            f"政策要求{side.zh} {bound}{yuan.zh}", f"policy asks {side.en} {bound}{yuan.en}"
        )
        return (
            asked if target.verified else Text(f"{asked.zh}（未核实）", f"{asked.en} (unverified)")
        )

    @property
    def reading(self) -> Text | None:
        """The rate held against the policy, in one sentence with its values."""
        value, target, asked = self.value, self.target, self.asked
        if target is None or asked is None or value is None:
            return asked
        own, yuan = said(value, self.measure), self._yuan
        verdict = Text("达到", "kept") if target.met_by(value) else Text("未达到", "not kept")
        return Text(
            f"{own}{yuan.zh}，{asked.zh}：{verdict.zh}", f"{own}{yuan.en}; {asked.en}: {verdict.en}"
        )

    @property
    def _yuan(self) -> Text:
        unit = UNITS[self.measure] if self.measure is Measure.YUAN else Text("", "")
        return Text(unit.zh, f" {unit.en}".rstrip())


def said(number: Number | None, measure: Measure) -> str:
    """A number as people read it: 63.21 %, 1,234.50, 17, 0.1853; a missing one is a dash.

    Rounded half away from zero, from the exact value.
    """
    if number is None:
        return "—"
    if measure is Measure.PERCENT:
        return f"{rounded(Fraction(number) * 100, 2)} %"
    if measure is Measure.YUAN:
        return format_yuan(int(rounded(Fraction(number), 0).replace(",", "")))
    if measure is Measure.INDEX:
        return rounded(Fraction(number), 4)
    exact = Fraction(number)
    return rounded(exact, 0 if exact.denominator == 1 else 2)


def rounded(number: Fraction, digits: int) -> str:
    """A number with so many decimals and thousands commas, half away from zero."""
    scaled = abs(number) * 10**digits
    whole = (2 * scaled.numerator + scaled.denominator) // (2 * scaled.denominator)
    sign = "-" if number < 0 and whole else ""
    units, rest = divmod(whole, 10**digits)
    return f"{sign}{units:,}.{rest:0{digits}d}" if digits else f"{sign}{units:,}"
