"""Numbers that fight: a published figure held against what others imply.

A figure stands for an interval, so what it implies is an interval too. Two figures fight when their
intervals have nothing in common; no rounding can make them agree. docs/algorithms/numbers-that-fight.md
works it out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from bangfu.core.indicators.figures import MONEY, PERCENT, POINTS, Figure
from bangfu.core.indicators.model import rounded
from bangfu.core.language import Text


class Kind(StrEnum):
    """What a figure is held against."""

    TOTAL = "total"  # the sum of its parts
    AT_MOST = "at_most"  # parts that do not pass it (其中)
    GROWTH = "growth"  # the change between two others, in per cent
    SHARE = "share"  # one of two others over the other, in per cent
    SHARES = "shares"  # parts of one whole, which make no more than 100 per cent
    DIFFERENCE = "difference"  # how much one of two others is more than the other


LABELS = {
    Kind.TOTAL: Text("合计", "total"),
    Kind.AT_MOST: Text("其中各项", "parts of a total"),
    Kind.GROWTH: Text("增幅", "growth"),
    Kind.SHARE: Text("占比", "share"),
    Kind.SHARES: Text("各项占比之和", "shares of one whole"),
    Kind.DIFFERENCE: Text("增减", "change"),
}


@dataclass(frozen=True, slots=True)
class Check:
    """One figure held against the others. `low` to `high` is what they imply, `implied` their middle."""

    kind: Kind
    stated: Figure
    others: Sequence[Figure]
    low: Fraction
    high: Fraction
    implied: Fraction
    where: str = ""

    @property
    def agrees(self) -> bool:
        """Whether some rounding makes them agree."""
        if self.kind in (Kind.AT_MOST, Kind.SHARES):
            return self.low <= self.stated.high
        return self.low <= self.stated.high and self.stated.low <= self.high

    @property
    def gap(self) -> Fraction:
        """How far the stated figure is from what is implied, 0 when they agree."""
        return Fraction(0) if self.agrees else self.stated.value - self.implied

    @property
    def sentence(self) -> Text:
        """What was found, in one sentence with its values."""
        from_them = " ".join(one.written for one in self.others[:12])
        if len(self.others) > 12:
            from_them += " …"
        implied, span = _said(self.implied, self.stated), self._span()
        what, name = self.stated.written, LABELS[self.kind]
        if self.agrees:
            return Text(
                f"{name.zh} {what}：由 {from_them} 算得 {implied.zh}，相符。",
                f"{name.en} {what}: {from_them} give {implied.en}; they agree.",
            )
        gap, more = _apart(abs(self.gap), self.stated), self.gap > 0
        if self.kind is Kind.SHARES:
            return Text(
                f"{name.zh}：{from_them} 合计 {implied.zh}{span.zh}，比 {what} 多了 {gap.zh}。",
                f"{name.en}: {from_them} make {implied.en}{span.en}, {gap.en} more than {what}.",
            )
        return Text(
            f"{name.zh} {what}：由 {from_them} 算得 {implied.zh}{span.zh}，"
            f"{'多' if more else '少'}了 {gap.zh}。",
            f"{name.en} {what}: {from_them} give {implied.en}{span.en}; it is {gap.en} too "
            f"{'high' if more else 'low'}.",
        )

    def _span(self) -> Text:
        low, high = _said(self.low, self.stated), _said(self.high, self.stated)
        if low == high:
            return Text("", "")
        return Text(
            f"（计入四舍五入为 {low.zh} 至 {high.zh}）", f" ({low.en} to {high.en} with rounding)"
        )


def _said(value: Fraction, like: Figure) -> Text:
    """A value in the measure of the figure it is held against: per cent, 亿, 万, or plain."""
    if like.dimension == PERCENT:
        return Text(f"{rounded(value * 100, 1)} %", f"{rounded(value * 100, 1)} %")
    if like.dimension == POINTS:
        return _points(value)
    plain = rounded(value, 0 if value.denominator == 1 else 2)
    for scale, word in ((10**8, "亿"), (10**4, "万")):
        if abs(value) >= scale and like.half:
            short = rounded(value / scale, 4).rstrip("0").rstrip(".")
            return Text(f"{short} {word}{like.dimension}", plain)
    return Text(f"{plain} {like.dimension}".rstrip(), plain)


def _apart(gap: Fraction, like: Figure) -> Text:
    """How far apart two values are."""
    return _points(gap) if like.dimension == PERCENT else _said(gap, like)


def _points(value: Fraction) -> Text:
    points = rounded(value * 100, 1)
    return Text(f"{points} 个百分点", f"{points} points")


def exact(written: str, amount: int, scale: int = 1) -> Figure:
    """A sum of money that the books hold, `amount` over `scale` yuan, which no rounding touched."""
    return Figure(written, Fraction(amount, scale), Fraction(0), MONEY)


def total(stated: Figure, parts: Sequence[Figure], where: str = "") -> Check:
    """A total against the sum of all its parts."""
    return Check(
        Kind.TOTAL,
        stated,
        parts,
        sum((part.low for part in parts), Fraction(0)),
        sum((part.high for part in parts), Fraction(0)),
        sum((part.value for part in parts), Fraction(0)),
        where,
    )


def at_most(stated: Figure, parts: Sequence[Figure], where: str = "") -> Check:
    """A total against some of its parts (其中), which may not pass it together."""
    whole = total(stated, parts, where)
    return Check(Kind.AT_MOST, stated, parts, whole.low, whole.high, whole.implied, where)


def growth(
    before: Figure, after: Figure, stated: Figure, where: str = "", *, falls: bool = False
) -> Check:
    """A rate of change against the two figures it is between. Raises ValueError when nothing was before."""
    if before.low <= 0:
        raise ValueError("growth from nothing has no rate")
    sign = -1 if falls else 1
    ends = sorted((sign * (after.low / before.high - 1), sign * (after.high / before.low - 1)))
    implied = sign * (after.value / before.value - 1)
    return Check(Kind.GROWTH, stated, (before, after), ends[0], ends[1], implied, where)


def growth_by(
    change: Figure, after: Figure, stated: Figure, where: str = "", *, falls: bool = False
) -> Check:
    """A rate of change against how much it was and what came of it: what was before is their difference.

    Raises ValueError when nothing was before.
    """
    sign = 1 if falls else -1
    if after.low + sign * change.high <= 0:
        raise ValueError("growth from nothing has no rate")
    return Check(
        Kind.GROWTH,
        stated,
        (after, change),
        change.low / (after.high + sign * change.low),
        change.high / (after.low + sign * change.high),
        change.value / (after.value + sign * change.value),
        where,
    )


def difference(
    before: Figure, after: Figure, stated: Figure, where: str = "", *, falls: bool = False
) -> Check:
    """How much something is said to have changed against the two figures it changed between."""
    less, more = (after, before) if falls else (before, after)
    return Check(
        Kind.DIFFERENCE,
        stated,
        (before, after),
        more.low - less.high,
        more.high - less.low,
        more.value - less.value,
        where,
    )


def shares(parts: Sequence[Figure], where: str = "") -> Check:
    """Shares of one whole, which may not pass it together."""
    sums = total(Figure("100%", Fraction(1), Fraction(0), PERCENT), parts, where)
    return Check(Kind.SHARES, sums.stated, parts, sums.low, sums.high, sums.implied, where)


def share(part: Figure, whole: Figure, stated: Figure, where: str = "") -> Check:
    """A share against its part and its whole. Raises ValueError when the whole is nothing."""
    if whole.low <= 0:
        raise ValueError("a share of nothing")
    return Check(
        Kind.SHARE,
        stated,
        (part, whole),
        part.low / whole.high,
        part.high / whole.low,
        part.value / whole.value,
        where,
    )
