"""`bangfu rates`: a county's year in rates, each held against the policy."""

from __future__ import annotations

from typing import Annotated

import typer

from bangfu.books.indicators.queries import readings
from bangfu.books.walls.scope import DataClass
from bangfu.cli.operator import As, working
from bangfu.cli.options import Lang, On, PlaceCode, county_code, data_year, day
from bangfu.cli.rules import load_policy
from bangfu.cli.terminal import Terminal, terminal
from bangfu.core.indicators.model import UNITS, Counts, Measure, Reading, said
from bangfu.core.language import Text
from bangfu.site import clock


def register(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command("rates")(rates)


def rates(
    place: PlaceCode,
    year: Annotated[int, typer.Option(help="年度 / the year")],
    formulas: Annotated[
        bool, typer.Option("--formulas", help="连同算法 / with the formulas")
    ] = False,
    on: On = None,
    operator: As = None,
    lang: Lang = None,
) -> None:
    """一个县一年的考核指标。 / The rates of a county's year."""
    speak = terminal(lang)
    year, county, when = data_year(year), county_code(place), day(on, clock.today())
    with working(operator, place_code=county, purpose="rates", classes=(DataClass.MONEY,)):
        found = readings(county, year, on=when, policy=load_policy())
    tell_rates(speak, found, year=year)
    if formulas:
        for reading in found:
            speak.say(
                Text(
                    f"{reading.name.zh} = {reading.formula.zh}",
                    f"{reading.name.en} = {reading.formula.en}",
                )
            )


def tell_rates(speak: Terminal, found: list[Reading], *, year: int) -> None:
    """Print the rates of a year as a table."""
    heads = [
        Text("指标", "rate"),
        Text("数值", "value"),
        Text("分子 / 分母", "counted / of"),
        Text("对照政策", "against the policy"),
    ]
    speak.table(
        Text(f"{year} 年考核指标", f"The rates of {year}"),
        heads,
        [[cell.to(speak.lang) for cell in _cells(reading)] for reading in found],
    )


def _cells(reading: Reading) -> list[Text]:
    name, asked = reading.name, reading.reading or Text("", "")
    if reading.missing is not None:
        return [name, Text("—", "—"), reading.missing, asked]
    value, unit = said(reading.value, reading.measure), Text("", "")
    if reading.measure is Measure.YUAN:
        unit = UNITS[Measure.YUAN]
    shown = Text(f"{value} {unit.zh}".rstrip(), f"{value} {unit.en}".rstrip())
    counts = reading.counts
    return [name, shown, _counted(reading, counts), asked]


def _counted(reading: Reading, counts: Counts) -> Text:
    top, bottom = (
        said(reading.top, counts.top_measure),
        said(reading.bottom, counts.bottom_measure),
    )
    return Text(
        f"{counts.top.zh} {top} / {counts.bottom.zh} {bottom}",
        f"{counts.top.en} {top} / {counts.bottom.en} {bottom}",
    )
