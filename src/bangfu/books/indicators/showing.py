"""How a rate is written on pages and in workbooks, and its drawings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from bangfu.core.indicators.concentration import Point
from bangfu.core.indicators.model import UNITS, Measure, Number, Reading, Row, Subject, Target, said
from bangfu.core.language import Text
from bangfu.files.reports import Column, ReportSheet, Value
from bangfu.files.reports import Kind as SheetKind
from bangfu.web import charts, speech
from bangfu.web.codes import word
from bangfu.web.tables import Badge

# Bars beyond these are no longer read; the table behind has them all.
BARS = 40
_VERDICTS = {
    "met": Badge(Text("达到", "kept"), "green"),
    "missed": Badge(Text("未达到", "not kept"), "red"),
}


@dataclass(frozen=True, slots=True)
class Line:
    """A rate as a page writes it."""

    reading: Reading
    value: str
    top: str
    bottom: str
    verdict: Badge | None
    address: str
    asked: str


def shown(reading: Reading, year: int) -> Line:
    """One rate in words, with the addresses of its rows and of the policy's value."""
    counts, verdict = reading.counts, reading.verdict
    return Line(
        reading,
        with_unit(reading.value, reading.measure),
        with_unit(reading.top, counts.top_measure),
        with_unit(reading.bottom, counts.bottom_measure),
        _VERDICTS[verdict] if verdict else None,
        f"{reverse('indicator', args=[reading.code])}?year={year}",
        _policy_address(reading.target),
    )


def _policy_address(target: Target | None) -> str:
    return reverse("policy-value", args=[target.key]) if target else ""


def with_unit(value: Number | None, measure: Measure) -> str:
    """A value in the page's language, yuan with their unit."""
    told = said(value, measure)
    if value is None or measure is not Measure.YUAN:
        return told
    return f"{told} {speech.say(UNITS[Measure.YUAN])}"


def row_cells(reading: Reading, row: Row) -> tuple[str, str, str, str]:
    """A row as a page writes it: label, its two numbers, its own rate."""
    counts = reading.row_counts or reading.counts
    return (
        word(row.label) if row.subject is Subject.PURPOSE else row.label,
        said(row.top, counts.top_measure),
        said(row.bottom, counts.bottom_measure),
        said(row.value, reading.row_measure or reading.measure),
    )


def percents(points: Sequence[Point]) -> list[tuple[str, str]]:
    """The points of a curve for the table behind it."""
    return [(said(x, Measure.PERCENT), said(y, Measure.PERCENT)) for x, y in points]


def lorenz_chart(points: Sequence[Point]) -> dict[str, Any]:
    """The Lorenz curve beside the line of equal shares."""
    return charts.curve(
        Text("资金在贫困户之间分得多匀？", "How evenly does the money lie over poor households?"),
        (
            Text("贫困户累计占比（%）", "poor households, cumulated (%)"),
            Text("资金累计占比（%）", "money, cumulated (%)"),
        ),
        [
            (
                Text("实际", "as it is"),
                [(round(float(x) * 100, 2), round(float(y) * 100, 2)) for x, y in points],
            ),
            (Text("完全相等", "all equal"), [(0.0, 0.0), (100.0, 100.0)]),
        ],
    )


def divide_chart(reading: Reading) -> dict[str, Any]:
    """Each village's share of the money beside its share of the households, the worst off first."""
    rows = reading.rows[:BARS]
    counts = reading.row_counts or reading.counts
    return charts.bars(
        Text(
            "哪些村的资金占比低于贫困户占比？（%）",
            "Which villages have less of the money than of the poor households? (%)",
        ),
        [row.label for row in rows],
        [
            charts.Series(counts.top, [round(float(row.top) * 100, 2) for row in rows]),
            charts.Series(counts.bottom, [round(float(row.bottom) * 100, 2) for row in rows]),
        ],
    )


def sheets(found: Sequence[Reading], year: int) -> list[ReportSheet]:
    """All rates on one sheet, then the rows of each."""
    say = speech.say
    columns = [
        Column(say(Text("指标", "Rate")), width=30),
        Column(say(Text("数值", "Value"))),
        Column(say(Text("算法", "Formula")), width=44),
        Column(say(Text("分子", "Counted"))),
        Column(say(Text("分母", "Of"))),
        Column(say(Text("对照政策", "Against the policy")), width=36),
    ]
    rows: list[list[Value]] = []
    for one in found:
        line = shown(one, year)
        missing = one.missing is not None
        rows.append(
            [
                say(one.name),
                None if missing else line.value,
                say(one.formula),
                None if missing else f"{say(one.counts.top)} {line.top}",
                None if missing else f"{say(one.counts.bottom)} {line.bottom}",
                say(one.missing) if one.missing else say(one.reading or ""),
            ]
        )
    title = say(Text(f"{year} 年考核指标", f"The rates of {year}"))
    return [ReportSheet(title, columns, rows), *(rows_sheet(one, year) for one in found)]


_SHEET_KINDS: dict[Measure, SheetKind] = {
    Measure.PERCENT: "percent",
    Measure.YUAN: "fen",
    Measure.COUNT: "int",
    Measure.INDEX: "decimal",
}


def rows_sheet(reading: Reading, year: int) -> ReportSheet:
    """The rows that a rate counts."""
    say = speech.say
    counts = reading.row_counts or reading.counts
    columns = [
        Column(say(Text("明细", "Row")), width=36),
        Column(say(counts.top), _SHEET_KINDS[counts.top_measure]),
        Column(say(counts.bottom), _SHEET_KINDS[counts.bottom_measure]),
    ]
    note = f"{year} {say(reading.name)} = {say(reading.formula)}"
    rows = [(row.label, row.top, row.bottom) for row in reading.rows]
    return ReportSheet(say(reading.name), columns, rows, note)
